"""A shell that did not begin, remembered: begun again ever more rarely, and told from memory meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fabconsole.collector.channel import Channel
from fabconsole.collector.failure import Failure
from fabconsole.collector.ramp import backoff_s
from fabconsole.collector.way import Way
from fabconsole.stream.records import Reason


class Setback:
    """What keeps the shells of one lane from beginning.

    Every try is a line or more in its sshd's log, and an account without a shell stays so until a person mends it.
    """

    def __init__(self, monotonic: Callable[[], float], random: Random) -> None:
        self._monotonic = monotonic
        self._random = random
        self._failure: Failure | None = None
        self._attempts = 0
        self._until = 0.0

    def open(self, channel: Channel, way: Way) -> None:
        """Have a shell begun on `channel`; where it is not time to try again, it fails at once as the last one did."""
        if self._failure is not None and self._monotonic() < self._until:
            channel.fail(self._failure)
        else:
            self._failure = None
            way.open(channel)

    def met(self, channel: Channel) -> None:
        """A channel is over; nothing new where it had a shell, or what it says was told from memory."""
        if self._failure is None and channel.session is None and channel.refusal is not None:
            self._failure = channel.refusal
            self._attempts += 1
            self._until = self._monotonic() + backoff_s(self._attempts, Reason.NO_SHELL, self._random)

    def over(self) -> None:
        """One has begun, or it will be another connection that has none."""
        self._failure = None
        self._attempts = 0
