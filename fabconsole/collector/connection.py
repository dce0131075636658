"""One SSH connection: made within a deadline, its host key judged, its end heard, its pulse felt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncssh

from fabconsole.collector import door, handshake
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

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Doorkeeper(asyncssh.SSHClient):
    """asyncssh's callbacks for one connection: judges the host key, hears what is said at login, and the end."""

    def __init__(self, dial: Dial, asked: Sequence[str]) -> None:
        """`asked` are the kinds of host key that are asked for."""
        self._dial = dial
        self._asked = asked
        self.refusal: str | None = None
        """Why the host key was not accepted."""
        self.closed = asyncio.Event()
        self.error: Exception | None = None
        """What ended the connection; None: nothing, or we did."""
        self.banner = ""
        """What was said before we were let in, as it came."""
        self.let_in = False
        self._ssh: asyncssh.SSHClientConnection | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """asyncssh: there is a connection, not a login yet."""
        self._ssh = conn

    def auth_banner_received(self, msg: str, lang: str) -> None:
        """asyncssh: a greeting, or why the account is turned away."""
        self.banner = (self.banner + msg)[-door.MOST :]

    def auth_completed(self) -> None:
        """asyncssh: we are let in."""
        self.let_in = True

    @property
    def turned_away(self) -> bool:
        """True where the node hung up on a login: after the keys were agreed on, before it let us in."""
        return self._ssh is not None and handshake.is_keyed(self._ssh) and not self.let_in

    def cut_short(self) -> Failure | None:
        """What it means that the machine hung up before there was a login; None: there was one, or nothing special."""
        if self._ssh is None or handshake.is_keyed(self._ssh):
            return None
        if not handshake.began(self._ssh):
            return Failure(Reason.UNREACHABLE, handshake.TURNED_AWAY, self._dial.target, crowded=True)
        said = handshake.no_host_key(self._ssh, self._asked)
        return None if said is None else Failure(Reason.REFUSED, printable(said), self._dial.target)

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """asyncssh: this key is not among the known ones."""
        self.refusal = self._dial.keys.judge(self._dial.name, key)
        return self.refusal is None

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncssh: the connection is over."""
        self.error = exc
        self.closed.set()


class Connection:
    """A connection that stands until `closed`."""

    def __init__(self, dial: Dial, ssh: asyncssh.SSHClientConnection, keeper: Doorkeeper, deadline_s: float) -> None:
        self.ssh = ssh
        self.target = dial.target
        self.channels = 0
        """How many are open, those we dropped and the other side has not closed among them."""
        self._keeper = keeper
        self._deadline_s = deadline_s
        self._given_up: Failure | None = None
        self._left = False

    @property
    def is_closed(self) -> bool:
        """True once it is over, or about to be."""
        return self._left or self._given_up is not None or self._keeper.closed.is_set() or self.ssh.is_closed()

    async def closed(self) -> Failure:
        """Wait for its end, and say why it ended."""
        await self._keeper.closed.wait()
        if self._given_up is not None:
            return self._given_up
        return failure_of(self._keeper.error or asyncssh.ConnectionLost(""), self.target, self._deadline_s)

    async def answers(self) -> bool:
        """Whether an echo comes back within the deadline. It starts nothing: where shells hang, so would its own.

        asyncssh sends it on a timer that every packet sets anew, which costs; to send one it has no public way.
        """
        try:
            async with asyncio.timeout(self._deadline_s):
                await self.ssh._make_global_request(ECHO)
        except Exception:  # no answer, whatever it is: see `connected`
            return False
        return not self.is_closed

    def give_up(self, said: str) -> None:
        """End it from our side without waiting for the other; `said` is why."""
        if not self.is_closed:
            self._given_up = Failure(Reason.UNREACHABLE, printable(said), self.target)
            self.ssh.abort()

    def close(self) -> None:
        """Take leave: the other side is told."""
        self._left = True
        self.ssh.close()


async def connected(dial: Dial, *, through: Connection | None, deadline_s: float) -> Connection:
    """A connection to a machine. Raises NotConnectedError; never waits longer than `deadline_s`.

    asyncssh passes on whatever broke it, of any class: half a packet of the other side is a ValueError in its parser.
    Here, and wherever a channel is opened, all of it is a failure of that node and of nothing else.
    """
    keeper: Doorkeeper | None = None

    def new_keeper() -> Doorkeeper:
        nonlocal keeper
        keeper = Doorkeeper(dial, kinds)
        return keeper

    try:
        known = await dial.keys.known(dial.name)
        kinds = dial.host_key_kinds(known)
        ssh = await asyncssh.connect(
            dial.host,
            dial.port,
            tunnel=through.ssh if through else None,
            config=None,
            options=dial.options,
            known_hosts=known,
            server_host_key_algs=kinds,
            client_factory=new_keeper,
            connect_timeout=deadline_s,
        )
    except FabconsoleError as error:
        raise NotConnectedError(Failure(Reason.UNTRUSTED, printable(str(error)), dial.target)) from error
    except Exception as error:
        if keeper is not None and keeper.refusal is not None:
            refused = Failure(Reason.UNTRUSTED, printable(keeper.refusal), dial.target)
            raise NotConnectedError(refused) from error
        raise NotConnectedError(_failure(error, keeper, dial.target, deadline_s)) from error
    if keeper is None:
        raise NotConnectedError(Failure(Reason.FAILED, "connected without a host key check", dial.target))
    if (of_no_use := door.of_no_use(keeper.banner)) is not None:
        ssh.abort()
        raise NotConnectedError(_turned_away(of_no_use, dial.target))
    return Connection(dial, ssh, keeper, deadline_s)


def _failure(error: Exception, keeper: Doorkeeper | None, target: str, deadline_s: float) -> Failure:
    """What a login that failed says, if by hanging up; else what broke it."""
    if keeper is not None and isinstance(error, (asyncssh.ConnectionLost, ConnectionError)):
        if keeper.turned_away:
            return _turned_away(door.turned_away(keeper.banner), target)
        return keeper.cut_short() or failure_of(error, target, deadline_s)
    return failure_of(error, target, deadline_s)


def _turned_away(why: tuple[Reason, str], target: str) -> Failure:
    return Failure(why[0], printable(why[1]), target)
