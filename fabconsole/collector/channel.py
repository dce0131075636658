"""One SSH channel as four callbacks: bytes, complaints, an exit status and an end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import asyncssh

from fabconsole.collector.connection import MOST_CHANNELS, Connection

COMPLAINT = 400
"""Bytes of standard error that are kept, the last ones: enough to say why a shell would not start."""

MOST_COMPLAINTS = 1 << 20
"""Bytes of standard error that are put up with in the life of a channel."""


class Listener(Protocol):
    """Who hears a channel. Called on the event loop and must not raise: that would end the whole connection."""

    def heard(self, channel: Channel, data: bytes) -> None:
        """Bytes on standard output."""
        ...

    def ended(self, channel: Channel) -> None:
        """The channel is over; `status` and `complaint` stand. Not called for one that we `drop`ped."""
        ...


class Channel(asyncssh.SSHClientSession[bytes]):
    """A channel that executes one command.

    Callbacks and not asyncssh's streams: those cost a task and two wake-ups an answer.
    """

    def __init__(
        self,
        listener: Listener,
        *,
        on_open: Callable[[Channel], None] | None = None,
        on_error: Callable[[bytes], None] | None = None,
    ) -> None:
        """`on_open` is called before the first byte can come; `on_error` takes standard error."""
        self._listener: Listener | None = listener
        self._on_open = on_open
        self._on_error = on_error
        self._connection: Connection | None = None
        self._chan: asyncssh.SSHClientChannel[bytes] | None = None
        self.sent = False
        """True once the command is on its way: it may have begun then, unless `open` says that it was refused."""
        self.status: int | None = None
        """Exit status; None while it runs, and where a signal ended it."""
        self.signal: str | None = None
        """The signal that ended it, without SIG."""
        self._complaints = 0
        self.complaint = b""
        """The last bytes of standard error, unless `on_error` takes them."""
        self.cut = False
        """True when it ended because the connection did."""

    async def open(self, connection: Connection, command: str) -> None:
        """Execute `command`. Raises what asyncssh raises; cancelled, nothing of it stays."""
        self._connection = connection
        if connection.channels >= MOST_CHANNELS:
            connection.give_up(f"{connection.channels} channels are open, and it closes none; connection dropped")
        try:
            await connection.ssh.create_session(lambda: self, command)
        except BaseException:
            self.drop()
            raise

    def write(self, data: bytes) -> bool:
        """Send to standard input; False where the channel is closing."""
        if self._chan is None or self._chan.is_closing():
            return False
        self._chan.write(data)
        return True

    def drop(self) -> None:
        """Be rid of it: the far side sees its standard input and output closed; we hear no more of it."""
        self._listener = None
        if self._chan is not None:
            self._chan.abort()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """asyncssh: the channel is open."""
        self._chan = chan
        if self._connection is not None:
            self._connection.channels += 1
        if self._listener is None:
            chan.abort()
        else:
            self.sent = True

    def session_started(self) -> None:
        """asyncssh: the server has started the command, or a login shell that is to."""
        if self._on_open is not None and self._listener is not None:
            self._on_open(self)

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """asyncssh: bytes have come."""
        if self._listener is None:
            return
        if datatype is None:
            self._listener.heard(self, data)
        elif self._on_error is not None:
            self._on_error(data)
        else:
            self._complain(data)

    def exit_status_received(self, status: int) -> None:
        """asyncssh: the command has ended by itself."""
        self.status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:
        """asyncssh: a signal has ended the command."""
        self.signal = signal

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncssh: the channel is over, or (`exc`) the connection."""
        listener, self._listener = self._listener, None
        if self._connection is not None:
            self._connection.channels -= 1
        self.cut = exc is not None or (self._connection is not None and self._connection.is_closed)
        if listener is not None:
            listener.ended(self)

    def _complain(self, data: bytes) -> None:
        self.complaint = (self.complaint + data)[-COMPLAINT:]
        self._complaints += len(data)
        if self._complaints > MOST_COMPLAINTS and self._chan is not None:
            self._chan.abort()

    def said(self) -> str:
        """Why it ended, for an operator."""
        if self.status is None:
            end = f"ended by signal {self.signal}" if self.signal else "ended without an exit status"
        else:
            end = f"ended with status {self.status}"
        last = self.complaint.decode("utf-8", "replace").strip().splitlines()
        return f"{end}: {last[-1]}" if last else end
