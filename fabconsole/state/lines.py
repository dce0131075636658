"""What a block's rows showed at one answer: counters, rates, marks and when each was read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from fabconsole.fabric.health import Mark
from fabconsole.fabric.table import PRESENT, UNSUPPORTED
from fabconsole.state.block import Block

_NO_MARKS: Mapping[str, Mark] = {}
_NO_RATES: Mapping[str, float] = {}


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
        """Growth per second over the window; of a row that was not in the last answer, nothing."""
        return _NO_RATES if row in self._behind else RateLine(self, row)

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


class CounterLine(Mapping[str, int]):
    """Lifetime values of one row; what was not read is not in it. No dictionary is built for what nobody looks at."""

    __slots__ = ("_lines", "_row")

    def __init__(self, lines: Lines, row: int) -> None:
        self._lines = lines
        self._row = row

    def __getitem__(self, name: str) -> int:
        lines, row = self._lines, self._row
        column = lines.places[name]
        if lines.quality[row, column] != PRESENT:
            raise KeyError(name)
        return int(lines.values[row, column])

    def __iter__(self) -> Iterator[str]:
        present = (self._lines.quality[self._row] == PRESENT).tolist()
        return (name for name, column in self._lines.places.items() if present[column])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


class RateLine(Mapping[str, float]):
    """Rates of one row; a counter without one is not in it."""

    __slots__ = ("_lines", "_row")

    def __init__(self, lines: Lines, row: int) -> None:
        self._lines = lines
        self._row = row

    def __getitem__(self, name: str) -> float:
        lines, row = self._lines, self._row
        column = lines.places[name]
        rate = float(lines.rates[row, column])
        if math.isnan(rate) or (lines.saturated is not None and lines.saturated[row, column]):
            raise KeyError(name)
        return rate

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._lines.places if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))
