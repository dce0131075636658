"""A simulated host at a chosen moment, its acts played through without waiting, and its world laid out for real."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fabconsole.sim import account_answers, files, gpu_files, tools
from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.checksum import cksum
from fabconsole.sim.fabric import Fabric
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner
from fabconsole.sim.scenario import Scenario, read_scenario
from fabconsole.sim.scenarios import find_scenario
from fabconsole.sim.wiring import Wiring, wired

BEGAN_AT = 1_790_000_000.25
NEEDED = ("unshare", "mount", "sh", "grep", "cksum", "timeout", "setsid", "pkill", "tail")


@dataclass
class Clock:
    """Seconds since the simulation began, set by the test."""

    t: float = 0.0

    def __call__(self) -> float:
        return self.t


def scenario(text: str, folder: Path) -> Scenario:
    """A scenario of these faults."""
    path = folder / "scenario.yaml"
    path.write_text(f"about: a test\nlook: here\nfaults:\n{text}")
    return read_scenario(path)


def machine(
    host: str,
    clock: Clock,
    *,
    nodes: int = 8,
    seed: int = 1,
    plan: Scenario | None = None,
    wiring: Wiring | None = None,
) -> Machine:
    """One host of a small fabric; without a plan, of a healthy one."""
    wiring = wiring or wired(nodes, seed)
    plan = plan or read_scenario(find_scenario("quiet"))
    fabric = Fabric(wiring, plan.befall((wiring,), seed)[0], seed)
    return Machine(fabric, wiring.host[host], now=clock, began_at=BEGAN_AT)


@dataclass
class Played:
    """What an act did."""

    out: bytes
    err: bytes
    status: int
    took_s: float


def played(act: Act) -> Played:
    """An act, its waits skipped."""
    out, err, took_s = [], [], 0.0
    while True:
        try:
            said = next(act)
        except StopIteration as end:
            return Played(b"".join(out), b"".join(err), int(end.value), took_s)
        if isinstance(said, Complaint):
            err.append(bytes(said))
        elif isinstance(said, bytes):
            out.append(said)
        else:
            took_s += said


class World:
    """A directory that holds what a real shell needs to find a host in a simulated state."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.folder = folder
        self.machine = machine
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        self.lay_out()

    def stand_in(self, *calls: Sequence[str]) -> None:
        """Put tools into `bin` that print what the simulation's own print for these calls."""
        for words in calls:
            done = played(tools.run(self.machine, list(words)))
            self.stand_in_with(words, done.out, done.err, done.status)

    def stand_in_with(self, words: Sequence[str], out: bytes, err: bytes = b"", status: int = 0) -> None:
        """Put a tool into `bin` that prints this."""
        said = self.folder / "said"
        said.mkdir(exist_ok=True)
        name = _name(words)
        (said / f"{name}.out").write_bytes(out)
        (said / f"{name}.err").write_bytes(err)
        script = self.bin / words[0]
        script.write_text(
            f'#!/bin/sh\nf={said}/$(printf %s "${{0##*/}}${{*:+ $*}}" | cksum | tr " " -)\n'
            '[ -e "$f.out" ] || { echo "no stand-in for $0 $*" >&2; exit 99; }\n'
            'cat "$f.out"; cat "$f.err" >&2; [ -e "$f.status" ] && exit "$(cat "$f.status")"; '
            '[ -e "$f.stays" ] && exec sleep 60; exit 0\n'
        )
        script.chmod(0o755)
        if status:
            (said / f"{name}.status").write_text(str(status))

    def stay(self, words: Sequence[str]) -> None:
        """That call does not end by itself."""
        (self.folder / "said" / f"{_name(words)}.stays").touch()

    @contextmanager
    def shell(self, command: str) -> Iterator[RealShell]:
        """Execute `command` by a real sh, as sshd would, in a mount namespace where this world is the host's."""
        into = self._devices() + (
            f"{self._account()}mount --bind {self.folder}/class /sys/class && "
            f"mount --bind {self.folder}/driver /proc/driver && "
            f"mount --bind {self.folder}/uptime /proc/uptime && "
            f"mount --bind {self.folder}/boot_id /proc/sys/kernel/random/boot_id && "
            'exec setsid sh -c "$1"'
        )
        child = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", into, "sh", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.folder)},
            start_new_session=True,
            bufsize=0,
        )
        try:
            yield RealShell(child)
        finally:
            assert child.stdin and child.stdout
            child.stdin.close()
            child.stdout.close()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _devices(self) -> str:
        """Shell words: a /dev of its own, with umad devices; even root may not write to what is mounted read-only."""
        dev = self.folder / "dev"
        umads = dev / "infiniband"
        umads.mkdir(parents=True, exist_ok=True)
        (dev / "null").touch()
        for number, _ in enumerate(self.machine.hcas):
            (umads / f"umad{number}").touch()
        closed = f"mount -o remount,ro,bind {umads} && " if self.machine.behaves(Manner.NO_UMAD) else ""
        return (
            "mount --make-rprivate / && "
            f"mount --bind /dev/null {dev}/null && mount --bind {umads} {umads} && {closed}"
            f"mount --rbind {dev} /dev && "
        )

    def _account(self) -> str:
        """Shell words: whose machine it is, and where its journal lies."""
        (self.folder / "log" / "journal").mkdir(parents=True, exist_ok=True)
        (self.folder / "os-release").write_text(account_answers.OS_RELEASE)
        (self.folder / "group").write_text(f"root:x:0:\n{account_answers.LOG_GROUP}:x:101:\nadm:x:4:\n")
        onto = {"log": "/var/log", "os-release": "/etc/os-release", "group": "/etc/group"}
        return "".join(f"mount --bind {self.folder}/{own} {there} && " for own, there in onto.items())

    def lay_out(self) -> None:
        """Write the files as they read now; devices that are gone are gone."""
        top = self.folder / "class" / "infiniband"
        shutil.rmtree(top, ignore_errors=True)
        top.mkdir(parents=True)
        for path, text in files.tree(self.machine).items():
            file = top / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for hca in self.machine.hcas:
            (self.folder / "class" / "pci" / hca.pci).mkdir(parents=True, exist_ok=True)
            (top / hca.name / "device").symlink_to(f"../../pci/{hca.pci}")
        for path, text in gpu_files.tree(self.machine).items():
            file = self.folder / "driver" / "nvidia" / "gpus" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (self.folder / "uptime").write_text(f"{self.machine.uptime_s:.2f} 1.00\n")
        (self.folder / "boot_id").write_text(f"{self.machine.boot_id}\n")


