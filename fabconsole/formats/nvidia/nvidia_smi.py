"""What `nvidia-smi` prints of GPUs and of their NVLinks' state: `-L`, `nvlink -s`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from sys import intern

from fabconsole.fabric.printable import printable

_GPU = re.compile(r"GPU (\d{1,3}): (.+?)(?: \(UUID: (\S{1,80})\))?")
_HEADING_LIKE = re.compile(r"UUID: GPU-|^\s*GPU \d+:")
LINK = re.compile(r"\s*Link (\d{1,3}): (.*)")
_SPEED = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) GB/s")

_LOST = re.compile(
    r"unable to (?:determine|get|access)|(?:GPU|device) is lost|unknown error|fallen off|\bERR!", re.IGNORECASE
)
_NO_GPU = re.compile(r"no devices (?:were )?found", re.IGNORECASE)

MOST_GPUS, MOST_LINKS = 256, 64
_MOST_STRANGE = 4


class NoLinks(StrEnum):
    """Why a GPU has no link lines. The value is what `nvlink.none` says."""

    NOT_SUPPORTED = "not supported"
    MIG = "not told in MIG mode"
    ALL_INACTIVE = "all links inactive"
    SILENT = "no links listed"


_REASONS = (
    (
        re.compile(
            r"does not have or support nvlink|unable to retrieve nvlink information: not supported", re.IGNORECASE
        ),
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


class Strange:
    """The first lines nobody understood, made printable, and the first that tells of a lost GPU; the rest is alike."""

    def __init__(self) -> None:
        self.lines: tuple[str, ...] = ()
        self.torn = ""
        """The first from which on it is not known what belongs to which GPU."""

    def add(self, line: str, *, torn: bool = False) -> None:
        """Take one in."""
        said = printable(line.strip(), 120)
        self.torn = self.torn or (said if torn else "")
        if len(self.lines) < _MOST_STRANGE or (_tells_of_loss(line) and lost(self.lines) is None):
            self.lines = (*self.lines, said)


@dataclass(frozen=True, slots=True)
class Gpus:
    """What one command said of all GPUs."""

    gpus: Mapping[int, Gpu]
    strange: tuple[str, ...]
    """Lines that were not understood, the first few, made printable."""
    torn: str = ""
    """A line from which on it is not known what belongs to which GPU: a heading before it was not understood."""

    @property
    def lost(self) -> str | None:
        """The line that tells of a GPU the driver cannot reach: the tool may end with status 0 all the same."""
        return lost(self.strange)

    @property
    def none_there(self) -> bool:
        """Whether the tool says that there is no GPU, which it does with a status of failure."""
        return not self.gpus and any(_NO_GPU.search(line) for line in self.strange)


def gpus(text: str) -> Gpus:
    """`nvidia-smi -L`; MIG devices under a GPU are not GPUs."""
    found: dict[int, Gpu] = {}
    strange = Strange()
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("MIG "):
            continue
        if heading(line, found) is None:
            strange.add(line, torn=_HEADING_LIKE.search(line) is not None)
    return _gpus(found, strange)


def links(text: str) -> Gpus:
    """`nvidia-smi nvlink -s`: each GPU with its links, or why it has none."""
    found: dict[int, Gpu] = {}
    strange = Strange()
    gpu: Gpu | None = None
    for line in text.splitlines():
        if named := heading(line, found):
            gpu = named
        elif (said := LINK.fullmatch(line)) and int(said[1]) < MOST_LINKS:
            if gpu is None or int(said[1]) in gpu.links:
                gpu = None
                strange.add(line, torn=True)
            else:
                gpu.links[int(said[1])] = _link(said[2].strip())
        elif reason := no_links(line):
            if gpu is not None:
                gpu.none = reason
            else:
                strange.add(line)
        elif line.strip():
            strange.add(line)
    return _gpus(found, strange)


def no_links(line: str) -> NoLinks | None:
    """Why a GPU has no links, where a line says that."""
    return next((reason for pattern, reason in _REASONS if pattern.search(line)), None)


def _gpus(found: dict[int, Gpu], strange: Strange) -> Gpus:
    """GPUs are numbered from 0 on; where one is not there, and a line was not understood, that was its heading."""
    gap = strange.lines and lost(strange.lines) is None and len(found) <= max(found, default=-1)
    return Gpus(found, strange.lines, strange.torn or (strange.lines[0] if gap else ""))


def heading(line: str, found: dict[int, Gpu]) -> Gpu | None:
    """The GPU that a line names, put into `found` by its number; None where it names none."""
    said = _GPU.fullmatch(line.strip())
    if said is None or int(said[1]) >= MOST_GPUS or (said[3] is None and _tells_of_loss(said[2])):
        return None
    index = int(said[1])
    name, uuid = intern(printable(said[2], 64)), intern(printable(said[3], 80)) if said[3] else None
    gpu = found[index] = Gpu(index=index, name=name, uuid=uuid)
    return gpu


@lru_cache(maxsize=64)
def _link(said: str) -> Link:
    speed = _SPEED.fullmatch(said)
    if speed is not None:
        return Link("up", float(speed[1]))
    return Link("inactive" if said.lower() == "<inactive>" else "unknown", None)


def lost(lines: tuple[str, ...]) -> str | None:
    """The line that tells of a GPU the driver cannot reach; None where none does."""
    return next((line for line in lines if _tells_of_loss(line)), None)


def _tells_of_loss(text: str) -> bool:
    """True for the words of a tool that cannot reach a GPU."""
    return _LOST.search(text) is not None
