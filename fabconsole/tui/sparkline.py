"""A counter's recent growth in one line of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from fabconsole.state.snapshot import Series

_BLOCKS = "▁▂▃▄▅▆▇█"
NO_READING = "·"
"""A step without a reading: it must not look like a quiet one."""
NOT_KEPT = "┈"
"""A time from which only other counters of the same thing are remembered."""
FLAT = frozenset(f" {_BLOCKS[0]}{NO_READING}{NOT_KEPT}")
"""What tells of no growth."""


def sparkline(growth: Sequence[float | None], width: int) -> str:
    """The last `width` steps, the highest as a full block; growth of any size is more than the lowest."""
    steps = list(growth)[-width:] if width > 0 else []
    top = max((step for step in steps if step is not None), default=0.0)
    drawn = "".join(NO_READING if step is None else _block(step, top) for step in steps)
    return " " * (width - len(drawn)) + drawn


def sparkline_between(series: Series, begin: float, end: float, width: int, *, read_from: float = inf) -> str:
    """The growth from `begin` to `end`, so that series of different rhythms stand under one another.

    A column shows the highest of what it covers; it is blank before the first and after the last reading, and dotted
    where the thing was read, from `read_from` on, and this of it not kept for so long.
    """
    steps = _steps(series)
    column_s = (end - begin) / max(1, width)
    covered: dict[int, float | None] = {}
    for column in range(width):
        since, until = begin + column * column_s, begin + (column + 1) * column_s
        inside = [growth for start, stop, growth in steps if start < until and stop > since]
        if inside:
            covered[column] = max((growth for growth in inside if growth is not None), default=None)
    if not covered:
        return " " * width
    first, last = min(covered), max(covered)
    kept_out = sum(begin + (column + 1) * column_s > read_from for column in range(first))
    drawn = sparkline([covered.get(column) for column in range(first, last + 1)], last + 1 - first)
    return " " * (first - kept_out) + NOT_KEPT * kept_out + drawn + " " * (width - last - 1)


def _steps(series: Series) -> list[tuple[float, float, float | None]]:
    """Start, end and growth of each step; the first is taken to be as long as the second."""
    at = series.at
    if not at:
        return []
    first = at[0] - (at[1] - at[0] if len(at) > 1 else 0.0)
    return [(start, stop, grown) for (start, stop), grown in zip(pairwise((first, *at)), series.growth, strict=True)]


def _block(step: float, top: float) -> str:
    if step <= 0 or top <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(1, min(7, round(7 * step / top)))]
