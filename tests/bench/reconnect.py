"""All nodes lost at once, as when our own network or a bastion is cut: how long the event loop stands still meanwhile.

    python tests/bench/reconnect.py [NODES] [--cuts 10] [--interval 5] [--snapshots]

Starts the simulated fabric, connects to all of it, cuts every connection at the same moment, again and again, and waits
each time until every host answers. Prints the longest time in which nothing else ran (a key would have waited so long),
how long it took until all were back, and what is held then: memory and descriptors, which no cut may leave more of.
With `--snapshots` one is taken four times a second as the console does. Servers run on one core, what is measured on
the other.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from collect import CLIENT_CORE, SERVER_CORE, raise_descriptor_limit
from memory import resident_kb

from fabconsole.cli import loop
from fabconsole.collector.collector import Collector
from fabconsole.fabric.clock import Slices, SteadyClock
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.sim.launch import launch
from fabconsole.state.fabric import FabricState
from fabconsole.stream.records import Sample
from fabconsole.tui.leisure import Leisure

TICK_S = 0.005
SETTLED_S = 90.0
"""After so long everything was asked twice, the subnet too, and the health window is full."""
WARM = 3
"""Cuts after which what is allocated once, and room for what all of them need at the same time, is there."""


class Watch:
    """The worst that somebody who waits for a turn of the event loop waited, and how much of that was our own work:
    the rest is other programs'.
    """

    def __init__(self) -> None:
        self.began()

    async def live(self) -> None:
        """Until cancelled."""
        while True:
            due, worked = time.monotonic() + TICK_S, time.thread_time()
            await asyncio.sleep(TICK_S)
            if due - TICK_S < self._since:
                continue  # it waited for the cut itself
            late = time.monotonic() - due
            self.worst_s = max(self.worst_s, late)
            self.worked_s = max(self.worked_s, min(late, time.thread_time() - worked))
            self.late.append(late)

    def began(self) -> None:
        """From here on."""
        self._since = time.monotonic()
        self.worst_s, self.worked_s, self.cpu_s = 0.0, 0.0, time.process_time()
        self.late: list[float] = []

    def told(self) -> str:
        """The worst, and how much there was of what a key would feel."""
        often = sum(one > 0.05 for one in self.late)
        stall = f"worst stall {1000 * self.worst_s:.0f} ms ({1000 * self.worked_s:.0f} of work), {often} over 50 ms"
        return f"{stall}, {time.process_time() - self.cpu_s:.1f} s of CPU"


def connections() -> Iterator[socket.socket]:
    """Every connection to a host."""
    for name in list(Path("/proc/self/fd").iterdir()):
        with suppress(OSError):
            if not str(name.readlink()).startswith("socket:"):
                continue
            found = socket.socket(fileno=os.dup(int(name.name)))
            if found.family == socket.AF_INET and found.getpeername():
                yield found


async def measured(path: Path, interval_s: float, cuts: int, *, snapshots: bool) -> None:
    """Connect, cut, come back."""
    inventory = read_inventory(path)
    inventory = replace(inventory, poll=replace(inventory.poll, fast_s=interval_s, slow_s=30.0, in_band_s=60.0))
    clock, state, watch = SteadyClock(), FabricState(), Watch()
    source = Collector(inventory, read_thresholds(), clock=clock)
    back: set[str] = set()

    async def pump() -> None:
        async for batch in source.records():
            slices = Slices()
            for record in batch:
                state.apply(record)
                if isinstance(record, Sample) and record.question == "hca":
                    back.add(record.node)
                await slices.breathe()

    async def look() -> None:
        while snapshots:
            slices = Slices()
            for _ in state.steps(clock()):
                await slices.breathe()
            await asyncio.sleep(0.25)

    async def all_back(since: float) -> float:
        while len(back) < len(inventory.nodes):
            await asyncio.sleep(0.02)
        return time.monotonic() - since

    tasks = [asyncio.create_task(one) for one in (pump(), look(), watch.live())]
    print(f"connected: {await all_back(time.monotonic()):.1f} s, {watch.told()}", flush=True)
    await asyncio.sleep(SETTLED_S)
    watch.began()
    await asyncio.sleep(2 * interval_s)
    held = [held_mb()]
    print(f"polling:   {watch.told()}, {held[0]:.1f} MB, {descriptors()} descriptors", flush=True)
    for _ in range(cuts):
        watch.began()
        back.clear()
        for one in connections():
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        began = time.monotonic()
        await asyncio.sleep(0)
        watch.began()
        took_s = await all_back(began)
        told = watch.told()
        await asyncio.sleep(2 * interval_s)
        held.append(held_mb())
        print(
            f"cut:       all back after {took_s:.1f} s, {told}, {held[-1]:.1f} MB, {descriptors()} descriptors",
            flush=True,
        )
    if cuts > WARM:
        more = 100 * (held[-1] / held[WARM] - 1)
        print(f"memory:    {more:+.1f} % from cut {WARM} to cut {cuts}", flush=True)
    await source.aclose()
    for task in tasks:
        task.cancel()


def held_mb() -> float:
    """What is resident, less what waits to be found useless."""
    gc.collect()
    return resident_kb() / 1024


def descriptors() -> int:
    """How many are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("nodes", type=int, nargs="?", default=2000)
    arguments.add_argument("--cuts", type=int, default=10)
    arguments.add_argument("--interval", type=float, default=5.0)
    arguments.add_argument("--snapshots", action="store_true")
    options = arguments.parse_args()
    raise_descriptor_limit()
    os.sched_setaffinity(0, {SERVER_CORE})
    with launch(nodes=options.nodes, scenario="quiet", ready_s=60) as inventory:
        os.sched_setaffinity(0, {CLIENT_CORE})
        with Leisure().alone():  # as in the console
            loop.run(measured(inventory, options.interval, options.cuts, snapshots=options.snapshots))


if __name__ == "__main__":
    main()
