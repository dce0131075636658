"""What a block shows: counters, rates, marks and ages of its rows, computed once for all of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fabconsole.fabric.health import Mark
from fabconsole.fabric.table import PRESENT, UNSUPPORTED
from fabconsole.state.block import Block
from fabconsole.state.row import counter_line, rate_line
from fabconsole.state.window import Flags

_NO_MARKS: Mapping[str, Mark] = {}


class Lines:
    """One block's rows as of `now`.

    Rows on which nothing was ever counted share one line: of ten thousand NVLinks nearly all are.
    """

    __slots__ = ("_block", "_counted", "_fresh_s", "_marked", "_now", "_quiet", "_rated", "_resets", "_unsupported",
                 "_zeros", "rates")  # fmt: skip

    def __init__(self, block: Block, now: float) -> None:
        window = block.window
        self._block = block
        self._now = now
        self._fresh_s = None if block.at is None else max(0.0, now - block.at)
        self.rates = window.rates()
        counted = window.quality == PRESENT
        self._counted: Flags | None = None if counted.all() else counted
        rated = ~np.isnan(self.rates)
        if window.saturated is not None:
            rated &= ~window.saturated
        self._rated: Flags | None = None if rated.all() else rated
        unsupported = window.quality == UNSUPPORTED
        self._unsupported: Flags | None = unsupported if unsupported.any() else None
        self._resets: dict[int, list[str]] = {}
        for row, column in window.reset_at():
            self._resets.setdefault(row, []).append(block.columns[column])
        self._marked = bool(self._resets) or window.saturated is not None or self._unsupported is not None
        self._quiet: frozenset[int] = frozenset()
        if self._counted is None and self._rated is None:
            moved = window.values.any(axis=1) | self.rates.any(axis=1)
            self._quiet = frozenset(np.flatnonzero(~moved).tolist())
        self._zeros: tuple[Mapping[str, int], Mapping[str, float]] | None = None

    def counters_and_rates(self, row: int) -> tuple[Mapping[str, int], Mapping[str, float]]:
        """Lifetime values as last read, and growth per second over the window; what is not known is not in them."""
        if row in self._quiet:
            if self._zeros is None:
                self._zeros = self._lines(row)
            return self._zeros
        return self._lines(row)

    def marks(self, row: int) -> Mapping[str, Mark]:
        """The doubts about single values."""
        if not self._marked:
            return _NO_MARKS
        marks = dict.fromkeys(self._resets.get(row, ()), Mark.RESET)
        for flags, mark in ((self._block.window.saturated, Mark.SATURATED), (self._unsupported, Mark.UNSUPPORTED)):
            if flags is not None and flags[row].any():
                marks.update(dict.fromkeys((self._block.columns[c] for c in np.flatnonzero(flags[row])), mark))
        return marks or _NO_MARKS

    def age_s(self, row: int) -> float | None:
        """Since the row was last read; None: never."""
        read_at = self._block.read_at(row)
        if read_at is self._block.at:
            return self._fresh_s
        return None if read_at is None else max(0.0, self._now - read_at)

    def _lines(self, row: int) -> tuple[Mapping[str, int], Mapping[str, float]]:
        places = self._block.places
        return (
            counter_line(places, self._block.window.values, row, self._counted),
            rate_line(places, self.rates, row, self._rated),
        )
