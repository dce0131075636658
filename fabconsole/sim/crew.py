"""The processes that serve a fabric of several shards: started together, watched, ended together.

They are forked from the process that has wired the fabric: each knows the same state by heart, starts in milliseconds
and shares the memory of it. A shard that dies costs its own hosts.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from fabconsole.fabric.errors import SourceError
from fabconsole.sim.living import Shard

_LEAVE_S = 1.0


class Crew:
    """One process a shard. Start it before any event loop runs: they are forked."""

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._shards = shards
        self._processes: list[BaseProcess] = []
        self._words: list[Connection] = []
        """Each shard's own: a word when it serves, the end when it is gone."""

    def start(self) -> None:
        """Fork them all, and let go of their sockets: a dead shard's hosts refuse, they do not keep one waiting."""
        context = multiprocessing.get_context("fork")
        gc.freeze()  # a collection would touch, and so copy, what they share
        for shard in self._shards:
            heard, said = context.Pipe(duplex=False)
            others = [other for other in self._shards if other is not shard]
            process = context.Process(target=_serve, args=(shard, others, said), daemon=True)
            process.start()
            said.close()
            self._processes.append(process)
            self._words.append(heard)
        for shard in self._shards:
            shard.doorway.close()

    async def ready(self) -> None:
        """All of them serve. Raises SourceError where one does not."""
        for number, shard in enumerate(self._shards):
            if not await self._word(number):
                raise SourceError(f"{shard.name}: did not start: {self._how(number)}")

    async def watch(self, lost: Callable[[str], None]) -> None:
        """Tell `lost` of each one that ends by itself; return when the last one has."""
        await asyncio.gather(*(self._watch(number, lost) for number in range(len(self._shards))))

    def end(self) -> None:
        """End those that are still there, surely. A shard has nothing to tidy up."""
        for process in self._processes:
            process.kill()
        for process, heard in zip(self._processes, self._words, strict=True):
            process.join()
            heard.close()

    async def _watch(self, number: int, lost: Callable[[str], None]) -> None:
        while await self._word(number):
            pass
        lost(f"{self._shards[number].name}: their process ended by itself, {self._how(number)}; they are out of reach")

    async def _word(self, number: int) -> bool:
        """Wait for it; False where there is none any more."""
        heard = self._words[number]
        loop = asyncio.get_running_loop()
        came = asyncio.Event()
        loop.add_reader(heard.fileno(), came.set)
        try:
            await came.wait()
        finally:
            loop.remove_reader(heard.fileno())
        try:
            heard.recv_bytes()
        except EOFError:
            return False
        return True

    def _how(self, number: int) -> str:
        process = self._processes[number]
        process.join(_LEAVE_S)
        code = process.exitcode
        return f"by {signal.Signals(-code).name}" if code is not None and code < 0 else f"status {code}"


def _serve(shard: Shard, others: Sequence[Shard], said: Connection) -> None:
    """What a shard's process does until its parent is gone."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # its parent's to obey
    for other in others:
        other.doorway.close()
    asyncio.run(_served_until_orphaned(shard, said))


async def _served_until_orphaned(shard: Shard, said: Connection) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - it was forked
    orphaned = asyncio.Event()
    asyncio.get_running_loop().add_reader(parent.sentinel, orphaned.set)
    async with shard.served():
        gc.freeze()
        said.send_bytes(b"serving")
        await orphaned.wait()
