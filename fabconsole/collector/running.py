"""One command on one node: its output in pieces, bounded, and its end told once."""

from __future__ import annotations

from collections.abc import Callable

from fabconsole.collector.channel import Channel
from fabconsole.fabric.printable import printable
from fabconsole.platforms.shell import guarded
from fabconsole.stream.records import Finished, Output, Record
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
        self.text = guarded(order.command)
        """What the channel executes: the command ends with its channel, whatever happens to the connection."""
        self.channel = Channel(self, on_error=self._output)
        self._emit = emit
        self._over = over
        self._clock = clock
        self._monotonic = monotonic
        self._started = monotonic()
        self._left = order.cap_bytes
        self._said = 0
        self._truncated = False
        self._finished = False

    def heard(self, channel: Channel, data: bytes) -> None:
        """Standard output; standard error comes the same way, in the order in which both arrive."""
        self._output(data)

    def ended(self, channel: Channel) -> None:
        """The command is over. Where the connection is, the session says why."""
        if channel.cut:
            return
        self._finish(channel.status, f"ended by signal {channel.signal}" if channel.signal else "")

    def fail(self, detail: str) -> None:
        """The way to the node is gone, or was never there."""
        self._stop(detail)

    def cancel(self, detail: str = "cancelled") -> None:
        """Stop it: the channel closes, and what runs behind it is ended."""
        self._stop(detail)

    def expire(self, now: float) -> bool:
        """End it at its deadline."""
        if self._finished:
            return False
        if now - self._started >= self.order.deadline_s:
            self._stop(f"not over within {self.order.deadline_s:g} s; ended")
        return not self._finished

    def _output(self, data: bytes) -> None:
        if self._finished:
            return
        self._said += len(data)
        if self._said > DRAINED * self.order.cap_bytes:
            self._truncated = True
            self._stop(f"said more than {self._said:,} bytes; ended")
            return
        self._truncated = self._truncated or len(data) > self._left
        data = data[: self._left]
        self._left -= len(data)
        for start in range(0, len(data), PIECE):
            self._emit(Output(run=self.order.run, node=self.order.node, data=data[start : start + PIECE]))

    def _stop(self, error: str) -> None:
        self.channel.drop()
        self._finish(None, error)

    def _finish(self, status: int | None, error: str) -> None:
        if self._finished:
            return
        self._finished = True
        if status is None and not error:
            error = "ended without an exit status"
        self._emit(
            Finished(
                run=self.order.run,
                node=self.order.node,
                at=self._clock(),
                elapsed_s=self._monotonic() - self._started,
                status=status,
                error=printable(error),
                truncated=self._truncated,
            )
        )
        self._over(self)
