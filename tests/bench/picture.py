"""What the demo's picture costs the console's loop: a snapshot four times a second, and what the state weighs.

    python tests/bench/picture.py [--seconds 45] [--scenario first-page]

64 hosts and 24 switches over real SSH: 512 + 1536 ports, 9216 NVLinks. CPU of this process inside `snapshot()`, from
the first tick on and once all have answered; bytes that can be reached from the state, the tables of the readers
included, which the collector holds anyway.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import numpy as np

from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.sim.launch import launch
from fabconsole.state.fabric import FabricState

_TICK_S = 0.25
_SETTLED = 40
"""Ticks until every question was asked twice."""


async def ticks_ms(state: FabricState, collector: Collector, seconds: float) -> list[float]:
    """CPU of each snapshot while the collector's records are applied."""
    cost: list[float] = []

    async def apply() -> None:
        async for batch in collector.records():
            for record in batch:
                state.apply(record)

    applying = asyncio.create_task(apply())
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        await asyncio.sleep(_TICK_S)
        began = time.process_time()
        state.snapshot(time.time())
        cost.append((time.process_time() - began) * 1e3)
    applying.cancel()
    return cost


def reachable(root: object, besides: Sequence[object]) -> int:
    """Bytes of everything that `root` leads to, code and `besides` left out."""
    seen, size, todo = {id(one) for one in besides}, 0, [root]
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, type | ModuleType | FunctionType | BuiltinFunctionType | MethodType):
            continue
        seen.add(id(one))
        size += sys.getsizeof(one)
        todo += gc.get_referents(one)
        if isinstance(one, np.ndarray) and one.base is not None:
            todo.append(one.base)
    return size


def told(cost: Sequence[float]) -> str:
    """Median, 95th percentile and worst."""
    ordered = sorted(cost)
    most = ordered[int(len(ordered) * 0.95)]
    return f"median {statistics.median(ordered):5.1f}  p95 {most:5.1f}  max {ordered[-1]:5.1f} ms"


async def measured(path: Path, seconds: float) -> None:
    """Look for so long, and print."""
    inventory = read_inventory(path, platforms=names())
    collector, state = Collector(inventory, read_thresholds()), FabricState()
    try:
        cost = await ticks_ms(state, collector, seconds)
        nodes = len(state.snapshot(time.time()).nodes)
        print(f"snapshot of {nodes} nodes, all ticks      {told(cost)}")
        print(f"snapshot of {nodes} nodes, once settled   {told(cost[_SETTLED:])}")
        print(f"state {reachable(state, (inventory, collector)) / nodes / 1e3:.0f} kB a node")
    finally:
        await collector.aclose()


def main() -> None:
    """Measure on a fresh simulation."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=45.0)
    arguments.add_argument("--scenario", default="first-page")
    options = arguments.parse_args()
    with launch(scenario=options.scenario) as path:
        asyncio.run(measured(path, options.seconds))


if __name__ == "__main__":
    main()
