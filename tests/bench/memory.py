"""What a node costs in memory: all in, as a console without a screen holds it, and the fold alone.

    python tests/bench/memory.py [--nodes 500] [--few 50] [--seconds 80]

Simulated hosts (8 HCAs, 8 GPUs with 18 NVLinks each, every traffic counter moving at every poll) run behind SSH in
their own process. A fresh process polls them at their usual rhythms for longer than the health window, with a picture
taken every second, and says how large it is; so does one with few of them. What they differ by is the nodes', the rest
is there once (interpreter, code, numpy, asyncssh). A third one is traced, and says what is freed with the state.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import time
import tracemalloc
from contextlib import aclosing
from pathlib import Path

from collect import CLIENT_CORE, SERVER_CORE, raise_descriptor_limit

PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024
FAST_S, SLOW_S = 5.0, 30.0


def resident_kb() -> float:
    """Memory of this process that is really there."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB


async def held(path: Path, seconds: float, *, traced: bool) -> float:
    """kB held after polling for `seconds`: by the whole process, or if `traced` by the state alone."""
    from dataclasses import replace

    from fabconsole.collector.collector import Collector
    from fabconsole.fabric.inventory_file import read_inventory
    from fabconsole.fabric.thresholds_file import read_thresholds
    from fabconsole.platforms.registry import names
    from fabconsole.state.fabric import FabricState

    inventory = read_inventory(path, platforms=names())
    poll = replace(inventory.poll, fast_s=FAST_S, slow_s=SLOW_S, in_band_s=SLOW_S)
    if traced:
        tracemalloc.start()
    source = Collector(replace(inventory, poll=poll), read_thresholds())
    state = FabricState()
    started, drawn = time.monotonic(), 0.0
    async with aclosing(source.records()) as records:
        async for batch in records:
            for record in batch:
                state.apply(record)
            now = time.monotonic()
            if now - drawn >= 1.0:
                drawn = now
                state.snapshot(time.time())
            if now - started >= seconds:
                break
    if not traced:
        return resident_kb()
    await source.aclose()
    del batch, record, records, source  # what its readers hold too counts as the fold's
    gc.collect()
    whole, _ = tracemalloc.get_traced_memory()
    del state
    gc.collect()
    return (whole - tracemalloc.get_traced_memory()[0]) / 1024


def measured(inventory: Path, seconds: float, kind: str) -> float:
    """Run one client alone on its core; what it says of itself."""
    done = subprocess.run(
        [sys.executable, __file__, "--client", kind, str(inventory), "--seconds", str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
    )
    return float(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--nodes", type=int, default=500)
    arguments.add_argument("--few", type=int, default=50)
    arguments.add_argument("--seconds", type=float, default=80.0)
    arguments.add_argument("--client", nargs=2, metavar=("KIND", "INVENTORY"), help=argparse.SUPPRESS)
    options = arguments.parse_args()
    raise_descriptor_limit()
    if options.client:
        kind, path = options.client
        print(json.dumps(asyncio.run(held(Path(path), options.seconds, traced=kind == "state"))))
        return
    os.sched_setaffinity(0, {SERVER_CORE})

    from fabconsole.sim.launch import launch

    def of(nodes: int, kind: str) -> float:
        with launch(nodes=nodes, seed=1, scenario="quiet") as inventory:
            return measured(inventory, options.seconds, kind)

    many, few = of(options.nodes, "whole"), of(options.few, "whole")
    each = (many - few) / (options.nodes - options.few)
    print(f"all in          {each:6.1f} kB a node, {(few - options.few * each) / 1024:.1f} MB once")
    print(f"the fold alone  {of(options.nodes, 'state') / options.nodes:6.1f} kB a node")


if __name__ == "__main__":
    main()
