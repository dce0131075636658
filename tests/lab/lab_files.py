"""What a lab host shows of itself, as files: `/sys/class`, the texts of `nvidia-smi`, a journal. Faults are writes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
GPUS, NVLINKS, NVLINK_GBS = 8, 18, 26.562
RATE = "400 Gb/sec (4X NDR)"
PCI = ("0000:18", "0000:2a", "0000:3a", "0000:5d", "0000:9a", "0000:ab", "0000:ba", "0000:db")
GPU_PCI = ("0000:1b", "0000:43", "0000:52", "0000:61", "0000:9d", "0000:c3", "0000:d1", "0000:df")

COUNTERS = (
    "VL15_dropped",
    "excessive_buffer_overrun_errors",
    "link_downed",
    "link_error_recovery",
    "local_link_integrity_errors",
    "multicast_rcv_packets",
    "multicast_xmit_packets",
    "port_rcv_constraint_errors",
    "port_rcv_data",
    "port_rcv_errors",
    "port_rcv_packets",
    "port_rcv_remote_physical_errors",
    "port_rcv_switch_relay_errors",
    "port_xmit_constraint_errors",
    "port_xmit_data",
    "port_xmit_discards",
    "port_xmit_packets",
    "port_xmit_wait",
    "symbol_error",
    "unicast_rcv_packets",
    "unicast_xmit_packets",
)
HW_COUNTERS = ("duplicate_request", "local_ack_timeout_err", "out_of_buffer", "packet_seq_err", "rnr_nak_retry_err")


def write(path: Path, text: str) -> None:
    """Replace a file at once, so that no reader sees half of it; bind mounts of its directory see it too.

    One that reads so already is left: a lab is healed after every test, and few of its thousands of files were sick.
    """
    try:
        if path.read_text() == text:
            return
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    new.replace(path)


@dataclass
class Hca:
    """One HCA with one port: `/sys/class/infiniband/mlx5_N`."""

    classes: Path
    name: str
    number: int
    guid: int
    """Node GUID; its port's is one more, as ibsim numbers them."""

    @property
    def _device(self) -> Path:
        return self.classes / "infiniband" / self.name

    @property
    def _port(self) -> Path:
        return self._device / "ports" / "1"

    def healthy(self) -> None:
        """Write all of it, as a quiet port at full speed."""
        pci = f"{PCI[self.number % 8]}:00.0"
        (self.classes / "pci" / pci).mkdir(parents=True, exist_ok=True)
        self._device.mkdir(parents=True, exist_ok=True)
        device = self._device / "device"
        if not device.is_symlink():
            device.symlink_to(f"../../pci/{pci}")
        write(self._device / "node_guid", _groups(self.guid) + "\n")
        write(self._device / "fw_ver", "28.41.1000\n")
        write(self._device / "board_id", "MT_0000000838\n")
        write(self._port / "link_layer", "InfiniBand\n")
        write(self._port / "gids" / "0", f"fe80:0000:0000:0000:{_groups(self.guid + 1)}\n")
        write(self._port / "lid", f"0x{self.number + 1:x}\n")
        write(self._port / "sm_lid", "0x1\n")
        self._up()
        for name in COUNTERS:
            write(self._port / "counters" / name, "0\n")
        for name in HW_COUNTERS:
            write(self._port / "hw_counters" / name, "0\n")

    def set(self, **counters: int) -> None:
        """Counters read this from now on."""
        for name, value in counters.items():
            folder = "hw_counters" if name in HW_COUNTERS else "counters"
            write(self._port / folder / name, f"{value}\n")

    def port_down(self) -> None:
        """The cable is pulled."""
        write(self._port / "state", "1: DOWN\n")
        write(self._port / "phys_state", "2: Polling\n")

    def rate(self, text: str) -> None:
        """Trained to another speed or width, such as `200 Gb/sec (2X NDR)`."""
        write(self._port / "rate", f"{text}\n")

    def vanish(self) -> None:
        """The device is gone from the class directory."""
        (self._device).rename(self.classes / f"gone-{self.name}")

    def come_back(self) -> None:
        """After `vanish`."""
        gone = self.classes / f"gone-{self.name}"
        if gone.exists():
            gone.rename(self._device)

    def _up(self) -> None:
        write(self._port / "state", "4: ACTIVE\n")
        write(self._port / "phys_state", "5: LinkUp\n")
        write(self._port / "rate", f"{RATE}\n")


