"""What is waited for with a deadline, looked through at every slot."""

from __future__ import annotations

from typing import Protocol


class Waiting(Protocol):
    """Something that may come too late. A timer for each would cost more than a question's share of CPU."""

    def expire(self, now: float) -> bool:
        """Give up what is late by the steady clock; False when nothing is waited for any more."""
        ...
