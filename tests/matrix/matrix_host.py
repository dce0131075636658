"""One real host of the matrix: an `sshd` in a mount and network namespace of its own, which can be made sick."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from lab_files import Gpus, Hca, Journal
from lab_host import JOURNALCTL, command_line, descendants, marked, signalled
from matrix_namespaces import INSIDE, Namespaces

PORT = 2222
MARK = "FABCONSOLE_MATRIX"

_NVIDIA_SMI = """#!/bin/sh
[ -e /mnt/instead ] && exec sh /mnt/instead "$@"
[ -e "/mnt/nvidia-smi/$*" ] && exec cat "/mnt/nvidia-smi/$*"
echo "Invalid combination of input arguments." >&2; exit 2
"""


@dataclass(kw_only=True)
class Host(Namespaces):
    """Made healthy; `start` brings it up, `heal` takes every fault back."""

    name: str
    hcas: dict[str, Hca]
    gpus: Gpus
    journal: Journal
    sshd: subprocess.Popen[bytes] | None = None
    _stopped: list[int] = field(default_factory=list)

    @classmethod
    def made(cls, name: str, number: int, net: str, root: Path, client: Path) -> Host:
        """A healthy host's files; `client` is the public key of who may log in."""
        for folder in ("bin", "home", "tmp", "keys"):
            (root / folder).mkdir(parents=True)
        classes = root / "class"
        there = {f"mlx5_{index}": Hca(classes, f"mlx5_{index}", index, _guid(number, index)) for index in range(2)}
        gpus = Gpus(root / "nvidia-smi", number)
        host = cls(
            name=name,
            address=f"{net}.{4 * number + 2}",
            root=root,
            hcas=there,
            gpus=gpus,
            journal=Journal(root / "journal"),
        )
        host._install()
        for one in ("host", "other"):
            made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(root / "keys" / one)]
            subprocess.run(made, check=True)
        shutil.copy(client, root / "client.pub")
        host.healthy()
        return host

    def start(self) -> None:
        """Bring it up; returns when it listens."""
        self.hold()
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
        self.restore()
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
        if self.sshd is not None:
            self.sshd.wait()
        self.let_go()

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
            words = self.entered("/usr/sbin/sshd", "-D", "-e", "-f", f"{INSIDE}/sshd_config")
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

    def instead(self, script: str | None) -> None:
        """What runs in place of nvidia-smi; None: nvidia-smi."""
        _put(self.root / "instead", script)

    def shell(self, script: str | None) -> None:
        """What runs in place of every login shell; None: the login shell. What is open stays as it is."""
        _put(self.root / "shell", script)

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
