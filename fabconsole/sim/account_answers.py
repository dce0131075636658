"""What a shell answers to the function of `platforms.account`: who we are on a host, and what is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from fabconsole.sim.act import Act
from fabconsole.sim.ground import USER
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner

LOG_GROUP = "systemd-journal"
OS_RELEASE = 'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nID=ubuntu\nID_LIKE=debian\n'
TOOLS: Mapping[str, str] = {
    "sudo": "/usr/bin/sudo",
    "nvidia-smi": "/usr/bin/nvidia-smi",
    "dmesg": "/usr/bin/dmesg",
    **{name: f"/usr/sbin/{name}" for name in ("iblinkinfo", "ibqueryerrors", "perfquery", "sminfo")},
}
"""Tool to where it lies, as Debian's packages and NVIDIA's put it."""

_ASKED_FOR = re.compile(r"for t in (.*?); do")
_MADE = "Nov 22 10:00"


def account(machine: Machine, definition: str) -> Act:
    """``fc_account``."""
    yield machine.takes(0.01, 0.05)
    yield "".join(f"{line}\n" for line in _lines(machine, definition)).encode()
    return 0


def groups(machine: Machine) -> str:
    """`id -Gn`."""
    return " ".join(
        group
        for group, without in ((USER, None), (LOG_GROUP, Manner.NO_LOG), ("rdma", Manner.NO_UMAD))
        if without is None or not machine.behaves(without)
    )


def umad(machine: Machine, number: int) -> str:
    """`ls -l` of a device."""
    rights = "crw------- 1 root root" if machine.behaves(Manner.NO_UMAD) else "crw-rw---- 1 root rdma"
    return f"{rights} 231, {number} {_MADE} /dev/infiniband/umad{number}"


def _lines(machine: Machine, definition: str) -> Iterator[str]:
    yield f"user={USER}"
    yield f"groups={groups(machine)}"
    yield f"host={machine.tells(machine.host.name)}"
    yield f"clock={int(machine.wall(machine.now()))}"
    yield from (line for line in OS_RELEASE.splitlines() if line.startswith("ID"))
    yield "journal=/var/log/journal"
    yield f"log-group={LOG_GROUP}"
    asked_for = _ASKED_FOR.search(definition)
    for tool in shlex.split(asked_for[1]) if asked_for else ():
        if tool in TOOLS:
            yield f"tool {tool}={TOOLS[tool]}"
    yield from (f"umad={umad(machine, number)}" for number, _ in enumerate(machine.hcas))
