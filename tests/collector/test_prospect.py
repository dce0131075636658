"""What `check` says of the way to each node: nobody has to find out by connecting."""

from __future__ import annotations

from pathlib import Path

import pytest
from collector_rig import Keys

from fabconsole.collector.prospect import prospects
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import Inventory, Node, Poll, Rack


async def lines(keys: Keys, config: str, *nodes: Node, **ssh: object) -> list[tuple[bool, str]]:
    (keys.home / "ssh_config").write_text(config)
    inventory = Inventory(
        fabric="test",
        ssh=keys.ssh(**({"jump": None} | ssh)),
        poll=Poll(),
        racks=(Rack(name="r00", nodes=tuple(node.name for node in nodes)),),
        nodes={node.name: node for node in nodes},
    )
    return [(one.is_wrong, one.line) for one in await prospects(inventory)]


def gpu(number: int, port: int | None = None) -> Node:
    return Node(name=f"gpu{number}", rack="r00", address=f"gpu{number}", port=port)


async def test_of_nodes_that_ssh_config_says_nothing_of_nothing_is_said(keys: Keys) -> None:
    assert await lines(keys, "Host other\n  Port 2222\n", gpu(0), gpu(1, port=22)) == []


async def test_ports_and_every_jump_host_on_the_way_are_told_of_all_nodes_alike(keys: Keys) -> None:
    config = "Host gpu*\n  ProxyJump ops@bastion1:2200\nHost gpu0 gpu1\n  Port 2222\nHost bastion1\n  ProxyJump outer\n"
    assert await lines(keys, config, gpu(0), gpu(1), gpu(2), gpu(3, port=22)) == [
        (False, "gpu[0-1]: through root@outer:22, then ops@bastion1:2200 · port 2222"),
        (False, "gpu[2-3]: through root@outer:22, then ops@bastion1:2200"),
    ]


async def test_names_of_their_own_are_told_by_an_example(keys: Keys) -> None:
    config = "Host gpu*\n  HostName %h.cluster\n  ProxyCommand nc %h %p\n  User somebody\n"
    assert await lines(keys, config, gpu(0), gpu(1), user=None) == [
        (
            False,
            "gpu[0-1]: as somebody · by its ProxyCommand · gpu0 at gpu0.cluster, and the others by names of their own",
        )
    ]


async def test_what_cannot_be_dialled_is_told_as_wrong(keys: Keys) -> None:
    config = "Host gpu0\n  ProxyJump a\nHost a\n  ProxyJump b\nHost b\n  ProxyJump a\n"
    ((is_wrong, said),) = await lines(keys, config, gpu(0), gpu(1))
    assert is_wrong
    assert said.startswith("gpu0: jump hosts go round in a circle")


async def test_a_key_that_is_not_there_is_an_error_of_its_own(keys: Keys, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"ssh\.identity cannot be read"):
        await lines(keys, "", gpu(0), identity=(tmp_path / "none",))
