"""How counters that should stand still grew, further back than the health window: only what moved is kept."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = 64
"""Readings remembered: five minutes of a fast question, an hour of an in-band one. 8 bytes each while all is well."""

Grown = tuple[int, int, int]
"""Row, column, and by how much."""


def grown_by(before: NDArray[np.uint64], after: NDArray[np.uint64], row: int, column: int) -> int:
    """What one unrolled value grew by; modular, as it is itself: one reset at its end begins anew past it."""
    return (int(after[row, column]) - int(before[row, column])) % (1 << 64)


class History:
    """Growth per second of some columns, step by step."""

    __slots__ = ("_ends", "_grown", "columns")

    def __init__(self, columns: Collection[int]) -> None:
        self.columns: NDArray[np.intp] = np.array(sorted(columns), dtype=np.intp)
        """Which columns are remembered."""
        self._ends = array("d")
        self._grown: dict[tuple[int, int], deque[tuple[float, float | None]]] = {}

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
        self._ends.append(at)
        if len(self._ends) > 2 * STEPS:
            del self._ends[:STEPS]
        if moved is None or elapsed_s <= 0:
            return ()
        stirred = moved[:, self.columns]
        if not np.count_nonzero(stirred):
            return ()
        grown: list[Grown] = []
        for row, index in np.argwhere(stirred).tolist():
            column = int(self.columns[index])
            place = (row, column)
            growth = grown_by(before, after, row, column)
            grown.append((row, column, growth))
            told = None if place in reset else growth / elapsed_s
            self._grown.setdefault(place, deque(maxlen=STEPS)).append((at, told))
        return grown

    def steps(self, row: int, column: int, *, stopped: bool) -> list[tuple[float, float | None]]:
        """(end of step, growth per second), oldest first. `stopped`: at its maximum, it tells nothing any more."""
        grown = self._grown.get((row, column), ())
        moved = dict(grown)
        last = grown[-1][0] if grown else -np.inf
        quiet = [None if stopped and at > last else 0.0 for at in self._ends]
        told = [(at, moved.get(at, still)) for at, still in zip(self._ends, quiet, strict=True)]
        return told[-STEPS:]
