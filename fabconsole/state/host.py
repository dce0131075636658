"""One node of the inventory: what it answered, folded, and what that makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect, Node
from fabconsole.fabric.table import Kind, Table, Width
from fabconsole.state import judge, turns
from fabconsole.state.block import Block, Seen
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.nvlink_rows import Place, nvlink_views, places
from fabconsole.state.port_rows import ScaleOf, host_port, port_views
from fabconsole.state.question_state import QuestionState, said
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView, QuestionView
from fabconsole.stream.records import Asked, Reason, Sample, Sweep, Unanswered

_FAR_SIDE = frozenset(
    {Reason.UNREACHABLE, Reason.JUMP, Reason.REFUSED, Reason.UNTRUSTED}
)  # the connection's failures: every question has the same one
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
    events: Verdict
    swept: InBandPart | None = None
    """Of a switch, whose ports the sweep reads."""


class Host:
    """A node and its past over the health window."""

    def __init__(self, node: Node, expect: Expect, asked: Sequence[Asked], window_s: float) -> None:
        self.node = node
        self.expect = expect
        self.window_s = window_s
        self.questions: dict[str, QuestionState] = {}
        self.facts: dict[str, str] = {}
        self.blocks: dict[tuple[str, Kind, Width], Block] = {}
        self.version = 0
        """Grows with every record that says something."""
        self._boot_id: str | None = None
        self._learned: dict[str, dict[str, str]] = {}
        self._most_gpus = 0
        self._unmanaged = OK
        self._uptime_s: float | None = None
        self._ports: tuple[object, tuple[PortView, ...]] = (None, ())
        self._nvlinks: tuple[object, tuple[NvlinkView, ...]] = (None, ())
        self._places: tuple[object, Mapping[Place, int | None]] = (None, {})
        self.ask(asked)

    def ask(self, asked: Sequence[Asked]) -> None:
        """These are its questions from now on; what was answered before stays."""
        before = self.questions
        self.questions = {}
        for one in asked:
            question = before.get(one.question) or QuestionState(one.question, one.interval_s)
            question.interval_s = one.interval_s
            self.questions[one.question] = question

    def sample(self, sample: Sample) -> list[Event]:
        """Fold an answer; returns the changes of state it shows."""
        self.version += 1
        events: list[Event] = []
        question = self.questions.get(sample.question)
        if question is not None:
            question.answered(sample.at, sample.latency_s)
        if self._booted(sample):
            events.append(turns.rebooted(self.node.name, sample.at))
            for block in self.blocks.values():
                block.restart()
        self._learn(sample.question, sample.facts)
        for table in sample.tables:
            events += self._table(sample, table)
        self._vanished(sample)
        return events

    def refresh(self) -> None:
        """What was drawn of it no longer holds: other thresholds, another expectation."""
        self.version += 1
        self._ports, self._nvlinks = (None, ()), (None, ())

    def swept(self, sweep: Sweep) -> None:
        """It swept the subnet; who manages that is among its facts."""
        self.version += 1
        question = self.questions.get("in-band")
        if question is not None:
            question.answered(sweep.at, sweep.latency_s)
        sm = sweep.sm
        manager = (
            "none answered" if sm is None else f"{sm.state} at LID {sm.lid}, GUID {sm.guid}, priority {sm.priority}"
        )
        self._learn("in-band", {f"sm.{sweep.subnet}": manager})
        self._unmanaged = judge.subnet_manager(None if sm is None else sm.state, manager)

    @property
    def ports_version(self) -> int:
        """Grows when the listing or state of its ports changes: links have to be found anew."""
        return sum(block.listing for block in self.blocks.values() if block.kind is Kind.PORTS)

    def unanswered(self, failure: Unanswered) -> None:
        """A question was due and has no answer."""
        self.version += 1
        question = self.questions.get(failure.question)
        if question is not None:
            question.failed(failure)

    def ports_of(self, kind: Kind) -> list[Block]:
        """The tables of one kind, in the order they first came."""
        return [block for block in self.blocks.values() if block.kind is kind]

    def changes_at(self, now: float) -> float:
        """When an age next means something else."""
        return min((question.changes_at(now) for question in self.questions.values()), default=float("inf"))

    def view(self, now: float, around: Surroundings) -> NodeView:
        """The node as the screen shows it."""
        verdicts = {name: question.verdict(now, self.expect) for name, question in self.questions.items()}
        swept = around.swept
        ports = self._port_views(now, verdicts, around) if swept is None else swept.ports
        nvlinks = self._nvlink_views(now, verdicts, around)
        whole = judge.worse(*self._reasons(verdicts, ports, nvlinks, around))
        questions = tuple(self._question_views(now, verdicts))
        if swept is not None:
            questions = (*questions, swept.question)
        first = min(questions, key=lambda question: question.interval_s, default=None)
        return NodeView(
            name=self.node.name,
            rack=self.node.rack,
            platform=self.node.platform,
            health=whole.health,
            reason=whole.reason,
            age_s=first.age_s if first else None,
            error=self._error(verdicts) or (swept.verdict.reason or None if swept else None),
            uptime_s=self._uptime_s,
            facts=self.facts if swept is None else {**swept.facts, **self.facts},
            questions=questions,
            ports=ports,
            nvlinks=nvlinks,
            expect=self.expect,
        )

    def _learn(self, question: str, facts: dict[str, str]) -> None:
        """What one question tells replaces what it told before."""
        if facts and self._learned.get(question) != facts:
            self._learned[question] = facts
            self.facts = {name: fact for each in self._learned.values() for name, fact in each.items()}
            self._most_gpus = max(self._most_gpus, _number(self.facts.get("gpus")) or 0)

    @property
    def _virtual(self) -> frozenset[str]:
        """Devices that are functions of another one."""
        return frozenset(name.removesuffix(".virtual") for name in self.facts if name.endswith(".virtual"))

    def _booted(self, sample: Sample) -> bool:
        if sample.boot_id is None:
            return False
        before, self._boot_id = self._boot_id, sample.boot_id
        self._uptime_s = sample.clock_s
        return before is not None and before != sample.boot_id

    def _table(self, sample: Sample, table: Table) -> Iterator[Event]:
        key = (sample.question, table.kind, table.source)
        block = self.blocks.get(key)
        if block is None:
            block = self.blocks[key] = Block(table, self.window_s)
        changed = block.fold(table, sample.clock_s, sample.at)
        return turns.told(self.node.name, table.kind, changed, sample.at)

    def _vanished(self, sample: Sample) -> None:
        """A table that was in this question's answers and no longer is: its rows are gone."""
        came = {(table.kind, table.source) for table in sample.tables}
        for (question, kind, source), block in self.blocks.items():
            if question == sample.question and (kind, source) not in came:
                block.vanish(sample.at)

    def _feeding(self, kind: Kind, otherwise: str) -> str:
        return next((question for question, fed, _ in self.blocks if fed is kind), otherwise)

    def _port_views(self, now: float, verdicts: dict[str, Verdict], around: Surroundings) -> tuple[PortView, ...]:
        name = self._feeding(Kind.PORTS, "hca")
        question = verdicts.get(name, OK)
        key = (self._read(Kind.PORTS), question, self._step(name, now), around.peers_version, self.expect)
        if self._ports[0] != key:
            views = port_views(
                self.node.name,
                self.ports_of(Kind.PORTS),
                scale_of=around.scale_of,
                decide=host_port(self.expect, self._virtual),
                question=question,
                peers=around.peers,
                now=now,
            )
            self._ports = (key, views)
        return self._ports[1]

    def _nvlink_views(self, now: float, verdicts: dict[str, Verdict], around: Surroundings) -> tuple[NvlinkView, ...]:
        name = self._feeding(Kind.NVLINKS, "nvlink")
        question = verdicts.get(name)
        if question is None:
            return ()
        key = (self._read(Kind.NVLINKS), question, self._step(name, now), self.expect)
        if self._nvlinks[0] != key:
            block = next(iter(self.ports_of(Kind.NVLINKS)), None)
            views = nvlink_views(
                self.node.name,
                block,
                self._nvlink_places(block),
                expect=self.expect,
                scale_of=around.scale_of,
                question=question,
                now=now,
            )
            self._nvlinks = (key, views)
        return self._nvlinks[1]

    def _nvlink_places(self, block: Block | None) -> Mapping[Place, int | None]:
        rows = block.rows if block else ()
        if self._places[0] != (rows, self.expect):
            self._places = ((rows, self.expect), places(rows, self.expect))
        return self._places[1]

    def _read(self, kind: Kind) -> tuple[object, ...]:
        return tuple((id(block), block.version) for block in self.blocks.values() if block.kind is kind)

    def _step(self, name: str, now: float) -> float:
        question = self.questions.get(name)
        return question.changes_at(now) if question else 0.0

    def _reasons(
        self,
        verdicts: dict[str, Verdict],
        ports: Sequence[PortView],
        nvlinks: Sequence[NvlinkView],
        around: Surroundings,
    ) -> Iterator[Verdict]:
        """Everything that could be wrong with it, the more telling first among equals."""
        for name, verdict in verdicts.items():
            failure = self.questions[name].failure
            alike = failure is not None and failure.reason in _FAR_SIDE
            if verdict.health is Health.OK:
                yield OK
            elif verdict.health is not Health.NOT_SUPPORTED:
                yield verdict if alike else Verdict(verdict.health, f"{name}: {verdict.reason}")
        if around.swept is not None:
            yield around.swept.verdict
        elif not verdicts:
            yield _NOTHING_ASKED
        if self._unmanaged is not OK:
            yield self._unmanaged
        yield from self._counts(verdicts)
        yield from worst_row(ports, len(self.node.name) + 1)
        yield from worst_row(nvlinks, len(self.node.name) + 1)
        if around.events.health is not Health.OK:
            yield around.events

    def _counts(self, verdicts: dict[str, Verdict]) -> Iterator[Verdict]:
        hca = self.questions.get("hca")
        if hca is not None and hca.answered_at is not None and verdicts["hca"].health is not Health.UNKNOWN:
            devices = {
                row.partition("/")[0]
                for block in self.ports_of(Kind.PORTS)
                for number, row in enumerate(block.rows)
                if block.seen(number) is not Seen.GONE
            }
            yield from judge.fewer("HCAs", len(devices - self._virtual), self.expect.hcas)
        gpus = _number(self.facts.get("gpus"))
        if gpus is not None and verdicts.get("gpu", OK).health is not Health.UNKNOWN:
            expected = self._most_gpus if self.expect.gpus is None else self.expect.gpus
            yield from judge.fewer("GPUs", gpus, expected)

    def _question_views(self, now: float, verdicts: dict[str, Verdict]) -> Iterator[QuestionView]:
        for name, question in self.questions.items():
            yield question.view(now, verdicts[name])

    def _error(self, verdicts: dict[str, Verdict]) -> str | None:
        names: dict[str, list[str]] = {}
        for name, question in self.questions.items():
            if question.failure is not None and verdicts[name].health is not Health.NOT_SUPPORTED:
                names.setdefault(said(question.failure), []).append(name)
        if not names:
            return None
        if len(names) == 1 and len(next(iter(names.values()))) == len(self.questions):
            return next(iter(names))
        return "; ".join(f"{', '.join(which)}: {text}" for text, which in names.items())


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None


def worst_row(rows: Sequence[PortView | NvlinkView], skip: int) -> Iterator[Verdict]:
    """The loudest of some ports or NVLinks, named without the node (`skip` characters), and how many are like it."""
    if not rows:
        return
    loudest = max(rows, key=lambda row: row.health.rank)
    if loudest.health is Health.OK:
        yield OK
    elif loudest.health.severity:
        alike = sum(1 for row in rows if row.health is loudest.health) - 1
        more = f" (and {alike} more)" if alike else ""
        yield Verdict(loudest.health, f"{loudest.end[skip:]}: {loudest.reason}{more}")
