"""How far each column of a table can count, and what it does at its end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.table import PRESENT, Width

_STILL = (Class.ERROR, Class.STATE)
_ENDLESS = (1 << 64) - 1
_WRAP_ABOVE = 0xF000_0000
"""A 32-bit counter that fell from above this wrapped; from below it was reset. Polled every few seconds it moves
less than the 268 million left above, so a genuine wrap is always seen from up here."""
_WRAP_AT = 1 << 32


class Limits:
    """The maximum of each column, by the registry's width at its source; learns when a source is wider."""

    __slots__ = ("maximum", "still", "wraps")

    def __init__(self, columns: Sequence[str], source: Width) -> None:
        self.still = [column for column, name in enumerate(columns) if known(name).kind in _STILL]
        """Columns that stand still while all is well."""
        maxima = [_maximum(name, source) for name in columns]
        wraps = [known(name).wraps and top == _WRAP_AT - 1 for name, top in zip(columns, maxima, strict=True)]
        self.wraps: NDArray[np.bool_] = np.array(wraps, dtype=np.bool_)
        """(columns): counts on from zero after 32 bits."""
        stops = [_ENDLESS if wrap else top for wrap, top in zip(wraps, maxima, strict=True)]
        self.maximum: NDArray[np.uint64] = np.array(stops, dtype=np.uint64)
        """(columns): where it stops; all ones where it does not, or nobody knows."""

    def reached(self, values: NDArray[np.uint64], quality: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
        """Which of the values that were read are at their maximum; None: none is. (rows, columns), all of them."""
        if not np.count_nonzero(values >= self.maximum):
            return None
        self._widen(values)
        top = (values >= self.maximum) & (quality == PRESENT)
        return top if top.any() else None

    def _widen(self, values: NDArray[np.uint64]) -> None:
        """Drop the width of every column in which `values` holds more than it could.

        Some drivers read the same file from a 64-bit register; a value above the limit proves it.
        """
        self.maximum[(values > self.maximum).any(axis=0)] = _ENDLESS
        self.wraps[(values >= _WRAP_AT).any(axis=0)] = False

    def wrapped(self, before: NDArray[np.uint64], fell: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of the values that `fell` (rows, columns) went past their end rather than back to the start."""
        return fell & self.wraps & (before > _WRAP_ABOVE) & (before < _WRAP_AT)


def past_the_end(growth: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What a wrapped counter grew by, from its modular difference."""
    return growth + np.uint64(_WRAP_AT)


def spread(
    lines: NDArray[np.uint64], shape: tuple[int, int], place: tuple[NDArray[np.intp], ...]
) -> NDArray[np.uint64]:
    """A matrix of `shape` that has `lines` at `place` and zeros elsewhere."""
    matrix = np.zeros(shape, dtype=np.uint64)
    matrix[place] = lines
    return matrix


def _maximum(name: str, source: Width) -> int:
    counter = known(name)
    top = counter.maximum(source)
    if top is None and len(counter.bits) == 1:
        top = counter.maximum(next(iter(counter.bits)))  # read beside others, it keeps the one width it has
    return _ENDLESS if top is None else top
