"""What nvidia-smi says where it should have answered: a GPU it cannot reach, no driver, no GPU, a wrong field.

The words are NVML's (nvml.h, nvmlErrorString) and nvidia-smi's own; they stand among the output of any of its
commands, and the tool may end with status 0 all the same.
"""

from __future__ import annotations

import re

from fabconsole.fabric.health import Severity
from fabconsole.formats.nvidia.pci import ADDRESS, address
from fabconsole.formats.reading import Entry

_KNOWN = re.compile(
    r"(?P<lost>Unable to (?:determine|get|access) .{0,200}|.{0,80}GPU is lost.{0,120}|.{0,80}fallen off the bus.{0,80})"
    r"|(?P<warned>WARNING: .{1,200}|Failed to properly shut down NVML.{0,120})"
    r"|NVIDIA-SMI has failed .{1,300}|Failed to initialize NVML.{0,200}|NVML library version: .{1,40}"
    r"|No devices (?:were )?found.{0,10}|Make sure that the latest NVIDIA driver .{1,120}"
    r'|Field "[^"]{1,80}" is not a valid field to query\..{0,40}'
    r"|Invalid combination of input arguments\..{0,80}|Insufficient Permissions.{0,40}"
    r"|.{0,60}\b(?:nvidia-smi|dcgmi|nvidia-imex-ctl): (?:command )?not found.{0,40}"
    r"|NVML: (?!Unable to retrieve nvlink).{1,200}|Error: .{1,200}",
    re.IGNORECASE,
)
_FIRST = frozenset("UNFMWIEGTunfmwieg0-bsz")
_TYPED = re.compile(
    r"(?:Every \d{1,6}[.,]\ds: {1,4})?(?:[#$%>+]\s{0,3})?(?:sudo (?:-\w{1,8} ){0,3})?(?:[\w./-]{1,80}/)?"
    r"(?:nvidia-smi|dcgmi|nvidia-imex-ctl)(?:\s+(?!\s*version:).{0,8000})?"
)
_PLACE = re.compile(ADDRESS)
_NUMBER = re.compile(r"\bGPU ?(\d{1,3})\b", re.IGNORECASE)


def complaint(line: str) -> Entry | None:
    """The line as an event, its subject the GPU that it names; None where it is no complaint."""
    line = line.strip()
    if not line or line[0] not in _FIRST or len(line) > 400:
        return None
    said = _KNOWN.fullmatch(line)
    if said is None:
        return None
    return Entry(at=None, kind="nvidia-smi", text=line, severity=_severity(said), subject=_subject(line))


def is_loss(entry: Entry) -> bool:
    """Whether it tells of a GPU that the driver cannot reach."""
    return entry.severity is Severity.CRIT


def typed(line: str) -> bool:
    """Whether the line is a command of these tools, left in the paste without a prompt that says so, or by `watch`."""
    return line[:1] in "#$%>+sn/dE" and _TYPED.fullmatch(line) is not None


def _severity(said: re.Match[str]) -> Severity:
    if said["lost"]:
        return Severity.CRIT
    return Severity.WARN if said["warned"] else Severity.UNKNOWN


def _subject(line: str) -> str | None:
    place = _PLACE.search(line)
    if place is not None:
        return address(place[0])
    number = _NUMBER.search(line)
    return f"gpu{int(number[1])}" if number else None
