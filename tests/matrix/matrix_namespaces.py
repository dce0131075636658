"""Namespaces in which a host has its own mounts and its own network, at the far end of a cable to us."""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

INSIDE = Path("/mnt")
"""Where a host has its own directory: `home` and `tmp` of it are its home and /tmp."""

DEVICE = "eth0"
"""Its end of the cable."""

PACKAGES = {
    "/usr/sbin/sshd": "openssh-server",
    "/usr/sbin/ip": "iproute2",
    "/usr/sbin/nft": "nftables",
    "/usr/bin/unshare": "util-linux",
    "/usr/bin/ssh-keygen": "openssh-client",
}


def lacking() -> str:
    """What is missing to run such hosts, in words; empty when nothing is."""
    packages = sorted({package for path, package in PACKAGES.items() if not Path(path).exists()})
    if packages:
        return f"needs the Debian packages {' '.join(packages)}"
    if os.geteuid() != 0:
        return "needs root, for namespaces"
    script = "mount --bind /tmp /sys/class && ip link add fcprobe type veth && nft flush ruleset"
    probe = subprocess.run(["unshare", "-mn", "sh", "-c", script], capture_output=True, text=True)
    return "" if probe.returncode == 0 else f"may not do in a namespace what it needs to: {probe.stderr.strip()}"


@dataclass
class Namespaces:
    """Held by a process that sleeps; all that was made in them goes with it."""

    address: str
    """The host's own, at the far end of a cable of two; ours is one less."""
    root: Path
    """Its directory, which it has at `INSIDE`."""
    mark: str = field(default_factory=lambda: secrets.token_hex(5))
    holder: subprocess.Popen[bytes] | None = None
    _mounted: list[str] = field(default_factory=list)

    def hold(self) -> None:
        """Make them, and the cable."""
        self._hold()
        self._cable()

    def let_go(self) -> None:
        """End them."""
        if self.holder is not None:
            self.holder.kill()
            self.holder.wait()

    def restore(self) -> None:
        """Take back all that was mounted, and lose no packets any more."""
        while self._mounted:
            self.unmount(self._mounted[-1])
        self.drop(0)

    def drop(self, percent: int) -> None:
        """Lose so many of a hundred packets, each way; 0: none."""
        self.inside("nft", "flush", "ruleset")
        if percent:
            rule = "drop" if percent == 100 else f"numgen random mod 100 < {percent} drop"
            lose = f"device {DEVICE} priority 0; {rule}; }};"
            chains = " ".join(f"chain {way} {{ type filter hook {way} {lose}" for way in ("ingress", "egress"))
            self.inside("nft", f"table netdev loss {{ {chains} }}")

    def mount(self, *words: str, pass_fds: tuple[int, ...] = ()) -> None:
        """Mount something in its own namespace, until it is healed; the last word is where."""
        self.inside("mount", *words, pass_fds=pass_fds)
        self._mounted.append(words[-1])

    def unmount(self, place: str) -> None:
        """Take back what was mounted last there."""
        self._mounted.remove(place)
        self.inside("umount", "-l", place)

    def inside(self, *words: str, pass_fds: tuple[int, ...] = ()) -> str:
        """Run something in its namespaces, and what it said."""
        done = subprocess.run(self.entered(*words), capture_output=True, text=True, pass_fds=pass_fds)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def entered(self, *words: str) -> list[str]:
        """Words that run something in them."""
        assert self.holder is not None
        return ["setpriv", "--pdeathsig", "KILL", "nsenter", "-t", str(self.holder.pid), "-m", "-n", *words]

    def _hold(self) -> None:
        """Make its namespaces, and a process that holds them."""
        hidden = {"class": "/sys/class", "bin": "/usr/local/bin", "tmp": "/tmp"}
        mounts = [f"mount --bind {shlex.quote(str(self.root))} {INSIDE}"]
        mounts += [f"mount --bind {INSIDE}/{shown} {over}" for shown, over in hidden.items()]
        script = " && ".join([*mounts, "echo", "exec sleep infinity"])
        words = ["setpriv", "--pdeathsig", "KILL", "unshare", "-mn", "--propagation", "private", "sh", "-c", script]
        self.holder = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self.holder.stdout is not None
        assert self.holder.stdout.readline() == b"\n"

    def _cable(self) -> None:
        """A cable between us and it; it goes with the namespaces."""
        assert self.holder is not None
        near, (net, _, last) = f"fc{self.mark}", self.address.rpartition(".")
        far = ["peer", "name", DEVICE, "netns", str(self.holder.pid)]
        subprocess.run(["ip", "link", "add", near, "type", "veth", *far], check=True)
        subprocess.run(["ip", "addr", "add", f"{net}.{int(last) - 1}/30", "dev", near], check=True)
        subprocess.run(["ip", "link", "set", near, "up"], check=True)
        self.inside("ip", "addr", "add", f"{self.address}/30", "dev", DEVICE)
        self.inside("ip", "link", "set", DEVICE, "up")
