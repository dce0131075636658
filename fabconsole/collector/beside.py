"""A channel that finds no session on its node's connection: a connection of its own, or its turn on that one.

sshd counts MaxSessions by the connection. To take turns on a single session would be cheaper, and would let a hung
`nvidia-smi` keep its host's ports and its log waiting; a further connection costs 55 kB and one handshake, within the
ramp.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from fabconsole.collector.channel import Channel, NoSessionError
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

_WHY = "MaxSessions of its sshd leaves no session on the first one"
_NOT_FREE = "the one session that its sshd allows (MaxSessions) is not free; does something of ours hang there?"
_PATIENCE_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Between looks at a session that a shell of ours has only just left: what ran in it has a second to end."""


async def carry(channel: Channel, connect: Callable[[], Awaitable[Connection]], *, quiet_s: float) -> Failure | None:
    """Open a channel on a connection of its own, which ends when it does; where that comes first, the channel fails.

    Where no connection is to be had, or no `sh` on it (pam_limits' `maxlogins`), why: the channel is as it was.
    `quiet_s` is how long the connection may be silent before it is asked whether it lives: nothing else would tell.
    """
    try:
        connection = await connect()
    except NotConnectedError as error:
        return _failure(error.failure)
    try:
        if channel.is_dropped:
            return None
        connection.keep_alive(quiet_s)
        await channel.open(connection, alone=True)
        lost = await connection.closed()
        if channel.session is None:
            return _failure(channel.refusal or lost)
        channel.fail(_failure(lost))
    except Exception as error:  # of any class, see `connection.connected`; shown as FAILED
        return _failure(Failure(Reason.FAILED, printable(f"opens no session: {error}"), connection.target))
    finally:
        connection.close()
    return None


async def wait_for_its_turn(channel: Channel, connection: Connection) -> None:
    """Open a channel in the session of one that has just ended."""
    for patience_s in _PATIENCE_S:
        await asyncio.sleep(patience_s)
        try:
            if not channel.is_dropped:
                await channel.open(connection)
        except NoSessionError:
            continue
        return
    channel.fail(Failure(Reason.FAILED, _NOT_FREE, connection.target))


def _failure(failure: Failure) -> Failure:
    """Of one channel alone: the node is reached, whatever became of this connection."""
    return Failure(Reason.FAILED, f"its own connection: {failure.said}; {_WHY}", failure.target)
