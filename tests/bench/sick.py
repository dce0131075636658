"""What the sick cost the healthy: the sweep of the others before a share of all hosts turns sick, and meanwhile.

    python tests/bench/sick.py 20 [--nodes 500] [--interval 5] [--seconds 30] [--settle 15]
                                  [--kinds frozen,flooding,dead,refusing] [--asked all]

In each run all hosts are well first; then PERCENT of them turn sick at once and stay so. The same healthy hosts are
compared with themselves: how long a sweep of them takes (from one answer of a host to its next), and how long an
answer. Then the console is driven on the same fabric: a key to its cell at 200x50. Servers run on one core, what is
measured on the other.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from collect import CLIENT_CORE, HERE, SERVER_CORE, raise_descriptor_limit
from keys import Terminal, latencies_ms, press

FAULTS = {"frozen": "frozen-host", "flooding": "flooding-host", "dead": "cut-host", "refusing": "refusing-host"}
"""Kind to the simulation's word for it. Dead: no packet gets through."""

WARM_S, SETTLE_S, KEYS = 30.0, 15.0, 100
COLUMNS, ROWS = 200, 50
COLUMNS_TOLD = (
    "sweep of the rest, before",
    "meanwhile",
    "an answer (p99), before",
    "meanwhile",
    "CPU of one core, before",
    "meanwhile",
    "a key (p99)",
)


def scenario(folder: Path, kind: str, sick: list[str], at_s: float) -> Path:
    """All of `sick` turn so at once."""
    path = folder / f"{kind}.yaml"
    path.write_text(
        f"about: A share of the hosts is {kind}.\nlook: At all others.\n"
        f"faults:\n  - {{fault: {FAULTS[kind]}, on: '{','.join(sick)}', at: {at_s:g}s}}\n"
    )
    return path


Account = dict[str, dict[str, float]]
"""Before and meanwhile: what `client_sick.Window.account` tells."""


def swept(inventory: Path, sick: list[str], turns_at: float, options: argparse.Namespace) -> Account:
    """The client's account of the healthy, before and meanwhile."""
    pace = (str(options.interval), str(options.seconds), str(turns_at), str(options.settle))
    done = subprocess.run(
        [sys.executable, str(HERE / "client_sick.py"), str(inventory), *pace, ",".join(sick), options.asked],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
    )
    account: Account = json.loads(done.stdout.splitlines()[-1])
    return account


def keyed(inventory: Path) -> list[float]:
    """A key to its cell on the console, in ms."""
    command = [sys.executable, "-m", "fabconsole", "-c", str(inventory)]
    terminal = Terminal.running(command, COLUMNS, ROWS, core=CLIENT_CORE)
    terminal.read_for(SETTLE_S)
    pressed = press(terminal, KEYS, random.Random(1))
    terminal.close()
    return latencies_ms(terminal, pressed, COLUMNS, ROWS)


def row(account: Account, keys_ms: list[float]) -> list[str]:
    """Figures in the order of `COLUMNS_TOLD`."""
    before, meanwhile = account["before"], account["meanwhile"]
    cuts = statistics.quantiles(keys_ms, n=100)
    return [
        f"{before['sweep_s']:.3f} s",
        f"{meanwhile['sweep_s']:.3f} s ({100 * (meanwhile['sweep_s'] / before['sweep_s'] - 1):+.1f} %)",
        f"{before['answer_ms']:.1f} ms ({before['answer_p99_ms']:.0f})",
        f"{meanwhile['answer_ms']:.1f} ms ({meanwhile['answer_p99_ms']:.0f})",
        f"{before['cpu_percent']:.0f} %",
        f"{meanwhile['cpu_percent']:.0f} %",
        f"{cuts[49]:.1f} ms ({cuts[98]:.1f})",
    ]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("percent", type=float)
    arguments.add_argument("--nodes", type=int, default=500)
    arguments.add_argument("--interval", type=float, default=5.0)
    arguments.add_argument("--seconds", type=float, default=30.0)
    arguments.add_argument("--kinds", default="frozen,flooding,dead")
    arguments.add_argument("--asked", choices=("hca", "all"), default="hca", help="of the client; the console asks all")
    arguments.add_argument("--settle", type=float, default=SETTLE_S, help="seconds from the turn to the second window")
    options = arguments.parse_args()
    raise_descriptor_limit()
    os.sched_setaffinity(0, {SERVER_CORE})

    from fabconsole.sim.launch import launch
    from fabconsole.sim.wiring import wired

    hosts = [host.name for host in wired(options.nodes, 1).hosts]
    sick = sorted(random.Random(1).sample(hosts, round(options.nodes * options.percent / 100)))
    print(f"{options.percent:g} % of {options.nodes} hosts, every {options.interval:g} s, {time.strftime('%F')}\n")
    print(f"| sick | {' | '.join(COLUMNS_TOLD)} |\n| --- |{' ---: |' * len(COLUMNS_TOLD)}")
    for kind in options.kinds.split(","):
        with tempfile.TemporaryDirectory() as folder:
            at_s = WARM_S + options.seconds
            path = scenario(Path(folder), kind, sick, at_s)
            with launch(nodes=options.nodes, seed=1, scenario=str(path)) as inventory:
                account = swept(inventory, sick, time.monotonic() + at_s, options)
                found = sorted(keyed(inventory))
        print(f"| {kind} | {' | '.join(row(account, found))} |", flush=True)


if __name__ == "__main__":
    main()
