"""The counters of a link: both ends side by side over one time, the way to tell whose fault it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from fabconsole.fabric.counters import COUNTERS, Class, known
from fabconsole.state.history import STEPS
from fabconsole.state.snapshot import NvlinkView, PortView, Series
from fabconsole.tui.drawing import Line, Span, fit, length, right, wrapped
from fabconsole.tui.readings import OLD, growth, label, lifetime
from fabconsole.tui.sieve import Sieve
from fabconsole.tui.sparkline import FLAT, sparkline_between
from fabconsole.tui.wording import span

End = PortView | NvlinkView
SeriesOf = Callable[[str, str], Series]
_ORDER = {Class.STATE: 0, Class.ERROR: 0, Class.CONGESTION: 1, Class.INFO: 2, Class.TRAFFIC: 3}
_FAULTS = (Class.STATE, Class.ERROR, Class.CONGESTION)
_LEAST_SPARK, _WIDEST_SPARK = 6, 32
_WIDEST_END = 72
"""Columns; farther apart two ends are no longer side by side."""


class Sizes(NamedTuple):
    """Columns of what stands side by side."""

    label: int
    end: int
    value: int
    grown: int
    spark: int
    """0: no room for one."""

    @classmethod
    def of(cls, width: int, ends: int) -> Sizes:
        """Shared out over one end or two."""
        label = 22 if width >= 100 else 20
        end = min(_WIDEST_END, (width - label) // ends)
        value, grown = (12, 11) if end >= 44 else (9, 9)
        spark = min(_WIDEST_SPARK, end - value - grown - 1)
        return cls(label, end, value, grown, spark if spark >= _LEAST_SPARK else 0)


def counters_of(ends: Sequence[End]) -> list[str]:
    """What any of them counts: what went wrong first, then what waits, what is told and what passed.

    Of what may tell of a fault that which counted anything comes first.
    """
    seen = {name for end in ends for name in (*end.counters, *end.marks)}
    order = [name for name in COUNTERS if name in seen] + sorted(seen - set(COUNTERS))
    return sorted(order, key=lambda name: _place(ends, name))


def _place(ends: Sequence[End], name: str) -> tuple[bool, bool, int]:
    kind = known(name).kind
    is_fault = kind in _FAULTS
    return not is_fault, is_fault and is_zero(ends, name), _ORDER[kind]


def is_zero(ends: Sequence[End], name: str) -> bool:
    """True where it never counted anything at any end, without a doubt."""
    return not any(end.counters.get(name) or name in end.marks for end in ends)


def counter_lines(ends: Sequence[End], series: SeriesOf, now: float, sizes: Sizes, sieve: Sieve) -> Iterator[Line]:
    """A row a counter; what counted nothing in few words."""
    wanted = counters_of(ends)
    shown = [name for name in wanted if not _is_held_back(ends, name, sieve)]
    drawn = _Drawn(ends, shown, series, now, sizes)
    yield (Span(fit(" COUNTERS", sizes.label + sizes.value + sizes.grown), "title"), Span(drawn.axis, "faint"))
    yield from map(drawn.row, shown)
    rest = [known(name).label for name in wanted if name not in shown]
    if rest and sieve.faults_only:
        yield (Span(f"   {len(rest)} that tell of no fault, not shown", "dim"),)
    elif rest:
        quiet = Span(fit("   zero if counted", sizes.label), "dim"), Span(" · ".join(rest), "faint")
        yield from wrapped(quiet, sizes.label + sizes.end * len(ends), sizes.label)


def _is_held_back(ends: Sequence[End], name: str, sieve: Sieve) -> bool:
    kind, nothing = known(name).kind, is_zero(ends, name)
    return nothing or kind not in _FAULTS if sieve.faults_only else nothing and kind is Class.INFO


class _Drawn:
    """Rows over one axis of time."""

    def __init__(self, ends: Sequence[End], names: Sequence[str], series: SeriesOf, now: float, sizes: Sizes) -> None:
        self._ends, self._now, self._sizes = ends, now, sizes
        counted = [name for name in names if known(name).kind is not Class.INFO] if sizes.spark else []
        self._grew = {(end.end, name): series(end.end, name) for end in ends for name in counted}
        began = [(one.at[0], len(one.at) >= STEPS) for one in self._grew.values() if one.at]
        # No further back than every end is remembered: a blank would read as the time before its trouble began.
        self._begin = max((at for at, is_full in began if is_full), default=min(began, default=(now, False))[0])
        self._read_from = {end.end: self._first(end) for end in ends}

    def _first(self, end: End) -> float:
        return min((one.at[0] for (of, _), one in self._grew.items() if of == end.end and one.at), default=inf)

    @property
    def axis(self) -> str:
        """What time is drawn."""
        return f"last {span(self._now - self._begin)}" if self._begin < self._now else ""

    def row(self, name: str) -> Line:
        """One counter of both ends."""
        sizes = self._sizes
        spans = [Span(fit(f"   {label(name)}", sizes.label), "dim")]
        for end in self._ends:
            value, grown = lifetime(end, name, sizes.value - 1), growth(end, name, sizes.grown - 1)
            cell = [
                value._replace(text=right(value.text, sizes.value - 1) + " "),
                grown._replace(text=fit(grown.text, sizes.grown)),
            ]
            series = self._grew.get((end.end, name))
            if series is not None:
                read_from = self._read_from[end.end]
                line = sparkline_between(series, self._begin, self._now, sizes.spark, read_from=read_from)
                cell.append(Span(line, OLD if end.is_old else grown.role if set(line) - FLAT else "faint"))
            spans += [*cell, Span(" " * (sizes.end - length(cell)))]
        return tuple(spans)
