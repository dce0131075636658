"""One link, both ends side by side: whose fault is it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fabconsole.fabric.counters import COUNTERS, Class, known
from fabconsole.fabric.table import PortState
from fabconsole.state.snapshot import EventView, NvlinkView, PortView, Series, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of
from fabconsole.tui.drawing import Line, Span, clipped, cut, fit, length
from fabconsole.tui.floor import is_switch
from fabconsole.tui.pages.lists import event_line
from fabconsole.tui.readings import growth, lifetime
from fabconsole.tui.sparkline import sparkline_between
from fabconsole.tui.wording import age, gbps, span

End = PortView | NvlinkView
_LABEL = 20
_VALUE = 12
_GROWN = 11
_SPARK = 16
_EVENTS = 12
_WHO_COUNTS = {
    "symbol_error": "errors at a receiver: the far transmitter, the cable or this receiver",
    "port_rcv_errors": "errors at a receiver: the far transmitter, the cable or this receiver",
    "port_xmit_wait": "waiting at a sender: whoever is behind the far end takes too slowly",
}


def link_lines(snapshot: Snapshot, subject: str, series: Callable[[str, str], Series], width: int) -> tuple[Line, ...]:
    """The link that has one end at `subject`; an NVLink shows the end that its node tells of."""
    one = snapshot.port(subject) or snapshot.nvlink(subject)
    if one is None:
        return ((Span(f" {subject} is no longer there", "dim"),),)
    peer = one.peer if isinstance(one, PortView) else None
    other = snapshot.port(peer) if peer else None
    ends: list[End] = [one, *([other] if other else [])]
    column = max(16, (width - _LABEL - 2) // 2 if other or peer else width - _LABEL - 2)
    rows = [*_identity(snapshot, ends, peer, column), (), *_counters(ends, series, snapshot.at, column)]
    lines = [clipped(row, width) for row in rows]
    grown = [name for end in ends for name, rate in end.rates.items() if rate > 0 and name in _WHO_COUNTS]
    if grown:
        lines += [(), (Span(fit(f" {_WHO_COUNTS[grown[0]]}", width), "accent"),)]
    return (*lines, (), *_events(snapshot, ends, width))


def _identity(snapshot: Snapshot, ends: Sequence[End], peer: str | None, column: int) -> Iterator[Line]:
    names = [Span(fit("", _LABEL + 2))]
    for number, end in enumerate(ends):
        arrow = [Span("⇄  ", "faint")] if number else []
        names += _padded([*arrow, Span(cut(end.end, column - 4), "strong", end.end)], column)
    if len(ends) == 1 and peer:
        names += [Span("⇄  ", "faint"), Span(fit(f"{peer}, not in this fabric", column - 3), "dim")]
    yield tuple(names)
    yield _row(
        "health", [Span(f"{end.health.glyph} {end.health.value}", end.health.value.lower()) for end in ends], column
    )
    yield _row("why", [Span(end.reason or "–", "text" if end.reason else "faint") for end in ends], column)
    yield _row("state", [Span(_state(end)) for end in ends], column)
    yield _row("rate", [Span(_rate(end)) for end in ends], column)
    yield _row("read", [Span(f"{age(end.age_s)} ago{_by(snapshot, end)}", "dim") for end in ends], column)
    ports = [end for end in ends if isinstance(end, PortView)]
    for label, told in _HARDWARE:
        said = [told(end.state) for end in ports]
        if any(said):
            yield _row(label, [Span(text or "–", "dim") for text in said], column)


_HARDWARE: tuple[tuple[str, Callable[[PortState], str | None]], ...] = (
    ("lid", lambda state: None if state.lid is None else str(state.lid)),
    ("guid", lambda state: state.port_guid or state.node_guid),
    ("firmware", lambda state: state.firmware),
    ("board", lambda state: state.board),
    ("pci", lambda state: state.pci),
    ("could be", lambda state: state.could_be),
)


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


def _counters(ends: Sequence[End], series: Callable[[str, str], Series], now: float, column: int) -> Iterator[Line]:
    seen = {name for end in ends for name in (*end.counters, *end.marks)}
    order = [name for name in COUNTERS if name in seen] + sorted(seen - set(COUNTERS))
    wide = column >= 44
    grew = {(end.end, name): series(end.end, name) for end in ends for name in order} if wide else {}
    begin = min((one.at[0] for one in grew.values() if one.at), default=now)
    axis = f"last {span(now - begin)}" if begin < now else ""
    yield Span(fit(" COUNTERS", _LABEL + 2 + _VALUE + _GROWN), "title"), Span(axis, "faint")
    quiet = [name for name in order if known(name).kind is Class.INFO and all(_is_zero(end, name) for end in ends)]
    for kinds in ((Class.STATE, Class.ERROR), (Class.CONGESTION,), (Class.INFO,), (Class.TRAFFIC,)):
        for name in (name for name in order if known(name).kind in kinds and name not in quiet):
            spans = [Span(fit(f"   {known(name).label}", _LABEL + 2), "dim")]
            for end in ends:
                value, grown = lifetime(end, name), growth(end, name)
                cell = [value._replace(text=fit(value.text, _VALUE)), grown._replace(text=fit(grown.text, _GROWN))]
                if wide and known(name).kind is not Class.INFO:
                    drawn = sparkline_between(grew[end.end, name], begin, now, _SPARK)
                    cell.append(Span(drawn, grown.role if set(drawn) - set(" ▁·") else "faint"))
                spans += _padded(cell, column)
            yield tuple(spans)
    if quiet:
        labels = " · ".join(known(name).label for name in quiet)
        yield Span(fit("   zero if counted", _LABEL + 2), "dim"), Span(labels, "faint")


def _is_zero(end: End, name: str) -> bool:
    """True of what counted nothing, or is not counted at that end."""
    return not end.counters.get(name) and name not in end.marks


def _events(snapshot: Snapshot, ends: Sequence[End], width: int) -> Iterator[Line]:
    mine = [view for view in snapshot.events if any(_concerns(view, end) for end in ends)]
    yield (Span(" EVENTS", "title"), Span("" if mine else "  none", "dim"))
    for view in mine[:_EVENTS]:
        yield event_line(view, width, alone=True)


def _concerns(view: EventView, end: End) -> bool:
    """An event of that very thing, or of its node as a whole."""
    subject = view.event.subject
    if node_of(end.end) not in view.nodes:
        return False
    if subject is None:
        return True
    gpu = gpu_of(end.end)
    return subject == (f"gpu{gpu}" if gpu is not None else end.end.split("/")[1])


def _row(label: str, cells: Sequence[Span], column: int) -> Line:
    line = [Span(fit(f"   {label}", _LABEL + 2), "dim")]
    for cell in cells:
        line += _padded([cell._replace(text=cut(cell.text, column - 1))], column)
    return tuple(line)


def _padded(spans: Sequence[Span], column: int) -> list[Span]:
    return [*spans, Span(" " * max(0, column - length(spans)))]
