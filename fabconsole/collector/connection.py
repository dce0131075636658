"""One SSH connection: made within a deadline, its host key judged, its end heard, its pulse felt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import asyncssh

from fabconsole.collector import agent, descriptors, door
from fabconsole.collector.certificates import expired
from fabconsole.collector.doorkeeper import Doorkeeper
from fabconsole.collector.failure import Failure, failure_of
from fabconsole.collector.options import Dial
from fabconsole.collector.second_factor import SecondFactor
from fabconsole.fabric.errors import FabconsoleError
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

MOST_CHANNELS = 32
"""Channels of one connection: ours are a handful, the others are those that a sick server does not close."""

ECHO = b"keepalive@openssh.com"
"""A request that every server answers, if by a no, and none logs: of an unknown subsystem OpenSSH 9.2 logs a line."""


WANTS_MORE = (
    "takes our key and wants a second factor, which hundreds of nodes cannot each ask for: "
    "reach it through a jump host that asks once (ssh.jump), or let it accept keys or certificates alone"
)
"""Of a node; a person is asked for a jump host's."""


class NotConnectedError(FabconsoleError):
    """No connection could be made; `failure` says why."""

    def __init__(self, failure: Failure, *, keys_refused: bool = False) -> None:
        """`keys_refused`: it knows none of the keys that it was shown, so another one may open it."""
        super().__init__(failure.detail)
        self.failure = failure
        self.keys_refused = keys_refused


class Connection:
    """A connection that stands until `closed`."""

    def __init__(self, dial: Dial, ssh: asyncssh.SSHClientConnection, keeper: Doorkeeper, deadline_s: float) -> None:
        self.ssh = ssh
        self.target = dial.target
        self.channels = 0
        """How many are open, those we dropped and the other side has not closed among them."""
        self.had_session = False
        """Whether a session was ever to be had on it."""
        self._keeper = keeper
        self._deadline_s = deadline_s
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

    def keep_alive(self, quiet_s: float) -> None:
        """Ask by itself whether it lives where it was silent for so long; twice unanswered, it ends."""
        self.ssh.set_keepalive(quiet_s, 2)

    def give_up(self, said: str) -> None:
        """End it from our side without waiting for the other; `said` is why."""
        if not self.is_closed:
            self._given_up = Failure(Reason.UNREACHABLE, printable(said), self.target)
            self.ssh.abort()

    def close(self) -> None:
        """Take leave: the other side is told."""
        self._left = True
        self.ssh.close()


async def connected(
    dial: Dial,
    *,
    through: Connection | None,
    deadline_s: float,
    opened: Sequence[asyncssh.SSHKeyPair] = (),
    factor: SecondFactor | None = None,
) -> Connection:
    """A connection to a machine. Raises NotConnectedError; never waits longer than `deadline_s`, unless for a `factor`.

    `opened` are keys to show besides those of the options and the agent, after them.

    asyncssh passes on whatever broke it, of any class: half a packet of the other side is a ValueError in its parser.
    Here, and wherever a channel is opened, all of it is a failure of that node and of nothing else.
    """
    if through is None and (short := descriptors.shortage()) is not None:
        raise NotConnectedError(short)
    keeper: Doorkeeper | None = None

    def new_keeper() -> Doorkeeper:
        nonlocal keeper
        keeper = Doorkeeper(dial, kinds, opened, factor)
        return keeper

    try:
        known = await dial.keys.known(dial.name)
        kinds = dial.host_key_kinds(known)
        async with asyncio.timeout(deadline_s) as deadline:
            if factor is not None:
                factor.starts(deadline)
            ssh = await asyncssh.connect(
                dial.host,
                dial.port,
                tunnel=through.ssh if through else None,
                proxy_command=_proxy(dial),
                config=None,
                options=dial.options,
                known_hosts=known,
                server_host_key_algs=kinds,
                client_factory=new_keeper,
                connect_timeout=None,
            )
    except FabconsoleError as error:
        raise NotConnectedError(Failure(Reason.UNTRUSTED, printable(str(error)), dial.target)) from error
    except Exception as error:
        if keeper is not None and keeper.refusal is not None:
            refused = Failure(Reason.UNTRUSTED, printable(keeper.refusal), dial.target)
            raise NotConnectedError(refused) from error
        raise _not_connected(error, keeper, dial, deadline_s) from error
    finally:
        if factor is not None:
            factor.over()
    if keeper is None:
        raise NotConnectedError(Failure(Reason.FAILED, "connected without a host key check", dial.target))
    if (of_no_use := door.of_no_use(keeper.banner)) is not None:
        ssh.abort()
        raise NotConnectedError(_turned_away(of_no_use, dial.target))
    return Connection(dial, ssh, keeper, deadline_s)


def _proxy(dial: Dial) -> Sequence[str] | None:
    """As ssh runs it, by a shell. asyncssh takes what comes on its standard error for the other side's words, and the
    end of that for the end of the connection: it is kept open and quiet.
    """
    return None if dial.command is None else ("/bin/sh", "-c", f"exec 3>&2 2>/dev/null; exec {dial.command}")


def _not_connected(error: Exception, keeper: Doorkeeper | None, dial: Dial, deadline_s: float) -> NotConnectedError:
    """What a login that failed says, if by hanging up; else what broke it."""
    target = dial.target
    if keeper is not None and keeper.wants_more:
        return NotConnectedError(Failure(Reason.REFUSED, WANTS_MORE, target))
    if keeper is not None and isinstance(error, (asyncssh.ConnectionLost, ConnectionError)):
        if keeper.turned_away:
            return NotConnectedError(_turned_away(door.turned_away(keeper.banner), target))
        return NotConnectedError(keeper.cut_short() or failure_of(error, target, deadline_s))
    keys_refused = keeper is not None and keeper.keys_refused and isinstance(error, asyncssh.PermissionDenied)
    if keys_refused and (said := expired(dial.certificates, time.time())):
        return NotConnectedError(Failure(Reason.EXPIRED, printable(said), target), keys_refused=True)
    if isinstance(error, asyncssh.PermissionDenied) and (lost := agent.gone(dial.options.agent_path)):
        said = f"{lost}, and no other key of ours is accepted; start it and ssh-add, or set ssh.identity"
        return NotConnectedError(Failure(Reason.REFUSED, printable(said), target), keys_refused=keys_refused)
    return NotConnectedError(failure_of(error, target, deadline_s), keys_refused=keys_refused)


def _turned_away(why: tuple[Reason, str], target: str) -> Failure:
    return Failure(why[0], printable(why[1]), target)
