"""`iblinkinfo`, with or without `--line`: every port of every switch, its state, its speed and its far end.

Shapes: rdma-core infiniband-diags/iblinkinfo.c (`print_port`) and libibmad/dump.c (speeds, widths, states). A down
port has neither speed nor width: they are not valid then (IBTA C14-24.2.1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern

from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import PortState

_LANE = {
    "2.5": (2.5, "SDR"),
    "5.0": (5.0, "DDR"),
    "10.0": (10.0, "QDR"),
    "14.0625": (14.0, "FDR"),
    "25.78125": (25.0, "EDR"),
    "53.125": (50.0, "HDR"),
    "106.25": (100.0, "NDR"),
    "212.5": (200.0, "XDR"),
}
"""Signalling rate of a lane as printed, to what its generation is sold as, so that it compares with sysfs `rate`."""

_SWITCH = re.compile(r"\s*Switch: 0x([0-9a-fA-F]{1,16}) (.*):\s*")
_OTHER = re.compile(r"\s*(?:CA|Router|\?\?): (.*):\s*")
_NEAR = re.compile(
    r'(?:0x([0-9a-fA-F]{1,16}) )?(?:"(.*?)" )?\s*(\d{1,5})\s+(\d{1,3})\[[^\]]{0,3}\] ==\((.{1,200}?)\)==>\s*(.*)'
)
_STATE = re.compile(r"\s*(?:(\d{1,2}X|undefined \(\d+\)) +(.+?) +)?(\w+)/ *(\w[\w ]*?)\s*(?:\(HOQ.*)?")
_SPEED = re.compile(r"([0-9.]{1,9}) Gbps( \(FDR10\))?")
_FAR = re.compile(r'(?:0x([0-9a-fA-F]{1,16}) )?\s*(\d{1,5})\s+(\d{1,3})\[[^\]]{0,3}\] "(.*)" \((.*)\)\s*')
_NO_FAR = re.compile(r'(?:\[\s*\] "" \(\s*\)|"Port not available")\s*')
_WIDER = re.compile(r"Could be (\d{1,2}X)(?: |$)")
_FASTER = re.compile(r"Could be ([0-9.]{1,9} Gbps(?: \(FDR10\))?)(?: |$)")
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """The far end of a link."""

    guid: str | None
    """Port GUID, sixteen hex digits; only `--line` prints it."""
    lid: int
    port: int
    description: str
    """Sanitised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One line: a port, and what it is linked to."""

    guid: str | None
    """Port GUID, of a switch its node's; None for a switch or HCA of which the form did not print it."""
    description: str
    """Node description, sanitised."""
    lid: int
    port: int
    state: PortState
    far: Far | None
    """None: down, or up with nothing known behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What one run said."""

    links: tuple[Link, ...]
    by_line: Mapping[int, Link] = field(repr=False)
    """To hand to the next reading, by the hash of a line and its header: one that did not change is not taken apart
    again (12 µs each). The lines themselves would be a quarter of what a sweep leaves in memory."""
    strange: tuple[str, ...] = ()
    """The first lines that were not understood, sanitised."""


def read(text: str, before: Mapping[int, Link] | None = None) -> Links:
    """Understand a run. Never raises; a line cut off in its middle is `strange`."""
    before = before or {}
    guid, description, head = None, "", ""
    links: list[Link] = []
    by_line: dict[int, Link] = {}
    strange: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        key = hash(head + line)
        link = before.get(key) or _link(line, guid, description)
        if link is not None:
            links.append(link)
            by_line[key] = link
        elif header := _SWITCH.fullmatch(line):
            guid, description, head = _guid(header[1]), intern(printable(header[2], 64)), line
        elif header := _OTHER.fullmatch(line):
            guid, description, head = None, intern(printable(header[1], 64)), line
        elif len(strange) < _SHOWN:
            strange.append(printable(line, 120))
    return Links(links=tuple(links), by_line=by_line, strange=tuple(strange))


def _link(line: str, guid: str | None, description: str) -> Link | None:
    near = _NEAR.fullmatch(line.lstrip())
    if near is None:
        return None
    far = _FAR.fullmatch(near[6])
    if far is None and _NO_FAR.fullmatch(near[6]) is None:
        return None
    guid, lid = _guid(near[1]) or guid, int(near[3])
    state = _state(near[5], lid, guid, far[5] if far else "")
    if state is None:
        return None
    return Link(
        guid=guid,
        description=intern(printable(near[2].strip(), 64)) if near[2] is not None else description,
        lid=lid,
        port=int(near[4]),
        state=state,
        far=None if far is None else _far(far),
    )


def _far(said: re.Match[str]) -> Far:
    return Far(guid=_guid(said[1]), lid=int(said[2]), port=int(said[3]), description=intern(printable(said[4], 64)))


def _guid(text: str | None) -> str | None:
    return intern(text.lower().zfill(16)) if text else None


@lru_cache(maxsize=1 << 14)  # the ports of a switch mostly say the same: 300 bytes each if every one said it for itself
def _state(text: str, lid: int, guid: str | None, hint: str) -> PortState | None:
    """The state in parentheses, with the `hint` at the line's end; None where it is not understood."""
    said = _STATE.fullmatch(text)
    if said is None:
        return None
    width, speed, state, physical = said.groups()
    lanes = int(width[:-1]) if width and width.endswith("X") else 0
    lane, generation = _speed(speed) if speed else (None, None)
    return PortState(
        state=state,
        phys_state=physical,
        rate_gbps=lane * lanes if lane and lanes else None,
        width=width if lanes else None,
        generation=generation,
        link_layer="InfiniBand",
        lid=lid,
        port_guid=guid,
        could_be=_could_be(hint, width if lanes else None, speed),
    )


def _speed(text: str) -> tuple[float | None, str | None]:
    said = _SPEED.fullmatch(text.strip())
    if said is None:
        return None, None
    lane, generation = _LANE.get(said[1], (None, None))
    return lane, "FDR10" if said[2] else generation


def _could_be(text: str, width: str | None, speed: str | None) -> str | None:
    """`Could be 4X Could be 106.25 Gbps` as the link's whole `400 Gb/s 4X NDR`; what is not named stays as it is.

    The tool names a lane's signalling rate, and only what of width and speed is below what both ends can do.
    """
    wider, faster = _WIDER.search(text), _FASTER.search(text)
    lane, generation = _speed(faster[1] if faster else speed or "")
    whole = wider[1] if wider else width
    if lane is None or generation is None or whole is None or not (wider or faster):
        return printable(" ".join(text.replace("Could be", " ").split()), 40) or None
    return f"{lane * int(whole[:-1]):g} Gb/s {whole} {generation}"
