"""One SSH connection: its end heard, its pulse felt."""

from __future__ import annotations

import asyncio

import asyncssh

from fabconsole.collector import unheard
from fabconsole.collector.doorkeeper import Doorkeeper
from fabconsole.collector.failure import Failure, failure_of
from fabconsole.collector.options import Dial
from fabconsole.fabric.errors import FabconsoleError
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

MOST_CHANNELS = 32
"""Channels of one connection: ours are a handful, the others are those that a sick server does not close."""

ECHO = b"keepalive@openssh.com"
"""A request that every server answers, if by a no, and none logs: of an unknown subsystem OpenSSH 9.2 logs a line."""


class NotConnectedError(FabconsoleError):
    """No connection could be made; `failure` says why."""

    def __init__(self, failure: Failure, *, keys_refused: bool = False) -> None:
        """`keys_refused`: it knows none of the keys that it was shown, so another one may open it."""
        super().__init__(failure.detail)
        self.failure = failure
        self.keys_refused = keys_refused


class Connection:
    """A connection that stands until `closed`."""

    def __init__(
        self, dial: Dial, ssh: asyncssh.SSHClientConnection, keeper: Doorkeeper, deadline_s: float, *, is_direct: bool
    ) -> None:
        """`is_direct`: its socket leads to the machine itself."""
        self.ssh = ssh
        self.target = dial.target
        self.channels = 0
        """How many are open, those we dropped and the other side has not closed among them."""
        self.had_session = False
        """Whether a session was ever to be had on it."""
        self.listened = 0
        """Bytes, and what they were packed in, that channels have taken since `meter` looked."""
        self._keeper = keeper
        self.deadline_s = deadline_s
        """Of an echo, and of a session's beginning."""
        self._is_direct = is_direct
        self._given_up: Failure | None = None
        self._left = False

    @property
    def is_closed(self) -> bool:
        """True once it is over, or about to be."""
        return self._left or self._given_up is not None or self._keeper.closed.is_set() or self.ssh.is_closed()

    async def over(self) -> None:
        """Wait for its end."""
        await self._keeper.closed.wait()

    async def closed(self) -> Failure:
        """Wait for its end, and say why it ended."""
        await self._keeper.closed.wait()
        self._keeper.let_go()
        if self._given_up is not None:
            return self._given_up
        return failure_of(self._keeper.error or asyncssh.ConnectionLost(""), self.target, self.deadline_s)

    async def answers(self) -> bool:
        """Whether an echo comes back within the deadline. It starts nothing: where shells hang, so would its own.

        asyncssh sends it on a timer that every packet sets anew, which costs; to send one it has no public way.
        """
        try:
            async with asyncio.timeout(self.deadline_s):
                await self.ssh._make_global_request(ECHO)
        except Exception:  # no answer, whatever it is: see `connected`
            return False
        return not self.is_closed

    @property
    def unanswered(self) -> str:
        """What is said of an echo that did not come back."""
        said = f"no answer to an echo within {self.deadline_s:g} s"
        socket = self.ssh.get_extra_info("socket") if self._is_direct else None
        why = None if socket is None else unheard.why(socket)
        return said if why is None else f"{said}, {why}"

    def keep_alive(self, quiet_s: float) -> None:
        """Ask by itself whether it lives where it was silent for so long; twice unanswered, it ends."""
        self.ssh.set_keepalive(quiet_s, 2)

    def give_up(self, said: str, reason: Reason = Reason.UNREACHABLE) -> None:
        """End it from our side without waiting for the other; `said` is why."""
        if not self.is_closed:
            self._given_up = Failure(reason, printable(said), self.target)
            self.ssh.abort()

    def cut(self) -> None:
        """Be gone at once, and wait for nobody: the other side sees it closed."""
        self._left = True
        self.ssh.abort()

    def close(self) -> None:
        """Take leave: the other side is told."""
        self._left = True
        self.ssh.close()
