"""One line of a matrix, read as a mapping: no dictionary is built for what nobody looks at.

A fabric of 64 hosts has ten thousand lines; as dictionaries they would cost 1.5 kB each and most of the fold's time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fabconsole.state.window import Counts, Flags, Rates

Places = Mapping[str, int]
"""Column name to column number, in column order."""
Value = TypeVar("Value")


class Line(Mapping[str, Value]):
    """One row of a matrix that is never written to again. What `shown` hides is not in the mapping."""

    __slots__ = ("_matrix", "_places", "_row", "_shown")

    def __init__(
        self, places: Places, matrix: NDArray[np.uint64] | NDArray[np.float64], row: int, shown: Flags | None
    ) -> None:
        self._places = places
        self._matrix = matrix
        self._row = row
        self._shown = shown

    def __getitem__(self, name: str) -> Value:
        column = self._places[name]
        if self._shown is not None and not self._shown[self._row, column]:
            raise KeyError(name)
        value: Value = self._matrix[self._row, column].item()
        return value

    def __iter__(self) -> Iterator[str]:
        if self._shown is None:
            return iter(self._places)
        shown = self._shown[self._row]
        return (name for name, column in self._places.items() if shown[column])

    def __len__(self) -> int:
        return len(self._places) if self._shown is None else int(self._shown[self._row].sum())

    def __repr__(self) -> str:
        return repr(dict(self))


class Joined(Mapping[str, Value]):
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


def counter_line(places: Places, matrix: Counts, row: int, shown: Flags | None) -> Mapping[str, int]:
    """The counters of one row."""
    return Line[int](places, matrix, row, shown)


def rate_line(places: Places, matrix: Rates, row: int, shown: Flags | None) -> Mapping[str, float]:
    """The rates of one row."""
    return Line[float](places, matrix, row, shown)


def joined(parts: tuple[Mapping[str, Value], ...]) -> Mapping[str, Value]:
    """Several lines as one; a single one is itself."""
    return parts[0] if len(parts) == 1 else Joined(parts)
