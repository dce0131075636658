"""`python -m fabconsole.sim`: a simulated fabric until it is interrupted; prints the path of its inventory.

Whoever holds its standard input open by a pipe (`--while-stdin`) takes it down by letting go, even when killed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

from fabconsole.fabric.errors import FabconsoleError
from fabconsole.sim.living import serve

DEMO_RHYTHMS = {"fast": "2s", "slow": "10s", "in_band": "10s", "timeout": "4s"}
"""Faster than a real fabric would be asked, so that a demo has no lulls."""


async def _run(options: argparse.Namespace, folder: Path) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, over.set)
    if options.while_stdin:
        loop.add_reader(0, lambda: over.set() if not os.read(0, 4096) else None)
    async with serve(
        folder, nodes=options.nodes, seed=options.seed, scenario=options.scenario, rhythms=DEMO_RHYTHMS
    ) as inventory:
        sys.stdout.write(f"{inventory}\n")
        sys.stdout.flush()
        await over.wait()


def main() -> int:
    """Serve until told to stop; 78 where the scenario is refused."""
    arguments = argparse.ArgumentParser(prog="python -m fabconsole.sim", description=__doc__.splitlines()[0])
    arguments.add_argument("--nodes", type=int, default=64, help="hosts; 8 HCAs and 8 GPUs each")
    arguments.add_argument("--seed", type=int, default=1, help="the same seed is the same fabric")
    arguments.add_argument("--scenario", default="first-page", help="a file of config/scenarios/, or a path")
    arguments.add_argument("--while-stdin", action="store_true", help="stop when standard input ends")
    options = arguments.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="fabconsole-sim-") as folder:
            asyncio.run(_run(options, Path(folder)))
    except (FabconsoleError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 78
    return 0


if __name__ == "__main__":
    sys.exit(main())
