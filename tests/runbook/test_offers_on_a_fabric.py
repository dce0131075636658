"""What is offered on a whole fabric as a collector reads it: no diagnostic that ships is out of reach."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.runbook.commands import fitting, load_commands, order
from fabconsole.runbook.selection import selected
from fabconsole.sim.launch import launch
from fabconsole.state.fabric import FabricState
from fabconsole.state.polling import observed
from fabconsole.state.snapshot import Snapshot

COMMANDS = load_commands().commands


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[Snapshot, Inventory]]:
    """A small simulated fabric, every question answered once."""
    with launch(nodes=4, seed=5, scenario="quiet") as path:
        inventory = read_inventory(path, platforms=names())

        async def look() -> Snapshot:
            collector, state = Collector(inventory, read_thresholds()), FabricState()
            try:
                async with asyncio.timeout(30):
                    await observed(collector, state, 1)
            finally:
                await collector.aclose()
            return state.snapshot(time.time())

        yield asyncio.run(look()), inventory


def offered(address: str, seen: tuple[Snapshot, Inventory]) -> set[str]:
    snapshot, inventory = seen
    selection = selected(address, snapshot, inventory)
    assert selection is not None
    return {order(one, selection, inventory, run="d-1") and one.id for one in fitting(COMMANDS, selection)}


def test_a_switch_is_asked_for_its_errors_and_its_links(seen: tuple[Snapshot, Inventory]) -> None:
    assert offered("leaf06", seen) == {"switch-errors", "switch-links"}


def test_a_switch_port_is_asked_for_both_its_ends_and_its_whole_switch(seen: tuple[Snapshot, Inventory]) -> None:
    wanted = {"switch-errors", "switch-links", "link-counters", "far-end-counters"}
    assert offered("leaf06/1", seen) == wanted


def test_a_gpu_is_asked_for_itself_and_its_nvlinks(seen: tuple[Snapshot, Inventory]) -> None:
    wanted = {"gpu-details", "gpu-topology", "kernel-log", "nvlink-errors", "nvlink-state", "port-pcie"}
    assert offered("gpu00-01/gpu3", seen) == wanted
    assert offered("gpu00-01/gpu3/nvl7", seen) == wanted - {"port-pcie"}


def test_every_diagnostic_is_offered_somewhere(seen: tuple[Snapshot, Inventory]) -> None:
    places = ("gpu00-01", "gpu00-01/mlx5_3/1", "gpu00-01/gpu3", "leaf06", "leaf06/1")
    found = set[str]().union(*(offered(place, seen) for place in places))
    assert found == {command.id for command in COMMANDS}
