"""All faults of the matrix at once, each on a host of its own beside three well ones, and each one's story."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from matrix_faults import FAULTS, Fault
from matrix_host import Host
from matrix_relay import relayed
from matrix_watch import WELL, Fabric, Watch, left_on

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import NodeView, Snapshot

PATIENCE_S = 12
HELD = 4
"""Polls of a well node for which a fault stays after it was told."""


@dataclass
class Story:
    """What became of one host."""

    fault: Fault
    host: Host
    told: NodeView | None = None
    """The first view of it in which it was told."""
    during: list[Health] = field(default_factory=list)
    """From then on, until the fault was taken out."""
    rounds: int | None = None
    """Polls of a well node from the end of the fault until all was well; None: it never was."""
    last: NodeView | None = None
    left: Sequence[str] = ()
    """Processes and files of ours, after we left."""

    def look(self, picture: Snapshot) -> None:
        """While the fault is in."""
        view = self.last = picture.nodes[self.host.name]
        if self.told is None and self._is_told(view):
            self.told = view
        if self.told is not None:
            self.during.append(view.health)

    def _is_told(self, view: NodeView) -> bool:
        fault = self.fault
        said = any(one.reason is fault.reason and fault.says in one.detail for one in view.questions)
        return fault.reason is None or (said and view.health is fault.health)


class Ward:
    """Many sick hosts and three well ones, from the first fault to the last recovery."""

    def __init__(self, well: Sequence[Host], sick: Mapping[str, Host], root: Path) -> None:
        self.stories = {fault.name: Story(fault, sick[fault.name]) for fault in FAULTS}
        asked = frozenset(story.host.name for story in self.stories.values() if story.fault.of_tools)
        self._fabric = Fabric(well, tuple(sick.values()), root, asked)
        self.watch: Watch | None = None

    async def live(self) -> None:
        """Put every fault in, wait until all are told, take them out, wait until all is well, and leave."""
        stories = tuple(self.stories.values())
        async with AsyncExitStack() as relays:
            relay = {story.host.name: await relays.enter_async_context(relayed(story.host)) for story in stories}
            dialled = {
                story.host.name: ("127.0.0.1", relay[story.host.name].port) for story in stories if story.fault.relayed
            }
            async with self._fabric.watched(dialled) as watch:
                self.watch = watch
                await watch.well()
                for story in stories:
                    await asyncio.to_thread(story.fault.put_in, story.host, relay[story.host.name])
                await self._look(lambda: all(story.told for story in stories))
                await self._look(self._after(HELD))
                for story in stories:
                    await asyncio.to_thread(story.fault.take_out, story.host, relay[story.host.name])
                await self._recovered(watch)
        for story in stories:
            story.left = await left_on(story.host)

    async def _look(self, done: Callable[[], bool]) -> None:
        """Look on until it is done, or nobody has patience any more: then a story ends as it is."""
        assert self.watch is not None
        limit = time.monotonic() + PATIENCE_S
        while not done() and time.monotonic() < limit:
            picture = await self.watch.until(lambda _: True)
            for story in self.stories.values():
                story.look(picture)
            await asyncio.sleep(0.05)

    async def _recovered(self, watch: Watch) -> None:
        """Count each one's polls of a well node until it is OK."""
        before = len(watch.answers(WELL[0]))
        most = max(story.fault.rounds for story in self.stories.values())
        while (rounds := len(watch.answers(WELL[0])) - before) <= most:
            picture = await watch.until(lambda _: True)
            for story in self.stories.values():
                story.last = picture.nodes[story.host.name]
                if story.rounds is None and story.last.health is Health.OK:
                    story.rounds = rounds
            if all(story.rounds is not None for story in self.stories.values()):
                return
            await asyncio.sleep(0.05)

    def _after(self, rounds: int) -> Callable[[], bool]:
        watch = self.watch
        assert watch is not None
        enough = len(watch.answers(WELL[0])) + rounds
        return lambda: len(watch.answers(WELL[0])) >= enough
