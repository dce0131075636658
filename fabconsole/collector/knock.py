"""Knocking: whether anybody speaks at an address. To wait for one that does not costs a socket and nothing else."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from fabconsole.collector.options import Dial

Place = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
"""As getaddrinfo has it."""


async def knocked(dial: Dial, taken: Callable[[], None]) -> socket.socket:
    """A connection over which the first word has come and is not read yet, by the first address that has one. `taken`
    is called where a connection is there, and the word is not.

    An SSH server speaks first, unasked (RFC 4253, section 4.2, which both sides may); one that hangs up has spoken too.
    Raises OSError.
    """
    refusals: list[OSError] = []
    for family, kind, protocol, _, address in await _places(dial):
        sock = socket.socket(family, kind, protocol)
        try:
            await _spoken(sock, dial, address, taken)
        except OSError as error:
            sock.close()
            refusals.append(error)
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    if len({str(error) for error in refusals}) == 1:
        raise refusals[0]
    raise OSError(", ".join(map(str, refusals)) or "its name has no address")


async def _places(dial: Dial) -> Sequence[Place]:
    """Numbers are no names: nobody waits behind names that hang, in threads."""
    host, family = dial.name.host, dial.options.family
    with suppress(socket.gaierror):
        return socket.getaddrinfo(host, dial.port, family, socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    loop = asyncio.get_running_loop()
    return await loop.getaddrinfo(host, dial.port, family=family, type=socket.SOCK_STREAM)


async def _spoken(
    sock: socket.socket, dial: Dial, address: tuple[str | int | bytes, ...], taken: Callable[[], None]
) -> None:
    loop = asyncio.get_running_loop()
    sock.setblocking(False)
    if dial.options.local_addr:
        sock.bind(dial.options.local_addr)
    await loop.sock_connect(sock, address)
    taken()
    spoken: asyncio.Future[None] = loop.create_future()
    loop.add_reader(sock, _heard, spoken)
    try:
        await spoken
    finally:
        loop.remove_reader(sock)


def _heard(spoken: asyncio.Future[None]) -> None:
    if not spoken.done():
        spoken.set_result(None)
