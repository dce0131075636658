"""What is asked of a session by what goes through it, and what it asks of that."""

from __future__ import annotations

from typing import Protocol

from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel


class Waiting(Protocol):
    """Something that may come too late. A timer for each would cost more than a question's share of CPU."""

    def expire(self, now: float) -> bool:
        """Give up what is late by the steady clock; False when nothing is waited for any more."""
        ...


class Way(Protocol):
    """What lanes and followed questions alike need of their node's session."""

    def open(self, channel: Channel) -> None:
        """Have a `sh` begun on a channel of its node; its listener is told of it, or of its end."""
        ...

    def heard(self) -> None:
        """Something came from the node: it lives."""
        ...

    def soon(self, asking: Asking) -> None:
        """Have a question asked in the next slot, not at its own next one."""
        ...

    def watch(self, waiting: Waiting) -> None:
        """Have `expire` called at every slot until it says that nothing is waited for."""
        ...

    def doubt(self) -> None:
        """A deadline has passed: find out whether the connection itself still answers."""
        ...


class LaneWay(Way, Protocol):
    """What a lane needs besides."""

    def answered(self, asking: Asking) -> None:
        """A question has its answer."""
        ...


class FollowingWay(Way, Protocol):
    """What a followed question needs besides; `alive` follows a doubt that was wrong."""

    def quiet_s(self) -> float:
        """Seconds since the node was last heard, by any channel."""
        ...
