"""What failed in a way that trying again soon does not mend: tried ever more rarely, and told from memory meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel
from fabconsole.collector.failure import Failure
from fabconsole.collector.flight import Flight
from fabconsole.collector.ramp import backoff_s
from fabconsole.collector.way import Way
from fabconsole.stream.records import Reason

STOOD_S = 60.0
"""What went well for so long begins with a short wait again."""


class Setback:
    """Of the shells of one lane, or of one question.

    Every shell that does not begin, or ends before it has answered, is a line or more in its sshd's log, and an account
    without one stays so until a person mends it. Every flood is read up to its cap before it is known for one.
    """

    def __init__(self, monotonic: Callable[[], float], random: Random) -> None:
        self._monotonic = monotonic
        self._random = random
        self._failure: Failure | None = None
        self._attempts = 0
        self._until = float("-inf")
        self._is_well = False
        """Whether anything was answered since it last failed."""

    @property
    def failure(self) -> Failure | None:
        """What to tell instead of trying; None: it is time to."""
        return self._failure if self._monotonic() < self._until else None

    def met(self, failure: Failure) -> None:
        """It failed; nothing new where that is only told from memory."""
        if failure is self._failure:
            return
        now = self._monotonic()
        self._attempts = 1 if now - self._until > STOOD_S else self._attempts + 1
        self._failure = failure
        self._until = now + backoff_s(self._attempts, failure.reason, self._random)

    def answered(self) -> None:
        """It went well."""
        if not self._is_well:
            self.over()
            self._is_well = True

    def over(self) -> None:
        """What was met counts no more: it will be another connection on which it is tried."""
        self._is_well = False
        self._failure = None
        self._attempts = 0
        self._until = float("-inf")

    def open(self, channel: Channel, way: Way) -> None:
        """Have a shell begun on `channel`; where it is not time to try again, it fails at once as the last one did."""
        known = self.failure
        if known is None:
            way.open(channel)
        else:
            channel.fail(known)

    def ended(self, failure: Failure) -> None:
        """A shell is over, or did not begin. Of one that has answered nothing is to be learnt; a login that floods
        costs its question a rest, see `Rests`.
        """
        if failure.reason is not Reason.OVERFLOW and not self._is_well:
            self.met(failure)
        self._is_well = False


class Setbacks:
    """Of one lane: of its shells, and of each question, which may be what ends one."""

    def __init__(self, asked: Iterable[Asking], monotonic: Callable[[], float], random: Random) -> None:
        self.shells = Setback(monotonic, random)
        self.of = {asking: Setback(monotonic, random) for asking in asked}

    def ended(self, channel: Channel, flight: Flight | None, failure: Failure) -> None:
        """A shell is over in which `flight` was out, or did not begin."""
        if channel.session is None:
            self.shells.ended(failure)
        elif flight is not None and not flight.late:
            self.of[flight.asking].ended(failure)

    def over(self) -> None:
        """It will be another connection."""
        for setback in (self.shells, *self.of.values()):
            setback.over()
