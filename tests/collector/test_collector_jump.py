"""The way through jump hosts: shared, and one failure for all behind one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from collector_rig import (
    FAST,
    Keys,
    Sshd,
    collector,
    direct_children,
    echo,
    eventually,
    fabric,
    free_port,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector.connection import NotConnectedError
from fabconsole.collector.hops import Hop, hops
from fabconsole.collector.jump import JumpHosts
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Access
from fabconsole.collector.prompts import Prompts
from fabconsole.fabric.inventory import Poll
from fabconsole.stream.records import Reason, Unanswered

StartSshd = Callable[..., Sshd]


SLOW = Poll(fast_s=0.2, slow_s=0.4, timeout_s=3.0)


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("bastion", (Hop(None, "bastion", None),)),
        ("ops@bastion:2222", (Hop("ops", "bastion", 2222),)),
        ("a@one,b@two:22", (Hop("a", "one", None), Hop("b", "two", 22))),
        ("me@[fe80::1]:2200, fe80::2", (Hop("me", "fe80::1", 2200), Hop(None, "fe80::2", None))),
        ("ssh://ops@bastion:2222/", (Hop("ops", "bastion", 2222),)),
    ],
)
def test_a_way_is_written_as_for_ssh(text: str, way: tuple[Hop, ...]) -> None:
    assert hops(text) == way


@pytest.mark.parametrize("text", ["", " , ", "ops@", "ops@:22"])
def test_a_way_without_a_host_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="names no host"):
        hops(text)


def test_a_port_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="jump host bastion:ssh: ssh is no port"):
        hops("bastion:ssh")


async def test_nodes_share_one_connection_to_their_jump_host(keys: Keys, start_sshd: StartSshd, tmp_path: Path) -> None:
    bastion, far = start_sshd(), start_sshd()
    keys.trust(bastion.port)
    keys.trust(far.port)
    jump = f"root@127.0.0.1:{bastion.port}"
    nodes = {f"gpu{number}": far.port for number in range(3)}
    async with watched(collector(fabric(keys.ssh(jump=jump), nodes), {FAST: echo})) as watching:
        for name in nodes:
            await watching.until(sample_of(name), times=2)
        assert (tmp_path / "sshd.log").read_text().count("Accepted publickey") == 4


async def test_nodes_behind_a_dead_jump_host_fail_alike(keys: Keys) -> None:
    jump = f"root@127.0.0.1:{free_port()}"
    inventory = fabric(keys.ssh(jump=jump), {"gpu0": 22, "gpu1": 22})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        first = only(await watching.until(unanswered("gpu0")))
        second = only(await watching.until(unanswered("gpu1")))
    assert first.reason is second.reason is Reason.JUMP
    assert first.detail == second.detail == f"jump host {jump}: connection refused; no sshd listens there"


async def test_losing_the_jump_host_is_its_failure_and_it_is_found_again(keys: Keys, start_sshd: StartSshd) -> None:
    bastion, far = start_sshd(), start_sshd()
    keys.trust(bastion.port)
    keys.trust(far.port)
    inventory = fabric(keys.ssh(jump=f"root@127.0.0.1:{bastion.port}"), {"gpu0": far.port, "gpu1": far.port})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))
        await watching.until(sample_of("gpu1"))
        bastion.kill()
        seen = len(watching.seen)
        await watching.until(unanswered("gpu0"), times=2, after=seen)
        await watching.until(unanswered("gpu1"), times=2, after=seen)
        failed = [one for one in watching.seen[seen:] if isinstance(one, Unanswered)]
        assert {one.reason for one in failed} == {Reason.JUMP}
        start_sshd(port=bastion.port)
        seen = len(watching.seen)
        await watching.until(sample_of("gpu0"), after=seen)
        await watching.until(sample_of("gpu1"), after=seen)


async def test_a_frozen_jump_host_is_told_from_frozen_nodes(keys: Keys, start_sshd: StartSshd) -> None:
    bastion, far = start_sshd(), start_sshd()
    keys.trust(bastion.port)
    keys.trust(far.port)
    poll = Poll(fast_s=0.3, slow_s=1.0, timeout_s=0.6)
    nodes = {"gpu0": far.port, "gpu1": far.port}
    inventory = fabric(keys.ssh(jump=f"root@127.0.0.1:{bastion.port}"), nodes, poll)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))
        await watching.until(sample_of("gpu1"))
        bastion.stop()
        details = {only(await watching.until(unanswered(name, Reason.JUMP))).detail for name in nodes}
        assert len(details) == 1
        assert "no answer to an echo" in details.pop()
        bastion.go_on()
        seen = len(watching.seen)
        await watching.until(sample_of("gpu0"), after=seen)


async def test_nodes_that_wait_for_a_frozen_jump_host_keep_no_other_node_waiting(
    keys: Keys, start_sshd: StartSshd
) -> None:
    bastion, well = start_sshd(), start_sshd()
    keys.trust(well.port)
    (keys.home / "ssh_config").write_text(f"Host 127.0.0.2\n  ProxyJump root@127.0.0.1:{bastion.port}\n")
    bastion.stop()
    inventory = fabric(keys.ssh(jump=None), {f"b{number}": 22 for number in range(130)} | {"well": well.port}, SLOW)
    behind = {name: replace(node, address="127.0.0.2") for name, node in inventory.nodes.items() if name != "well"}
    inventory = replace(inventory, nodes={**inventory.nodes, **behind})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("well"))
        assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.reason is Reason.JUMP]


async def test_a_node_that_its_jump_host_cannot_reach_is_unreachable_itself(keys: Keys, start_sshd: StartSshd) -> None:
    bastion = start_sshd()
    keys.trust(bastion.port)
    inventory = fabric(keys.ssh(jump=f"root@127.0.0.1:{bastion.port}"), {"gpu0": free_port()})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNREACHABLE
    assert "jump host" in record.detail


async def test_two_hops_are_gone_through_in_order(keys: Keys, start_sshd: StartSshd) -> None:
    one, two, far = start_sshd(), start_sshd(), start_sshd()
    for sshd in (one, two, far):
        keys.trust(sshd.port)
    jump = f"root@127.0.0.1:{one.port},root@127.0.0.1:{two.port}"
    async with watched(collector(fabric(keys.ssh(jump=jump), {"gpu0": far.port}), {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))


def jump_hosts(keys: Keys, tasks: asyncio.TaskGroup, monotonic: Callable[[], float]) -> JumpHosts:
    """Jump hosts by themselves, without nodes behind them."""
    prompts = Prompts([].append, time.time)
    keyring = Keyring(prompts, tasks, clock=time.time)
    access = Access(keys.ssh())
    return JumpHosts(access, keyring, prompts, tasks, deadline_s=5.0, monotonic=monotonic, random=Random(1))


async def test_a_way_that_is_dialled_again_leaves_no_connection_of_the_old_one(
    keys: Keys, start_sshd: StartSshd
) -> None:
    one, two = start_sshd(), start_sshd()
    for sshd in (one, two):
        keys.trust(sshd.port)
    jump = f"root@127.0.0.1:{one.port},root@127.0.0.1:{two.port}"
    async with asyncio.TaskGroup() as tasks:
        jumps = jump_hosts(keys, tasks, time.monotonic)
        old = await jumps.through(jump, 0)
        two.cut()
        await old.closed()
        assert await jumps.through(jump, 0) is not old
        await eventually(lambda: len(direct_children(one.process.pid)) == 1)
        jumps.close()


async def test_a_jump_host_that_lets_in_and_hangs_up_is_dialled_ever_more_rarely(
    keys: Keys, start_sshd: StartSshd
) -> None:
    bastion = start_sshd()
    keys.trust(bastion.port)
    jump = f"root@127.0.0.1:{bastion.port}"
    now = [1000.0]
    async with asyncio.TaskGroup() as tasks:
        jumps = jump_hosts(keys, tasks, lambda: now[0])
        for longest_s in (1.0, 2.0, 4.0):
            way = await jumps.through(jump, 0)
            bastion.cut()
            await way.closed()
            assert await jumps.failed(jump, 0) is not None
            now[0] += longest_s / 2 - 0.01
            with pytest.raises(NotConnectedError):
                await jumps.through(jump, 0)
            now[0] += longest_s / 2 + 0.01
        jumps.close()


async def test_ssh_config_s_own_jump_host_is_shared_too(keys: Keys, start_sshd: StartSshd, tmp_path: Path) -> None:
    bastion, far = start_sshd(), start_sshd()
    keys.trust(bastion.port)
    keys.trust(far.port)
    config = tmp_path / "ssh_config"
    config.write_text(
        f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}\n  User root\nHost 127.0.0.1\n  ProxyJump bastion\n"
    )
    # `Host 127.0.0.1` matches what was dialled by name, and the alias `bastion` is not that.
    inventory = fabric(keys.ssh(jump=None), {"gpu0": far.port, "gpu1": far.port})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))
        await watching.until(sample_of("gpu1"))
    assert (tmp_path / "sshd.log").read_text().count("Accepted publickey") == 3


@pytest.mark.parametrize(
    ("jump", "reason"), [("", Reason.FAILED), ("  ProxyJump bastion\nHost bastion\n", Reason.JUMP)]
)
async def test_an_ssh_config_that_leads_into_no_home_directory_costs_its_own_nodes(
    keys: Keys, start_sshd: StartSshd, jump: str, reason: Reason
) -> None:
    well = start_sshd()
    keys.trust(well.port)
    (keys.home / "ssh_config").write_text(
        f"Host 127.0.0.2\n{jump}  UserKnownHostsFile ~nobody-here/x\nHost *\n  IdentityFile {keys.user_key}\n"
    )
    inventory = fabric(keys.ssh(jump=None, known_hosts=None), {"gpu0": 22, "gpu1": well.port})
    inventory = replace(
        inventory,
        nodes={
            "gpu0": replace(inventory.nodes["gpu0"], address="127.0.0.2"),
            "gpu1": inventory.nodes["gpu1"],
        },
    )
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(unanswered("gpu0", reason))
        await watching.until(unanswered("gpu1", Reason.UNTRUSTED))
