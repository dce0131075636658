"""The thresholds laid out beside a table's columns, so that a whole table is judged in a few operations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.health import Health
from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED
from fabconsole.fabric.thresholds import Rule, Thresholds
from fabconsole.state.block import Block
from fabconsole.state.judge import CANNOT_COUNT, NO_COUNTERS, NO_RATE_YET, OK, Verdict, worse
from fabconsole.state.window import Flags, Window

_JUDGED = (Class.ERROR, Class.STATE)
_NAMED = 3
"""Counters of one row that are named; more are counted."""

Line = NDArray[np.float64]
"""One row's rates."""


class Scale:
    """Limits and classes of some columns."""

    __slots__ = ("_columns", "_congestion", "_crit", "_judged", "_rules", "_spans", "_warn", "flapping")

    def __init__(self, columns: Sequence[str], thresholds: Thresholds) -> None:
        kinds = [known(name).kind for name in columns]
        self.flapping = thresholds.flapping
        self._columns = tuple(columns)
        self._rules = [thresholds.rules.get(name) for name in columns]
        self._warn = _limits([rule.warn_per_s if rule else None for rule in self._rules])
        self._crit = _limits([rule.crit_per_s if rule else None for rule in self._rules])
        self._spans: Line = np.array([_span_s(rule, thresholds.window_s) for rule in self._rules], dtype=np.float64)
        self._congestion = [kind is Class.CONGESTION for kind in kinds]
        decides = [kind in _JUDGED or rule is not None for kind, rule in zip(kinds, self._rules, strict=True)]
        self._judged: Flags = np.array(decides, dtype=np.bool_)
        """Columns whose rate decides health."""

    def judge(self, window: Window) -> Sequence[Verdict]:
        """One verdict a row, by its counters alone.

        A limit is so many in its own unit of time: two errors in the first five seconds are not yet 24 a minute.
        """
        quality, saturated = window.quality, window.saturated
        present = (quality == PRESENT) & self._judged
        lost = (quality == ABSENT) & self._judged & window.seen
        counted = present.any(axis=1) & ~lost.any(axis=1)
        if window.still and saturated is None and counted.all():
            return all_well(len(counted))
        rates = window.rates()
        judged = rates * np.minimum(1.0, window.elapsed_s / self._spans)
        waiting = present & np.isnan(rates)
        flagged = (judged > self._warn) | (judged > self._crit)
        if saturated is not None:
            waiting &= ~saturated
            flagged |= saturated & self._judged
        if counted.all() and not waiting.any() and not flagged.any():
            return all_well(len(counted))
        # A device without counters (its driver has no PMA) says so itself. UNKNOWN would never leave such a fabric, and
        # would be overlooked where it means something; OK would be green that nobody has seen.
        verdicts = [OK if counts else NO_COUNTERS for counts in counted.tolist()]
        for row in np.flatnonzero(~counted & ((quality == UNSUPPORTED) & self._judged).any(axis=1)).tolist():
            verdicts[row] = CANNOT_COUNT
        waits = waiting.any(axis=1)
        for row in np.flatnonzero(waits).tolist():
            verdicts[row] = NO_RATE_YET
        for row in np.flatnonzero(flagged.any(axis=1)).tolist():
            stopped = None if saturated is None else saturated[row]
            verdict = self._fault(rates[row], judged[row], np.flatnonzero(flagged[row]).tolist(), stopped)
            verdicts[row] = worse(verdict, NO_RATE_YET) if waits[row] else verdict
        for row in np.flatnonzero(lost.any(axis=1)).tolist():
            verdicts[row] = worse(self._no_longer_read(lost[row]), verdicts[row])
        return verdicts

    def unread(self, window: Window, row: int) -> Verdict:
        """Of a row that was not in the last answer: which of its counters tell nothing of now."""
        lost = window.seen[row] & self._judged
        return self._no_longer_read(lost) if lost.any() else NO_COUNTERS

    def _no_longer_read(self, lost: Flags) -> Verdict:
        names = [self._columns[column] for column in np.flatnonzero(lost).tolist()]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return Verdict(Health.UNKNOWN, f"no longer read: {', '.join(names[:_NAMED])}{more}")

    def _fault(self, rates: Line, judged: Line, columns: list[int], stopped: NDArray[np.bool_] | None) -> Verdict:
        found: list[Verdict] = []
        for column in columns:
            at_end = stopped is not None and bool(stopped[column])
            found.append(self._exceeded(column, float(rates[column]), float(judged[column]), at_end))
        return worse(*found)

    def _exceeded(self, column: int, rate: float, judged: float, at_end: bool) -> Verdict:
        name, rule = self._columns[column], self._rules[column]
        if rule is not None and judged > self._crit[column]:
            return Verdict(Health.CRIT, f"{name} {_over(rate, rule.crit_per_s, at_end)}")
        if rule is not None and judged > self._warn[column]:
            health = Health.CONGESTED if self._congestion[column] else Health.WARN
            return Verdict(health, f"{name} {_over(rate, rule.warn_per_s, at_end)}")
        return Verdict(Health.WARN, f"{name} saturated: it has no rate until it is cleared")


@lru_cache(maxsize=256)
def all_well(rows: int) -> tuple[Verdict, ...]:
    """OK for each of so many rows; the same object each time."""
    return (OK,) * rows


class Scales:
    """One scale for each set of columns: all hosts of a model share it."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._scales: dict[tuple[str, ...], Scale] = {}

    def of(self, block: Block) -> Scale:
        """The limits of a block's columns."""
        scale = self._scales.get(block.columns)
        if scale is None:
            scale = self._scales[block.columns] = Scale(block.columns, self._thresholds)
        return scale


_UNITS = (("/s", 1.0, 0.95), ("/min", 60.0, 0.95 / 60), ("/h", 3600.0, 0.0))
"""Sign, seconds, and the least per second that is told in it: as on the screen, nothing less than one of the unit."""


def per(rate: float, like: float | None = None) -> str:
    """A rate per second, minute or hour, whichever makes `like` (by default itself) an easy number."""
    sign, seconds = _unit(rate if like is None else like)
    told = rate * seconds
    return f"{told:.3g}{sign}" if told < 1000 else f"{told:,.0f}{sign}"


def _span_s(rule: Rule | None, window_s: float) -> float:
    """Seconds that a rate must be seen for: the unit its limit is told in, as far as the window reaches."""
    limits = [limit for limit in (rule.warn_per_s, rule.crit_per_s) if limit] if rule else []
    return min([window_s, *(_unit(limit)[1] for limit in limits)]) if limits else 1.0


def _unit(rate: float) -> tuple[str, float]:
    sign, seconds, _ = next(unit for unit in _UNITS if rate >= unit[2])
    return sign, seconds


def _over(rate: float, limit: float | None, at_end: bool) -> str:
    told = per(rate, limit or None)
    grows = f"grows at least {told} and is saturated" if at_end else f"grows {told}"
    return f"{grows}, over {per(limit)}" if limit else f"{grows}, any growth is too much"


def _limits(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.inf if value is None else value for value in values], dtype=np.float64)
