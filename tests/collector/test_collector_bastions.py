"""Bastions as sites have them: few logins at once, in a row, side by side, behind jump hosts of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import ClassVar

import asyncssh
import pytest
from collector_rig import (
    FAST,
    Keys,
    Sshd,
    collector,
    echo,
    eventually,
    fabric,
    free_port,
    only,
    sample_of,
    tool,
    unanswered,
    watched,
)

from fabconsole.collector.connection import Connection
from fabconsole.collector.jump import NODES_EACH, JumpHosts
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Access
from fabconsole.collector.prompts import Prompts
from fabconsole.collector.route import route
from fabconsole.fabric.inventory import Inventory, Poll, Rack, SshAccess
from fabconsole.stream.records import Reason, Unanswered

StartSshd = Callable[..., Sshd]

POLL = Poll(fast_s=0.3, slow_s=1.0, timeout_s=5.0)


@asynccontextmanager
async def jump_hosts(ssh: SshAccess) -> AsyncIterator[JumpHosts]:
    async with asyncio.TaskGroup() as tasks:
        prompts = Prompts(lambda record: None, clock=time.time)
        hosts = JumpHosts(
            Access(ssh),
            Keyring(prompts, tasks, clock=time.time),
            prompts,
            tasks,
            deadline_s=5.0,
            monotonic=time.monotonic,
            random=Random(1),
        )
        yield hosts
        hosts.close()


def by_config(keys: Keys, text: str, addresses: dict[str, str], port: int) -> Inventory:
    """Nodes by the names they are dialled at, and an ssh_config that says how."""
    (keys.home / "ssh_config").write_text(text)
    inventory = fabric(keys.ssh(jump=None), dict.fromkeys(addresses, port), POLL)
    nodes = {name: replace(inventory.nodes[name], address=address) for name, address in addresses.items()}
    return replace(inventory, nodes=nodes)


async def login_that_stays(port: int) -> asyncio.StreamWriter:
    """One that is let begin and says nothing. The rig's own look whether sshd listens may still be under way."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if (await reader.readline()).startswith(b"SSH-"):
            return writer
        writer.close()


