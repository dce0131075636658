"""The line that draws a link with an arrow: of `iblinkinfo`, and of `ibqueryerrors -r` behind `Link info:`.

Shapes: rdma-core infiniband-diags/iblinkinfo.c (`print_port`) and ibqueryerrors.c (`print_port_config`),
libibmad/dump.c (speeds, widths, states), and the scripts that they were before. A down port has neither speed nor
width: they are not valid then (IBTA C14-24.2.1).
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import PortState
from fabconsole.formats.infiniband import lanes
from fabconsole.formats.reading import Row, Said

DIGITS = r"[0-9a-fA-F]{1,16}|[0-9a-fA-FxX*#.…]{1,20}|[0-9a-fA-F]{0,15}<\w{1,16}>"
"""Of a GUID, whole, or some of them hidden by whoever showed it."""
GUID = rf"0x({DIGITS})"

_HIDDEN = re.compile(r"[^0-9a-fA-F]")
_NEAR = re.compile(
    rf"(?:{GUID}\s+)?"
    r'(?:"(.*?)"\s*)?(\d{1,5})\s+(\d{1,3})\[([^\]]{0,3})\] {0,8}'
    r"==\((.{1,200}?)\)==>\s*(.*)"
)
_STATE = re.compile(
    r"\s*(?:(\d{1,2}X|undefined \(\d+\)) *(\S.*?) +)?([A-Za-z]\w*|\?\(\d+\)) */ *([A-Za-z][\w ]*?|\?\(\d+\))"
    r"\s*\)?\s*(?:\(HOQ:(\d{1,3}) +VL_Stall:(\d{1,3})\)?)?\s*"
)
_SPEED = re.compile(r"([0-9.]{1,9}) Gbps( \(FDR10\))?|FDR10(?: Gbps)?")
_FAR = re.compile(
    rf"(?:{GUID}\s+)?"
    r'(\d{1,5})\s+(\d{1,3})\[([^\]]{0,3})\]\s?"(.*)"(?: ?\(([^()"]*(?:\([^()"]*\)[^()"]*)*)\))?'
)
_NO_FAR = re.compile(r'(?:\[\s*\]\s*""\s*(?:\(\s*\))?|"Port not available")')
_WIDER = re.compile(r"Could be (\d{1,2}X)(?: |$)")
_FASTER = re.compile(r"Could be ([0-9.]{1,9} Gbps(?: \(FDR10\))?|FDR10)(?: |$)")


class Far(NamedTuple):
    """The far end of a link."""

    guid: str | None
    """Port GUID, sixteen hex digits; only `--line` prints it."""
    lid: int
    port: int
    description: str
    """Sanitised."""


class Line(NamedTuple):
    """One such line, taken apart."""

    guid: str | None
    node: str | None
    """Node description, sanitised; None: the form did not print it."""
    lid: int
    port: int
    external: str
    """The number on the chassis, where it has another."""
    state: PortState
    lane_gbps: float | None
    """Signalling rate of a lane, as printed."""
    settings: tuple[int, int] | None
    """Head-of-queue lifetime and VL stall count."""
    far: Far | None
    far_external: str
    hint: str | None
    """What stands in the parentheses at its end; None: they were cut off."""


def taken_apart(text: str) -> Line | None:
    """A line without its indentation; None where it is none, or was cut before its far end's name."""
    if "==>" not in text:
        return None
    near = _NEAR.fullmatch(text.rstrip())
    if near is None:
        return None
    own, node, own_lid, port, external, drawing, behind = near.groups()
    far = _FAR.fullmatch(behind)
    if far is None and _NO_FAR.fullmatch(behind) is None:
        return None
    guid, lid, hint = padded(own), int(own_lid), far[6] if far else ""
    drawn = _drawn(drawing, lid, guid, hint or "")
    if drawn is None:
        return None
    state, lane, settings = drawn
    return Line(
        guid=guid,
        node=None if node is None else _named(node),
        lid=lid,
        port=int(port),
        external=external.strip(),
        state=state,
        lane_gbps=lane,
        settings=settings,
        far=None if far is None else _far(far),
        far_external=far[4].strip() if far else "",
        hint=hint,
    )


def _far(said: re.Match[str]) -> Far:
    return Far(padded(said[1]), int(said[2]), int(said[3]), _named(said[5]))


@lru_cache(maxsize=1 << 13)
def _named(text: str) -> str:
    """A node's description: of a switch it stands in every line."""
    return intern(printable(text.strip(), 64))


