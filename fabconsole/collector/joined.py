"""What may hang, shared by all who want it just then: one that hangs takes one thread, not thousands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Joined(Generic[T]):
    """A blocking call in a thread, such as of a file in a home directory that a server keeps. Belongs to one loop."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._under_way: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        """What it comes to. Whoever stops waiting leaves it under way for the others, and for who asks next."""
        if self._under_way is None:
            self._under_way = asyncio.get_running_loop().run_in_executor(None, self._call)
            self._under_way.add_done_callback(self._over)
        return await asyncio.shield(self._under_way)

    def _over(self, done: asyncio.Future[T]) -> None:
        self._under_way = None
        _heeded(done)


class Made(Generic[K, T]):
    """What is made once of each key, a few at a time, by calls that may hang. Belongs to one loop."""

    def __init__(self, make: Callable[[K], Coroutine[Any, Any, T]], at_a_time: int) -> None:
        self._make = make
        self._room = asyncio.Semaphore(at_a_time)
        self._made: dict[K, T] = {}
        self._under_way: dict[K, asyncio.Task[T]] = {}

    async def of(self, key: K) -> T:
        """What is made of a key. Whoever stops waiting leaves it under way, and it is not begun beside itself."""
        if key in self._made:
            return self._made[key]
        if key not in self._under_way:
            task = self._under_way[key] = asyncio.create_task(self._one(key), name=f"making of {key}")
            task.add_done_callback(_heeded)
        return await asyncio.shield(self._under_way[key])

    def forget(self) -> None:
        """Make all anew; what is under way is of before."""
        self._made.clear()
        self._under_way.clear()

    async def _one(self, key: K) -> T:
        try:
            async with self._room:
                made = await self._make(key)
            if self._is_wanted(key):
                self._made[key] = made
            return made
        finally:
            if self._is_wanted(key):
                del self._under_way[key]

    def _is_wanted(self, key: K) -> bool:
        return self._under_way.get(key) is asyncio.current_task()


def _heeded(done: asyncio.Future[T]) -> None:
    """What broke it is told to those that wait, and there may be none left."""
    if not done.cancelled():
        done.exception()
