"""How fast a fabric is connected to: nodes a second, and what that costs each side, beside other clients' ways.

    python tests/bench/connect.py [--nodes 500] [--peer all|none]

Simulated hosts run behind SSH on one core; each client runs alone on the other, in a fresh process, and connects to
every host once, some at a time. Said are nodes a second, and CPU (user + system) a node of the client and of the
servers apart: a second of the one or of the other bounds the nodes a second that one core can have.

- connections: asyncssh alone, as many at once as the collector has, nothing asked.
- collector: until every host has answered a first question.
- parallel-ssh: libssh2 under gevent, 16 at once, nothing asked; `pip install -e .[bench]`.
- ssh: a process a node, 16 at once, running `true`; on a fifth of the nodes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collect import CLIENT_CORE, SERVER_CORE, cpu_s, raise_descriptor_limit

AT_ONCE = 32
_PEERS_AT_ONCE = 16
_TICKS = os.sysconf("SC_CLK_TCK")


async def connections(path: Path) -> int:
    """Connect to every host by asyncssh alone, as the collector would."""
    import asyncssh

    from fabconsole.fabric.inventory_file import read_inventory

    inventory = read_inventory(path)
    options = asyncssh.SSHClientConnectionOptions(
        username=inventory.ssh.user,
        client_keys=asyncssh.load_keypairs(str(inventory.ssh.identity[0])),
        known_hosts=asyncssh.read_known_hosts(str(path.parent / "known_hosts")),
        encryption_algs="^aes128-gcm@openssh.com",
        preferred_auth="publickey",
        compression_algs=None,
        gss_host=None,
        agent_path=None,
        config=None,
    )
    turn = asyncio.Semaphore(AT_ONCE)

    async def connect(host: str, port: int) -> asyncssh.SSHClientConnection:
        async with turn:
            return await asyncssh.connect(host, port, options=options, config=None)

    made = await asyncio.gather(*(connect(node.address, node.port or 22) for node in inventory.nodes.values()))
    return len(made)


async def collector(path: Path) -> int:
    """Poll until every host has answered once."""
    from fabconsole.collector.collector import Collector
    from fabconsole.fabric.inventory_file import read_inventory
    from fabconsole.fabric.thresholds_file import read_thresholds
    from fabconsole.platforms.registry import names, questions
    from fabconsole.stream.records import Sample

    inventory = read_inventory(path, platforms=names())
    source = Collector(
        inventory,
        read_thresholds(),
        questions=lambda node: [asked for asked in questions(node) if asked.name == "hca"],
    )
    answered: set[str] = set()
    async for batch in source.records():
        answered.update(record.node for record in batch if isinstance(record, Sample))
        if len(answered) == len(inventory.nodes):
            break
    return len(answered)


def parallel_ssh(path: Path) -> int:
    """Connect to every host by parallel-ssh's client."""
    from client_parallel_ssh import connected
    from gevent.pool import Pool

    from fabconsole.fabric.inventory_file import read_inventory

    inventory = read_inventory(path)
    made = Pool(_PEERS_AT_ONCE).map(lambda node: connected(node, inventory), inventory.nodes.values())
    return len(made)


def ssh(path: Path) -> int:
    """An `ssh` a host, on a fifth of them."""
    from fabconsole.fabric.inventory_file import read_inventory

    inventory = read_inventory(path)
    files = ("-i", str(inventory.ssh.identity[0]), "-o", f"UserKnownHostsFile={path.parent / 'known_hosts'}")
    plain = ("-F", "none", "-o", "BatchMode=yes", "-l", inventory.ssh.user)

    def run(node: tuple[str, int]) -> None:
        subprocess.run(["ssh", *plain, *files, "-p", str(node[1]), node[0], "true"], check=True)

    nodes = [(node.address, node.port or 22) for node in inventory.nodes.values()][::5]
    with ThreadPoolExecutor(_PEERS_AT_ONCE) as pool:
        list(pool.map(run, nodes))
    return len(nodes)


CLIENTS: dict[str, Callable[[Path], int] | Callable[[Path], Coroutine[None, None, int]]] = {
    "connections": connections,
    "collector": collector,
    "parallel-ssh": parallel_ssh,
    "ssh": ssh,
}


def measure(client: str, path: Path) -> dict[str, float]:
    """Be one client."""
    raise_descriptor_limit()
    way = CLIENTS[client]
    started = time.monotonic()
    before = cpu_s() + cpu_s(resource.RUSAGE_CHILDREN)
    done = way(path)
    nodes = asyncio.run(done) if isinstance(done, Coroutine) else done
    cpu = cpu_s() + cpu_s(resource.RUSAGE_CHILDREN) - before
    return {"nodes": nodes, "wall_s": time.monotonic() - started, "cpu_s": cpu}


def servers_cpu_s(parent: int) -> float:
    """CPU of the simulation's processes so far."""
    spent = 0.0
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        stat = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        spent += (int(stat[11]) + int(stat[12])) / _TICKS + servers_cpu_s(int(child))
    return spent


def measured(client: str, inventory: Path) -> dict[str, float]:
    """Run one client alone on its core; what it says of itself, and what the servers spent meanwhile."""
    before = servers_cpu_s(os.getpid())
    done = subprocess.run(
        [sys.executable, __file__, "--client", client, str(inventory)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {CLIENT_CORE}),
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result | {"servers_s": servers_cpu_s(os.getpid()) - before}


def row(client: str, result: dict[str, float]) -> str:
    """Of the table."""
    nodes = result["nodes"]
    return (
        f"| {client} | {nodes:.0f} | {nodes / result['wall_s']:.0f} | {1e3 * result['cpu_s'] / nodes:.2f} ms "
        f"| {1e3 * result['servers_s'] / nodes:.2f} ms |"
    )


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--nodes", type=int, default=500)
    arguments.add_argument("--peer", choices=["all", "none"], default="all")
    arguments.add_argument("--client", nargs=2, metavar=("NAME", "INVENTORY"), help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.client:
        name, path = options.client
        print(json.dumps(measure(name, Path(path))))
        return
    os.sched_setaffinity(0, {SERVER_CORE})

    from fabconsole.sim.launch import launch

    clients = [name for name in CLIENTS if options.peer == "all" or name in ("connections", "collector")]
    if shutil.which("ssh") is None and "ssh" in clients:
        clients.remove("ssh")
    print(f"{options.nodes} hosts, {time.strftime('%Y-%m-%d')}\n")
    print("| client | nodes | nodes/s | its CPU a node | the servers' CPU a node |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for client in clients:
        with launch(nodes=options.nodes, seed=1, scenario="quiet") as inventory:
            print(row(client, measured(client, inventory)), flush=True)


if __name__ == "__main__":
    main()
