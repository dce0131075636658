"""A node of the inventory as the screen shows it; what did not change is not drawn again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from fabconsole.fabric.health import Health
from fabconsole.fabric.table import Kind
from fabconsole.state import judge, roll_up
from fabconsole.state.host import Host
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.nvlink_rows import nvlink_views, places
from fabconsole.state.port_rows import ScaleOf, host_port, port_views
from fabconsole.state.roll_up import Own, Verdicts
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView, QuestionView

_NOTHING_ASKED = Verdict(Health.UNKNOWN, "nothing is asked of it")


@dataclass(frozen=True, slots=True)
class InBandPart:
    """What the sweep says of an inventory's switch."""

    ports: tuple[PortView, ...]
    verdict: Verdict
    question: QuestionView
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a node's health takes from outside it."""

    scale_of: ScaleOf
    peers: dict[str, str]
    peers_version: int
    events: Own
    gpu_events: Mapping[int, str]
    swept: InBandPart | None = None
    """Of a switch, whose ports the sweep reads."""


_Row = TypeVar("_Row", PortView, NvlinkView)
_Drawn = tuple[object, tuple[_Row, ...], tuple[Verdict, ...]]
"""What it was drawn from, the rows, and what they make of their node."""


class HostView:
    """Draws one host. Its ports change every few seconds, its NVLinks ten times more rarely: each is kept apart."""

    __slots__ = ("_host", "_nvlinks", "_ports")

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ports: _Drawn[PortView] = (None, (), ())
        self._nvlinks: _Drawn[NvlinkView] = (None, (), ())

    def view(self, now: float, around: Surroundings) -> tuple[NodeView, tuple[Own, ...]]:
        """The node at `now`, and what is to be said of it itself, the more telling first."""
        host, swept = self._host, around.swept
        verdicts = {name: question.verdict(now, host.expect) for name, question in host.questions.items()}
        _, ports, of_ports = self._drawn_ports(now, verdicts, around)
        _, nvlinks, of_nvlinks = self._drawn_nvlinks(now, verdicts, around)
        own = tuple(self._own(verdicts, around))
        whole = judge.worse(*(one.verdict for one in own), *of_ports, *of_nvlinks)
        questions = tuple(question.view(now, verdicts[name]) for name, question in host.questions.items())
        if swept is not None:
            questions = (*questions, swept.question)
        first = min(questions, key=lambda question: question.interval_s, default=None)
        view = NodeView(
            name=host.node.name,
            rack=host.node.rack,
            platform=host.node.platform,
            health=whole.health,
            reason=whole.reason,
            age_s=first.age_s if first else None,
            error=roll_up.error(host, verdicts) or (swept.verdict.reason or None if swept else None),
            uptime_s=host.uptime_s,
            facts=host.facts if swept is None else {**swept.facts, **host.facts},
            questions=questions,
            ports=ports,
            nvlinks=nvlinks,
            expect=host.expect,
            gpu_events=around.gpu_events,
        )
        return view, own

    def _own(self, verdicts: Verdicts, around: Surroundings) -> Iterator[Own]:
        host = self._host
        yield from roll_up.of_questions(host, verdicts)
        if around.swept is not None:
            yield Own("sweep", around.swept.verdict)
        elif not verdicts:
            yield Own("questions", _NOTHING_ASKED)
        yield Own("sm", host.unmanaged)
        yield from roll_up.of_counts(host, verdicts)
        yield around.events

    def _drawn_ports(self, now: float, verdicts: Verdicts, around: Surroundings) -> _Drawn[PortView]:
        host, name = self._host, self._host.feeding(Kind.PORTS, "hca")
        if around.swept is not None:
            return None, around.swept.ports, tuple(roll_up.of_rows(around.swept.ports, host.node.name))
        question = verdicts.get(name, OK)
        blocks = host.tables(Kind.PORTS)
        key = (_versions(host, Kind.PORTS), question, self._step(name, now), around.peers_version, host.rules_version)
        if self._ports[0] != key:
            views = port_views(
                host.node.name,
                blocks,
                scale_of=around.scale_of,
                decide=host_port(host.expect, host.virtual),
                question=question,
                peers=around.peers,
                now=now,
            )
            self._ports = (key, views, tuple(roll_up.of_rows(views, host.node.name)))
        return self._ports

    def _drawn_nvlinks(self, now: float, verdicts: Verdicts, around: Surroundings) -> _Drawn[NvlinkView]:
        host, name = self._host, self._host.feeding(Kind.NVLINKS, "nvlink")
        question = verdicts.get(name)
        if question is None:
            return None, (), ()
        key = (_versions(host, Kind.NVLINKS), question, self._step(name, now), host.rules_version)
        if self._nvlinks[0] != key:
            block = next(iter(host.tables(Kind.NVLINKS)), None)
            views = nvlink_views(
                host.node.name,
                block,
                places(block.rows if block else (), host.expect),
                expect=host.expect,
                scale_of=around.scale_of,
                question=question,
                now=now,
            )
            self._nvlinks = (key, views, tuple(roll_up.of_rows(views, host.node.name)))
        return self._nvlinks

    def _step(self, name: str, now: float) -> float:
        """Changes when the ages shown are to be drawn anew."""
        question = self._host.questions.get(name)
        return question.changes_at(now) if question else 0.0


def _versions(host: Host, kind: Kind) -> tuple[object, ...]:
    return tuple((id(block), block.version) for block in host.tables(kind))
