"""The rows of a table that listed others before: what vanished keeps its place, equal names are kept once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_WORDS = re.compile(r"(\D*)(\d{0,9})")


def merged(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """The new listing, with what vanished from the old one put back behind its old predecessor."""
    order = list(dict.fromkeys(new))
    there = set(order)
    for index, name in enumerate(old):
        if name not in there:
            order.insert(order.index(old[index - 1]) + 1 if index else 0, name)
            there.add(name)
    return tuple(order)


def with_unread(rows: Sequence[str], unread: Sequence[str]) -> tuple[str, ...]:
    """The rows, and those that are there and could not be read: a new one at its number's place, where rails are told
    apart by their column.
    """
    order = list(rows)
    for name in unread:
        if name not in order:
            behind = (place for place, row in enumerate(order) if _number(row) > _number(name))
            order.insert(next(behind, len(order)), name)
    return tuple(order)


def _number(name: str) -> tuple[tuple[str, int], ...]:
    """`mlx5_10/1` comes after `mlx5_9/1`."""
    return tuple((word, int(digits or 0)) for word, digits in _WORDS.findall(name))


@lru_cache(maxsize=256)  # hosts of one model list the same: 144 NVLinks' names and numbers are 15 kB
def numbered(names: tuple[str, ...]) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """The names, and each one's number; the same objects for equal names."""
    return names, {name: number for number, name in enumerate(names)}