def hidden(guid: str) -> bool:
    """Whether digits of it are."""
    return _HIDDEN.search(guid) is not None


@lru_cache(maxsize=1 << 13)
def padded(guid: str | None) -> str | None:
    """A GUID's digits as sixteen of them; one with hidden digits as printed."""
    if not guid:
        return None
    lower = guid.lower()
    return intern(lower if hidden(lower) else lower.zfill(16))


def apart(one: str, other: str) -> int:
    """How far the first GUID lies after the second; 0 where digits are hidden."""
    return 0 if hidden(one + other) else int(one, 16) - int(other, 16)


@lru_cache(maxsize=1 << 14)  # the ports of a switch mostly say the same: 300 bytes each if every one said it for itself
def _drawn(
    text: str, lid: int, guid: str | None, hint: str
) -> tuple[PortState, float | None, tuple[int, int] | None] | None:
    """The state in parentheses, with the `hint` at the line's end; None where it is not understood."""
    said = _STATE.fullmatch(text)
    if said is None:
        return None
    width, speed, state, physical, hoq, stall = said.groups()
    wide = int(width[:-1]) if width and width.endswith("X") else 0
    lane, generation = _speed(speed) if speed else (None, None)
    told = PortState(
        state=state,
        phys_state=physical,
        rate_gbps=lane * wide if lane and wide and state != "Down" else None,
        width=width if wide else None,
        generation=generation,
        link_layer="InfiniBand",
        lid=lid,
        port_guid=guid,
        could_be=_could_be(hint, width if wide else None, speed),
    )
    return told, _printed(speed or ""), (int(hoq), int(stall)) if hoq else None


def _printed(speed: str) -> float | None:
    said = _SPEED.match(speed.strip())
    return float(said[1]) if said and said[1] and said[1].count(".") < 2 and said[1] != "." else None


def _speed(text: str) -> tuple[float | None, str | None]:
    generation = lanes.generation_of(text) if _SPEED.fullmatch(text.strip()) else None
    return lanes.BY_GENERATION.get(generation or ""), generation


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


def row(line: Line, guid: str | None, node: str | None) -> Row:
    """The port at its near end, of the node that the line or its heading names."""
    state, far = line.state, line.far
    extra: dict[str, Said] = {"lid": line.lid, "port": line.port}
    if node:
        extra["node"] = node
    if state.generation or line.lane_gbps is not None:
        _add_speed(extra, line)
    if far is not None:
        extra["peer_lid"], extra["peer_port"], extra["peer_node"] = far.lid, far.port, far.description
    if state.could_be or line.external or line.far_external or line.settings:
        _add_rare(extra, line)
    one = Row(
        id=_id(guid, line.lid, line.port),
        state="Initialize" if state.state == "Init" else state.state,
        phys_state=state.phys_state,
        rate_gbps=state.rate_gbps,
        width=None if state.state == "Down" else state.width,
        peer=None if far is None else _id(far.guid, far.lid, far.port),
        extra=extra,
    )
    if state.could_be:
        one.marks.append("degraded")
    if far is None and state.state != "Down":
        one.marks.append("peer not available")
    if line.hint is None:
        one.marks.append("line cut")
    return one


def _add_speed(extra: dict[str, Said], line: Line) -> None:
    """Of a port that is down it is what the last link left."""
    if line.state.state == "Down":
        extra["printed_rate"] = f"{line.state.width} {line.lane_gbps:g} Gbps" if line.lane_gbps else None
        return
    if line.lane_gbps is not None:
        extra["lane_gbps"] = line.lane_gbps
    if line.state.generation:
        extra["generation"] = line.state.generation


def _add_rare(extra: dict[str, Said], line: Line) -> None:
    """What few lines have: numbers on a chassis, what the link could be, timeouts."""
    if line.external:
        extra["external_port"] = line.external
    if line.far_external:
        extra["peer_external_port"] = line.far_external
    if line.state.could_be:
        extra["could_be"] = line.state.could_be
    if wider := _WIDER.search(line.hint or ""):
        extra["could_be_width"] = wider[1]
    if (faster := _FASTER.search(line.hint or "")) and (lane := _printed(faster[1])) is not None:
        extra["could_be_lane_gbps"] = lane
    if line.settings:
        extra["hoq_life"], extra["vl_stall_count"] = line.settings


def _id(guid: str | None, lid: int, port: int) -> str:
    return f"{guid}/{port}" if guid else f"lid{lid}/{port}"
