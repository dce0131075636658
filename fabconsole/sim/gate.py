"""The way to one host's server: open, shut (a connection is refused) or choked (nothing comes back, as over a cut)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from enum import Enum, auto

import asyncssh

Listen = Callable[[], Awaitable[asyncssh.SSHAcceptor]]


class Passage(Enum):
    """What becomes of somebody who dials."""

    OPEN = auto()
    SHUT = auto()
    CHOKED = auto()


class Gate:
    """One address that is listened at, or not."""

    def __init__(self, host: str, port: int, listen: Listen) -> None:
        self._address = (host, port)
        self._listen = listen
        self._passage = Passage.SHUT
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._full: list[socket.socket] = []
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Listen. Raises OSError where the address is taken."""
        self._passage = Passage.OPEN
        acceptor = await self._listen()
        if self._passage is Passage.OPEN:
            self._acceptor = acceptor
        else:
            acceptor.close()

    def turn(self, passage: Passage, *, again: bool = False) -> None:
        """Let it be `passage` from now on; `again`: even where it is, with what `listen` says now."""
        if passage is self._passage and not again:
            return
        self.close()
        self._passage = passage
        if passage is Passage.OPEN:
            self._opening = asyncio.get_running_loop().create_task(self.open())
        elif passage is Passage.CHOKED:
            self._choke()

    def close(self) -> None:
        """Let go of the address."""
        self._passage = Passage.SHUT
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None
        for sock in self._full:
            sock.close()
        self._full.clear()

    def _choke(self) -> None:
        """Listen, accept nothing, and be the one who waits: Linux drops what else would come, unanswered."""
        listening, waiting = socket.socket(), socket.socket()
        self._full = [waiting, listening]
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(self._address)
        listening.listen(0)
        waiting.connect(self._address)
