"""What a block's rows showed at one answer: counters, rates, marks and when each was read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fabconsole.fabric.health import Mark
from fabconsole.fabric.table import UNSUPPORTED
from fabconsole.state.block import Block
from fabconsole.state.row import CounterLine, RateLine

_NO_MARKS: Mapping[str, Mark] = {}


class Lines:
    """A block as it stands now. It keeps the block's arrays, which are replaced and never written to."""

    __slots__ = ("_at", "_behind", "_columns", "_marks", "_resets", "places", "quality", "rates", "saturated",
                 "values")  # fmt: skip

    def __init__(self, block: Block) -> None:
        window = block.window
        self.places = block.places
        self.values = window.values
        self.quality = window.quality
        self.saturated = window.saturated
        self.rates = window.rates()
        self._columns = block.columns
        self._at = block.at
        self._behind = dict(block.behind)
        self._resets = tuple(window.reset_at())
        self._marks: dict[int, dict[str, Mark]] | None = None

    def counters(self, row: int) -> Mapping[str, int]:
        """Lifetime values as last read."""
        return CounterLine(self, row)

    def grown(self, row: int) -> Mapping[str, float]:
        """Growth per second over the window."""
        return RateLine(self, row)

    def marks(self, row: int) -> Mapping[str, Mark]:
        """The doubts about single values."""
        if self._marks is None:
            self._marks = self._marked()
        return self._marks.get(row, _NO_MARKS)

    def age_s(self, row: int, now: float) -> float | None:
        """Since the row was last read; None: never."""
        behind = self._behind.get(row)
        read_at = self._at if behind is None else behind[1]
        return None if read_at is None else max(0.0, now - read_at)

    def is_old(self, row: int) -> bool:
        """True for a row that was read once and was not in this answer."""
        behind = self._behind.get(row)
        return behind is not None and behind[1] is not None

    def _marked(self) -> dict[int, dict[str, Mark]]:
        marks: dict[int, dict[str, Mark]] = {}
        for row, column in self._resets:
            marks.setdefault(row, {})[self._columns[column]] = Mark.RESET
        for flags, mark in ((self.saturated, Mark.SATURATED), (self.quality == UNSUPPORTED, Mark.UNSUPPORTED)):
            for row, column in () if flags is None else np.argwhere(flags).tolist():
                marks.setdefault(row, {})[self._columns[column]] = mark
        return marks
