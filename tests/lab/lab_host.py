"""A lab host: a real `sshd` on a loopback address of its own, in a mount namespace of its own."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lab_account import DMESG, UDEVADM, UMAD, dev, etc, log_gid, onto_etc
from lab_files import GPU_PCI, Gpus, Hca, Journal, Nvlink
from lab_subnet import TOOLS, Subnet, hca_guid, sim_host

PORT = 2222
MARK = "FABCONSOLE_LAB"

_NVIDIA_SMI = """#!/bin/sh
echo "$*" >>{state}/calls
while [ -e {state}/hang ]; do sleep 0.2; done
[ -e "{state}/$*" ] && exec cat "{state}/$*"
echo "Invalid combination of input arguments." >&2; exit 2
"""
JOURNALCTL = """#!/bin/sh
# journalctl [-f] [-n1] [--after-cursor=CURSOR], of one file with one JSON entry a line
start=1; last=; follow=
[ -r {log} ] || {{ echo "No journal files were opened due to insufficient permissions." >&2; exit 1; }}
for word; do case $word in
  -n1) last=1;;
  -f) follow=1;;
  --after-cursor=*) at=$(grep -nF "\\"${{word#*=}}\\"" {log}) || exit 1; start=$((${{at%%:*}} + 1));;
esac; done
[ -n "$follow" ] && exec tail -n "+$start" -f {log}
[ -n "$last" ] && {{ tail -n "+$start" {log} | tail -n 1; exit 0; }}
exec tail -n "+$start" {log}
"""
_DIAGNOSTIC = """#!/bin/sh
# the real {tool}, on the simulated subnet: `-C mlx5_N` becomes that HCA's place in it
ca=0; n=$#
while [ "$n" -gt 0 ]; do
  word=$1; shift; n=$((n - 1))
  case $word in -C) ca=${{1#mlx5_}}; shift; n=$((n - 1));; *) set -- "$@" "$word";; esac
done
[ -w {umad} ] || {{
  echo "ibwarn: [$$] mad_rpc_open_port: can't open UMAD port ((null):0)" >&2
  echo "{tool}: iberror: failed: Failed to open '(null)' port '0'" >&2; exit 1
}}
echo {tool} >>{state}/calls
while [ -e {state}/hang-{tool} ]; do sleep 0.2; done
export IBSIM_SOCKNAME={socket} SIM_HOST={host}-$ca LD_PRELOAD="{library}${{LD_PRELOAD:+:$LD_PRELOAD}}"
exec {real} "$@"
"""


@dataclass
class Host:
    """One host, its faults and its sshd."""

    name: str
    number: int
    address: str
    root: Path
    """Its directory: `class/` is its /sys/class, `bin/` its /usr/local/bin."""
    hcas: dict[str, Hca]
    gpus: Gpus
    journal: Journal
    mark: str
    process: subprocess.Popen[bytes] | None = None
    stopped: list[int] = field(default_factory=list)

    @classmethod
    def made(cls, name: str, number: int, *, address: str, root: Path, hcas: int, mark: str) -> Host:
        """A healthy host's files; `start` brings it up."""
        root.mkdir(parents=True)
        classes = root / "class"
        there = {
            f"mlx5_{index}": Hca(classes, f"mlx5_{index}", index, hca_guid(number, index, hcas))
            for index in range(hcas)
        }
        host = cls(
            name=name,
            number=number,
            address=address,
            root=root,
            hcas=there,
            gpus=Gpus(root / "nvidia-smi", number),
            journal=Journal(root / "journal"),
            mark=mark,
        )
        host.heal()
        return host

    def hca(self, name: str) -> Hca:
        """`mlx5_2`."""
        return self.hcas[name]

    def nvlink(self, gpu: int, link: int) -> Nvlink:
        """One NVLink of one GPU."""
        return Nvlink(self.gpus, gpu, link)

    def xid(self, code: int, text: str, *, gpu: int = 0, ago_s: float = 0.0) -> None:
        """The driver logs an Xid of one GPU."""
        self.journal.say(f"NVRM: Xid (PCI:{GPU_PCI[gpu]}:00): {code}, pid=4711, name=python3, {text}", ago_s=ago_s)

    def heal(self) -> None:
        """Take every fault back."""
        self.cont()
        for file in self.root.glob("hang-*"):
            file.unlink()
        for hca in self.hcas.values():
            hca.come_back()
            hca.healthy()
        self.gpus.healthy()
        self.journal.healthy()

    def start(self, keys: Path, subnet: Subnet) -> None:
        """Run sshd; returns when it listens."""
        self._install(subnet)
        home = self.root / "home"  # an empty one: what this machine's own shell start-up does is not the lab's matter
        home.mkdir(exist_ok=True)
        config = self.root / "sshd_config"
        config.write_text(
            f"ListenAddress {self.address}:{PORT}\nHostKey {keys / self.name}\nPidFile none\n"
            f"AuthorizedKeysFile {keys / 'client.pub'}\nUsePAM no\nStrictModes no\nPermitRootLogin yes\n"
            f"PasswordAuthentication no\nMaxStartups 100\nSetEnv {MARK}={self.mark} HOME={home}\n"
        )
        own_etc = etc(self.root / "etc", [f"/usr/local/bin/{tool}" for tool in TOOLS], MARK)
        self.journal.readers = log_gid(own_etc)
        self.journal.healthy()
        log = self.root / "log"
        (log / "journal").mkdir(parents=True, exist_ok=True)
        hidden = {
            "/sys/class": self.root / "class",
            "/usr/local/bin": self.root / "bin",
            "/var/log": log,
        }
        mounts = [f"mount --bind {shlex.quote(str(shown))} {over}" for over, shown in hidden.items()]
        mounts += [*onto_etc(own_etc), *dev(self.root / "dev")]
        script = " && ".join([*mounts, f"exec /usr/sbin/sshd -D -e -f {shlex.quote(str(config))}"])
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "unshare", "-m", "--propagation", "private", "sh", "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.root / "sshd.log").open("wb"),
            env={"PATH": os.environ["PATH"], MARK: self.mark},
        )

    def wait(self, deadline: float) -> None:
        """Until it listens. Raises RuntimeError with what sshd said."""
        while True:
            try:
                socket.create_connection((self.address, PORT), timeout=1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name}: {(self.root / 'sshd.log').read_text()}") from None
                time.sleep(0.02)
            else:
                return

    def as_root(self, text: str) -> str:
        """What shell text prints that somebody types on it as root; an error fails the test."""
        assert self.process is not None
        words = ["nsenter", "-t", str(self.process.pid), "-m", "--", "sh", "-e", "-c", text]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self) -> None:
        """Freeze everything that belongs to its sshd: TCP still connects, nothing answers."""
        self.stopped = [pid for pid in self._pids() if signalled(pid, signal.SIGSTOP)]

    def cont(self) -> None:
        """After `stop`."""
        for pid in self.stopped:
            signalled(pid, signal.SIGCONT)
        self.stopped = []

    def hang(self, tool: str) -> None:
        """A diagnostic begins, and does not end."""
        (self.root / f"hang-{tool}").touch()

    def running(self, tool: str) -> list[int]:
        """Processes of a diagnostic, whoever's they are."""
        return [pid for pid in marked(f"{MARK}={self.mark}") if f"/usr/local/bin/{tool}" in command_line(pid)]

    def cut(self) -> None:
        """End its connections as a power cut would: no process of theirs is told."""
        own = {self.process.pid} if self.process is not None else set()
        for pid in [pid for pid in self._pids() if pid not in own and command_line(pid).startswith("sshd")]:
            signalled(pid, signal.SIGKILL)

    def swept(self) -> int:
        """How often it has been asked for the subnet's errors."""
        calls = self.root / "calls"
        return calls.read_text().split().count("ibqueryerrors") if calls.exists() else 0

    def sessions(self) -> list[str]:
        """Command lines of everything that runs on it for somebody who is logged in."""
        own = {self.process.pid} if self.process is not None else set()
        return [
            command_line(pid)
            for pid in marked(f"{MARK}={self.mark}")
            if pid not in own and "sshd" not in command_line(pid)
        ]

    def _pids(self) -> list[int]:
        """sshd, its children, and what runs in their sessions."""
        return [] if self.process is None else [self.process.pid, *descendants(self.process.pid)]

    def _install(self, subnet: Subnet) -> None:
        scripts = {
            "nvidia-smi": _NVIDIA_SMI.format(state=self.root / "nvidia-smi"),
            "journalctl": JOURNALCTL.format(log=self.root / "journal"),
            "dmesg": DMESG,
            "udevadm": UDEVADM,
        }
        for tool, real in TOOLS.items():
            scripts[tool] = _DIAGNOSTIC.format(
                tool=tool,
                real=real,
                state=self.root,
                socket=subnet.socket,
                host=sim_host(self.name),
                library=subnet.umad_library,
                umad=UMAD,
            )
        (self.root / "bin").mkdir(exist_ok=True)
        for name, script in scripts.items():
            (self.root / "bin" / name).write_text(script)
            (self.root / "bin" / name).chmod(0o755)


def marked(words: str) -> list[int]:
    """Processes that have `NAME=VALUE` in their environment."""
    return [int(place.name) for place in Path("/proc").glob("[0-9]*") if words.encode() in _environment(place)]


def _environment(place: Path) -> list[bytes]:
    try:
        return (place / "environ").read_bytes().split(b"\0")
    except OSError:
        return []


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def descendants(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:  # it has ended since its parent was asked
        return
    for task in tasks:
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield int(child)
            yield from descendants(int(child))


def signalled(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
