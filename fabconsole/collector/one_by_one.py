"""The lane of a node that has one session for everything: all its questions take turns in one shell."""

from __future__ import annotations

from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel
from fabconsole.collector.flight import Flight
from fabconsole.collector.lane import Lane


class OneByOne(Lane):
    """Who is late there loses the shell, so that the others go on: in lanes of their own they would not have waited.

    What was late is not asked again while anything of it still runs: see `Leftovers`.
    """

    _ending: Channel | None = None
    """The shell that was told to end. Its session is free for the next one when it has, and not when we have left."""

    def ask(self, asking: Asking) -> None:
        """Of `Lane`; nothing is stuck behind a shell that ends."""
        if self._ends and self._flight is not None and self._flight.asking is not asking:
            self._queue[asking] = None
        else:
            super().ask(asking)

    def expire(self, now: float) -> bool:
        """Of `Lane`; of a shell that has ended, something may hold the channel open for ever."""
        if not self._ends or self._channel is None:
            return super().expire(now)
        if self._channel.is_over:
            channel = self._channel
            channel.drop()
            self.ended(channel)
        return self._flight is not None

    def heard(self, channel: Channel, data: bytes) -> None:
        """Of `Lane`; what a shell says at its end is read no more: the next one is asked again."""
        if self._ends:
            self._way.heard()
        else:
            super().heard(channel, data)

    @property
    def _ends(self) -> bool:
        return self._ending is not None and self._ending is self._channel

    def _write_off(self, flight: Flight) -> bool:
        if self._channel is None or self._channel.session is None:
            return super()._write_off(flight)
        self._ending = self._channel
        self._channel.end()
        return True
