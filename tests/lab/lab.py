"""A fabric of real parts on one machine: N hosts behind real `sshd`s, a simulated subnet under the real diagnostics.

By hand: `python tests/lab/lab.py --hosts 8` prints the inventory's path and stays up until Ctrl-C. Needs root, as mount
namespaces do, and the Debian packages that `lacking()` names; no GPU, no HCA.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from lab_host import MARK, PORT, Host, marked
from lab_subnet import Subnet, Switch, library

PACKAGES = {
    "/usr/sbin/sshd": "openssh-server",
    "/usr/bin/ibsim": "ibsim-utils",
    "/usr/sbin/iblinkinfo": "infiniband-diags",
    "/usr/sbin/opensm": "opensm",
    "/usr/bin/unshare": "util-linux",
    "/usr/bin/ssh-keygen": "openssh-client",
}
RACK = 4
START_S = 40.0
SIMULATED = "10 Gb/s"
"""What ibsim trains every link to (4X SDR), though each could be more."""


def lacking() -> str:
    """What is missing to run a lab, in words; empty when nothing is."""
    packages = sorted({package for path, package in PACKAGES.items() if not Path(path).exists()})
    if packages:
        return f"needs the Debian packages {' '.join(packages)}"
    if library() is None:
        return "needs libumad2sim of the Debian package ibsim-utils"
    if os.geteuid() != 0:
        return "needs root, for mount namespaces"
    probe = subprocess.run(["unshare", "-m", "mount", "--bind", "/tmp", "/sys/class"], capture_output=True)
    return "" if probe.returncode == 0 else f"may not mount in a namespace: {probe.stderr.decode().strip()}"


@dataclass
class Lab:
    """Hosts, a subnet, and an inventory that names them."""

    root: Path
    hosts: dict[str, Host]
    subnet: Subnet
    mark: str

    @classmethod
    def up(cls, hosts: int = 8, hcas: int = 8) -> Lab:
        """Start everything. Raises RuntimeError, and leaves nothing behind."""
        mark = secrets.token_hex(6)
        root = Path(tempfile.mkdtemp(prefix="fabconsole-lab-"))
        root.chmod(0o711)  # an account without rights passes through to its key and its tools
        names = tuple(f"gpu{number // RACK:02}-{number % RACK:02}" for number in range(hosts))
        net = f"127.{random.randint(64, 250)}.{random.randint(1, 250)}"
        subnet = Subnet(
            hosts=names,
            hcas=hcas,
            root=root,
            socket=f"lab-{mark}",
            environment={"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", MARK: mark},
            umad_library=library() or "",
        )
        there = {
            name: Host.made(
                name, number, address=f"{net}.{number + 1}", root=root / name, hcas=hcas, mark=f"{mark}-{number}"
            )
            for number, name in enumerate(names)
        }
        lab = cls(root=root, hosts=there, subnet=subnet, mark=mark)
        try:
            lab._start(time.monotonic() + START_S)
        except BaseException:
            lab.down()
            raise
        return lab

    @property
    def inventory(self) -> Path:
        """The inventory to give to fabconsole."""
        return self.root / "inventory.yaml"

    @property
    def known_hosts(self) -> Path:
        """Every host's true key."""
        return self.root / "keys" / "known_hosts"

    def host(self, name: str) -> Host:
        """`gpu00-01`."""
        return self.hosts[name]

    def switch(self, name: str) -> Switch:
        """`leaf01`, `spine01`."""
        return Switch(self.subnet, name)

    def heal(self) -> None:
        """Take back every fault."""
        for host in self.hosts.values():
            host.heal()
        self.subnet.heal()
        self._know_hosts()

    def forget_key_of(self, name: str) -> None:
        """Make known_hosts expect another key of a host: to a client, its key has changed."""
        other = next(host for host in self.hosts if host != name)
        self._know_hosts(swapped={name: other})

    def down(self) -> None:
        """End every process and remove every file. The mounts go with their namespaces."""
        for host in self.hosts.values():
            host.cont()
        self.subnet.close()
        for place in (self.mark, *(f"{self.mark}-{number}" for number in range(len(self.hosts)))):
            for pid in marked(f"{MARK}={place}"):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        for host in self.hosts.values():
            if host.process is not None:
                host.process.kill()
                host.process.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def _start(self, deadline: float) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        keys = self.root / "keys"
        keys.mkdir()
        for name in ("client", *self.hosts):
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(keys / name)]
            subprocess.run(words, check=True)
        self._know_hosts()
        self.inventory.write_text(self._written())
        for host in self.hosts.values():
            host.start(keys, self.subnet)
        self.subnet.start(deadline)
        for host in self.hosts.values():
            host.wait(deadline)

    def _know_hosts(self, swapped: dict[str, str] | None = None) -> None:
        lines = []
        for name, host in self.hosts.items():
            key = (self.root / "keys" / f"{(swapped or {}).get(name, name)}.pub").read_text().split()
            lines.append(f"[{host.address}]:{PORT} {key[0]} {key[1]}\n")
        self.known_hosts.write_text("".join(lines))

    def _written(self) -> str:
        racks: dict[str, list[str]] = {}
        for number, name in enumerate(self.hosts):
            racks.setdefault(f"r{number // RACK:02}", []).append(name)
        hcas = len(next(iter(self.hosts.values())).hcas)
        return "".join(
            (
                "fabric: lab\n",
                f"ssh: {{user: root, identity: {self.root}/keys/client, ",
                f"known_hosts: {self.known_hosts}, jump: none}}\n",
                "racks:\n",
                *(f'  {rack}: {{row: a, pod: p1, nodes: "{",".join(names)}"}}\n' for rack, names in racks.items()),
                "nodes:\n",
                *(f"  {host.name}: {{{self._node(host)}}}\n" for host in self.hosts.values()),
                "expect:\n",
                f'  "gpu*": {{hcas: {hcas}, rate: 400 Gb/s, gpus: 8, nvlinks: 18}}\n',
                f'  "leaf*": {{rate: {SIMULATED}}}\n  "spine*": {{rate: {SIMULATED}}}\n',
            )
        )

    def _node(self, host: Host) -> str:
        role = ", roles: [in-band]" if host.number == 0 else ""
        return f"address: {host.address}, port: {PORT}{role}"


def main() -> None:
    """Stay up until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--hcas", type=int, default=8, choices=range(1, 9))
    wanted = parser.parse_args()
    if missing := lacking():
        sys.exit(f"lab: {missing}")
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts background jobs with SIGINT ignored
        signal.signal(number, lambda *_: sys.exit(0))
    lab = Lab.up(wanted.hosts, wanted.hcas)
    try:
        print(lab.inventory, flush=True)
        signal.pause()
    finally:
        lab.down()


if __name__ == "__main__":
    main()
