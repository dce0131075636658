"""How counters that should stand still grew, further back than the health window: only what moved is kept."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = 64
"""Readings remembered: five minutes of a fast question, an hour of an in-band one. 8 bytes each while all is well."""

Grown = tuple[int, int, int]
"""Row, column, and by how much."""

_NO_ROW = 1 << 16
"""More than there are columns: a place is its row times this, and its column."""


def grown_by(before: NDArray[np.uint64], after: NDArray[np.uint64], row: int, column: int) -> int:
    """What one unrolled value grew by; modular, as it is itself: one reset at its end begins anew past it."""
    return (int(after[row, column]) - int(before[row, column])) % (1 << 64)


class History:
    """Growth per second of some columns, step by step.

    A value that moved in a step costs 24 bytes for as long as that step is remembered, and nothing after it.
    """

    __slots__ = ("_ends", "_moves", "_steps", "columns")

    def __init__(self, columns: Collection[int]) -> None:
        self.columns: NDArray[np.intp] = np.array(sorted(columns), dtype=np.intp)
        """Which columns are remembered."""
        self._steps = 0
        """How many there ever were."""
        self._ends = array("d")
        self._moves = array("d")
        """Number of the step, place, growth per second in turn, the last not a number where the value was reset."""

    def note(
        self,
        at: float,
        elapsed_s: float,
        before: NDArray[np.uint64],
        after: NDArray[np.uint64],
        moved: NDArray[np.bool_] | None,
        reset: Collection[tuple[int, int]],
    ) -> Sequence[Grown]:
        """Take in a step that ended `at`; returns what grew in it, seldom anything.

        Arrays are (rows, columns) of unrolled values; `moved` says which did, None that none did; `reset` those just
        reset.
        """
        self._end(at)
        if moved is None or elapsed_s <= 0:
            return ()
        stirred = moved[:, self.columns]
        if not np.count_nonzero(stirred):
            return ()
        grown: list[Grown] = []
        for row, index in np.argwhere(stirred).tolist():
            column = int(self.columns[index])
            growth = grown_by(before, after, row, column)
            grown.append((row, column, growth))
            told = np.nan if (row, column) in reset else growth / elapsed_s
            self._moves.extend((self._steps, row * _NO_ROW + column, told))
        return grown

    def steps(self, row: int, column: int, *, stopped: bool) -> list[tuple[float, float | None]]:
        """(end of step, growth per second), oldest first. `stopped`: at its maximum, it tells nothing any more."""
        moves = np.array(self._moves).reshape(-1, 3)
        mine = moves[moves[:, 1] == row * _NO_ROW + column]
        told: list[float | None] = [0.0] * len(self._ends)
        before_all = self._steps - len(self._ends) + 1
        places = [int(step) - before_all for step in mine[:, 0]]
        for place, growth in zip(places, mine[:, 2].tolist(), strict=True):
            told[place] = None if np.isnan(growth) else growth
        if stopped:
            since = places[-1] + 1 if places else 0
            told[since:] = [None] * (len(told) - since)
        return list(zip(self._ends, told, strict=True))

    @property
    def oldest(self) -> float | None:
        """When the first step ended that is remembered."""
        return self._ends[0] if self._ends else None

    def _end(self, at: float) -> None:
        """A step is over; the one that is now one too many is forgotten, and what moved in it."""
        self._steps += 1
        self._ends.append(at)
        if len(self._ends) > STEPS:
            del self._ends[0]
        moves, forgotten = self._moves, 0
        while forgotten < len(moves) and moves[forgotten] <= self._steps - STEPS:
            forgotten += 3
        if forgotten:
            del moves[:forgotten]
