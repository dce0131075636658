"""A diagnostic from offer to answer: what fits the selection, what it would run, what it said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fabconsole.fabric.errors import CommandError
from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.node_sets import folded
from fabconsole.runbook.command import Class, Command
from fabconsole.runbook.commands import fitting, order
from fabconsole.runbook.selection import Selection, selected
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import CutShort, Exited, Finished, NotBegun, Output
from fabconsole.stream.source import Order
from fabconsole.tui.outline import outline
from fabconsole.tui.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Choice:
    """One command on everything it would be run on."""

    command: Command
    selections: tuple[Selection, ...]
    inventory: Inventory
    spared: frozenset[str] = frozenset()
    """Nodes that are marked and not asked, because what is selected is not on one of them."""

    @property
    def targets(self) -> str:
        """Every node it is run on where these are many, and the marked ones that it spares; else empty."""
        if self.spared:
            return f"on {self.selections[0].node} alone, not on the {len(self.spared)} marked: {folded(self.spared)}"
        if len(self.selections) < 2:
            return ""
        return f"on {len(self.selections)} marked nodes: {folded(place.node for place in self.selections)}"

    def orders(self, prefix: str) -> list[tuple[Order, str]]:
        """What is run and on which address, run ids beginning with `prefix`. Raises CommandError."""
        return [
            (order(self.command, selection, self.inventory, run=f"{prefix}-{number}"), selection.address)
            for number, selection in enumerate(self.selections, start=1)
        ]

    def preview(self) -> str:
        """The exact text that would run; the reason where it cannot."""
        try:
            orders = self.orders("preview")
        except CommandError as error:
            return str(error)
        first, _ = orders[0]
        return f"{first.node} $ {first.command}" + (f"   … and {len(orders) - 1} more" if len(orders) > 1 else "")


def choices(
    commands: Sequence[Command],
    address: str,
    marked: frozenset[str],
    snapshot: Snapshot,
    inventory: Inventory,
) -> tuple[Choice, ...]:
    """What can be run on the selection; where that is on a marked node, on the same place of each marked one.

    A selection elsewhere is asked alone: what is looked at is never left out in favour of what was marked before.
    A command that loads its device is offered for one place only.
    """
    mine, _, under = address.partition("/")
    spared = frozenset() if mine in marked else marked
    others = [f"{node}/{under}" if under else node for node in sorted(marked - spared - {mine})]
    addresses = [address, *others]
    found = [place for one in addresses if (place := selected(one, snapshot, inventory)) is not None]
    offered: list[Choice] = []
    for command in fitting(commands, found[0]) if found else ():
        fit = tuple(place for place in found if command in fitting((command,), place))
        if len(fit) == 1 or command.kind is Class.READ_ONLY:
            offered.append(Choice(command, fit, inventory, spared))
    return tuple(offered)


@dataclass(slots=True)
class Run:
    """A command on one node."""

    order: Order
    address: str
    transcript: Transcript = field(default_factory=Transcript)
    finished: Finished | None = None
    outlined: Sequence[str] | None = None
    """A whole JSON answer without its braces; None where it is none."""

    @property
    def lines(self) -> Sequence[str]:
        """What it said, to be read."""
        return self.transcript.lines if self.outlined is None else self.outlined

    def end(self, finished: Finished) -> None:
        """Nothing more comes."""
        self.transcript.close()
        self.finished = finished
        if not self.transcript.dropped:
            self.outlined = outline(self.transcript.lines)

    @property
    def ending(self) -> str:
        """How it ended, and not when."""
        if self.finished is None:
            return "running"
        match self.finished.end:
            case NotBegun(why):
                return f"not run: {why}"
            case Exited(status):
                return f"rc {status}"
            case CutShort(why):
                return why

    @property
    def outcome(self) -> str:
        """How it went, in a few words."""
        if self.finished is None:
            return self.ending
        if isinstance(self.finished.end, NotBegun):
            return "not run"
        cut_off = ", cut off" if self.finished.truncated else ""
        return f"{self.ending}, {self.finished.elapsed_s:.1f} s{cut_off}"

    @property
    def is_well(self) -> bool:
        """True once it ended as commands should."""
        return self.finished is not None and self.finished.end == Exited(0)


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that said the same and ended alike: read once."""

    runs: tuple[Run, ...]

    @property
    def key(self) -> str:
        """Address of the group on the pane."""
        return self.runs[0].order.run

    @property
    def title(self) -> str:
        """Its nodes, folded."""
        if len(self.runs) == 1:
            return self.runs[0].address
        return folded(run.order.node for run in self.runs)


class Job:
    """One command that was run, on one node or on many."""

    def __init__(self, command: Command, runs: Sequence[Run]) -> None:
        self.command = command
        self.runs = {run.order.run: run for run in runs}
        self.folded: set[str] = set()
        """Keys of groups whose output is put away."""

    @property
    def title(self) -> str:
        """What was run, and where."""
        return f"{self.command.title}, on {folded(run.order.node for run in self.runs.values())}"

    @property
    def is_over(self) -> bool:
        """True when every run has ended."""
        return all(run.finished is not None for run in self.runs.values())

    def heard(self, record: Output | Finished) -> bool:
        """Take a record of a run; False where it is none of this job's."""
        run = self.runs.get(record.run)
        if run is None:
            return False
        if isinstance(record, Output):
            run.transcript.feed(record.data)
        else:
            run.end(record)
        return True

    def groups(self) -> tuple[Group, ...]:
        """Runs by what they said: what failed first, then the most common answer, those still running last."""
        alike: dict[object, list[Run]] = {}
        for run in self.runs.values():
            ended = run.finished
            said = (tuple(run.transcript.lines), ended.end) if ended else run.order.run
            alike.setdefault(said, []).append(run)
        return tuple(Group(tuple(runs)) for runs in sorted(alike.values(), key=_place))


def _place(runs: Sequence[Run]) -> tuple[bool, bool, int]:
    return runs[0].finished is None, runs[0].is_well, -len(runs)