def _name(words: Sequence[str]) -> str:
    """What the stand-ins call a call: the sum of its words, which may be longer than a file name."""
    call = " ".join(words).encode()
    return f"{cksum(call)}-{len(call)}"


class RealShell:
    """A shell on two pipes."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child

    def send(self, text: str) -> None:
        """Write to its standard input."""
        assert self._child.stdin
        self._child.stdin.write(text.encode())

    def read_until(self, end: bytes, *, limit_s: float = 20.0) -> bytes:
        """What it prints, up to a line that holds `end`."""
        assert self._child.stdout
        said, deadline = b"", time.monotonic() + limit_s
        while end not in said or not said.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._child.stdout], [], [], left)[0]:
                raise AssertionError(f"no {end!r} within {limit_s} s in {said[-2000:]!r}")
            piece = os.read(self._child.stdout.fileno(), 1 << 16)
            if not piece:
                raise AssertionError(f"the shell ended without {end!r}: {said[-2000:]!r}")
            said += piece
        return said


def missing() -> str:
    """What a real shell in a namespace of its own needs and is not here; empty where nothing is."""
    tools_missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if tools_missing:
        return f"needs {', '.join(tools_missing)}"
    if os.geteuid() != 0:
        return "needs root, to mount in a namespace of its own"
    done = subprocess.run(["unshare", "-m", "mount", "--make-rprivate", "/"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "may not mount in a namespace of its own"
