"""How things go over time: pure functions of the seconds since the simulation began."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

FOREVER = math.inf


class Spells:
    """Stretches of time in which something is so: down, silent, hung. They do not overlap."""

    def __init__(self, spells: Iterable[tuple[float, float]]) -> None:
        """`spells` are (from, until), in any order; touching ones are joined."""
        self.spells = tuple(_joined(sorted(spells)))
        self._starts = [start for start, _ in self.spells]
        lengths = (end - start for start, end in self.spells)
        self._before = [0.0, *accumulate(lengths)]

    def covers(self, t: float) -> bool:
        """Whether it is so at `t`."""
        spell = self._last(t)
        return spell >= 0 and t < self.spells[spell][1]

    def begun(self, t: float) -> int:
        """How often it has begun by `t`."""
        return self._last(t) + 1

    def lasted(self, t: float) -> float:
        """Seconds for which it was so by `t`."""
        spell = self._last(t)
        if spell < 0:
            return 0.0
        start, end = self.spells[spell]
        return self._before[spell] + min(t, end) - start

    def since_end(self, t: float) -> float:
        """Seconds since it was last so; endless where it never was. Meaningless while it is so."""
        spell = self._last(t)
        return FOREVER if spell < 0 else t - self.spells[spell][1]

    def until(self, t: float) -> float:
        """When the spell that covers `t` ends."""
        return self.spells[self._last(t)][1]

    def next_start(self, t: float) -> float:
        """When it is so next: `t` where it is so now, FOREVER where it never will be."""
        if self.covers(t):
            return t
        spell = self._last(t) + 1
        return self._starts[spell] if spell < len(self._starts) else FOREVER

    def next_change(self, t: float) -> float:
        """When a spell begins or ends next after `t`; FOREVER where none does."""
        return self.until(t) if self.covers(t) else self.next_start(t)

    def shifted(self, by_s: float) -> Spells:
        """The same, later."""
        return Spells((start + by_s, end + by_s) for start, end in self.spells)

    def with_(self, other: Spells) -> Spells:
        """Both together."""
        return Spells((*self.spells, *other.spells))

    def _last(self, t: float) -> int:
        return bisect_right(self._starts, t) - 1


class Growth:
    """What is added to one counter."""

    def __init__(
        self,
        counter: str,
        at: float,
        *,
        per_s: float = 0.0,
        until: float = FOREVER,
        steps: Sequence[tuple[float, int]] = (),
    ) -> None:
        """Steadily by `per_s` from `at` to `until`, and in bursts: `steps` are (time, how many), in order of time."""
        self.counter = counter
        self._at = at
        self._until = until
        self._per_s = per_s
        self._times = [when for when, _ in steps]
        self._totals = [0, *accumulate(many for _, many in steps)]

    def by(self, t: float) -> int:
        """How much has been added by `t`."""
        steady = int(self._per_s * (min(t, self._until) - self._at)) if t > self._at else 0
        return steady + self._totals[bisect_right(self._times, t)]


def _joined(spells: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in spells:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
