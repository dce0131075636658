"""One node of the inventory: what it answered, folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fabconsole.fabric.event import Event
from fabconsole.fabric.inventory import Expect, Node
from fabconsole.fabric.table import Kind, Table, Width
from fabconsole.state import judge, turns, vanished
from fabconsole.state.block import Block, Seen
from fabconsole.state.judge import OK
from fabconsole.state.pace import Pace
from fabconsole.state.pci_names import PciNames, named
from fabconsole.state.question_state import IN_BAND, QuestionState
from fabconsole.state.silence import Silence
from fabconsole.stream.records import FAR_SIDE, Asked, Sample, Sweep, Unanswered

_NO_FACTS: Mapping[str, str] = {}


class Host:
    """A node and its past over the health window."""

    def __init__(self, node: Node, asked: Sequence[Asked], window_s: float) -> None:
        self.node = node
        self.window_s = window_s
        self.questions: dict[str, QuestionState] = {}
        self.facts: dict[str, str] = {}
        self.blocks: dict[tuple[str, Kind, Width], Block] = {}
        self.version = 0
        """Grows with every record that says something, and when it is asked or judged otherwise."""
        self.rules_version = 0
        """Grows when it is judged by something else."""
        self.uptime_s: float | None = None
        self.most_gpus = 0
        """The most that were ever listed."""
        self.most_hcas = 0
        """As of GPUs; virtual functions are none."""
        self.unmanaged = OK
        """What is wrong with the subnet manager, where this host asks for it."""
        self.pci_names = PciNames()
        """What has which PCI address; the same object while nothing moved."""
        self._silence = Silence()
        self._pace = Pace()
        self._named_by: tuple[object, ...] = ()
        self._boot_id: str | None = None
        self._missing: frozenset[str] = frozenset()
        self._moved: dict[str, str] = {}
        self._learned: dict[str, dict[str, str]] = {}
        self._asked: Sequence[Asked] = ()
        self._ask(asked)

    @property
    def expect(self) -> Expect:
        """What should be there."""
        return self.node.expect

    def reopen(self, node: Node, asked: Sequence[Asked], window_s: float, *, judged_anew: bool) -> None:
        """It is this node with these questions from now on; what was answered before stays.

        Where none of it is another, and it is judged as before, what was drawn of it holds.
        """
        if not judged_anew and node == self.node and asked == self._asked:
            return
        self.node, self.window_s = node, window_s
        for block in self.blocks.values():
            block.window.window_s = window_s
        self._ask(asked)
        self.version += 1
        self.rules_version += 1

    def _ask(self, asked: Sequence[Asked]) -> None:
        self._asked = asked
        before = self.questions
        self.questions = {}
        for one in asked:
            question = before.get(one.question) or QuestionState(one.question, one.interval_s)
            question.interval_s = one.interval_s
            self.questions[one.question] = question
        if IN_BAND not in self.questions:
            self._rest()

    def _rest(self) -> None:
        """Another host sweeps the subnet: what this one knew of its manager grows old unseen."""
        self.unmanaged = OK
        if self._learned.pop(IN_BAND, None):
            self.facts = {name: fact for each in self._learned.values() for name, fact in each.items()}

    def sample(self, sample: Sample, peers: Mapping[str, str]) -> list[Event]:
        """Fold an answer; returns the changes of state it shows. `peers` are the far ends by address."""
        self.version += 1
        events: list[Event] = []
        self._heard(sample.at)
        question = self.questions.get(sample.question)
        if question is not None:
            question.answered(sample.at, sample.latency_s)
            events += self._silence.answered(self.node, sample.question, sample.at)
        events += self._clocked(sample)
        self._learn(sample.question, sample.facts)
        for table in sample.tables:
            events += self._table(sample, table, peers)
        self._vanished(sample)
        events += self._left(sample.at)
        self._name()
        return events

    def swept(self, sweep: Sweep) -> Sequence[Event]:
        """It swept the subnet; who manages that is among its facts. Returns what changed about the host itself."""
        self.version += 1
        events: Sequence[Event] = ()
        self._heard(sweep.at)
        question = self.questions.get(IN_BAND)
        if question is not None:
            question.answered(sweep.at, sweep.latency_s)
            events = self._silence.answered(self.node, IN_BAND, sweep.at)
        sm = sweep.sm
        unknown = "not asked" if sweep.sm_unasked else "none answered"
        manager = unknown if sm is None else f"{sm.state} at LID {sm.lid}, GUID {sm.guid}, priority {sm.priority}"
        self._learn(IN_BAND, {f"sm.{sweep.subnet}": manager})
        self.unmanaged = judge.subnet_manager(None if sm is None else sm.state, manager, sweep.sm_unasked)
        return events

    @property
    def ports_version(self) -> int:
        """Grows when the listing or state of its ports changes: links have to be found anew."""
        return sum(block.listing for block in self.blocks.values() if block.kind is Kind.PORTS)

    def unanswered(self, failure: Unanswered) -> Sequence[Event]:
        """A question was due and has no answer; returns what that begins."""
        self.version += 1
        self._heard(failure.at)
        question = self.questions.get(failure.question)
        if question is None:
            return ()
        ever = [question]
        if failure.reason in FAR_SIDE:  # what the others were told last is no answer of now any more either
            ever = list(self.questions.values())
            for one in ever:
                if one.failure is None or one.failure.reason in FAR_SIDE:
                    one.failed(failure)
        question.failed(failure)
        before = any(one.answered_at is not None for one in ever)
        return self._silence.failed(self.node, failure, before=before)

    @property
    def lost_since(self) -> float | None:
        """Since when it is not reached."""
        return self._silence.lost_since

    def tables(self, kind: Kind) -> list[Block]:
        """The tables of one kind, in the order they first came."""
        return [block for block in self.blocks.values() if block.kind is kind]

    def changes_at(self, now: float) -> float:
        """When an age next means something else."""
        return min((question.changes_at(now) for question in self.questions.values()), default=float("inf"))

    def _heard(self, at: float) -> None:
        for question in self.questions.values():
            question.heard(at)

    def _learn(self, question: str, facts: dict[str, str]) -> None:
        """What one question tells replaces what it told before."""
        if self._learned.get(question, _NO_FACTS) != facts:
            self._learned[question] = facts
            self.facts = {name: fact for each in self._learned.values() for name, fact in each.items()}
            self.most_gpus = max(self.most_gpus, self.gpus or 0)

    def _name(self) -> None:
        """Find what has which PCI address, where facts or ports say anything new."""
        ports = self.tables(Kind.PORTS)
        by = (self.facts, *(block.states for block in ports))
        if by != self._named_by:
            self._named_by = by
            self.pci_names = PciNames(named(self.facts, ports))
            self.most_hcas = max(self.most_hcas, len(self.hcas))

    @property
    def hcas(self) -> frozenset[str]:
        """The adapters that are listed now."""
        tables = self.tables(Kind.PORTS)
        seen = (name for block in tables for row, name in enumerate(block.rows) if block.seen(row) is not Seen.GONE)
        return frozenset(name.partition("/")[0] for name in seen) - self.virtual

    @property
    def gpus(self) -> int | None:
        """How many GPUs were listed; None: not known."""
        text = self.facts.get("gpus", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None

    @property
    def virtual(self) -> frozenset[str]:
        """Devices that are functions of another one."""
        return frozenset(name.removesuffix(".virtual") for name in self.facts if name.endswith(".virtual"))

    def _booted(self, sample: Sample) -> bool:
        if sample.boot_id is None:
            return False
        before, self._boot_id = self._boot_id, sample.boot_id
        self.uptime_s = sample.clock_s
        return before is not None and before != sample.boot_id

    def _clocked(self, sample: Sample) -> Iterator[Event]:
        """A boot begins its counters anew; a clock that jumped leaves them, and what grew took as long as ours says."""
        jumped_s = 0.0 if sample.boot_id is None else self._pace.jumped_s(sample.clock_s, sample.at - sample.latency_s)
        if self._booted(sample):
            yield turns.rebooted(self.node.name, sample.at)
            for block in self.blocks.values():
                block.restart()
        elif jumped_s:
            yield turns.clock_jumped(self.node.name, jumped_s, sample.at)
            for block in self.blocks.values():
                block.window.shift(jumped_s)

    def _table(self, sample: Sample, table: Table, peers: Mapping[str, str]) -> Iterator[Event]:
        key = (sample.question, table.kind, table.source)
        block = self.blocks.get(key)
        if block is None:
            block = self.blocks[key] = Block(table, self.window_s)
        changed = block.fold(table, sample.clock_s, sample.at)
        yield from turns.told(self.node.name, table.kind, changed, sample.at, peers)
        yield from turns.cleared(self.node.name, table.kind, block.cleared, sample.at)

    def _vanished(self, sample: Sample) -> None:
        """A table that was in this question's answers and no longer is: its rows are gone."""
        if sum(key[0] == sample.question for key in self.blocks) == len(sample.tables):
            return  # each has its block by now
        came = {(table.kind, table.source) for table in sample.tables}
        for (question, kind, source), block in self.blocks.items():
            if question == sample.question and (kind, source) not in came:
                block.vanish(sample.at)

    def _left(self, at: float) -> Iterator[Event]:
        """The devices that this answer no longer lists, or lists again."""
        if not self._missing and not any(block.behind for block in self.blocks.values()):
            return iter(())
        before, self._missing = self._missing, vanished.missing(self._listings())
        moved, self._moved = self._moved, vanished.moved(self.tables(Kind.PORTS)[:1])
        return vanished.told(self.node.name, before, self._missing, (moved, self._moved), at)

    def _listings(self) -> Iterator[Block]:
        """Of ports and of NVLinks the table that lists them; others add counters."""
        for kind in (Kind.PORTS, Kind.NVLINKS):
            yield from self.tables(kind)[:1]

    def feeding(self, kind: Kind, otherwise: str) -> str:
        """The question whose answers hold the tables of one kind."""
        return next((question for question, fed, _ in self.blocks if fed is kind), otherwise)
