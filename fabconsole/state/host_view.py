"""A node of the inventory as the screen shows it; what did not change is not drawn again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from fabconsole.fabric.health import Health
from fabconsole.fabric.table import Kind
from fabconsole.state import judge, roll_up
from fabconsole.state.host import Host
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.nvlink_rows import judged_nvlinks
from fabconsole.state.port_rows import ScaleOf, host_port, judged_ports
from fabconsole.state.question_state import IN_BAND
from fabconsole.state.roll_up import Own, Verdicts
from fabconsole.state.rows import Judged, Rows
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView, QuestionView

_NOTHING_ASKED = Verdict(Health.UNKNOWN, "nothing is asked of it")


@dataclass(frozen=True, slots=True)
class InBandPart:
    """What the sweep says of an inventory's switch."""

    ports: Rows[PortView]
    verdict: Verdict
    question: QuestionView
    facts: dict[str, str]
    since: float | None
    """Since when no sweep was answered; while they are, when the last was."""


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


_View = TypeVar("_View", PortView, NvlinkView)


@dataclass(frozen=True, slots=True)
class _Drawn(Generic[_View]):
    """Rows, and what they rest on: drawn again only when that is something else."""

    judged_by: object
    aged_by: object
    rows: Rows[_View]
    rolled_up: tuple[Verdict, ...]
    """What they make of their node."""


class HostView:
    """Draws one host. Its ports change every few seconds, its NVLinks ten times more rarely: each is kept apart."""

    __slots__ = ("_host", "_nvlinks", "_ports")

    def __init__(self, host: Host) -> None:
        self._host = host
        self._ports: _Drawn[PortView] | None = None
        self._nvlinks: _Drawn[NvlinkView] | None = None

    def view(self, now: float, around: Surroundings) -> tuple[NodeView, tuple[Own, ...]]:
        """The node at `now`, and what is to be said of it itself, the more telling first."""
        host, swept = self._host, around.swept
        verdicts = {name: question.verdict(now, host.expect) for name, question in host.questions.items()}
        ports = self._drawn_ports(now, verdicts, around)
        nvlinks = self._drawn_nvlinks(now, verdicts, around)
        own = tuple(self._own(verdicts, around))
        below = (*ports.rolled_up, *(nvlinks.rolled_up if nvlinks else ()))
        whole = judge.worse(*(one.verdict for one in own), *below)
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
            ports=ports.rows,
            nvlinks=nvlinks.rows if nvlinks else (),
            expect=host.expect,
            gpu_events=around.gpu_events,
        )
        return view, own

    def _own(self, verdicts: Verdicts, around: Surroundings) -> Iterator[Own]:
        host = self._host
        yield roll_up.of_questions(host, verdicts)
        if around.swept is not None:
            yield Own("sweep", around.swept.verdict, around.swept.since)
        elif not verdicts:
            yield Own("unasked", _NOTHING_ASKED)
        sweeping = host.questions.get(IN_BAND)
        yield Own("sm", host.unmanaged, sweeping.answered_at if sweeping else None)
        yield from roll_up.of_counts(host, verdicts)
        yield from roll_up.of_nothing(host)
        yield around.events

    def _drawn_ports(self, now: float, verdicts: Verdicts, around: Surroundings) -> _Drawn[PortView]:
        host, name, swept = self._host, self._host.feeding(Kind.PORTS, "hca"), around.swept
        if swept is not None:
            return _Drawn(None, None, swept.ports, tuple(roll_up.of_rows(swept.ports.judged)))
        question = verdicts.get(name, OK)
        by = (_versions(host, Kind.PORTS), question, around.peers_version, host.rules_version)

        def judged() -> Judged[PortView]:
            decide = host_port(host.expect, host.virtual)
            return judged_ports(
                host.node.name,
                host.tables(Kind.PORTS),
                scale_of=around.scale_of,
                decide=decide,
                question=question,
                unknown_after_s=self._unknown_after_s(name),
                peers=around.peers,
            )

        self._ports = _drawn(self._ports, by, judged, self._step(name, now), now)
        return self._ports

    def _drawn_nvlinks(self, now: float, verdicts: Verdicts, around: Surroundings) -> _Drawn[NvlinkView] | None:
        host, name = self._host, self._host.feeding(Kind.NVLINKS, "nvlink")
        question = verdicts.get(name)
        if question is None:
            return None
        by = (_versions(host, Kind.NVLINKS), question, host.rules_version)

        def judged() -> Judged[NvlinkView]:
            block = next(iter(host.tables(Kind.NVLINKS)), None)
            return judged_nvlinks(
                host.node.name,
                block,
                expect=host.expect,
                scale_of=around.scale_of,
                question=question,
                unknown_after_s=self._unknown_after_s(name),
            )

        self._nvlinks = _drawn(self._nvlinks, by, judged, self._step(name, now), now)
        return self._nvlinks

    def _unknown_after_s(self, name: str) -> float:
        question = self._host.questions.get(name)
        return question.unknown_after_s if question else math.inf

    def _step(self, name: str, now: float) -> float:
        """Changes when the ages shown are to be drawn anew."""
        question = self._host.questions.get(name)
        return question.changes_at(now) if question else 0.0


def _drawn(
    before: _Drawn[_View] | None, by: object, judged: Callable[[], Judged[_View]], step: float, now: float
) -> _Drawn[_View]:
    """What was drawn before, where it still holds; aged, where only its age does not; else judged anew."""
    if before is None or before.judged_by != by:
        anew = judged()
        return _Drawn(by, step, Rows(anew, now), tuple(roll_up.of_rows(anew)))
    if before.aged_by != step:
        return replace(before, aged_by=step, rows=Rows(before.rows.judged, now))
    return before


def _versions(host: Host, kind: Kind) -> tuple[object, ...]:
    return tuple((id(block), block.version) for block in host.tables(kind))
