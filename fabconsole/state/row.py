"""One row's counters and rates, read as a mapping: no dictionary is built for what nobody looks at."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from fabconsole.fabric.table import PRESENT

if TYPE_CHECKING:
    from fabconsole.state.lines import Lines

Places = Mapping[str, int]
"""Column name to column number, in column order."""
Value = TypeVar("Value")


class CounterLine(Mapping[str, int]):
    """Lifetime values of one row; what was not read is not in it."""

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


class Joined(Mapping[str, Value], Generic[Value]):
    """Lines of several tables about the same thing, as one."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple[Mapping[str, Value], ...]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> Value:
        for part in self._parts:
            if name in part:
                return part[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for part in self._parts for name in part))

    def __len__(self) -> int:
        return len(dict.fromkeys(name for part in self._parts for name in part))

    def __repr__(self) -> str:
        return repr(dict(self))


def joined(parts: tuple[Mapping[str, Value], ...]) -> Mapping[str, Value]:
    """Several lines as one; a single one is itself."""
    return parts[0] if len(parts) == 1 else Joined(parts)
