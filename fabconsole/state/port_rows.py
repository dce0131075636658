"""Ports as the screen shows them: the rows of one or more tables, judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import PortState
from fabconsole.state import judge
from fabconsole.state.block import Block, Seen
from fabconsole.state.judge import NO_COUNTERS, Verdict
from fabconsole.state.lines import Lines
from fabconsole.state.row import joined
from fabconsole.state.scale import Scale
from fabconsole.state.snapshot import PortView

ScaleOf = Callable[[Block], Scale]
_VIRTUAL = Verdict(Health.EXPECTED_DOWN, "a virtual function")
NOT_UNDERSTOOD = "what was said of it was not understood"

Judge = Callable[[str, PortState, Seen, Verdict], Verdict]
"""(row, state, what became of it, verdict on its counters) to a verdict, before its question's age counts."""


def port_views(
    node: str,
    blocks: Sequence[Block],
    *,
    scale_of: ScaleOf,
    decide: Judge,
    question: Verdict,
    peers: dict[str, str],
    now: float,
) -> tuple[PortView, ...]:
    """Every port of `blocks`: the first is the listing, the others add counters to its rows."""
    if not blocks:
        return ()
    tables = [(block, Lines(block, now), _counted(block, scale_of(block))) for block in blocks]
    return tuple(_view(node, name, tables, decide=decide, question=question, peers=peers) for name in blocks[0].rows)


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


def _counted(block: Block, scale: Scale) -> list[Verdict]:
    window = block.window
    return scale.judge(window)


def _view(
    node: str,
    name: str,
    tables: Sequence[tuple[Block, Lines, list[Verdict]]],
    *,
    decide: Judge,
    question: Verdict,
    peers: dict[str, str],
) -> PortView:
    first, _, _ = tables[0]
    here = first.row_of(name)
    parts = [
        (block, lines, counted, row) for block, lines, counted in tables if (row := block.row_of(name)) is not None
    ]
    state, seen, age_s = PortState(), Seen.UNREAD, None
    if here is not None:
        said = first.states[here]
        state = said if isinstance(said, PortState) else state
        seen, age_s = first.seen(here), tables[0][1].age_s(here)
    judged = [counted[row] for _, _, counted, row in parts]
    spoken = [verdict for verdict in judged if verdict is not NO_COUNTERS]
    verdict = judge.inherited(decide(name, state, seen, judge.worse(*(spoken or judged))), question)
    end = f"{node}/{name}"
    shown = [lines.counters_and_rates(row) for _, lines, _, row in parts]
    marks = parts[0][1].marks(parts[0][3])
    for _, lines, _, row in parts[1:]:
        marks = {**marks, **lines.marks(row)} if lines.marks(row) else marks
    return PortView(
        end=end,
        node=node,
        state=state,
        health=verdict.health,
        reason=verdict.reason,
        peer=peers.get(end),
        counters=joined(tuple(counters for counters, _ in shown)),
        rates=joined(tuple(rates for _, rates in shown)),
        marks=marks,
        age_s=age_s,
    )
