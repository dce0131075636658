"""What comes on a node's connection and nobody listens to: who goes on flooding a closed channel is hung up on."""

from __future__ import annotations

from collections.abc import Callable

from fabconsole.collector.allowance import Allowance
from fabconsole.collector.channel import WINDOW
from fabconsole.collector.connection import Connection
from fabconsole.stream.records import Reason

MOST_UNHEARD = 8 * WINDOW
"""Bytes that may be under way when we close all channels of a node, and as much again: 10 ms of CPU."""

UNHEARD_PER_S = 1 << 16
"""Bytes a second that nobody minds."""


def metered(connection: Connection, monotonic: Callable[[], float]) -> None:
    """Count what comes on a connection from now on, and give it up where too much of it is for nobody.

    A channel that floods is closed, and an honest server says no more on it than was under way. What a dishonest one
    goes on to send, at 200 MB/s, asyncssh reads, drops, and tells nobody of: so it is counted before asyncssh has it.
    """
    allowed = Allowance(MOST_UNHEARD, UNHEARD_PER_S)
    receive = connection.ssh.data_received

    def came(data: bytes, datatype: int | None = None) -> None:
        receive(data, datatype)
        listened, connection.listened = connection.listened, 0
        if not allowed.spend(len(data) - listened, monotonic()):
            said = f"goes on flooding what was closed, by more than {MOST_UNHEARD:,} bytes; connection dropped"
            connection.give_up(said, Reason.OVERFLOW)

    connection.ssh.data_received = came  # type: ignore[method-assign]
