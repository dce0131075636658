"""What a host's log tells once: which drivers and firmware it runs, what it has, and how many lines there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from fabconsole.formats.logs.stamped import Stamped
from fabconsole.formats.reading import Said

_DRIVER = re.compile(
    r"NVRM: loading (NVIDIA UNIX .{0,60}?Kernel Module(?: for \S{1,16})?) {1,3}(\d{3}\.\S{1,16})"
    r"|(nvidia-modeset): Loading .{0,80}? {1,3}(\d{3}\.\S{1,16})"
)
_PCI = r"([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.\d)?)"
_NAMED = (
    ("GPU at PCI", "gpus", re.compile(rf"NVRM: GPU at PCI:{_PCI}: (GPU-[0-9a-f-]{{36}})")),
    ("serial number is", "gpu_serials", re.compile(rf"NVRM: GPU {_PCI}: GPU serial number is (\w{{4,32}})")),
    ("firmware version", "mlx5_firmware", re.compile(rf"mlx5_core {_PCI}: firmware version: (\S{{3,24}})")),
    ("limited by", "pcie_limited", re.compile(rf" {_PCI}: .{{0,40}}available PCIe bandwidth, (limited by .{{1,200}})")),
)
_MEASURED = (
    (
        "insufficient power",
        "insufficient_slot_power_w",
        re.compile(rf"mlx5_core {_PCI}: .{{0,120}}slot \((\d{{1,4}})W\)"),
    ),
    ("available PCIe", "pcie_bandwidth_gbps", re.compile(rf" {_PCI}: (\d{{1,5}}\.\d{{1,4}}) Gb/s available PCIe")),
)
_ONCE = (
    ("Board Serial", "gpu_board_serial", re.compile(r"NVRM: GPU Board Serial Number: (\w{4,32})")),
    ("Nvlink Core", "nvlink_core", re.compile(r"nvidia-nvlink: (Nvlink Core is being initialized.{0,60})")),
    ("Linux version", "kernel", re.compile(r"^Linux version (\S{3,64})")),
    ("Hardware name", "hardware", re.compile(r"Hardware name: (.{3,160})")),
)
_COUNTED = frozenset({"mlx5_core_lines", "sxid_lines"})
_SWITCH = re.compile(r"nvidia-nvswitch(\d{1,2}): ")
WORDS = ("oading NVIDIA", "Nvlink Core", "Linux version", "Hardware name", "nvidia-nvswitch")
"""Besides the words of events, what names something that stands once."""


class HostFacts:
    """Counts and names, as far as the log has been read."""

    def __init__(self) -> None:
        self.lines = 0
        self.stamped = 0
        self.continued = 0
        """Lines that go on with the message above them."""
        self._first: Stamped | None = None
        self._last: Stamped | None = None
        self._levels: Counter[str] = Counter()
        self._hosts: dict[str, None] = {}
        self._once: dict[str, Said] = {}
        self._of: dict[str, dict[str, Said]] = {}
        self._counted: Counter[str] = Counter()
        self._switches: set[int] = set()
        self._serials: dict[str, None] = {}

    def line(self, line: Stamped) -> None:
        """Count a line."""
        self.lines += 1
        if line.stamp is not None or line.since_boot_s is not None:
            self.stamped += 1
            self._first = self._first or line
            self._last = line
        if line.level is not None:
            self._levels[line.level] += 1
        if line.host is not None:
            self._hosts[line.host] = None

    def message(self, message: str) -> None:
        """Take what stands once out of a message."""
        for name, on, value in _said(message):
            if on is not None:
                self._of.setdefault(name, {})[on] = value
            elif name in _COUNTED:
                self._counted[name] += 1
            elif name == "nvswitches":
                self._switches.add(int(str(value)))
            elif name == "gpu_board_serial":
                self._serials[str(value)] = None
            else:
                self._once.setdefault(name, value)

    def told(self, events: int) -> dict[str, Said]:
        """All of it; `events`: how many lines told one."""
        facts: dict[str, Said] = {"lines": self.lines, "ordinary_lines": self.lines - events}
        if self.continued:
            facts["continued_lines"] = self.continued
        if self._first is not None and self._last is not None:
            facts |= {"first": _when(self._first), "last": _when(self._last)}
        if self._hosts:
            facts["hosts"] = list(self._hosts)
        if self._levels:
            facts["levels"] = dict(self._levels)
        facts.update(self._once)
        if self._serials:
            serials = list(self._serials)
            facts["gpu_board_serial"] = serials[0] if len(serials) == 1 else list[Said](serials)
        facts.update(self._counted)
        facts.update(self._of)
        if self._switches:
            facts["nvswitches"] = list[Said](sorted(self._switches))
        return facts


@lru_cache(maxsize=2048)
def _said(message: str) -> tuple[tuple[str, str | None, Said], ...]:
    """What a message names: a fact's name, what it is of, and the value."""
    told: list[tuple[str, str | None, Said]] = []
    if "mlx5_core" in message:
        told.append(("mlx5_core_lines", None, True))
    if "SXid (" in message:
        told.append(("sxid_lines", None, True))
    if "oading NVIDIA" in message and (driver := _DRIVER.search(message)):
        version = driver[2] or driver[4]
        told += [("drivers", driver[1] or driver[3], version), ("driver_version", None, version)]
    for word, name, pattern in _NAMED:
        if word in message and (said := pattern.search(message)):
            told.append((name, said[1] if "." in said[1] else f"{said[1]}.0", said[2]))
    for word, name, pattern in _MEASURED:
        if word in message and (said := pattern.search(message)):
            told.append((name, said[1], float(said[2])))
    for word, name, pattern in _ONCE:
        if word in message and (said := pattern.search(message)):
            told.append((name, None, said[1]))
    if "nvswitch" in message and (said := _SWITCH.search(message)):
        told.append(("nvswitches", None, int(said[1])))
    return tuple(told)


def _when(line: Stamped) -> Mapping[str, Said]:
    told: dict[str, Said] = {
        "at": line.at,
        "stamp": line.stamp,
        "since_boot_s": line.since_boot_s,
        "sequence": line.sequence,
        "level": line.level,
    }
    return {**{name: value for name, value in told.items() if value is not None}, "text": line.message}
