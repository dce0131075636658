"""One fabric over several processes: it answers as one, and a process that dies costs its own hosts."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sim_ssh import alive, children, connected, eventually, said

from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.sim.launch import launch

HOSTS = ("gpu00-00", "gpu00-02", "gpu00-03", "gpu01-02", "gpu01-03")
"""Of each of the three shards."""


@pytest.fixture(scope="module")
def sharded() -> Iterator[Path]:
    with launch(nodes=8, seed=5, scenario="quiet", hosts_a_shard=3) as path:
        yield path


async def test_a_sharded_fabric_answers_what_a_whole_one_answers(sharded: Path) -> None:
    asked = ("hostname", "nvidia-smi -L", "ibstat", "cat /proc/sys/kernel/random/boot_id", "iblinkinfo --line")

    async def told(inventory: Path) -> list[str]:
        return await asyncio.gather(*(said(inventory, host, command) for host in HOSTS for command in asked))

    with launch(nodes=8, seed=5, scenario="quiet") as whole:
        one, other = await asyncio.gather(told(sharded), told(whole))
    assert one == other


async def test_both_ends_of_a_link_agree_whichever_shard_is_asked(sharded: Path) -> None:
    counter = "cat /sys/class/infiniband/mlx5_2/ports/1/counters/port_xmit_data"
    links = await said(sharded, "gpu00-00", "iblinkinfo --line --switches-only")
    [(lid, port)] = re.findall(r'leaf\d+" +(\d+) +(\d+)\[.*"gpu01-03 mlx5_2"', links)
    before = int(await said(sharded, "gpu01-03", counter))
    across = await said(sharded, "gpu00-00", f"perfquery -x {lid} {port}")
    after = int(await said(sharded, "gpu01-03", counter))
    [received] = re.findall(r"PortRcvData:\.+(\d+)", across)
    assert before < int(received) < after


def test_every_shard_has_one_port(sharded: Path) -> None:
    nodes = read_inventory(sharded).nodes
    ports = [nodes[host].port for host in HOSTS]
    assert len(set(ports)) == 3
    assert ports[0] == ports[1] != ports[2] == nodes["gpu01-01"].port != ports[3] == ports[4]


async def test_a_shard_that_is_killed_costs_its_own_hosts_and_is_told_of() -> None:
    told = r"part of the simulated fabric was lost: gpu00-03 to gpu01-01: .* by SIGKILL; they are out of reach"
    before = children(os.getpid())
    with pytest.raises(SourceError, match=told):  # noqa: SIM117
        with launch(nodes=8, scenario="quiet", hosts_a_shard=3) as inventory:
            [parent] = set(children(os.getpid())).difference(before)
            shards = children(parent)
            os.kill(shards[1], signal.SIGKILL)
            eventually(lambda: len(children(parent)) == 2)
            with pytest.raises(ConnectionRefusedError):
                async with connected(inventory, "gpu01-00"):
                    pass
            assert await said(inventory, "gpu00-02", "hostname") == "gpu00-02\n"
            assert await said(inventory, "gpu01-02", "hostname") == "gpu01-02\n"
    assert not [shard for shard in (parent, *shards) if alive(shard)]
    assert not inventory.parent.exists()


def test_no_process_no_descriptor_and_no_file_is_left_when_it_ends() -> None:
    before, open_before = children(os.getpid()), _descriptors()
    with launch(nodes=6, scenario="quiet", hosts_a_shard=2) as inventory:
        [parent] = set(children(os.getpid())).difference(before)
        shards = children(parent)
        assert len(shards) == 3
    assert not [shard for shard in (parent, *shards) if alive(shard)]
    assert _descriptors() == open_before
    assert not inventory.parent.exists()


def test_all_shards_end_when_whoever_started_them_is_killed() -> None:
    code = (
        "import time\nfrom fabconsole.sim.launch import launch\n"
        "with launch(nodes=6, scenario='quiet', hosts_a_shard=2) as path:\n    print(path, flush=True)\n"
        "    time.sleep(60)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    folder = Path(starter.stdout.readline().strip()).parent
    [parent] = children(starter.pid)
    shards = children(parent)
    starter.kill()
    starter.wait()
    starter.stdout.close()
    eventually(lambda: not folder.exists() and not any(map(alive, (parent, *shards))))


def test_shards_whose_parent_is_killed_end_by_themselves() -> None:
    before = children(os.getpid())
    with pytest.raises(SourceError, match="ended by itself"):  # noqa: SIM117
        with launch(nodes=6, scenario="quiet", hosts_a_shard=2):
            [parent] = set(children(os.getpid())).difference(before)
            shards = children(parent)
            os.kill(parent, signal.SIGKILL)
            eventually(lambda: not any(map(alive, (parent, *shards))))


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
