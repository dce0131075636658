"""One SSH channel with a `sh` in it, as three callbacks: it has begun, bytes have come, it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

import asyncssh

from fabconsole.collector.connection import MOST_CHANNELS, Connection
from fabconsole.collector.failure import Failure
from fabconsole.collector.greeting import Greeting
from fabconsole.collector.own_time import OwnTime
from fabconsole.fabric.errors import FabconsoleError
from fabconsole.fabric.printable import printable
from fabconsole.platforms.shell import COMMAND
from fabconsole.stream.records import Reason

COMPLAINT = 400
"""Bytes of standard error that are kept, the last ones: enough to say why a shell would not start."""

MOST_COMPLAINTS = 1 << 16
"""Bytes of standard error that are put up with in the life of a channel."""

WINDOW = 1 << 19
"""Bytes that may be under way to us on one channel: so many may still come of a flood that we have closed. Half of them
are a packet of ours each time, so fewer cost CPU; 20 MB over 0.1 s of distance take 4 s by it."""


PACKING = 64
"""Bytes at most of SSH's own that a piece of data comes with."""


class NoSessionError(FabconsoleError):
    """The connection stands, carries sessions of ours, and has no further one."""


class Listener(Protocol):
    """Who hears a channel. Called on the event loop and must not raise: that would end the whole connection."""

    def begun(self, channel: Channel) -> None:
        """Its `sh` is there, and may be written to."""
        ...

    def heard(self, channel: Channel, data: bytes) -> None:
        """Bytes on the standard output of its `sh`."""
        ...

    def ended(self, channel: Channel) -> None:
        """The channel is over, or could not be had: `refusal`, `status` and `said` tell.

        Not called once it was `drop`ped, nor where its connection is lost: whoever holds that knows why.
        """
        ...


class Channel(asyncssh.SSHClientSession[bytes]):
    """A channel on which a `sh` is begun.

    Callbacks and not asyncssh's streams: those cost a task and two wake-ups an answer.
    """

    def __init__(self, listener: Listener, *, on_error: Callable[[bytes], None] | None = None) -> None:
        """`on_error` takes the standard error of the `sh`."""
        self._listener: Listener | None = listener
        self._on_error = on_error
        self._connection: Connection | None = None
        self._chan: asyncssh.SSHClientChannel[bytes] | None = None
        self._greeting = Greeting()
        self._alone = False
        self.executed = False
        """True once the server has started the login shell that is to become our `sh`."""
        self.refusal: Failure | None = None
        """Why there never was a `sh`, or is none any more, where something else than its own end is to blame."""
        self.status: int | None = None
        """Exit status; None while it runs, and where a signal ended it."""
        self.signal: str | None = None
        """The signal that ended it, without SIG."""
        self._complaints = 0
        self.complaint = b""
        """The last bytes of standard error, unless `on_error` takes them."""

    @property
    def session(self) -> int | None:
        """The process id of its `sh`; None: that has not begun."""
        return self._greeting.session

    @property
    def hangs(self) -> bool:
        """True while the login shell runs, and has not come as far as our `sh`."""
        return self.executed and self._greeting.session is None

    @property
    def is_over(self) -> bool:
        """True once its `sh` has ended, though something that it left may hold the channel open."""
        return self.status is not None or self.signal is not None

    @property
    def is_dropped(self) -> bool:
        """True once nobody listens any more."""
        return self._listener is None

    async def open(self, connection: Connection, *, alone: bool = False) -> None:
        """Begin a `sh`. Raises NoSessionError, and whatever asyncssh raises; cancelled, nothing of it stays.

        `alone`: the connection is for this channel, and ends with it; that no `sh` begins is told by whoever opened it.
        """
        self._connection, self._alone = connection, alone
        if connection.channels >= MOST_CHANNELS:
            connection.give_up(f"{connection.channels} channels are open, and it closes none; connection dropped")
        try:
            async with OwnTime(connection.deadline_s).counts():
                await connection.ssh.create_session(lambda: self, COMMAND, window=WINDOW)
        except TimeoutError:
            raise TimeoutError(f"not begun within {connection.deadline_s:g} s") from None
        except asyncssh.ChannelOpenError as error:
            if self._chan is None and connection.had_session and not connection.is_closed:
                raise NoSessionError(error.reason) from error
            raise
        except asyncio.CancelledError:
            self.drop()
            raise

    def fail(self, failure: Failure) -> None:
        """Something else than its own end is to blame for it: it could not be opened, or its connection is lost."""
        self.refusal = failure
        if self._chan is not None:
            self._chan.abort()
        if self._alone and self._connection is not None:
            self._connection.close()
        self._end_told()

    def write(self, data: bytes) -> bool:
        """Send to standard input; False where the channel is closing."""
        if self._chan is None or self._chan.is_closing():
            return False
        self._chan.write(data)
        return True

    def end(self) -> None:
        """Close its standard input, at which its `sh` and what that began end; `ended` is told of it."""
        if self._chan is not None:
            self._chan.write_eof()

    def drop(self) -> None:
        """Be rid of it: the far side sees its standard input and output closed; we hear no more of it."""
        self._listener = None
        if self._chan is not None:
            self._chan.abort()
        if self._alone and self._connection is not None:
            self._connection.close()

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """asyncssh: the channel is open."""
        self._chan = chan
        if self._connection is not None:
            self._connection.channels += 1
            self._connection.had_session = True
        if self._listener is None:
            chan.abort()

    def session_started(self) -> None:
        """asyncssh: the server has started the command, or a login shell that is to."""
        self.executed = True

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """asyncssh: bytes have come."""
        if self._connection is not None:
            self._connection.listened += len(data) + PACKING
        if self._listener is None:
            return
        if self._greeting.session is None and datatype is None:
            self._greet(data, self._listener)
        elif datatype is None:
            self._listener.heard(self, data)
        elif self._on_error is not None and self._greeting.session is not None:
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
        if self._connection is None:
            return
        self._connection.channels -= 1
        if exc is not None or self._connection.is_closed:
            return
        if self._greeting.session is None:
            self.refusal = self._greeting.refusal(self.status, self._end(), self.complaint)
        if self._greeting.session is not None or not self._alone:
            self._end_told()
        if self._alone:
            self._connection.close()

    def _end_told(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.ended(self)

    def _greet(self, data: bytes, listener: Listener) -> None:
        rest = self._greeting.heard(data)
        if self._greeting.session is not None:
            listener.begun(self)
            if rest and self._listener is not None:
                listener.heard(self, rest)
        elif self._greeting.floods:
            self.fail(self._greeting.refusal(None, "", b""))

    def _complain(self, data: bytes) -> None:
        self.complaint = (self.complaint + data)[-COMPLAINT:]
        self._complaints += len(data)
        if self._complaints > MOST_COMPLAINTS:
            said = f"more than {MOST_COMPLAINTS:,} bytes of complaint on standard error; cut off"
            self.fail(Failure(Reason.OVERFLOW, said))

    def said(self) -> str:
        """Why it ended, for an operator."""
        last = self.complaint.decode("utf-8", "replace").strip().splitlines()
        return f"{self._end()}: {printable(last[-1])}" if last else self._end()

    def _end(self) -> str:
        if self.status is None:
            return f"ended by signal {self.signal}" if self.signal else "ended without an exit status"
        return f"ended with status {self.status}"
