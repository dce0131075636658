"""Waiting for something to change, with an end: thousands wait, and none of them looks meanwhile."""

from __future__ import annotations

import asyncio


class Bell:
    """Wakes who waits for it. Belongs to one event loop."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], None] = {}

    def ring(self) -> None:
        """Wake all."""
        for future in tuple(self._waiting):
            _wake(future)

    def ring_one(self) -> None:
        """Wake who waits longest: enough to find out for all."""
        for future in tuple(self._waiting)[:1]:
            _wake(future)

    def add(self, future: asyncio.Future[None]) -> None:
        """Have it done at the next ring."""
        self._waiting[future] = None

    def remove(self, future: asyncio.Future[None]) -> None:
        """It waits no more."""
        self._waiting.pop(future, None)


async def patience(seconds: float, *bells: Bell) -> None:
    """Wait so long, or until one of `bells` rings."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for bell in bells:
        bell.add(future)
    try:
        await asyncio.wait((future,), timeout=seconds)
    finally:
        for bell in bells:
            bell.remove(future)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
