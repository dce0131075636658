"""What `nvidia-smi` prints of GPUs and NVLinks: `-L`, `nvlink -s`, `nvlink -e`.

Names of the error counters depend on driver and architecture. Up to Hopper they are Replay, Recovery and CRC; from
Blackwell on (seen with driver 595) a list of some forty: packet and symbol errors as InfiniBand counts them, link
recovery events in all (what Recovery was) and failed ones, then bit error ratios, FEC bins and raw errors by lane.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from sys import intern

from fabconsole.fabric.printable import printable

_GPU = re.compile(r"GPU (\d{1,3}): (.+?)(?: \(UUID: (\S{1,80})\))?")
_LINK = re.compile(r"\s*Link (\d{1,3}): (.*)")
_SPEED = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) GB/s")
_COUNT = re.compile(r"[0-9]{1,20}")

_COUNTERS = {
    "replay errors": "replay",
    "recovery errors": "recovery",
    "crc errors": "crc",
    "total link recovery events": "recovery",
    "link recovery total events": "recovery",
    "link recovery failed events": "recovery_failed",
    "malformed packet errors": "malformed_packets",
    "buffer overrun errors": "buffer_overruns",
    "rx errors": "port_rcv_errors",
    "rx remote errors": "port_rcv_remote_physical_errors",
    "rx general errors": "rcv_general_errors",
    "local link integrity errors": "local_link_integrity_errors",
    "tx discards": "xmit_error_discards",
    "effective errors": "effective_errors",
    "symbol errors": "symbol_error",
}
"""Printed name, lower case, to canonical name: meanings by NVML's NVML_FI_DEV_NVLINK_COUNT_* fields."""

_NOT_COUNTED = re.compile(r"\[?(?:N/A|not supported)\]?", re.IGNORECASE)
_NO_GPU = re.compile(r"no devices (?:were )?found", re.IGNORECASE)
_LOST = re.compile(
    r"unable to (?:determine|get|access)|(?:GPU|device) is lost|unknown error|fallen off|\bERR!", re.IGNORECASE
)

_MOST_GPUS, _MOST_LINKS = 256, 64
_MOST_NAMES = 64
_MOST_STRANGE = 4


class NoLinks(StrEnum):
    """Why a GPU has no link lines. The value is what `nvlink.none` says."""

    NOT_SUPPORTED = "not supported"
    MIG = "not told in MIG mode"
    ALL_INACTIVE = "all links inactive"
    SILENT = "no links listed"


_REASONS = (
    (
        re.compile(r"does not have or support nvlink", re.IGNORECASE),
        NoLinks.NOT_SUPPORTED,
    ),
    (re.compile(r"MIG mode", re.IGNORECASE), NoLinks.MIG),
    (re.compile(r"all links are inactive", re.IGNORECASE), NoLinks.ALL_INACTIVE),
)


@dataclass(slots=True, kw_only=True)
class Gpu:
    """One GPU and what was said of its links."""

    index: int
    name: str
    uuid: str | None
    links: dict[int, Link] = field(default_factory=dict)
    none: NoLinks = NoLinks.SILENT
    """Means something where `links` is empty."""


@dataclass(frozen=True, slots=True)
class Link:
    """One line of `nvlink -s`."""

    state: str
    """up, inactive or unknown."""
    speed_gbs: float | None


@dataclass(frozen=True, slots=True)
class Gpus:
    """What one command said of all GPUs."""

    gpus: Mapping[int, Gpu]
    strange: tuple[str, ...]
    """Lines that were not understood, the first few, made printable."""

    @property
    def lost(self) -> str | None:
        """The line that tells of a GPU the driver cannot reach: the tool may end with status 0 all the same."""
        return _lost(self.strange)

    @property
    def none_there(self) -> bool:
        """Whether the tool says that there is no GPU, which it does with a status of failure."""
        return not self.gpus and any(_NO_GPU.search(line) for line in self.strange)


@dataclass(frozen=True, slots=True)
class Errors:
    """What `nvlink -e` said."""

    counts: Mapping[tuple[int, int], Mapping[str, int | None]]
    """(GPU, link) to canonical counter name to value; None: it says that it cannot count it."""
    other: tuple[str, ...]
    """Printed names that are no counter of ours: FEC bins, bit error ratios, and what we have never seen."""
    strange: tuple[str, ...]

    @property
    def lost(self) -> str | None:
        """As `Gpus.lost`."""
        return _lost(self.strange)


