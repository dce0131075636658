"""When single values of a table were not read, so that no growth is told of a time in which nobody looked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.table import PRESENT
from fabconsole.state.history import STEPS

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Gap:
    begun: float
    """The last reading before it."""
    until: float
    """The last reading that left these out."""
    out: Flags


class Gaps:
    """Which values, (rows, columns), the readings left out, and from when to when. Costs nothing while all are read."""

    __slots__ = ("_gaps", "_last", "_open", "_same")

    def __init__(self) -> None:
        self._gaps: list[_Gap] = []
        self._last: float | None = None
        self._open = False
        self._same: NDArray[np.uint8] | None = None
        """How the values of the last reading were read, where no row was left out of it."""

    def note(self, at: float, quality: NDArray[np.uint8], rows: Collection[int]) -> None:
        """Take in a reading: how each value was read, and which rows were not in it. `quality` is not written to."""
        if quality is self._same and not rows:
            self.repeat(at)
            return
        self._same = None if rows else quality
        begun, self._last = self._last, at
        out: Flags = quality != PRESENT
        out[list(rows)] = True
        was_open, self._open = self._open, bool(out.any())
        if not self._open or begun is None:
            return
        if was_open and self._gaps and np.array_equal(self._gaps[-1].out, out):
            self._gaps[-1] = replace(self._gaps[-1], until=at)
        else:
            self._gaps.append(_Gap(begun, at, out))
            del self._gaps[:-STEPS]

    def repeat(self, at: float) -> None:
        """Take in a reading that left out what the one before it did."""
        begun, self._last = self._last, at
        if self._open and self._gaps and begun is not None:
            self._gaps[-1] = replace(self._gaps[-1], until=at)

    def forget(self, before: float) -> None:
        """No series reaches further back: what ended earlier is of no use any more."""
        while self._gaps and self._gaps[0].until < before:
            del self._gaps[0]

    def rearranged(self, shape: tuple[int, int], place: tuple[NDArray[np.intp], ...]) -> None:
        """Move the values to their `place` in a table of another shape."""
        for number, gap in enumerate(self._gaps):
            out = np.zeros(shape, dtype=np.bool_)
            out[place] = gap.out
            self._gaps[number] = replace(gap, out=out)

    def cut(
        self, steps: Sequence[tuple[float, float | None]], row: int, column: int
    ) -> list[tuple[float, float | None]]:
        """(end of step, growth per second) of one value, with nothing told of the steps in which it was not read.

        What it grew by in the meantime is spread over all of that time by the step that read it again.
        """
        spans = self._spans(row, column)
        if not spans:
            return list(steps)
        found: list[tuple[float, float | None]] = []
        before = float("-inf")
        for at, growth in steps:
            if any(begun < at <= until for begun, until in spans):
                found.append((at, None))
            else:
                passed = next((begun for begun, until in spans if begun < before <= until), before)
                part = 1.0 if growth is None or passed == before else (at - before) / (at - passed)
                found.append((at, None if growth is None else growth * part))
            before = at
        return found

    def _spans(self, row: int, column: int) -> list[tuple[float, float]]:
        spans: list[tuple[float, float]] = []
        for gap in self._gaps:
            if not gap.out[row, column]:
                continue
            if spans and spans[-1][1] == gap.begun:
                spans[-1] = (spans[-1][0], gap.until)
            else:
                spans.append((gap.begun, gap.until))
        return spans
