"""The readings of one table over the health window, unrolled so that counters only ever grow."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.table import ABSENT, PRESENT
from fabconsole.state.history import Grown, History, grown_by
from fabconsole.state.limits import Limits, past_the_end, spread
from fabconsole.state.readings import Counts, Rates, Step, average, keep

Quality = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_ZERO = np.float64(0.0)


class Window:
    """Counters of one table, (rows, columns), over the last `window_s` seconds of the node's own clock.

    A reset or a wrap is folded into an offset, so the growth over the window is one subtraction: what was counted
    before a reset is kept, and the new value is the least that came after it.
    """

    __slots__ = ("_fell", "_history", "_offset", "_rates", "_resets", "_ring", "_start", "limits", "quality",
                 "saturated", "seen", "values", "window_s")  # fmt: skip

    def __init__(self, shape: tuple[int, int], limits: Limits, window_s: float) -> None:
        self.window_s = window_s
        self.limits = limits
        self.values: Counts = np.zeros(shape, dtype=np.uint64)
        """As last read; where a value is absent now, what it was before."""
        self.quality: Quality = np.zeros(shape, dtype=np.uint8)
        self.saturated: Flags | None = None
        """Which values are at their maximum; None: none is."""
        self.restart()

    def restart(self) -> None:
        """Forget all growth: the node booted, its counters began anew."""
        self._ring: list[Step] = []
        self._history = History(self.limits.still)
        self._offset: Counts | None = None
        self.seen: Flags = np.zeros(self.values.shape, dtype=np.bool_)
        """Which values were read at least once since."""
        self._start: Rates | None = None
        self._resets: dict[tuple[int, int], float] = {}
        self._fell: Sequence[int] = ()
        self._rates: Rates | None = None

    def fold(self, values: Counts, quality: Quality, clock_s: float, at: float) -> Sequence[Grown]:
        """Take a reading; returns what grew of that which should stand still.

        The arrays become this window's: the caller no longer writes to them.
        """
        ring = self._ring
        self._fell = ()
        if ring and clock_s < ring[-1].clock_s:
            self.restart()
            ring = self._ring
        self._rates = None
        if not ring:
            self._begin(values, quality, clock_s, at)
            return ()
        same_quality = quality is self.quality or np.array_equal(quality, self.quality)
        moved = values != self.values
        if not same_quality or np.count_nonzero(values < self.values):
            values, grown = self._mended(values, quality, clock_s)
            moved = grown != self._ring[-1].grown
        elif not np.count_nonzero(moved):
            return self._append(Step(clock_s, at, ring[-1].grown), None)
        else:
            grown = values if self._offset is None else values + self._offset
        self.values = values
        if not same_quality:
            self.quality = quality
        self.saturated = self.limits.reached(self.values, self.quality)
        return self._append(Step(clock_s, at, grown), moved)

    @property
    def fell(self) -> Sequence[int]:
        """Rows of which the last reading found less counted than the one before."""
        return self._fell

    def repeat(self, clock_s: float, at: float) -> None:
        """Take a reading in which nothing moved."""
        self._fell = ()
        if not self._ring or clock_s < self._ring[-1].clock_s:
            self.fold(self.values, self.quality, clock_s, at)
            return
        self._rates = None
        self._append(Step(clock_s, at, self._ring[-1].grown), None)

    def shift(self, seconds: float) -> None:
        """Move past readings onto another clock: the one who reads this table changed."""
        self._ring = [Step(step.clock_s + seconds, step.at, step.grown) for step in self._ring]
        self._resets = {place: clock + seconds for place, clock in self._resets.items()}
        if self._start is not None:
            self._start = self._start + seconds
        self._rates = None

    def forget(self, rows: Sequence[int]) -> None:
        """These rows are other devices now: what they counted before says nothing about them."""
        begun = np.ones((self.values.shape[0], 1), dtype=np.bool_)
        begun[list(rows)] = False
        self.seen = self.seen & begun
        self.values = np.where(begun, self.values, np.uint64(0))
        self.quality = np.where(begun, self.quality, np.uint8(ABSENT))
        self._resets = {place: clock for place, clock in self._resets.items() if place[0] not in rows}
        self._history = History(self.limits.still)

    @property
    def elapsed_s(self) -> float:
        """Seconds that the readings reach back, the window's and what the step has more in which it begins; 0 until
        there are two.
        """
        return self._ring[-1].clock_s - self._ring[0].clock_s if self._ring else 0.0

    @property
    def oldest(self) -> float:
        """When the first reading was that any series tells of, seconds since the epoch."""
        ring, history = self._ring[0].at if self._ring else np.inf, self._history.oldest
        return ring if history is None else min(ring, history)

    @property
    def last(self) -> Step | None:
        """The newest reading."""
        return self._ring[-1] if self._ring else None

    @property
    def still(self) -> bool:
        """True where there are rates and all of them are zero: nothing has grown over the window."""
        ring = self._ring
        return len(ring) > 1 and ring[0].grown is ring[-1].grown and self._start is None and self.elapsed_s > 0

    def rates(self) -> Rates:
        """Growth per second over the window, (rows, columns) float64; NaN where there is no rate.

        What grew into saturation counts up to the maximum, which makes it a lower bound.
        """
        if self._rates is None:
            self._rates = self._rated()
        return self._rates

    def reset_at(self) -> dict[tuple[int, int], float]:
        """(row, column) of every value that was reset inside the window, and when by the node's clock."""
        if self._resets:
            oldest = self._ring[-1].clock_s - self.window_s
            self._resets = {place: clock for place, clock in self._resets.items() if clock >= oldest}
        return self._resets

    def steps(self, row: int, column: int) -> list[tuple[float, float | None]]:
        """(end of step since the epoch, growth per second in it) of one counter, oldest first.

        Counters of errors and of state reach further back than the window.
        """
        reset = self._resets.get((row, column), -1.0)
        begun = -1.0 if self._start is None else float(self._start[row, column])
        stopped = self.saturated is not None and bool(self.saturated[row, column])
        if column in self._history.columns and begun < 0 and self.seen[row, column]:
            return self._history.steps(row, column, stopped=stopped)
        found: list[tuple[float, float | None]] = []
        for before, after in pairwise(self._ring):
            elapsed = after.clock_s - before.clock_s
            growth = grown_by(before.grown, after.grown, row, column)
            told = before.clock_s >= begun and not before.clock_s < reset <= after.clock_s and elapsed > 0
            told = told and bool(self.seen[row, column]) and not (stopped and growth == 0)
            found.append((after.at, growth / elapsed if told else None))
        return found

    def rearranged(self, shape: tuple[int, int], rows: Sequence[int], columns: Sequence[int], limits: Limits) -> Window:
        """This window with its lines moved: old row i is `rows[i]` of the new shape, old column j `columns[j]`."""
        moved = Window(shape, limits, self.window_s)
        place = np.ix_(np.asarray(rows, dtype=np.intp), np.asarray(columns, dtype=np.intp))
        moved.values[place] = self.values
        moved.quality[place] = self.quality
        moved.seen[place] = self.seen
        moved._ring = [Step(step.clock_s, step.at, spread(step.grown, shape, place)) for step in self._ring]
        if self._offset is not None:
            moved._offset = spread(self._offset, shape, place)
        if self._start is not None:
            moved._start = np.full(shape, -np.inf)
            moved._start[place] = self._start
        moved._resets = {(rows[row], columns[column]): clock for (row, column), clock in self._resets.items()}
        limits.maximum[np.asarray(columns, dtype=np.intp)] = self.limits.maximum
        limits.wraps[np.asarray(columns, dtype=np.intp)] = self.limits.wraps
        moved.saturated = limits.reached(moved.values, moved.quality)
        return moved

    def _begin(self, values: Counts, quality: Quality, clock_s: float, at: float) -> None:
        self.values, self.quality = values, quality
        self.seen = quality == PRESENT
        self.saturated = self.limits.reached(self.values, self.quality)
        self._ring = [Step(clock_s, at, values)]

    def _append(self, step: Step, moved: Flags | None) -> Sequence[Grown]:
        """`moved` says which values did; None: none."""
        ring = self._ring
        last = ring[-1]
        just_reset = [place for place, clock in self._resets.items() if clock == step.clock_s] if self._resets else ()
        grown = self._history.note(step.at, step.clock_s - last.clock_s, last.grown, step.grown, moved, just_reset)
        keep(ring, step, self.window_s)
        return grown

    def _mended(self, values: Counts, quality: Quality, clock_s: float) -> tuple[Counts, Counts]:
        """(values with gaps filled from before, unrolled values) of a reading that did not simply grow."""
        present = quality == PRESENT
        values = np.where(present, values, self.values)
        growth = values - self.values
        fell = present & self.seen & (values < self.values)
        if fell.any():
            wrapped = self.limits.wrapped(self.values, fell)
            growth[wrapped] = past_the_end(growth[wrapped])
            reset = fell & ~wrapped
            growth[reset] = values[reset]
            self._fell = np.flatnonzero(reset.any(axis=1)).tolist()
            self._resets.update({(int(row), int(column)): clock_s for row, column in np.argwhere(reset)})
        growth[~(present & self.seen)] = 0
        grown = self._ring[-1].grown + growth
        fresh = present & ~self.seen
        if fresh.any():
            grown = self._admitted(fresh, values, grown, clock_s)
        offset = grown - values
        self._offset = offset if offset.any() else None
        return values, grown

    def _admitted(self, fresh: Flags, values: Counts, grown: Counts, clock_s: float) -> Counts:
        """Let values that were never read before begin now: no growth until they are read again."""
        self._ring = [Step(s.clock_s, s.at, np.where(fresh, values, s.grown)) for s in self._ring]
        self.seen = self.seen | fresh
        start = np.full(values.shape, -np.inf) if self._start is None else self._start
        self._start = np.where(fresh, clock_s, start)
        return np.where(fresh, values, grown)

    def _rated(self) -> Rates:
        shape, elapsed = self.values.shape, self.elapsed_s
        if elapsed <= 0:
            return np.full(shape, np.nan)
        absent = self.quality != PRESENT
        if self.still and not np.count_nonzero(absent):
            return np.broadcast_to(_ZERO, shape)
        rates = average(self._ring, self.window_s, self._start)
        rates[absent] = np.nan
        return rates
