"""One real host of the matrix: an `sshd` in a mount and network namespace of its own, which can be made sick."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from lab_files import Gpus, Hca, Journal
from lab_host import JOURNALCTL, command_line, descendants, marked, signalled

PORT = 2222
MARK = "FABCONSOLE_MATRIX"
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

_NVIDIA_SMI = """#!/bin/sh
[ -e /mnt/instead ] && exec sh /mnt/instead "$@"
[ -e "/mnt/nvidia-smi/$*" ] && exec cat "/mnt/nvidia-smi/$*"
echo "Invalid combination of input arguments." >&2; exit 2
"""


def lacking() -> str:
    """What is missing to run such hosts, in words; empty when nothing is."""
    packages = sorted({package for path, package in PACKAGES.items() if not Path(path).exists()})
    if packages:
        return f"needs the Debian packages {' '.join(packages)}"
    if os.geteuid() != 0:
        return "needs root, for namespaces"
    probe = subprocess.run(["unshare", "-mn", "mount", "--bind", "/tmp", "/sys/class"], capture_output=True)
    return "" if probe.returncode == 0 else f"may not mount in a namespace: {probe.stderr.decode().strip()}"


@dataclass
class Host:
    """Made healthy; `start` brings it up, `heal` takes every fault back."""

    name: str
    address: str
    """Its own, at the far end of a cable of two; ours is one less."""
    root: Path
    hcas: dict[str, Hca]
    gpus: Gpus
    journal: Journal
    mark: str = field(default_factory=lambda: secrets.token_hex(5))
    holder: subprocess.Popen[bytes] | None = None
    sshd: subprocess.Popen[bytes] | None = None
    _mounted: list[str] = field(default_factory=list)
    _stopped: list[int] = field(default_factory=list)

    @classmethod
    def made(cls, name: str, number: int, net: str, root: Path, client: Path) -> Host:
        """A healthy host's files; `client` is the public key of who may log in."""
        for folder in ("bin", "home", "tmp", "keys"):
            (root / folder).mkdir(parents=True)
        classes = root / "class"
        there = {f"mlx5_{index}": Hca(classes, f"mlx5_{index}", index, _guid(number, index)) for index in range(2)}
        gpus = Gpus(root / "nvidia-smi", number)
        host = cls(name, f"{net}.{4 * number + 2}", root, there, gpus, Journal(root / "journal"))
        host._install()
        for one in ("host", "other"):
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(root / "keys" / one)]
            subprocess.run(made, check=True)
        shutil.copy(client, root / "client.pub")
        host.healthy()
        return host

    def start(self) -> None:
        """Bring it up; returns when it listens."""
        self._hold()
        self._cable()
        self.restart()

    def healthy(self) -> None:
        """Its files, as of a quiet host."""
        for hca in self.hcas.values():
            hca.come_back()
            hca.healthy()
        self.gpus.healthy()
        self.journal.healthy()

    def heal(self) -> None:
        """Take every fault back, also one that was put in half."""
        self.go_on()
        while self._mounted:
            self.unmount(self._mounted[-1])
        self.inside("nft", "flush", "ruleset")
        for file in ("instead", "shell", "banner"):
            (self.root / file).unlink(missing_ok=True)
        for place in self.devices.iterdir():
            if place.name not in self.hcas:
                shutil.rmtree(place)
        self.healthy()
        self.restart()

    def down(self) -> None:
        """End all of it; mounts and cable go with the namespaces."""
        self.go_on()
        for pid in self.pids():
            signalled(pid, signal.SIGKILL)
        for process in (self.sshd, self.holder):
            if process is not None:
                process.kill()
                process.wait()

    def restart(self, key: str = "host") -> None:
        """Run sshd anew, with another host `key` if so wanted; its sessions end. Returns when it listens."""
        self.kill()
        config = self.root / "sshd_config"
        config.write_text(
            f"ListenAddress 0.0.0.0:{PORT}\nHostKey {INSIDE}/keys/{key}\nPidFile none\nMaxStartups 100\n"
            f"AuthorizedKeysFile {INSIDE}/client.pub\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
            f"PasswordAuthentication no\nSetEnv {MARK}={self.mark} HOME={INSIDE}/home\nPrintLastLog no\n"
            f"Banner {INSIDE}/banner\n"
            f'ForceCommand [ ! -e {INSIDE}/shell ] || exec sh {INSIDE}/shell; eval "$SSH_ORIGINAL_COMMAND"\n'
        )
        with (self.root / "sshd.log").open("ab") as log:
            words = self._entered("/usr/sbin/sshd", "-D", "-e", "-f", f"{INSIDE}/sshd_config")
            env = {"PATH": os.environ["PATH"], MARK: self.mark}
            self.sshd = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
        deadline = time.monotonic() + 20
        while not self._listens():
            assert time.monotonic() < deadline, (self.root / "sshd.log").read_text()
            time.sleep(0.01)

    def kill(self) -> None:
        """End sshd and all its sessions at once, as a power cut would: nobody is told."""
        for pid in self.pids():
            signalled(pid, signal.SIGKILL)
        if self.sshd is not None:
            self.sshd.wait()

    def stop(self) -> None:
        """Freeze all of it: TCP still connects, nothing answers."""
        self._stopped = [pid for pid in self.pids() if signalled(pid, signal.SIGSTOP)]

    def go_on(self) -> None:
        """After `stop`."""
        for pid in self._stopped:
            signalled(pid, signal.SIGCONT)
        self._stopped = []

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

    def instead(self, script: str | None) -> None:
        """What runs in place of nvidia-smi; None: nvidia-smi."""
        _put(self.root / "instead", script)

    def shell(self, script: str | None) -> None:
        """What runs in place of every login shell; None: the login shell. What is open stays as it is."""
        _put(self.root / "shell", script)

    def inside(self, *words: str, pass_fds: tuple[int, ...] = ()) -> str:
        """Run something in its namespaces, and what it said."""
        done = subprocess.run(self._entered(*words), capture_output=True, text=True, pass_fds=pass_fds)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    @property
    def devices(self) -> Path:
        """Its /sys/class/infiniband."""
        return self.root / "class" / "infiniband"

    def pids(self) -> list[int]:
        """Its sshd and everything that runs for somebody who is logged in, whoever its parent is now."""
        own = [] if self.sshd is None else [self.sshd.pid, *descendants(self.sshd.pid)]
        return [*own, *(pid for pid in marked(f"{MARK}={self.mark}") if pid not in own)]

    def sessions(self) -> list[str]:
        """Command lines of everything that runs for somebody who is logged in."""
        lines = [command_line(pid) for pid in self.pids()]
        return [line for line in lines if line and not line.startswith(("/usr/sbin/sshd", "sshd"))]

    def written(self) -> list[str]:
        """Files in its home and in /tmp."""
        return [str(file) for folder in ("home", "tmp") for file in (self.root / folder).rglob("*")]

    def count(self, file: str) -> int:
        """Lines of a file of its."""
        path = self.root / file
        return len(path.read_text().splitlines()) if path.exists() else 0

    @property
    def public_key(self) -> str:
        """Of its sshd while all is well, as known_hosts has it."""
        return " ".join((self.root / "keys" / "host.pub").read_text().split()[:2])

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

    def _entered(self, *words: str) -> list[str]:
        assert self.holder is not None
        return ["setpriv", "--pdeathsig", "KILL", "nsenter", "-t", str(self.holder.pid), "-m", "-n", *words]

    def _install(self) -> None:
        scripts = {"nvidia-smi": _NVIDIA_SMI, "journalctl": JOURNALCTL.format(log=INSIDE / "journal")}
        for name, script in scripts.items():
            (self.root / "bin" / name).write_text(script)
            (self.root / "bin" / name).chmod(0o755)

    def _listens(self) -> bool:
        try:
            socket.create_connection((self.address, PORT), timeout=1).close()
        except OSError:
            return False
        return True


def _guid(number: int, index: int) -> int:
    return 0x0C42A103_0000_0000 + (number << 16) + 2 * index


def _put(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text)
