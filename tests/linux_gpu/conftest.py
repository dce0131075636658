"""A real `sh`, asked as the collector asks it; fake `/sys/class/infiniband` trees and stand-in tools for it."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from fabconsole.platforms import shell
from fabconsole.platforms.question import Again, Answer, Inquiry, Reading, Refusal

DEADLINE_S = 20.0


class RealShell:
    """One shell channel over a pair of pipes, as `sshd` would make it."""

    def __init__(self, bin_dir: Path) -> None:
        environment = {"PATH": f"{bin_dir}:{os.environ['PATH']}"}
        self._process = subprocess.Popen(
            ["sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment, start_new_session=True
        )
        self._nonces = iter(range(1, 10_000))
        self._send(shell.PRELUDE)

    def ask(self, inquiry: Inquiry) -> Reading | Refusal:
        """One asking: as many rounds as the inquiry wants."""
        for _ in range(3):
            reading = inquiry.read(self.answer(inquiry))
            if not isinstance(reading, Again):
                return reading
        raise AssertionError("it asks and asks")

    def answer(self, inquiry: Inquiry) -> Answer:
        """One round."""
        nonce = f"{next(self._nonces):08x}"
        self._send(inquiry.text() + shell.framed(nonce, "q", inquiry.call()))
        data, deadline = bytearray(), time.monotonic() + DEADLINE_S
        while (frame := shell.unframe(data, nonce, "q")) is None:
            ready, _, _ = select.select([self._process.stdout], [], [], deadline - time.monotonic())
            assert ready, f"no answer within {DEADLINE_S} s: {bytes(data)!r}"
            data += os.read(self._process.stdout.fileno(), 1 << 16)
        return Answer(body=frame.body, status=frame.status, asked_at=0, at=0, clock_s=frame.clock_s or 0, boot_id=None)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(DEADLINE_S)

    def _send(self, text: str) -> None:
        self._process.stdin.write(text.encode())


@pytest.fixture
def bin_dir(tmp_path: Path) -> Path:
    """First on the shell's PATH."""
    place = tmp_path / "bin"
    place.mkdir()
    return place


@pytest.fixture
def real_shell(bin_dir: Path) -> Iterator[RealShell]:
    one = RealShell(bin_dir)
    yield one
    one.close()


@pytest.fixture
def put_tool(bin_dir: Path) -> Callable[[str, str], Path]:
    """Lay a stand-in on the PATH: name, and the body of a shell script."""

    def put(name: str, script: str) -> Path:
        path = bin_dir / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return put


COUNTERS = {"symbol_error": "0", "link_downed": "2", "port_xmit_wait": "17", "port_rcv_data": "123456789012"}
HW_COUNTERS = {"out_of_sequence": "5", "np_cnp_sent": "9", "lifespan": "10", "rx_write_requests": "77"}


class SysfsTree:
    """A directory that looks like `/sys/class/infiniband`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.root.mkdir()

    def device(
        self,
        name: str,
        *,
        pci: str = "0000:18:00.0",
        ports: int = 1,
        files: Mapping[str, str] | None = None,
        counters: Mapping[str, str] = COUNTERS,
        hw_counters: Mapping[str, str] = HW_COUNTERS,
    ) -> Path:
        place = self.root / name
        pci_dir = self.root.parent / "pci" / pci
        pci_dir.mkdir(parents=True, exist_ok=True)
        place.mkdir()
        (place / "device").symlink_to(pci_dir)
        standing = {"node_guid": "0c42:a103:00b3:0001", "fw_ver": "28.39.1002", "board_id": "MT_0000000838"}
        for key, value in standing.items():
            (place / key).write_text(f"{value}\n")
        for port in range(1, ports + 1):
            said = {
                "state": "4: ACTIVE",
                "phys_state": "5: LinkUp",
                "rate": "400 Gb/sec (4X NDR)",
                "lid": "0x1a",
                "sm_lid": "0x1",
                "link_layer": "InfiniBand",
                "gids/0": f"fe80:0000:0000:0000:0c42:a103:00b3:001{port}",
                **(files or {}),
                **{f"counters/{key}": value for key, value in counters.items()},
                **{f"hw_counters/{key}": value for key, value in hw_counters.items()},
            }
            for key, value in said.items():
                self.write(f"{name}/ports/{port}/{key}", value)
        return place

    def write(self, path: str, value: str) -> None:
        """One file's line."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{value}\n")


@pytest.fixture
def sysfs(tmp_path: Path) -> SysfsTree:
    return SysfsTree(tmp_path / "infiniband")
