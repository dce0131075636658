"""What was out when its shell was lost: not asked again while it still runs there."""

from __future__ import annotations

from dataclasses import dataclass

from fabconsole.collector.asking import Asking
from fabconsole.platforms.question import Again
from fabconsole.platforms.shell import STILL_RUNNING, Frame, unless
from fabconsole.stream.records import Reason, Unanswered

MOST = 4
"""Lost shells that are remembered for a lane: the first, where it hangs, and the last ones."""


@dataclass(frozen=True, slots=True)
class _Left:
    asking: Asking
    session: int
    asked_at: float
    boot_id: str | None


class Leftovers:
    """The lost shells of one lane. A process in D state survives its kill and our reconnecting. Decides only.

    No question of a lane is asked beside what was out in it: they start the same tool, on the same devices.
    """

    def __init__(self) -> None:
        self._boot_id: str | None = None
        self._left: tuple[_Left, ...] = ()

    def lost(self, asking: Asking, session: int, asked_at: float) -> None:
        """A shell is lost, and this was out in it."""
        left = (*self._left, _Left(asking, session, asked_at, self._boot_id))
        self._left = left[:1] + left[1:][1 - MOST :]

    def call(self, words: str) -> str:
        """`words`, to be run only where nothing is left of an earlier asking."""
        for left in self._left:
            words = unless(left.session, words)
        return words

    def met(self, asking: Asking, frame: Frame, at: float) -> Unanswered | Again | None:
        """That an earlier asking still runs there; None: none does, and `frame` is the answer.

        `Again.NOW`: what runs there only has the number of one from before the machine booted.
        """
        self._boot_id = frame.boot_id or self._boot_id
        left, self._left = self._left, ()
        if not left or frame.status != STILL_RUNNING or frame.body.strip():
            return None
        if any(one.boot_id not in (None, self._boot_id) for one in left):
            return Again.NOW
        self._left = left
        first = left[0]
        which = "was" if first.asking is asking else f"waits behind {first.asking.question.name}, which was"
        detail = f"{which} asked before its shell was lost and still runs there; not asked again before it is over"
        return asking.unanswered(Reason.STUCK, detail, at, since=first.asked_at)