def gpus(text: str) -> Gpus:
    """`nvidia-smi -L`; MIG devices under a GPU are not GPUs."""
    found: dict[int, Gpu] = {}
    strange = _Strange()
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("MIG "):
            continue
        if _heading(line, found) is None:
            strange.add(line)
    return Gpus(found, strange.lines)


def links(text: str) -> Gpus:
    """`nvidia-smi nvlink -s`: each GPU with its links, or why it has none."""
    found: dict[int, Gpu] = {}
    strange = _Strange()
    gpu: Gpu | None = None
    for line in text.splitlines():
        if heading := _heading(line, found):
            gpu = heading
        elif (said := _LINK.fullmatch(line)) and gpu is not None and int(said[1]) < _MOST_LINKS:
            gpu.links[int(said[1])] = _link(said[2].strip())
        elif reason := next((reason for pattern, reason in _REASONS if pattern.search(line)), None):
            if gpu is not None:
                gpu.none = reason
            else:
                strange.add(line)
        elif line.strip():
            strange.add(line)
    return Gpus(found, strange.lines)


def errors(text: str) -> Errors:
    """`nvidia-smi nvlink -e`."""
    counts: dict[tuple[int, int], dict[str, int | None]] = {}
    found: dict[int, Gpu] = {}
    other: dict[str, None] = {}
    strange = _Strange()
    gpu: Gpu | None = None
    for line in text.splitlines():
        said = _LINK.fullmatch(line)
        if said is None:
            if heading := _heading(line, found):
                gpu = heading
            elif line.strip() and not any(pattern.search(line) for pattern, _ in _REASONS):
                strange.add(line)
            continue
        name, colon, value = said[2].rpartition(":")
        if gpu is None or int(said[1]) >= _MOST_LINKS or not colon:
            if "<inactive>" not in line:
                strange.add(line)
            continue
        counter = _COUNTERS.get(" ".join(name.lower().split()))
        if counter is None:
            if len(other) < _MOST_NAMES:
                other[printable(name.strip(), 64)] = None
            continue
        row, value = counts.setdefault(_place(gpu.index, int(said[1])), {}), value.strip()
        if _COUNT.fullmatch(value):
            row[counter] = int(value)
        elif _NOT_COUNTED.fullmatch(value):
            row[counter] = None
        else:
            strange.add(line)
    shared = {link: _shared(tuple(row.items())) for link, row in counts.items()}
    return Errors(shared, tuple(other), strange.lines)


def _heading(line: str, found: dict[int, Gpu]) -> Gpu | None:
    said = _GPU.fullmatch(line.strip())
    if said is None or int(said[1]) >= _MOST_GPUS or (said[3] is None and _LOST.search(said[2])):
        return None
    index = int(said[1])
    name, uuid = intern(printable(said[2], 64)), intern(printable(said[3], 80)) if said[3] else None
    gpu = found[index] = Gpu(index=index, name=name, uuid=uuid)
    return gpu


@lru_cache(maxsize=_MOST_GPUS * _MOST_LINKS)
def _place(gpu: int, link: int) -> tuple[int, int]:
    return gpu, link


@lru_cache(maxsize=1024)  # nearly every link counts nothing: 21 kB a host if each had its own
def _shared(row: tuple[tuple[str, int | None], ...]) -> Mapping[str, int | None]:
    return dict(row)


@lru_cache(maxsize=64)
def _link(said: str) -> Link:
    speed = _SPEED.fullmatch(said)
    if speed is not None:
        return Link("up", float(speed[1]))
    return Link("inactive" if said.lower() == "<inactive>" else "unknown", None)


def _lost(strange: tuple[str, ...]) -> str | None:
    return next((line for line in strange if _LOST.search(line)), None)


class _Strange:
    """The first lines nobody understood, and the first that tells of a lost GPU; the rest are like them."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()

    def add(self, line: str) -> None:
        if len(self.lines) < _MOST_STRANGE or (_LOST.search(line) and _lost(self.lines) is None):
            self.lines = (*self.lines, printable(line.strip(), 120))