@dataclass
class Gpus:
    """Eight GPUs as `nvidia-smi` prints them."""

    tool: Path
    host: int
    inactive: set[tuple[int, int]] = field(default_factory=set)
    counts: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)

    def healthy(self) -> None:
        """All links up, no errors, no hanging tool."""
        self.inactive.clear()
        self.counts.clear()
        (self.tool / "hang").unlink(missing_ok=True)
        self.tell()

    def tell(self) -> None:
        """Write the texts anew."""
        write(self.tool / "-L", "".join(self._head(gpu) for gpu in range(GPUS)))
        write(self.tool / "nvlink -s", "".join(self._head(gpu) + self._speeds(gpu) for gpu in range(GPUS)))
        write(self.tool / "nvlink -e", "".join(self._head(gpu) + self._errors(gpu) for gpu in range(GPUS)))

    def hang(self) -> None:
        """`nvidia-smi` does not come back any more."""
        write(self.tool / "hang", "")

    def asked(self, what: str) -> int:
        """How often `nvidia-smi` has been run with these arguments."""
        calls = self.tool / "calls"
        return calls.read_text().splitlines().count(what) if calls.exists() else 0

    def _head(self, gpu: int) -> str:
        return f"GPU {gpu}: NVIDIA H100 80GB HBM3 (UUID: GPU-{self.host:08x}-0000-4000-8000-{gpu:012x})\n"

    def _speeds(self, gpu: int) -> str:
        speeds = ("<inactive>" if (gpu, link) in self.inactive else f"{NVLINK_GBS} GB/s" for link in range(NVLINKS))
        return "".join(f"\t Link {link}: {speed}\n" for link, speed in enumerate(speeds))

    def _errors(self, gpu: int) -> str:
        return "".join(self._error(gpu, link) for link in range(NVLINKS) if (gpu, link) not in self.inactive)

    def _error(self, gpu: int, link: int) -> str:
        counts = self.counts.get((gpu, link), {})
        names = (("Replay", "replay"), ("Recovery", "recovery"), ("CRC", "crc"))
        return "".join(f"\t Link {link}: {said} Errors: {counts.get(name, 0)}\n" for said, name in names) + "\n"


@dataclass
class Nvlink:
    """One NVLink of one GPU."""

    gpus: Gpus
    gpu: int
    link: int

    def set(self, **counters: int) -> None:
        """Error counters (replay, recovery, crc) read this from now on."""
        self.gpus.counts[self.gpu, self.link] = counters
        self.gpus.tell()

    def inactive(self) -> None:
        """`nvlink -s` says `<inactive>`, `nvlink -e` leaves it out."""
        self.gpus.inactive.add((self.gpu, self.link))
        self.gpus.tell()


@dataclass
class Journal:
    """The kernel's part of a systemd journal, one JSON line an entry."""

    path: Path
    lines: int = 0
    readers: int = 0
    """Number of the group that may read it."""

    def healthy(self) -> None:
        """Nothing but one harmless line, as every boot has; who follows the file of before hears no more."""
        self.path.unlink(missing_ok=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o640)
        os.chown(self.path, 0, self.readers)
        self.say("Linux version 6.8.0-45-generic (buildd@lab)")

    def say(self, message: str, *, ago_s: float = 0.0) -> None:
        """Append a kernel message, said `ago_s` seconds ago."""
        self.lines += 1
        monotonic = time.clock_gettime(time.CLOCK_MONOTONIC) - ago_s
        entry: Mapping[str, str] = {
            "__CURSOR": f"s=1ab;i={self.lines:x};b={_boot_id()}",
            "__REALTIME_TIMESTAMP": str(int((time.time() - ago_s) * 1e6)),
            "__MONOTONIC_TIMESTAMP": str(int(monotonic * 1e6)),
            "_SOURCE_MONOTONIC_TIMESTAMP": str(int(monotonic * 1e6)),
            "_BOOT_ID": _boot_id(),
            "_TRANSPORT": "kernel",
            "SYSLOG_IDENTIFIER": "kernel",
            "MESSAGE": message,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as log:
            log.write(json.dumps(entry) + "\n")


def _boot_id() -> str:
    return BOOT_ID.read_text().strip().replace("-", "")


def _groups(guid: int) -> str:
    digits = f"{guid:016x}"
    return ":".join(digits[at : at + 4] for at in range(0, 16, 4))
