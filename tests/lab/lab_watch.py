"""The lab as the console has it: a live collector folded into a state, and patience with a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lab import Lab

from fabconsole.collector.collector import Collector
from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.state.fabric import FabricState
from fabconsole.state.snapshot import Snapshot

FAST = {"fast_s": 0.5, "slow_s": 1.0, "in_band_s": 1.0, "timeout_s": 1.0}


class Watch:
    """A live collector folded into a state, as the console has it."""

    def __init__(self, lab: Lab, nodes: Mapping[str, dict[str, Any]] | None = None, **poll: float) -> None:
        """`nodes` are what differs from the lab's inventory, `poll` what differs from `FAST`."""
        inventory = read_inventory(lab.inventory, platforms=names())
        changed = {name: replace(inventory.nodes[name], **said) for name, said in (nodes or {}).items()}
        rhythms = replace(inventory.poll, **{**FAST, **poll})
        nodes = {**inventory.nodes, **changed}
        self.source = Collector(replace(inventory, poll=rhythms, nodes=nodes), read_thresholds())
        self._state = FabricState()
        self.pictures: list[Snapshot] = []
        """Every one that was looked at."""

    @property
    def picture(self) -> Snapshot:
        """The last one that was looked at."""
        return self.pictures[-1]

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.source.aclose()
        await self._task

    async def _follow(self) -> None:
        async for batch in self.source.records():
            for record in batch:
                self._state.apply(record)

    async def until(self, true: Callable[[Snapshot], bool], limit_s: float) -> float:
        """Seconds until a snapshot is so."""
        began = time.monotonic()
        while not true(picture := self._looked()):
            assert time.monotonic() < began + limit_s, {name: node.health for name, node in picture.nodes.items()}
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def _looked(self) -> Snapshot:
        self.pictures.append(self._state.snapshot(time.time()))
        return self.picture


def others_are_ok(picture: Snapshot, name: str) -> bool:
    return all(node.health is Health.OK for node in picture.nodes.values() if node.name != name)
