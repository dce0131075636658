"""The rows of a table that listed others before: what vanished keeps its place, equal names are kept once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache


def merged(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    """The new listing, with what vanished from the old one put back behind its old predecessor."""
    order = list(dict.fromkeys(new))
    there = set(order)
    for index, name in enumerate(old):
        if name not in there:
            order.insert(order.index(old[index - 1]) + 1 if index else 0, name)
            there.add(name)
    return tuple(order)


@lru_cache(maxsize=256)  # hosts of one model list the same: 144 NVLinks' names and numbers are 15 kB
def numbered(names: tuple[str, ...]) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """The names, and each one's number; the same objects for equal names."""
    return names, {name: number for number, name in enumerate(names)}
