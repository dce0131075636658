"""`python -m fabconsole.sim`: a simulated fabric until it is interrupted; prints the path of its inventory.

Whoever holds its standard input open by a pipe (`--while-stdin`) takes it down by letting go, even when killed.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable
from pathlib import Path

from fabconsole.fabric.errors import FabconsoleError
from fabconsole.sim.crew import Crew
from fabconsole.sim.launch import EXIT_LOST
from fabconsole.sim.living import HOSTS_A_SHARD, Living, Shard, begin
from fabconsole.sim.server import raise_descriptor_limit
from fabconsole.sim.wiring import HOSTS_A_SUBNET, MOST_NODES

EXIT_REFUSED = 78
"""The scenario is refused (EX_CONFIG)."""

_RHYTHMS = {
    512: {"fast": "2s", "slow": "10s", "in_band": "10s", "timeout": "4s"},
    HOSTS_A_SUBNET: {"fast": "5s", "slow": "30s", "in_band": "30s", "timeout": "4s"},
    MOST_NODES: {"fast": "10s", "slow": "60s", "in_band": "60s", "timeout": "8s"},
}
"""For fabrics of up to so many nodes: a small one faster than a real one would be asked, so that a demo has no lulls;
a large one so that two cores carry both ends of it."""


def _alone(living: Living, *, while_stdin: bool) -> int:
    """Serve a fabric of one shard, in this process."""

    async def serving(shard: Shard) -> None:
        over = _over(while_stdin=while_stdin)
        async with shard.served():
            gc.freeze()
            _tell(living)
            await over.wait()

    asyncio.run(serving(living.shards[0]))
    return 0


def _together(living: Living, *, while_stdin: bool) -> int:
    """Serve a fabric of several shards, each in a process of its own."""
    losses: list[str] = []

    def lost(words: str) -> None:
        losses.append(words)
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()

    async def watching() -> None:
        over = _over(while_stdin=while_stdin)
        await _first(over.wait(), crew.ready())
        if not over.is_set():
            _tell(living)
            await _first(over.wait(), crew.watch(lost))

    crew = Crew(living.shards)
    try:
        crew.start()
        asyncio.run(watching())
    finally:
        crew.end()
    return EXIT_LOST if losses else 0


def _over(*, while_stdin: bool) -> asyncio.Event:
    """Set when this process is told to end."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    if while_stdin:
        loop.add_reader(0, lambda: over.set() if not os.read(0, 4096) else None)
    return over


async def _first(*waits: Awaitable[object]) -> None:
    """Wait for one of them; the others are not waited for any more."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


def _tell(living: Living) -> None:
    sys.stdout.write(f"{living.inventory}\n")
    sys.stdout.flush()


def main() -> int:
    """Serve until told to stop; 78 where the scenario is refused, 75 where a shard was lost."""
    arguments = argparse.ArgumentParser(prog="python -m fabconsole.sim", description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--nodes",
        type=int,
        default=64,
        choices=range(1, MOST_NODES + 1),
        metavar="N",
        help=f"hosts, up to {MOST_NODES:,}; 8 HCAs and 8 GPUs each",
    )
    arguments.add_argument("--seed", type=int, default=1, help="the same seed is the same fabric")
    arguments.add_argument(
        "--scenario", default="first-page", help="files of config/scenarios/, or paths: first-page,dead-leaf@40s"
    )
    arguments.add_argument("--hosts-a-shard", type=int, default=HOSTS_A_SHARD, help="hosts that one process serves")
    arguments.add_argument("--while-stdin", action="store_true", help="stop when standard input ends")
    options = arguments.parse_args()
    raise_descriptor_limit()
    try:
        with tempfile.TemporaryDirectory(prefix="fabconsole-sim-") as folder:
            living = begin(
                Path(folder),
                nodes=options.nodes,
                seed=options.seed,
                scenario=options.scenario,
                rhythms=next(rhythms for most, rhythms in _RHYTHMS.items() if options.nodes <= most),
                hosts_a_shard=options.hosts_a_shard,
            )
            serve = _alone if len(living.shards) == 1 else _together
            return serve(living, while_stdin=options.while_stdin)
    except (FabconsoleError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_REFUSED


if __name__ == "__main__":
    sys.exit(main())
