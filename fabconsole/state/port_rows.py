"""Ports as the screen shows them: the rows of one or more tables, judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import PortState
from fabconsole.state import judge
from fabconsole.state.block import Block, Seen
from fabconsole.state.joined import joined
from fabconsole.state.judge import NO_COUNTERS, Verdict
from fabconsole.state.lines import Lines
from fabconsole.state.row_states import State
from fabconsole.state.scale import Scale
from fabconsole.state.snapshot import PortView
from fabconsole.state.unsteady import Unsteady, unsteady

ScaleOf = Callable[[Block], Scale]
_VIRTUAL = Verdict(Health.EXPECTED_DOWN, "a virtual function")
_NO_RATES: Mapping[str, float] = {}
NOT_UNDERSTOOD = "what was said of it was not understood"
UNREAD = Verdict(Health.UNKNOWN, NOT_UNDERSTOOD)

Judge = Callable[[str, PortState, Seen, Verdict], Verdict]
"""(row, state, what became of it, verdict on its counters) to a verdict, before its question's age counts."""


class JudgedPorts:
    """Every port of one node: the first table is the listing, the others add counters to its rows."""

    __slots__ = (
        "_is_old",
        "_node",
        "_others",
        "_peers",
        "_places",
        "_rows",
        "_states",
        "_tables",
        "_unsteady",
        "question",
        "verdicts",
    )

    def __init__(
        self,
        node: str,
        blocks: Sequence[Block],
        verdicts: Sequence[Verdict],
        peers: dict[str, str],
        question: Verdict = judge.OK,
        unsteady: Mapping[str, Unsteady] = MappingProxyType({}),
    ) -> None:
        self.verdicts = verdicts
        self.question = question
        self._is_old = judge.unanswered(question)
        self._unsteady = unsteady
        self._node = node
        self._peers = peers
        self._rows: tuple[str, ...] = blocks[0].rows if blocks else ()
        self._states: tuple[State, ...] = blocks[0].states if blocks else ()
        self._tables = [Lines(block) for block in blocks]
        self._places: Mapping[str, int] = blocks[0].lines if blocks else {}
        self._others = [block.lines for block in blocks[1:]]

    @property
    def ends(self) -> Sequence[str]:
        """`gpu017/mlx5_3/1`, `leaf-a01/3`."""
        return [f"{self._node}/{row}" for row in self._rows]

    def name(self, number: int) -> str:
        """`mlx5_3/1` on a host, `3` on a switch."""
        return self._rows[number]

    def number(self, end: str) -> int | None:
        """The row with an address."""
        node, _, row = end.partition("/")
        return self._places.get(row) if node == self._node else None

    def view(self, number: int, now: float) -> PortView:
        """One port, aged as of `now`."""
        name, verdict = self._rows[number], self.verdicts[number]
        lines = self._tables[0]
        counters, rates, marks = lines.counters(number), lines.grown(number), lines.marks(number)
        for other, places in zip(self._tables[1:], self._others, strict=True):
            row = places.get(name)
            if row is not None:
                counters, rates = joined((counters, other.counters(row))), joined((rates, other.grown(row)))
                marks = {**marks, **more} if (more := other.marks(row)) else marks
        end = f"{self._node}/{name}"
        is_old = self._is_old or lines.is_old(number)
        return PortView(
            end=end,
            node=self._node,
            state=_said(self._states[number]),
            health=verdict.health,
            reason=verdict.reason,
            peer=self._peers.get(end),
            counters=counters,
            rates=_NO_RATES if is_old else rates,
            marks=marks,
            age_s=lines.age_s(number, now),
            is_old=is_old,
            unsteady=link.said if (link := self._unsteady.get(name)) and link.restless else "",
        )


