"""What `nvidia-smi` prints of GPUs and NVLinks: `-L`, `nvlink -s`, `nvlink -e`.

Names of the error counters depend on driver and architecture. Up to Hopper they are Replay, Recovery and CRC; from
Blackwell on (driver 590) a list of some thirty, of which the total of link recovery events is what Recovery was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fabconsole.fabric.printable import printable

_GPU = re.compile(r"\s*GPU (\d{1,3}): (.+?)(?: \(UUID: (\S{1,80})\))?\s*")
_LINK = re.compile(r"\s*Link (\d{1,3}): (.*)")
_SPEED = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) GB/s")
_COUNT = re.compile(r"[0-9]{1,20}")

_COUNTERS = {
    "replay errors": "replay",
    "recovery errors": "recovery",
    "crc errors": "crc",
    "link recovery total events": "recovery",
}
"""Printed name, lower case, to canonical name."""

_MOST_GPUS, _MOST_LINKS = 256, 64
_MOST_NAMES = 64


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


@dataclass(frozen=True, slots=True)
class Errors:
    """What `nvlink -e` said."""

    counts: Mapping[tuple[int, int], Mapping[str, int | None]]
    """(GPU, link) to canonical counter name to value; None: it says that it cannot count it."""
    other: tuple[str, ...]
    """Printed names that are no counter of ours: FEC bins, bit error ratios, and what we have never seen."""
    strange: tuple[str, ...]


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
        row = counts.setdefault((gpu.index, int(said[1])), {})
        row[counter] = int(value) if _COUNT.fullmatch(value := value.strip()) else None
    return Errors(counts, tuple(other), strange.lines)


def _heading(line: str, found: dict[int, Gpu]) -> Gpu | None:
    said = _GPU.fullmatch(line)
    if said is None or int(said[1]) >= _MOST_GPUS:
        return None
    index = int(said[1])
    gpu = found[index] = Gpu(index=index, name=printable(said[2], 64), uuid=printable(said[3], 80) if said[3] else None)
    return gpu


def _link(said: str) -> Link:
    speed = _SPEED.fullmatch(said)
    if speed is not None:
        return Link("up", float(speed[1]))
    return Link("inactive" if said.lower() == "<inactive>" else "unknown", None)


class _Strange:
    """The first lines nobody understood; the rest are like them."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()

    def add(self, line: str) -> None:
        if len(self.lines) < 4:
            self.lines = (*self.lines, printable(line.strip(), 120))
