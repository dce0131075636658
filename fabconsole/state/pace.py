"""Whether a node's own clock goes on as ours does, since a rate is growth over what that clock says."""

from __future__ import annotations

APART_S = 60.0
"""A node's clock and ours may differ by so much between two answers. Less makes no rate absurd over a window of a
minute; answers wait longer than a moment, and our own clock is set now and then."""


class Pace:
    """One node's steady clock beside ours, from answer to answer."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None

    def jumped_s(self, clock_s: float, asked_at: float) -> float:
        """By how many seconds its clock has jumped since the last answer, ahead or back; 0.0: it did not.

        `clock_s` is what it says, `asked_at` what ours said when it was asked. Where they part, one of them is wrong: a
        node's uptime that went back, or ahead of a clock of ours that did not go back. What stood still while ours went
        on may have been suspended, and is believed.
        """
        before, self._last = self._last, (clock_s, asked_at)
        if before is None:
            return 0.0
        theirs, ours = clock_s - before[0], asked_at - before[1]
        apart = theirs - ours
        if abs(apart) <= APART_S:
            return 0.0
        wrong = ours >= 0 if apart > 0 else theirs < 0
        return apart if wrong else 0.0
