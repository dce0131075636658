"""What of this machine hangs before a node is dialled is told of that node, costs no other, and heals."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from collector_rig import FAST, Keys, Sshd, collector, echo, fabric, only, sample_of, unanswered, watched

from fabconsole.collector.joined import Joined
from fabconsole.fabric.inventory import Inventory, Poll
from fabconsole.stream.records import Reason, Unanswered

StartSshd = Callable[..., Sshd]
POLL = Poll(fast_s=0.1, slow_s=0.4, timeout_s=0.5)


def two(keys: Keys, sshd: Sshd) -> Inventory:
    """The same host by its name and by its address."""
    keys.trust(sshd.port)
    keys.trust(sshd.port, host="localhost")
    inventory = fabric(keys.ssh(), {"named": sshd.port, "numbered": sshd.port}, POLL)
    nodes = inventory.nodes | {"named": replace(inventory.nodes["named"], address="localhost")}
    return replace(inventory, nodes=nodes)


async def test_a_match_exec_that_hangs_is_told_of_its_node_and_not_begun_again(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    gate, begun = tmp_path / "gate", tmp_path / "begun"
    gate.touch()
    hangs = f"echo x >>{begun}; while [ -e {gate} ]; do sleep 0.05; done"
    (tmp_path / "ssh_config").write_text(f'Match host localhost exec "{hangs}"\n')
    async with watched(collector(two(keys, start_sshd()), {FAST: echo})) as watching:
        try:
            told = only(await watching.until(unanswered("named")))
            await watching.until(sample_of("numbered"), times=15)
            assert begun.read_text() == "x\n"
        finally:
            gate.unlink()
        await watching.until(sample_of("named"))
    assert told.reason is Reason.FAILED
    assert told.detail.startswith("ssh_config is not read within 0.5 s: ")
    assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.node == "numbered"]


async def test_a_known_hosts_that_hangs_is_told_of_every_node_that_it_is_wanted_for(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    inventory = two(keys, start_sshd())
    silent, link = tmp_path / "silent", tmp_path / "link"
    os.mkfifo(silent)
    link.symlink_to(silent)
    inventory = replace(inventory, ssh=keys.ssh(known_hosts=link))
    async with watched(collector(inventory, {FAST: echo})) as watching:
        told = [only(await watching.until(unanswered(name))) for name in inventory.nodes]
        (tmp_path / "new").symlink_to(keys.known_hosts)
        (tmp_path / "new").replace(link)
        silent.open("w").close()
        for name in inventory.nodes:
            await watching.until(sample_of(name))
    assert {(one.reason, one.detail.partition(" within")[0]) for one in told} == {
        (Reason.FAILED, "known_hosts is not read")
    }


async def test_who_wants_what_is_under_way_already_waits_for_that_and_begins_it_no_second_time(tmp_path: Path) -> None:
    read, write = os.pipe()
    times = []

    def hang() -> bytes:
        times.append(1)
        return os.read(read, 1)

    joined = Joined(hang)
    waiting = [asyncio.create_task(joined()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    os.write(write, b"x")
    assert await asyncio.gather(*waiting[1:]) == [b"x", b"x"]
    assert len(times) == 1
    os.close(read)
    os.close(write)
