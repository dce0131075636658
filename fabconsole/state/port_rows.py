"""Ports as the screen shows them: the rows of one or more tables, judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import PortState
from fabconsole.state import judge
from fabconsole.state.block import Block, Lines, Seen
from fabconsole.state.judge import NO_COUNTERS, Verdict
from fabconsole.state.row import joined
from fabconsole.state.scale import Scale
from fabconsole.state.snapshot import PortView

ScaleOf = Callable[[Block], Scale]
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
    tables = [(block, block.lines(), _counted(block, scale_of(block))) for block in blocks]
    return tuple(
        _view(node, name, tables, decide=decide, question=question, peers=peers, now=now) for name in blocks[0].rows
    )


def host_port(expect: Expect) -> Judge:
    """How a host's own reading of a port is judged."""

    def decide(_row: str, state: PortState, seen: Seen, counters: Verdict) -> Verdict:
        return unless_lost(seen, judge.combined(judge.port_state(state, expect), counters))

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
    return scale.judge(window.rates(), window.quality, window.saturated)


def _view(
    node: str,
    name: str,
    tables: Sequence[tuple[Block, Lines, list[Verdict]]],
    *,
    decide: Judge,
    question: Verdict,
    peers: dict[str, str],
    now: float,
) -> PortView:
    first, _, _ = tables[0]
    here = first.row_of(name)
    parts = [
        (block, lines, counted, row) for block, lines, counted in tables if (row := block.row_of(name)) is not None
    ]
    state, seen, read_at = PortState(), Seen.UNREAD, None
    if here is not None:
        said = first.states[here]
        state = said if isinstance(said, PortState) else state
        seen, read_at = first.seen(here), first.read_at(here)
    judged = [counted[row] for _, _, counted, row in parts]
    spoken = [verdict for verdict in judged if verdict is not NO_COUNTERS]
    verdict = judge.inherited(decide(name, state, seen, judge.worse(*(spoken or judged))), question)
    end = f"{node}/{name}"
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
        counters=joined(tuple(lines.counters(row) for _, lines, _, row in parts)),
        rates=joined(tuple(lines.rated(row) for _, lines, _, row in parts)),
        marks=marks,
        age_s=None if read_at is None else max(0.0, now - read_at),
    )
