"""Whom to ask now: every question at its own rhythm, spread over its interval, in slots that serve many at once."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

BUSY_PER_S = 100.0
"""Askings a second for which a slot is longest and serves fifty: one by one they would cost three times as much. Where
there are more, fifty are enough, and more at once would keep a key waiting for its paint; where there are fewer, they
cost little however they are asked, and somebody waits for the first answers."""

SHORTEST_S, LONGEST_S = 0.1, 0.5
"""Of a slot. Deadlines are looked at once a slot."""

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Place:
    every: int
    """Slots from one asking to the next."""
    phase: int
    """Which of those slots is this one's."""
    slot: int | None = None
    """Where it is due next; None: dormant."""


def slot_for(intervals_s: Iterable[float]) -> float:
    """How long a slot is best, in seconds, for items of these intervals: a whole part of the shortest of them."""
    intervals = tuple(intervals_s)
    if not intervals:
        return SHORTEST_S
    load = round(sum(1 / interval for interval in intervals) / BUSY_PER_S, 9)
    shortest = min(intervals)
    return shortest / math.ceil(shortest / max(SHORTEST_S, LONGEST_S * min(load, 1 / load)))


class Schedule(Generic[T]):
    """A wheel of slots. Decides only: it reads no clock and wakes nobody.

    An item sleeps until `soon`, then falls due at its own slots for good. Slots are multiples of the interval
    plus a phase, so an asking that was served late does not push the following ones back.
    """

    def __init__(self, slot_s: float) -> None:
        self._slot_s = slot_s
        self._places: dict[T, _Place] = {}
        self._wheel: dict[int, dict[T, None]] = {}
        self._done: int | None = None

    def add(self, item: T, *, interval_s: float, share: float) -> None:
        """Know an item. `share`, from 0 to 1, is where in the interval its slots lie."""
        every = max(1, round(interval_s / self._slot_s))
        self._places[item] = _Place(every, int(share * every) % every)

    def soon(self, item: T, now: float) -> None:
        """Make an item due in the next slot, whatever its phase, and at its own slots from then on."""
        slot = self._slot(now)
        self._put(item, self._places[item], slot if self._done is None else max(slot, self._done + 1))

    def due(self, now: float) -> list[T]:
        """Everything due up to `now`, each once, in slot order; what was slept through is not made up for."""
        last = self._slot(now)
        if self._done is None:
            self._done = last - 1
        late = [slot for slot in self._wheel if slot <= last]
        found = [item for slot in sorted(late) for item in self._take(slot)]
        self._done = max(self._done, last)
        for item in found:
            place = self._places[item]
            self._put(item, place, _following(place, last))
        return found

    def wait_s(self, now: float) -> float:
        """Seconds from `now` to the next slot."""
        return (self._slot(now) + 1) * self._slot_s - now

    def _slot(self, now: float) -> int:
        return math.floor(now / self._slot_s)

    def _take(self, slot: int) -> list[T]:
        items = [item for item in self._wheel.pop(slot) if self._places[item].slot == slot]
        for item in items:
            self._places[item].slot = None
        return items

    def _put(self, item: T, place: _Place, slot: int) -> None:
        if place.slot != slot:
            place.slot = slot
            self._wheel.setdefault(slot, {})[item] = None


def _following(place: _Place, slot: int) -> int:
    """The item's first own slot that is at least half an interval after `slot`.

    Half: one that was just asked out of turn (a node has come back) is not asked again a moment later.
    """
    least = slot + max(1, (place.every + 1) // 2)
    return least + (place.phase - least) % place.every
