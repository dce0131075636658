"""A connection of its own, for a channel that finds no further session on its node's.

sshd counts MaxSessions by the connection. To take turns on a single session would be cheaper, and would let a hung
`nvidia-smi` silence its host's ports and its log; a further connection costs 55 kB and one handshake, within the ramp.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fabconsole.collector.channel import Channel
from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.failure import Failure
from fabconsole.fabric.printable import printable
from fabconsole.stream.records import Reason

_WHY = "MaxSessions of its sshd leaves no session on the first one"


async def carry(channel: Channel, connect: Callable[[], Awaitable[Connection]], *, quiet_s: float) -> None:
    """Open a channel on a connection of its own, which ends when it does; where that comes first, the channel fails.

    `quiet_s` is how long the connection may be silent before it is asked whether it lives: nothing else would tell.
    """
    try:
        connection = await connect()
    except NotConnectedError as error:
        channel.fail(_failure(error.failure))
        return
    try:
        if channel.is_dropped:
            return
        connection.keep_alive(quiet_s)
        await channel.open(connection, alone=True)
        channel.fail(_failure(await connection.closed()))
    except Exception as error:  # of any class, see `connection.connected`; shown as FAILED
        channel.fail(_failure(Failure(Reason.FAILED, printable(f"opens no session: {error}"), connection.target)))
    finally:
        connection.close()


def _failure(failure: Failure) -> Failure:
    """Of one channel alone: the node is reached, whatever became of this connection."""
    return Failure(Reason.FAILED, f"its own connection: {failure.said}; {_WHY}", failure.target)
