"""A TCP relay in front of a host: every byte passes it late, slowly, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from matrix_host import PORT, Host

_PIECE = 1 << 16


@dataclass
class Relay:
    """What is set holds for the bytes that arrive from now on, both ways."""

    port: int = 0
    delay_s: float = 0.0
    bytes_a_s: int | None = None
    """None: as fast as they come."""

    def heal(self) -> None:
        """Pass everything on at once again."""
        self.delay_s, self.bytes_a_s = 0.0, None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction of one connection, until it ends."""
        loop = asyncio.get_running_loop()
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=64)

        async def late() -> None:
            while True:
                at, data = await due.get()
                await asyncio.sleep(max(0.0, at - loop.time()))
                if not data:
                    writer.close()
                    return
                writer.write(data)
                await writer.drain()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(late())
            while True:
                data = await _read(reader, 1 if self.bytes_a_s else _PIECE)
                if self.bytes_a_s:
                    await asyncio.sleep(1 / self.bytes_a_s)
                await due.put((loop.time() + self.delay_s, data))
                if not data:
                    break


@asynccontextmanager
async def relayed(host: Host) -> AsyncIterator[Relay]:
    """A relay in front of a host, on a loopback port."""
    relay = Relay()
    open_ones: set[asyncio.Task[None]] = set()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host.address, PORT)
        except OSError:
            writer.close()
            return
        ways = (relay.carry(reader, far_writer), relay.carry(far_reader, writer))
        tasks = [asyncio.create_task(way) for way in ways]
        open_ones.update(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
        open_ones.difference_update(tasks)

    server = await asyncio.start_server(joined, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def _read(reader: asyncio.StreamReader, most: int) -> bytes:
    try:
        return await reader.read(most)
    except OSError:
        return b""
