"""How much may come: so much at once, and so much a second. Decides only."""

from __future__ import annotations


class Allowance:
    """Bytes that are left to be said. What is not said in a second may be said later, up to the most."""

    __slots__ = ("_at", "_left", "_most", "_per_s")

    def __init__(self, most: int, per_s: float) -> None:
        self._most = most
        self._per_s = per_s
        self._left = float(most)
        self._at = float("-inf")

    def spend(self, count: int, now: float) -> bool:
        """Take so many; False: it was more than there were. `now` is of a steady clock, in seconds."""
        self._grow(now)
        self._left -= count
        return self._left >= 0

    def share(self, now: float) -> float:
        """How much of the most is left."""
        self._grow(now)
        return self._left / self._most

    def _grow(self, now: float) -> None:
        self._left = min(self._most, self._left + (now - self._at) * self._per_s)
        self._at = now
