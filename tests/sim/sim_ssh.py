"""A simulated host as one reaches it: by SSH, as its inventory says."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh

from fabconsole.fabric.inventory_file import read_inventory

PATIENCE_S = 30.0
"""Of a machine that does other things too."""


def eventually(so: Callable[[], bool]) -> None:
    """Wait until a thing is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not so():
        assert time.monotonic() < deadline, "it did not come to it"
        time.sleep(0.02)


@asynccontextmanager
async def connected(inventory: Path, host: str, **over: object) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """A connection of one's own; `over` are asyncssh's options in place of the usual ones."""
    node = read_inventory(inventory).nodes[host]
    options: dict[str, object] = {
        "port": node.port,
        "username": "fabops",
        "client_keys": [str(inventory.parent / "id_ed25519")],
        "known_hosts": str(inventory.parent / "known_hosts"),
        "config": None,
        "agent_path": None,
        "connect_timeout": 5,
    }
    async with asyncssh.connect(node.address, **(options | over)) as connection:
        yield connection


async def said(inventory: Path, host: str, command: str) -> str:
    """What a host prints when it runs `command`."""
    async with connected(inventory, host) as connection:
        return str((await connection.run(command)).stdout)


def children(pid: int) -> list[int]:
    """The processes that `pid` has started and that are still there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            read = re.match(r"(\d+) \(.*\) (\S) (\d+)", stat.read_text(errors="replace"))
        except (FileNotFoundError, ProcessLookupError):
            continue
        if read and int(read[3]) == pid and read[2] != "Z":
            found.append(int(read[1]))
    return sorted(found)


def alive(pid: int) -> bool:
    """Whether a process is still there and not merely unburied."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
