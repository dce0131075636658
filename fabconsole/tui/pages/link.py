"""One link, both ends side by side: whose fault is it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.table import PortState
from fabconsole.state.snapshot import EventView, NvlinkView, PortView, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of
from fabconsole.tui.drawing import Line, Span, clipped, cut, fit, length, wrapped
from fabconsole.tui.floor import is_switch
from fabconsole.tui.metrics import CONGESTION
from fabconsole.tui.pages.counted import End, SeriesOf, Sizes, counter_lines
from fabconsole.tui.pages.events import own_events
from fabconsole.tui.readings import OLD
from fabconsole.tui.sieve import EVERYTHING, Sieve
from fabconsole.tui.wording import gbps, reading, was

_EVENTS = 12
_RECEIVED = ("symbol_error", "port_rcv_errors")


def link_lines(
    snapshot: Snapshot, subject: str, series: SeriesOf, width: int, sieve: Sieve = EVERYTHING
) -> tuple[Line, ...]:
    """The link that has one end at `subject`; an NVLink shows the end that its node tells of."""
    one = snapshot.port(subject) or snapshot.nvlink(subject)
    if one is None:
        return ((Span(f" {subject} is no longer there", "dim"),),)
    peer = one.peer if isinstance(one, PortView) else None
    other = snapshot.port(peer) if peer else None
    ends: list[End] = [one, *([other] if other else [])]
    sizes = Sizes.of(width, 2 if peer else 1)
    lines = [clipped(row, width) for row in _identity(snapshot, ends, peer, sizes)]
    if told := _whose(ends):
        lines += [(), *wrapped([Span(f" {told}", "accent")], width, 1)]
    lines += [(), *(clipped(row, width) for row in counter_lines(ends, series, snapshot.at, sizes, sieve))]
    mine = [view for view in snapshot.events if any(_concerns(view, end) for end in ends)]
    lines += [(), *own_events(snapshot, mine[:_EVENTS], width)]
    return (*lines, *(clipped(row, width) for row in _hardware(ends, sizes)))


def _whose(ends: Sequence[End]) -> str:
    """Where to look first, from who counts what; empty where nothing grows.

    A receiver counts what its partner or the cable broke; where both do, it is seldom two transmitters.
    """
    hurt = [end.end for end in ends if any(_grows(end, name) for name in _RECEIVED)]
    waits = [end.end for end in ends if _grows(end, "port_xmit_wait")]
    if len(hurt) > 1:
        return "both ends receive errors: the cable between them first, then its modules"
    if hurt:
        only = "only " if len(ends) > 1 else ""
        return f"{only}{hurt[0]} receives errors: the far transmitter, the cable or this receiver"
    if waits:
        whom = "both ends wait" if len(waits) > 1 else f"{waits[0]} waits"
        return f"{whom} to send: whoever is behind the far end takes too slowly"
    return ""


def _identity(snapshot: Snapshot, ends: Sequence[End], peer: str | None, sizes: Sizes) -> Iterator[Line]:
    names = [Span(fit("", sizes.label))]
    for number, end in enumerate(ends):
        arrow = [Span("⇄ ", "faint")] if number else []
        names += _padded([*arrow, Span(cut(end.end, sizes.end - 3), "strong", end.end)], sizes.end)
    if len(ends) == 1 and peer:
        why = "not listed there" if node_of(peer) in snapshot.nodes else "not in this fabric"
        names += [Span("⇄ ", "faint"), Span(fit(f"{peer}, {why}", sizes.end - 2), "dim")]
    yield tuple(names)
    if len(ends) == 1 and not peer:
        told = "unknown: nothing that is asked tells it" if isinstance(ends[0], NvlinkView) else "unknown"
        yield from _rows("far end", [Span(told, "dim")], sizes)
    said = [Span(f"{end.health.glyph} {end.health.value}", end.health.value.lower()) for end in ends]
    yield from _rows("health", said, sizes)
    if any(end.reason for end in ends):
        yield from _rows("why", [Span(end.reason or "–", "text" if end.reason else "faint") for end in ends], sizes)
    yield from _rows("state", [_now(end, _state(end)) for end in ends], sizes)
    yield from _rows("rate", [_now(end, _rate(end)) for end in ends], sizes)
    read = [(f"{reading(end.age_s, is_old=end.is_old)}{_by(snapshot, end)}", end.is_old) for end in ends]
    yield from _rows("seen", [Span(text, "stale" if is_old else "dim") for text, is_old in read], sizes)


def _hardware(ends: Sequence[End], sizes: Sizes) -> Iterator[Line]:
    """What the ends are, last: it is what a ticket is written with, not what is looked for first."""
    states = [end.state for end in ends if isinstance(end, PortView)]
    told = {label: said for label, tell in _HARDWARE if any(said := [tell(state) for state in states])}
    if told:
        yield from ((), (Span(" HARDWARE", "title"),))
    for label, said in told.items():
        yield from _rows(label, [Span(text or "–", "dim") for text in said], sizes)


_HARDWARE: tuple[tuple[str, Callable[[PortState], str | None]], ...] = (
    ("lid", lambda state: None if state.lid is None else str(state.lid)),
    ("guid", lambda state: state.port_guid or state.node_guid),
    ("firmware", lambda state: state.firmware),
    ("board", lambda state: state.board),
    ("pci", lambda state: state.pci),
    ("could be", lambda state: state.could_be),
)


def _grows(end: End, counter: str) -> bool:
    """True for growth that asks for a word: every sender waits a little."""
    rate = end.rates.get(counter, 0.0)
    return CONGESTION.level(rate).loud if known(counter).kind is Class.CONGESTION else rate > 0


def _now(end: End, said: str) -> Span:
    return Span(was(said, end.is_old), OLD if end.is_old else "text")


def _state(end: End) -> str:
    if isinstance(end, NvlinkView):
        return end.state.state
    return " · ".join(word for word in (end.state.state or "?", end.state.phys_state, end.state.link_layer) if word)


def _rate(end: End) -> str:
    if isinstance(end, NvlinkView):
        return "–" if end.state.speed_gbs is None else f"{end.state.speed_gbs:g} GB/s one way"
    if end.state.rate_gbps is None:
        return "–"
    return " ".join(filter(None, (f"{gbps(end.state.rate_gbps)} Gb/s", end.state.width, end.state.generation)))


def _by(snapshot: Snapshot, end: End) -> str:
    node = snapshot.nodes.get(end.node)
    return ", in-band" if node is not None and is_switch(node) else ", by its host"


def _concerns(view: EventView, end: End) -> bool:
    """An event of that very thing, or of its node as a whole."""
    subject = view.event.subject
    if node_of(end.end) not in view.nodes:
        return False
    if subject is None:
        return True
    gpu = gpu_of(end.end)
    return subject == (f"gpu{gpu}" if gpu is not None else end.end.split("/")[1])


def _rows(label: str, cells: Sequence[Span], sizes: Sizes) -> Iterator[Line]:
    """What is said of each end, all of it, under one another where it is longer than its column."""
    wraps = [wrapped([cell], sizes.end - 1) for cell in cells]
    for number, parts in enumerate(zip_longest(*wraps, fillvalue=())):
        line = [Span(fit("" if number else f"   {label}", sizes.label), "dim")]
        for part in parts:
            line += _padded(part, sizes.end)
        yield tuple(line)


def _padded(spans: Sequence[Span], column: int) -> list[Span]:
    return [*spans, Span(" " * max(0, column - length(spans)))]
