"""`nvidia-smi nvlink -e`: what each NVLink of each GPU counted.

Names of the counters depend on driver and architecture. Up to Hopper they are Replay, Recovery and CRC; from Blackwell
on (seen with driver 595) a list of some forty: packet and symbol errors as InfiniBand counts them, link recovery events
in all (what Recovery was) and failed ones, then bit error ratios, FEC bins and raw errors by lane.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fabconsole.fabric.printable import printable
from fabconsole.formats.nvidia.nvidia_smi import LINK, MOST_GPUS, MOST_LINKS, Gpu, Strange, heading, lost, no_links

_COUNT = re.compile(r"[0-9]{1,20}")
CANONICAL = {
    "replay errors": "replay",
    "recovery errors": "recovery",
    "crc errors": "crc",
    "crc flit errors": "crc_flit",
    "crc data errors": "crc_data",
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
_MOST_NAMES = 64


@dataclass(frozen=True, slots=True)
class Errors:
    """What `nvlink -e` said."""

    counts: Mapping[tuple[int, int], Mapping[str, int | None]]
    """(GPU, link) to canonical counter name to value; None: it says that it cannot count it."""
    other: tuple[str, ...]
    """Printed names that are no counter of ours: FEC bins, bit error ratios, and what we have never seen."""
    strange: tuple[str, ...]
    torn: str = ""
    """As `Gpus.torn`."""

    @property
    def lost(self) -> str | None:
        """As `Gpus.lost`."""
        return lost(self.strange)


def errors(text: str) -> Errors:
    """Understand a run. Never raises."""
    counts: dict[tuple[int, int], dict[str, int | None]] = {}
    found: dict[int, Gpu] = {}
    other: dict[str, None] = {}
    strange = Strange()
    gpu: Gpu | None = None
    told: set[tuple[int, str]] = set()
    for line in text.splitlines():
        said = LINK.fullmatch(line)
        if said is None:
            if named := heading(line, found):
                gpu, told = named, set()
            elif line.strip() and no_links(line) is None:
                strange.add(line)
            continue
        link, (name, colon, value) = int(said[1]), said[2].rpartition(":")
        if not colon or link >= MOST_LINKS:
            if "<inactive>" not in line:
                strange.add(line)
        elif gpu is None or (link, name) in told:
            gpu = None  # a heading before it was not understood
            strange.add(line, torn=True)
        else:
            told.add((link, name))
            counter = CANONICAL.get(" ".join(name.lower().split()))
            if counter is None:
                if len(other) < _MOST_NAMES:
                    other[printable(name.strip(), 64)] = None
            elif not _counted(value.strip(), counter, counts.setdefault(_place(gpu.index, link), {})):
                strange.add(line)
    shared = {place: _shared(tuple(row.items())) for place, row in counts.items()}
    return Errors(shared, tuple(other), strange.lines, strange.torn)


def _counted(value: str, counter: str, row: dict[str, int | None]) -> bool:
    """Put a value into its link's row; False where it is none."""
    if _COUNT.fullmatch(value):
        row[counter] = int(value)
    elif _NOT_COUNTED.fullmatch(value):
        row[counter] = None
    else:
        return False
    return True


@lru_cache(maxsize=MOST_GPUS * MOST_LINKS)
def _place(gpu: int, link: int) -> tuple[int, int]:
    return gpu, link


@lru_cache(maxsize=1024)  # nearly every link counts nothing: 21 kB a host if each had its own
def _shared(row: tuple[tuple[str, int | None], ...]) -> Mapping[str, int | None]:
    return dict(row)
