"""A machine that dies while we log in: it is unreachable, and not its account locked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncssh
from collector_rig import FAST, Keys, collector, echo, fabric, unanswered, watched

from fabconsole.stream.records import Reason, Unanswered


class Dying(asyncssh.SSHServer):
    """Hangs up on a login, after the key exchange."""

    def __init__(self, died: asyncio.Event) -> None:
        self._died = died

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn

    def begin_auth(self, username: str) -> bool:
        self._died.set()
        self._conn.abort()
        return True


@asynccontextmanager
async def dying(keys: Keys) -> AsyncIterator[tuple[int, asyncio.Event, asyncssh.SSHAcceptor]]:
    died = asyncio.Event()
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=lambda: Dying(died), server_host_keys=[str(keys.host_key)]
    )
    try:
        yield server.get_port(), died, server
    finally:
        server.close()


async def test_a_machine_that_dies_while_we_log_in_is_not_told_locked(keys: Keys) -> None:
    async with dying(keys) as (port, died, server):
        keys.trust(port)
        async with watched(collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: echo})) as watching:
            await died.wait()
            server.close()
            (first,) = await watching.until(unanswered("gpu0"))
    assert isinstance(first, Unanswered)
    assert first.reason is Reason.UNREACHABLE