def judged_ports(
    node: str,
    blocks: Sequence[Block],
    *,
    scale_of: ScaleOf,
    decide: Judge,
    question: Verdict,
    unknown_after_s: float,
    peers: dict[str, str],
) -> JudgedPorts:
    """Every port of `blocks`, by its state, its counters in all of them, and its own and its question's age."""
    if not blocks:
        return JudgedPorts(node, (), (), peers)
    listing = blocks[0]
    counted = scale_of(listing).judge(listing.window)
    for other in blocks[1:]:
        counted = _with(counted, listing.rows, _beside(listing, other, scale_of(other)), other.lines)
    links = unsteady(listing, scale_of(listing).flapping)
    verdicts = [
        decide(name, _said(state), listing.seen(row), of_counters)
        for row, (name, state, of_counters) in enumerate(zip(listing.rows, listing.states, counted, strict=True))
    ]
    for name, link in links.items():
        if link.flapping:
            verdicts[listing.lines[name]] = judge.flapping(verdicts[listing.lines[name]], link.said)
    for row, name in renamed(listing):
        verdicts[row] = Verdict(Health.EXPECTED_DOWN, f"{judge.GONE.reason}, which calls its card {name} now")
    for row in long_unread(listing, unknown_after_s):
        verdicts[row] = UNREAD
    if question is not judge.OK:
        verdicts = [judge.inherited(verdict, question) for verdict in verdicts]
    return JudgedPorts(node, blocks, verdicts, peers, question, links)


def host_port(expect: Expect, virtual: Collection[str]) -> Judge:
    """How a host's own reading of a port is judged; `virtual` devices are functions of another, down by design."""

    def decide(row: str, state: PortState, seen: Seen, counters: Verdict) -> Verdict:
        alone = judge.port_state(state, expect)
        if alone.health is Health.DOWN and row.partition("/")[0] in virtual:
            alone = _VIRTUAL
        return unless_lost(seen, judge.combined(alone, counters))

    return decide


def unless_lost(seen: Seen, verdict: Verdict) -> Verdict:
    """The verdict of a row that was read; MISSING where it is gone, no better than STALE where it was not read."""
    if seen is Seen.GONE:
        return judge.GONE
    if seen is Seen.UNREAD:
        return judge.inherited(verdict, Verdict(Health.STALE, NOT_UNDERSTOOD))
    return verdict


def renamed(block: Block) -> Iterator[tuple[int, str]]:
    """Rows that are gone whose GUID another row has now, and its name: nothing is missing of these but the label.

    Numbers move when a card before them died: that one is told by how many there were.
    """
    guids = {row: _said(block.states[row]).port_guid for row, (seen, _) in block.behind.items() if seen is Seen.GONE}
    if any(guids.values()):
        listed = {_said(block.states[row]).port_guid: name for name, row in block.lines.items() if row not in guids}
        for row, guid in guids.items():
            if guid and guid in listed:
                yield row, listed[guid]


def long_unread(block: Block, unknown_after_s: float) -> Iterator[int]:
    """Rows that the answers of so many seconds have not told of: what they were then says nothing of now."""
    for row, (seen, read_at) in block.behind.items():
        if seen is Seen.UNREAD and read_at is not None and (block.at or 0.0) - read_at > unknown_after_s:
            yield row


def _beside(listing: Block, other: Block, scale: Scale) -> Sequence[Verdict]:
    """The rows of a table beside the listing; of those that it left out though they are there, what is not told."""
    verdicts = list(scale.judge(other.window))
    for row in other.behind:
        listed = listing.lines.get(other.rows[row])
        if listed is not None and listing.seen(listed) is Seen.READ:
            verdicts[row] = scale.unread(other.window, row)
    return verdicts


def _with(
    counted: Sequence[Verdict], rows: Sequence[str], others: Sequence[Verdict], places: Mapping[str, int]
) -> list[Verdict]:
    """Verdicts of the listing's rows, with those on the same rows of another table."""
    numbers = (places.get(name) for name in rows)
    return [
        mine if number is None else _both(mine, others[number]) for mine, number in zip(counted, numbers, strict=True)
    ]


def _both(mine: Verdict, other: Verdict) -> Verdict:
    """The worse of two; a table without error counters says nothing.

    That no error of the link itself was read, no counter of the device beside it makes well.
    """
    if other is mine or other is NO_COUNTERS:
        return mine
    if mine is NO_COUNTERS:
        return mine if other is judge.OK else other
    return judge.worse(mine, other)


def _said(state: State) -> PortState:
    return state if isinstance(state, PortState) else PortState()
