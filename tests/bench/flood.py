"""What hosts that flood cost the collector, on a real sshd, whose shells say zeros as fast as they are taken.

    python tests/bench/flood.py [--hosts 20] [--seconds 60]

First one flood is read for as long as it takes to read 256 MB: how fast it comes, and what a MB costs. Then all hosts
are asked everything, well first, then flooding; the CPU of the collector is counted once every rest has grown to its
most. The sshd runs on one core, the collector on the other. Needs root and openssh-server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from collect import CLIENT_CORE, SERVER_CORE, cpu_s, raise_descriptor_limit

from fabconsole.collector.channel import WINDOW
from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory import Inventory, Node, Rack, SshAccess
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.stream.records import Reason, Unanswered

READ = 256_000_000
WARM_S, SETTLE_S = 20.0, 100.0
CONFIG = r"""ListenAddress 127.0.0.1:@PORT
HostKey @ROOT/host
AuthorizedKeysFile @ROOT/user.pub
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
MaxStartups 200
SetEnv HOME=@ROOT
ForceCommand [ -e @ROOT/floods ] && { printf '\001%s\n' $$; exec cat /dev/zero; }; eval "$SSH_ORIGINAL_COMMAND"
"""
"""Its shells flood while there is a file `floods`."""


@dataclass
class Server:
    """A real sshd, and a directory with its keys."""

    root: Path
    port: int
    process: subprocess.Popen[bytes]

    def turn(self, *, floods: bool) -> None:
        """From now on; whoever is connected is cut off."""
        if floods:
            (self.root / "floods").touch()
        else:
            (self.root / "floods").unlink(missing_ok=True)
        subprocess.run(["pkill", "-P", f"{self.process.pid}"], check=False)


@contextmanager
def sshd(root: Path) -> Iterator[Server]:
    """On a free port."""
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(root / key)], check=True)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    (root / "config").write_text(CONFIG.replace("@PORT", f"{port}").replace("@ROOT", f"{root}"))
    (root / "known_hosts").write_text(f"[127.0.0.1]:{port} {(root / 'host.pub').read_text()}")
    (root / "ssh_config").touch()
    Path("/run/sshd").mkdir(exist_ok=True)
    command = ["taskset", "-c", f"{SERVER_CORE}", "/usr/sbin/sshd", "-D", "-f", str(root / "config")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    yield Server(root, port, process)
    process.terminate()
    process.wait()


class Bottomless(asyncssh.SSHClientSession[bytes]):
    """Reads a flood up to `READ`."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.read, self.enough = 0, asyncio.Event()

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """asyncssh: bytes have come."""
        self.read += len(data)
        if self.read >= READ:
            self.enough.set()


async def one_flood(server: Server) -> tuple[float, float]:
    """MB a second, and ms of CPU a MB."""
    server.turn(floods=True)
    async with asyncssh.connect(
        "127.0.0.1",
        server.port,
        username="root",
        client_keys=[str(server.root / "user")],
        known_hosts=str(server.root / "known_hosts"),
        config=None,
        encryption_algs="^aes128-gcm@openssh.com",
    ) as ssh:
        began, cpu = time.monotonic(), cpu_s()
        channel, session = await ssh.create_session(Bottomless, "sh", encoding=None, window=WINDOW)
        await session.enough.wait()
        took, cost = time.monotonic() - began, cpu_s() - cpu
        channel.abort()
    return READ / 1e6 / took, cost * 1e3 / (READ / 1e6)


async def share(server: Server, hosts: int, settle_s: float, seconds: float) -> tuple[float, int]:
    """CPU of one core in per cent, and how many askings were told as floods."""
    names = [f"gpu{number}" for number in range(hosts)]
    nodes = {name: Node(name=name, rack="r", address="127.0.0.1", port=server.port) for name in names}
    access = SshAccess(
        user="root",
        identity=(server.root / "user",),
        known_hosts=server.root / "known_hosts",
        jump="none",
        config=server.root / "ssh_config",
    )
    racks = (Rack(name="r", nodes=tuple(names)),)
    source = Collector(Inventory(fabric="floods", ssh=access, racks=racks, nodes=nodes), Thresholds())
    told = 0

    async def read() -> None:
        nonlocal told
        async for batch in source.records():
            told += sum(isinstance(one, Unanswered) and one.reason is Reason.OVERFLOW for one in batch)

    reading = asyncio.create_task(read())
    await asyncio.sleep(settle_s)
    cpu, told = cpu_s(), 0
    await asyncio.sleep(seconds)
    spent = cpu_s() - cpu
    await source.aclose()
    await reading
    return 100 * spent / seconds, told


async def measure(server: Server, hosts: int, seconds: float) -> None:
    """And print."""
    rate, cost = await one_flood(server)
    print(f"one flood, read without end: {rate:.0f} MB/s, {cost:.2f} ms of CPU a MB")
    server.turn(floods=False)
    well, _ = await share(server, hosts, WARM_S, seconds)
    server.turn(floods=True)
    sick, told = await share(server, hosts, SETTLE_S, seconds)
    print(f"{hosts} hosts, all asked everything: {well:.2f} % of a core; all flooding: {sick:.2f} %")
    print(f"askings told as floods meanwhile: {told}")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--hosts", type=int, default=20)
    arguments.add_argument("--seconds", type=float, default=60.0)
    options = arguments.parse_args()
    raise_descriptor_limit()
    os.sched_setaffinity(0, {CLIENT_CORE})
    with tempfile.TemporaryDirectory() as folder, sshd(Path(folder)) as server:
        time.sleep(0.5)
        asyncio.run(measure(server, options.hosts, options.seconds))


if __name__ == "__main__":
    main()
