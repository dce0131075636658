"""Whom to ask now: every question at its own rhythm, spread over its interval, in slots that serve many at once."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

SLOT_S = 0.2
"""One wake-up serves all that are due in this long: asking twenty nodes at once costs a third of one by one."""

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Place:
    every: int
    """Slots from one asking to the next."""
    phase: int
    """Which of those slots is this one's."""
    slot: int | None = None
    """Where it is due next; None: dormant."""


class Schedule(Generic[T]):
    """A wheel of slots. Decides only: it reads no clock and wakes nobody.

    An item sleeps until `soon`, then falls due at its own slots for good. Slots are multiples of the interval
    plus a phase, so an asking that was served late does not push the following ones back.
    """

    def __init__(self) -> None:
        self._places: dict[T, _Place] = {}
        self._wheel: dict[int, dict[T, None]] = {}
        self._done: int | None = None

    def add(self, item: T, *, interval_s: float, share: float) -> None:
        """Know an item. `share`, from 0 to 1, is where in the interval its slots lie."""
        every = max(1, round(interval_s / SLOT_S))
        self._places[item] = _Place(every, int(share * every) % every)

    def soon(self, item: T, now: float) -> None:
        """Make an item due in the next slot, whatever its phase, and at its own slots from then on."""
        slot = _slot(now)
        self._put(item, self._places[item], slot if self._done is None else max(slot, self._done + 1))

    def due(self, now: float) -> list[T]:
        """Everything due up to `now`, each once, in slot order; what was slept through is not made up for."""
        last = _slot(now)
        if self._done is None:
            self._done = last - 1
        late = [slot for slot in self._wheel if slot <= last]
        found = [item for slot in sorted(late) for item in self._take(slot)]
        self._done = max(self._done, last)
        for item in found:
            place = self._places[item]
            self._put(item, place, _following(place, last))
        return found

    def _take(self, slot: int) -> list[T]:
        items = [item for item in self._wheel.pop(slot) if self._places[item].slot == slot]
        for item in items:
            self._places[item].slot = None
        return items

    def _put(self, item: T, place: _Place, slot: int) -> None:
        if place.slot != slot:
            place.slot = slot
            self._wheel.setdefault(slot, {})[item] = None


def wait_s(now: float) -> float:
    """Seconds from `now` to the next slot."""
    return (_slot(now) + 1) * SLOT_S - now


def _slot(now: float) -> int:
    return math.floor(now / SLOT_S)


def _following(place: _Place, slot: int) -> int:
    """The item's first own slot that is at least half an interval after `slot`.

    Half: one that was just asked out of turn (a node has come back) is not asked again a moment later.
    """
    least = slot + max(1, (place.every + 1) // 2)
    return least + (place.phase - least) % place.every
