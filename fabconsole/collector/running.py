"""One command on one node: its output in pieces, bounded, and its end told once."""

from __future__ import annotations

from collections.abc import Callable

from fabconsole.collector.channel import Channel
from fabconsole.fabric.printable import printable
from fabconsole.platforms.shell import guarded
from fabconsole.stream.records import CutShort, Exited, Finished, NotBegun, Output, Record
from fabconsole.stream.source import Order

PIECE = 64 * 1000
"""Bytes of one `Output` at most, so that no long answer delays a sample."""

DRAINED = 16
"""How many times its cap a command may say, the surplus dropped, before it is ended: reading it costs us CPU."""


class Running:
    """An order from its start to its `Finished`, which comes exactly once."""

    def __init__(
        self,
        order: Order,
        emit: Callable[[Record], None],
        over: Callable[[Running], None],
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
    ) -> None:
        self.order = order
        self.channel = Channel(self, on_error=self._output)
        self._emit = emit
        self._over = over
        self._clock = clock
        self._monotonic = monotonic
        self._started = monotonic()
        self._left = order.cap_bytes
        self._said = 0
        self._truncated = False
        self._sent = False
        self._finished = False

    def begun(self, channel: Channel) -> None:
        """The shell is there whose place the command takes; it ends with its channel, whatever the connection does."""
        self._sent = channel.write(f"{guarded(self.order.command)}\n".encode())

    def heard(self, channel: Channel, data: bytes) -> None:
        """Standard output; standard error comes the same way, in the order in which both arrive."""
        self._output(data)

    def ended(self, channel: Channel) -> None:
        """The command is over. Where the connection is, the session says why."""
        if channel.refusal is not None:
            why = printable(channel.refusal.detail)
            self._finish(CutShort(why) if self._sent else NotBegun(why))
        elif channel.status is not None:
            self._finish(Exited(channel.status))
        else:
            self._finish(CutShort(printable(channel.said())))

    def stop(self, why: str) -> None:
        """There is no way to its node any more, or somebody wants it no more: what runs of it there is ended."""
        self.channel.drop()
        self._finish(CutShort(printable(why)) if self._sent else NotBegun(printable(why)))

    def expire(self, now: float) -> bool:
        """End it at its deadline."""
        if self._finished:
            return False
        if now - self._started >= self.order.deadline_s:
            said = "not over" if self._sent else "no session to run it in"
            self.stop(f"{said} within {self.order.deadline_s:g} s")
        return not self._finished

    def _output(self, data: bytes) -> None:
        if self._finished:
            return
        self._said += len(data)
        if self._said > DRAINED * self.order.cap_bytes:
            self._truncated = True
            self.stop(f"said more than {self._said:,} bytes; ended")
            return
        self._truncated = self._truncated or len(data) > self._left
        data = data[: self._left]
        self._left -= len(data)
        for start in range(0, len(data), PIECE):
            self._emit(Output(run=self.order.run, node=self.order.node, data=data[start : start + PIECE]))

    def _finish(self, end: Exited | CutShort | NotBegun) -> None:
        if self._finished:
            return
        self._finished = True
        self._emit(
            Finished(
                run=self.order.run,
                node=self.order.node,
                at=self._clock(),
                elapsed_s=self._monotonic() - self._started,
                end=end,
                truncated=self._truncated,
            )
        )
        self._over(self)
