"""Logging in to one machine: within a deadline that is its own, its host key judged, and why it failed told."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import replace

import asyncssh

from fabconsole.collector import agent, descriptors, door, handshake
from fabconsole.collector.certificates import expired
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.doorkeeper import Doorkeeper
from fabconsole.collector.failure import MOST_SAID, Failure, failure_of, hanging
from fabconsole.collector.hostkeys import Known
from fabconsole.collector.knock import knocked
from fabconsole.collector.options import Dial
from fabconsole.collector.own_time import OwnTime
from fabconsole.collector.ramp import Entrance
from fabconsole.collector.second_factor import SecondFactor
from fabconsole.fabric.errors import FabconsoleError
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

WANTS_MORE = (
    "takes our key and wants a second factor, which hundreds of nodes cannot each ask for: "
    "reach it through a jump host that asks once (ssh.jump), or let it accept keys or certificates alone"
)
"""Of a node; a person is asked for a jump host's."""


class Login:
    """One attempt to log in to a machine."""

    def __init__(
        self,
        dial: Dial,
        *,
        through: Connection | None,
        deadline_s: float,
        clock: Callable[[], float],
        opened: Sequence[asyncssh.SSHKeyPair] = (),
        factor: SecondFactor | None = None,
    ) -> None:
        """`deadline_s` is of the machine's own time, and holds no longer where a person is asked by `factor`.

        `opened` are keys to show besides those of the options and the agent, after them.
        """
        self._dial = dial
        self._through = through
        self._deadline_s = deadline_s
        self._clock = clock
        self._opened = opened
        self._factor = factor
        self._own_time = OwnTime(deadline_s)
        self._keeper: Doorkeeper | None = None
        self._kinds: Sequence[str] = ()
        self._sock: socket.socket | None = None
        self._is_taken = False
        """A connection is there, and nothing was said on it yet."""

    async def connected(self, entrance: Entrance | None = None) -> Connection:
        """A connection, once there is a place for its handshake. Raises NotConnectedError.

        asyncssh passes on whatever broke it, of any class: half a packet of the other side is a ValueError in its
        parser. Here, and wherever a channel is opened, all of it is a failure of that node and of nothing else.
        """
        try:
            ssh = await self._let_in(entrance)
        except NotConnectedError:
            raise
        except FabconsoleError as error:
            raise NotConnectedError(Failure(Reason.UNTRUSTED, printable(str(error)), self._dial.target)) from error
        except Exception as error:
            failed = self._not_connected(error)
            if self._keeper is not None:
                self._keeper.let_go()
            raise failed from error
        finally:
            if self._sock is not None and self._keeper is None:
                self._sock.close()  # else it is asyncssh's
            if self._factor is not None:
                self._factor.over()
        if self._keeper is None:
            raise NotConnectedError(Failure(Reason.FAILED, "connected without a host key check", self._dial.target))
        if (of_no_use := door.of_no_use(self._keeper.banner)) is not None:
            ssh.abort()
            raise NotConnectedError(self._turned_away(of_no_use))
        return Connection(self._dial, ssh, self._keeper, self._deadline_s, is_direct=self._is_direct)

    @property
    def _is_direct(self) -> bool:
        return self._through is None and self._dial.command is None

    async def _let_in(self, entrance: Entrance | None) -> asyncssh.SSHClientConnection:
        """Where nobody knocks, at a jump host or behind one, a dead machine has a place for a moment."""
        if entrance is None:
            return await self._ssh()
        ramp, number = entrance
        async with ramp.answered(self._knock, number) if self._is_direct else ramp.place(number):
            return await self._ssh()

    async def _knock(self) -> None:
        _spare()
        async with self._own_time.counts():
            self._sock = await knocked(self._dial, self._take)

    def _take(self) -> None:
        self._is_taken = True

    async def _ssh(self) -> asyncssh.SSHClientConnection:
        dial = self._dial
        known = await self._known()
        if self._sock is None and self._through is None:
            _spare()
        self._kinds = dial.host_key_kinds(known)
        async with self._own_time.counts():
            if self._factor is not None:
                self._factor.starts(self._own_time)
            return await asyncssh.connect(
                dial.host,
                dial.port,
                sock=self._sock,
                tunnel=self._through.ssh if self._through else None,
                proxy_command=_proxy(dial),
                config=None,
                options=dial.options,
                known_hosts=known,
                server_host_key_algs=self._kinds,
                client_factory=self._new_keeper,
                connect_timeout=None,
            )

    async def _known(self) -> Known:
        """Of which the machine's own time is none."""
        try:
            async with OwnTime(self._deadline_s).counts():
                return await self._dial.keys.known(self._dial.name)
        except TimeoutError:
            raise NotConnectedError(hanging("known_hosts", self._deadline_s)) from None

    def _new_keeper(self) -> Doorkeeper:
        self._keeper = Doorkeeper(self._dial, self._kinds, self._opened, self._factor)
        return self._keeper

    def _not_connected(self, error: Exception) -> NotConnectedError:
        """What a login that failed says, if by hanging up or by falling silent; else what broke it."""
        keeper, dial, target = self._keeper, self._dial, self._dial.target
        if keeper is not None and keeper.refusal is not None:
            return NotConnectedError(Failure(Reason.UNTRUSTED, printable(keeper.refusal, MOST_SAID), target))
        if keeper is not None and keeper.wants_more:
            return NotConnectedError(Failure(Reason.REFUSED, WANTS_MORE, target))
        if keeper is not None and isinstance(error, (asyncssh.ConnectionLost, ConnectionError)):
            if keeper.turned_away:
                return NotConnectedError(self._turned_away(door.turned_away(keeper.banner)))
            return NotConnectedError(keeper.cut_short() or self._failure_of(error))
        keys_refused = keeper is not None and keeper.keys_refused and isinstance(error, asyncssh.PermissionDenied)
        if keys_refused and (said := expired(dial.certificates, self._clock())):
            return NotConnectedError(Failure(Reason.EXPIRED, printable(said), target), keys_refused=True)
        if isinstance(error, asyncssh.PermissionDenied) and (lost := agent.gone(dial.options.agent_path)):
            said = f"{lost}, and no other key of ours is accepted; start it and ssh-add, or set ssh.identity"
            return NotConnectedError(Failure(Reason.REFUSED, printable(said), target), keys_refused=keys_refused)
        return NotConnectedError(self._failure_of(error), keys_refused=keys_refused)

    def _failure_of(self, error: Exception) -> Failure:
        through = None if self._through is None else self._through.target
        if isinstance(error, asyncssh.ChannelOpenError) and through is not None:
            said = f"jump host {through} has no way to it: {error.reason}"
            return Failure(Reason.UNREACHABLE, printable(said), self._dial.target)
        failure = failure_of(error, self._dial.target, self._deadline_s)
        if isinstance(error, TimeoutError) and error.errno is None:
            failure = replace(failure, said=printable(f"{failure.said}: {self._silence(through)}"))
        return failure

    def _silence(self, through: str | None) -> str:
        if self._keeper is None or self._keeper.ssh is None:
            return handshake.not_begun(self._dial.name.host, through, is_taken=self._is_taken)
        return handshake.silence(self._keeper.ssh)

    def _turned_away(self, why: tuple[Reason, str]) -> Failure:
        return Failure(why[0], printable(why[1]), self._dial.target, silent=why[1] == door.SILENT)


def _spare() -> None:
    """Looked at just before a descriptor is taken: hundreds of logins may be about to."""
    if (short := descriptors.shortage()) is not None:
        raise NotConnectedError(short)


def _proxy(dial: Dial) -> Sequence[str] | None:
    """As ssh runs it, by a shell. asyncssh takes what comes on its standard error for the other side's words, and the
    end of that for the end of the connection: it is kept open and quiet.
    """
    return None if dial.command is None else ("/bin/sh", "-c", f"exec 3>&2 2>/dev/null; exec {dial.command}")