async def test_all_tunnels_of_two_thousand_nodes_get_through_a_bastion_that_takes_two_logins_at_once(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    bastion = start_sshd(MaxStartups="2:50:4")
    keys.trust(bastion.port)
    jump = f"root@127.0.0.1:{bastion.port}"
    async with jump_hosts(keys.ssh()) as hosts:
        nodes = range(0, 10 * NODES_EACH, NODES_EACH // 4)
        ways: list[Connection] = await asyncio.gather(*(hosts.through(jump, number) for number in nodes))
        assert len(set(ways)) == 10
        assert not any(way.is_closed for way in ways)
    assert (tmp_path / "sshd.log").read_text().count("Accepted publickey") == 10


async def test_a_login_that_a_full_bastion_turns_away_is_tried_again_before_anybody_is_told(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    bastion, far = start_sshd(MaxStartups="1:100:1"), start_sshd()
    keys.trust(bastion.port)
    keys.trust(far.port)
    log = tmp_path / "sshd.log"
    stranger = await login_that_stays(bastion.port)
    inventory = fabric(keys.ssh(jump=f"root@127.0.0.1:{bastion.port}"), {"gpu0": far.port}, POLL)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await eventually(lambda: "MaxStartups" in log.read_text())
        stranger.close()
        await watching.until(sample_of("gpu0"))
        assert not [record for record in watching.seen if isinstance(record, Unanswered)]


async def test_a_machine_that_hangs_up_before_ssh_begins_is_told_from_one_that_is_down(keys: Keys) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with watched(collector(fabric(keys.ssh(), {"gpu0": port}), {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    server.close()
    assert record.reason is Reason.UNREACHABLE
    assert "hung up before SSH began: its sshd may refuse more logins at once (MaxStartups)" in record.detail


async def test_a_bastion_that_stays_full_is_told_as_that(keys: Keys, start_sshd: StartSshd) -> None:
    bastion = start_sshd(MaxStartups="1:100:1")
    keys.trust(bastion.port)
    stranger = await login_that_stays(bastion.port)
    inventory = fabric(keys.ssh(jump=f"root@127.0.0.1:{bastion.port}"), {"gpu0": free_port()}, POLL)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    stranger.close()
    assert record.reason is Reason.JUMP
    assert "MaxStartups" in record.detail


async def test_a_jump_host_s_own_jump_host_goes_before_it(keys: Keys, start_sshd: StartSshd, tmp_path: Path) -> None:
    outer, inner, far = start_sshd(), start_sshd(), start_sshd()
    for sshd in (outer, inner, far):
        keys.trust(sshd.port)
    inventory = by_config(
        keys,
        f"Host inner\n  HostName 127.0.0.1\n  Port {inner.port}\n  ProxyJump outer\n"
        f"Host outer\n  HostName 127.0.0.1\n  Port {outer.port}\n"
        "Host 127.0.0.1\n  ProxyJump inner\n",
        {"gpu0": "127.0.0.1"},
        far.port,
    )
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))
    accepted = [line for line in (tmp_path / "sshd.log").read_text().splitlines() if "Accepted publickey" in line]
    assert len(accepted) == 3


async def test_two_bastions_side_by_side_serve_each_the_nodes_that_ssh_config_gives_them(
    keys: Keys, start_sshd: StartSshd
) -> None:
    port = free_port()
    one, two, far = start_sshd(), start_sshd(), start_sshd(port, ListenAddress=f"0.0.0.0:{port}")
    keys.trust(one.port)
    keys.trust(two.port)
    for last in (11, 12, 21):
        keys.trust(far.port, host=f"127.0.0.{last}")
    inventory = by_config(
        keys,
        f"Host 127.0.0.1?\n  ProxyJump root@127.0.0.1:{one.port}\n"
        f"Match host 127.0.0.2*\n  ProxyJump root@127.0.0.1:{two.port}\n",
        {"gpu11": "127.0.0.11", "gpu12": "127.0.0.12", "gpu21": "127.0.0.21"},
        far.port,
    )
    async with watched(collector(inventory, {FAST: echo})) as watching:
        for name in inventory.nodes:
            await watching.until(sample_of(name))
        two.kill()
        await watching.until(unanswered("gpu21", Reason.JUMP))
        seen = len(watching.seen)
        await watching.until(sample_of("gpu11"), after=seen)
        await watching.until(sample_of("gpu12"), after=seen)


async def test_a_proxy_command_is_run_by_a_shell_as_for_ssh(keys: Keys, start_sshd: StartSshd) -> None:
    bastion, far = start_sshd(), start_sshd()
    keys.trust(bastion.port)
    keys.trust(far.port)
    own = keys.home / "bastion_config"
    own.write_text(
        f"Host bastion\n  HostName 127.0.0.1\n  Port {bastion.port}\n  User root\n  IdentityFile {keys.user_key}\n"
        f"  UserKnownHostsFile {keys.known_hosts}\n  LogLevel DEBUG1\n"
    )
    inventory = by_config(
        keys,
        f"Host 127.0.0.1\n  ProxyCommand {tool('ssh')} -F {own} -W $(echo %h):%p bastion | cat\n",
        {"gpu0": "127.0.0.1"},
        far.port,
    )
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"), times=2)


async def test_a_proxy_command_that_comes_to_nothing_is_told_as_that(keys: Keys) -> None:
    inventory = by_config(keys, "Host 127.0.0.1\n  ProxyCommand echo no >&2; exit 7\n", {"gpu0": "127.0.0.1"}, 22)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
    assert record.reason is Reason.UNREACHABLE
    assert "ssh_config's ProxyCommand ended before SSH began; run it by hand" in record.detail


@pytest.mark.parametrize(
    ("config", "way"),
    [
        ("Host a\n  ProxyJump b\nHost b\n  ProxyJump c", ["c", "b", "a"]),
        ("Host *\n  ProxyJump a", ["a"]),
        ("Host b\n  ProxyJump c\nHost a\n  ProxyJump x,y", ["x", "y", "a"]),
        ("Host a\n  ProxyJump b\n  Match host b\n  ProxyJump none", ["b", "a"]),
    ],
)
async def test_a_way_is_as_long_as_ssh_would_make_it(keys: Keys, config: str, way: list[str]) -> None:
    (keys.home / "ssh_config").write_text(config)
    stages = await route(Access(keys.ssh(jump=None)), "a")
    assert [stage.hop.host for stage in stages] == way


async def test_jump_hosts_that_go_round_in_a_circle_are_told(keys: Keys) -> None:
    (keys.home / "ssh_config").write_text("Host a\n  ProxyJump b\nHost b\n  ProxyJump c\nHost c\n  ProxyJump a\n")
    with pytest.raises(ValueError, match="round in a circle, by root@a:22"):
        await route(Access(keys.ssh(jump=None)), "a")


async def test_a_jump_host_s_user_is_ssh_config_s_before_it_is_the_inventory_s(keys: Keys) -> None:
    (keys.home / "ssh_config").write_text("Host own\n  User me\n")
    access = Access(keys.ssh(user="fabops", jump="gate"))
    assert (await access.dial_jump("own")).target == "me@own:22"
    assert (await access.dial_jump("gate")).target == "fabops@gate:22"
    assert (await access.dial_jump("own", user="you")).target == "you@own:22"
    assert (await access.dial_jump("gate")).jump is None
    assert (await access.dial("own")).target == "fabops@own:22"


class _Slow(asyncssh.SSHServer):
    """One login after the other, each of 20 ms; who came first is written down."""

    turn = asyncio.Lock()
    came: ClassVar[list[str]] = []

    async def begin_auth(self, username: str) -> bool:
        async with self.turn:
            await asyncio.sleep(0.02)
        self.came.append(username)
        return False


async def test_one_node_of_every_rack_is_let_in_first_where_logins_are_slow(keys: Keys) -> None:
    _Slow.turn, _Slow.came = asyncio.Lock(), []
    server = await asyncssh.listen("127.0.0.1", 0, server_factory=_Slow, server_host_keys=[str(keys.host_key)])
    racks = [Rack(name=f"r{rack}", nodes=tuple(f"r{rack}n{place}" for place in range(8))) for rack in range(10)]
    keys.trust(server.get_port())
    inventory = fabric(keys.ssh(), {name: server.get_port() for rack in racks for name in rack.nodes}, POLL)
    nodes = {name: replace(inventory.nodes[name], user=name, rack=rack.name) for rack in racks for name in rack.nodes}
    async with watched(collector(replace(inventory, racks=tuple(racks), nodes=nodes), {FAST: echo})):
        await eventually(lambda: len(_Slow.came) >= len(nodes))
    server.close()
    halves = [name.partition("n") for name in _Slow.came]
    assert {rack for rack, _, _ in halves[:32]} == {rack.name for rack in racks}
    assert max(int(place) for _, _, place in halves[:32]) <= 4, "the racks are filled evenly"
