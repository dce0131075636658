"""Whether anything grows: memory and descriptors of a console's client over a long time of random faults.

    python tests/bench/soak.py [--minutes 30] [--nodes 64] [--scenario chaos]

The client polls, folds, draws a snapshot a second and runs a diagnostic on a host now and then, while hosts freeze,
flood, refuse, garble, reboot and come back. Every half minute it says its resident memory, descriptors, tasks and
records a second; at the end, how much the last third holds more than the third before it, and by how much memory grew
in each third. What is remembered of a node is bounded, and fills as faults come by: that slows down, a leak does not.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from collect import CLIENT_CORE, SERVER_CORE, raise_descriptor_limit
from memory import resident_kb

EVERY_S = 30.0
FAST_S, SLOW_S = 2.0, 10.0


@dataclass(frozen=True)
class Held:
    """What the process holds at one moment."""

    minute: float
    resident_mb: float
    descriptors: int
    tasks: int
    records_a_s: float

    def __str__(self) -> str:
        return (
            f"{self.minute:5.1f} min  {self.resident_mb:7.1f} MB  {self.descriptors:4d} descriptors  "
            f"{self.tasks:4d} tasks  {self.records_a_s:6.0f} records/s"
        )


def kb_a_minute(part: Sequence[Held]) -> float:
    """How fast memory grew, by the straight line that fits best."""
    return statistics.linear_regression(
        [held.minute for held in part], [1024 * held.resident_mb for held in part]
    ).slope


async def soak(path: Path, minutes: float) -> list[Held]:
    """Poll for so long; what was held, every half minute."""
    from dataclasses import replace

    from fabconsole.collector.collector import Collector
    from fabconsole.fabric.inventory_file import read_inventory
    from fabconsole.fabric.thresholds_file import read_thresholds
    from fabconsole.platforms.registry import names
    from fabconsole.state.fabric import FabricState
    from fabconsole.stream.source import Order

    inventory = read_inventory(path, platforms=names())
    poll = replace(inventory.poll, fast_s=FAST_S, slow_s=SLOW_S, in_band_s=SLOW_S)
    source, state, dice = Collector(replace(inventory, poll=poll), read_thresholds()), FabricState(), random.Random(1)
    hosts = list(inventory.nodes)
    found: list[Held] = []
    began = told = drawn = time.monotonic()
    records = 0
    async with aclosing(source.records()) as stream:
        async for batch in stream:
            records += len(batch)
            for record in batch:
                state.apply(record)
            now = time.monotonic()
            if now - drawn >= 1.0:
                drawn = now
                state.snapshot(time.time())
                order = Order(run=f"r{now}", node=dice.choice(hosts), command="nvidia-smi nvlink -s", deadline_s=5.0)
                await source.run(order)
            if now - told >= EVERY_S:
                gc.collect()
                held = Held(
                    minute=(now - began) / 60,
                    resident_mb=resident_kb() / 1024,
                    descriptors=len(list(Path("/proc/self/fd").iterdir())),
                    tasks=len(asyncio.all_tasks()),
                    records_a_s=records / (now - told),
                )
                print(held, flush=True)
                found.append(held)
                told, records = now, 0
            if now - began >= 60 * minutes:
                break
    await source.aclose()
    return found


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--minutes", type=float, default=30.0)
    arguments.add_argument("--nodes", type=int, default=64)
    arguments.add_argument("--scenario", default="chaos")
    options = arguments.parse_args()
    raise_descriptor_limit()
    os.sched_setaffinity(0, {SERVER_CORE})

    from fabconsole.sim.launch import launch

    with launch(nodes=options.nodes, seed=1, scenario=options.scenario) as inventory:
        os.sched_setaffinity(0, {CLIENT_CORE})
        found = asyncio.run(soak(inventory, options.minutes))
    third = len(found) // 3
    if third > 1:
        first, middle, last = found[:third], found[third : 2 * third], found[-third:]
        for what in ("resident_mb", "descriptors", "tasks"):
            before, after = (statistics.fmean(getattr(held, what) for held in part) for part in (middle, last))
            print(f"{what:12} middle third {before:8.1f}, last third {after:8.1f}: {100 * (after / before - 1):+.1f} %")
        print("memory grew by", ", ".join(f"{kb_a_minute(part):+.0f}" for part in (first, middle, last)), "kB a minute")


if __name__ == "__main__":
    main()
