"""One way into all hosts of a shard, and for nobody who is not on this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sim_ssh import said

from fabconsole.fabric.inventory import Node
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.sim.doorway import open_doorway
from fabconsole.sim.launch import launch
from fabconsole.sim.living import begin
from fabconsole.sim.wiring import wired

NEEDED = ("unshare", "nsenter", "ip")
MISSING = [tool for tool in NEEDED if shutil.which(tool) is None]
_LISTENS = "0A"

OUTSIDE = """
import socket, subprocess, sys
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.sim.launch import launch

def ip(*words):
    subprocess.run(["ip", *words], check=True)

def dialled(port):
    dial = f"import socket; socket.create_connection(('198.51.100.1', {port}), 5)"
    done = subprocess.run([*there, sys.executable, "-c", dial], capture_output=True, text=True)
    return done.stderr.strip().rpartition("\\n")[2].partition(":")[0] if done.returncode else "connected"

outside = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 60"], stdout=subprocess.PIPE)
outside.stdout.readline()
there = ["nsenter", "-t", str(outside.pid), "-n"]
ip("link", "set", "lo", "up")
ip("link", "add", "near", "type", "veth", "peer", "far", "netns", str(outside.pid))
ip("addr", "add", "198.51.100.1/24", "dev", "near")
ip("link", "set", "near", "up")
subprocess.run([*there, "ip", "addr", "add", "198.51.100.2/24", "dev", "far"], check=True)
subprocess.run([*there, "ip", "link", "set", "far", "up"], check=True)
try:
    with socket.create_server(("0.0.0.0", 0)) as open_to_all, launch(nodes=2, scenario="quiet") as path:
        print(dialled(open_to_all.getsockname()[1]), dialled(read_inventory(path).nodes["gpu00-00"].port))
finally:
    outside.kill()
    outside.wait()
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with launch(nodes=8, scenario="quiet") as path:
        ports = {node.port for node in read_inventory(path).nodes.values()}
        assert len(ports) == 1
        yield ports.pop() or 0


@pytest.mark.skipif(not hasattr(socket, "SO_BINDTODEVICE"), reason="needs Linux: SO_BINDTODEVICE")
def test_all_hosts_of_a_shard_are_dialled_at_one_socket(port: int) -> None:
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert [words[1] for words in sockets if words[3] == _LISTENS and words[1].endswith(f":{port:04X}")] == [
        f"00000000:{port:04X}"
    ]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.83.200.1"])
def test_who_dials_what_is_no_host_does_not_hear_a_byte(port: int, address: str) -> None:
    with socket.create_connection((address, port), 5) as stranger:
        assert _heard(stranger) == b""


def test_this_machines_own_other_address_is_no_way_in(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.99", 9))
        except OSError:
            pytest.skip("this machine has loopback only")
        own = asking.getsockname()[0]
    with pytest.raises(ConnectionRefusedError), socket.create_connection((own, port), 5):
        pass


@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}")
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a network of its own")
def test_who_dials_from_outside_is_refused_by_the_kernel() -> None:
    done = subprocess.run(["unshare", "-n", sys.executable, "-c", OUTSIDE], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["connected", "ConnectionRefusedError"], done.stderr


async def test_hundreds_who_dial_at_once_are_all_heard() -> None:
    async def greeted(node: Node) -> bytes:
        reader, writer = await asyncio.open_connection(node.address, node.port)
        try:
            return await reader.readline()
        finally:
            writer.close()

    with launch(nodes=400, scenario="quiet") as path:
        async with asyncio.timeout(30):
            heard = await asyncio.gather(*map(greeted, read_inventory(path).nodes.values()))
    assert len(heard) == 400
    assert {line[:8] for line in heard} == {b"SSH-2.0-"}


async def test_where_no_socket_can_be_shared_each_host_listens_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "SO_BINDTODEVICE", raising=False)
    living = begin(tmp_path, nodes=3, seed=1, scenario="quiet", rhythms={}, hosts_a_shard=3)
    nodes = read_inventory(living.inventory).nodes
    assert {node.address for node in nodes.values()} == {"127.0.0.1"}
    assert len({node.port for node in nodes.values()}) == 3
    async with living.shards[0].served():
        for host in nodes:
            assert await said(living.inventory, host, "hostname") == f"{host}\n"


def test_hosts_apart_are_dialled_where_nobody_listens_yet() -> None:
    doorway = open_doorway(wired(8, 1).hosts, apart={"gpu00-02", "gpu01-00"})
    try:
        alone = [doorway.addresses[name] for name in ("gpu00-02", "gpu01-00")]
        with socket.create_server((alone[0].host, alone[0].port)), socket.create_server((alone[1].host, alone[1].port)):
            pass
        assert len(set(doorway.addresses.values())) == 8
    finally:
        doorway.close()


def test_the_port_of_who_listens_for_itself_is_given_to_nobody_else_while_nobody_listens() -> None:
    doorway = open_doorway(wired(8, 1).hosts, apart={"gpu00-02"})
    try:
        address = doorway.addresses["gpu00-02"]
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind((address.host, address.port))
    finally:
        doorway.close()


def _heard(stranger: socket.socket) -> bytes:
    try:
        return stranger.recv(1)
    except ConnectionResetError:
        return b""
