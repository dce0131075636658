"""What polling costs: CPU a node-poll, all in, beside parallel-ssh's transport on the same servers, paced alike.

    python tests/bench/collect.py [--nodes 500] [--interval 5] [--seconds 40]

Simulated hosts (8 HCAs, every traffic counter moving at every poll) run behind SSH on one core; each measured
client runs alone on the other, in a fresh process, after a warm-up in which all connections are made. Only the
client's CPU (user + system, all its threads) is counted. `--peer none` leaves parallel-ssh out; it comes with
`pip install -e .[bench]`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SERVER_CORE, CLIENT_CORE = 1, 0


def cpu_s(who: int = resource.RUSAGE_SELF) -> float:
    """User and system seconds of this process so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def raise_descriptor_limit() -> None:
    """As many open files as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def measured(client: str, inventory: Path, interval_s: float, seconds: float, *more: str) -> dict[str, float]:
    """Run one client alone on its core and return what it says of itself."""
    command = [sys.executable, str(HERE / f"{client}.py"), str(inventory), str(interval_s), str(seconds), *more]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(results: dict[str, dict[str, float]]) -> str:
    """The README's table."""
    lines = [
        "| client | polls | polls/s | CPU a node-poll | CPU of one core | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    base = results["fabconsole"]["cpu_s"] / results["fabconsole"]["polls"]
    for name, result in results.items():
        each = result["cpu_s"] / result["polls"]
        lines.append(
            f"| {name} | {result['polls']:.0f} | {result['polls'] / result['wall_s']:.1f} | {each * 1e3:.3f} ms "
            f"| {100 * result['cpu_s'] / result['wall_s']:.1f} % | {each / base:.1f}x |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--nodes", type=int, default=500)
    arguments.add_argument("--interval", type=float, default=5.0)
    arguments.add_argument("--seconds", type=float, default=40.0)
    arguments.add_argument("--peer", choices=["parallel-ssh", "none"], default="parallel-ssh")
    options = arguments.parse_args()
    raise_descriptor_limit()
    os.sched_setaffinity(0, {SERVER_CORE})

    from fabconsole.sim.launch import launch

    results: dict[str, dict[str, float]] = {}
    with launch(nodes=options.nodes, seed=1, scenario="quiet") as inventory:
        pace = (inventory, options.interval, options.seconds)
        results["fabconsole"] = measured("client_fabconsole", *pace, "hca")
        if options.peer != "none":
            results["parallel-ssh transport"] = measured("client_parallel_ssh", *pace)
        slow = (inventory, max(30.0, options.interval), options.seconds)
        results["fabconsole, NVLinks (every 30 s)"] = measured("client_fabconsole", *slow, "nvlink")
    print(f"{options.nodes} hosts, every {options.interval:g} s, {options.seconds:g} s, {time.strftime('%Y-%m-%d')}\n")
    print(table(results))


if __name__ == "__main__":
    main()
