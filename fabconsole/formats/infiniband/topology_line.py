"""The lines of a subnet's topology that tell about ports: a link as one end has it, and a line of the ports report.

Shapes: rdma-core infiniband-diags/ibnetdiscover.c (`out_switch_port`, `out_ca_port`, `dump_ports_report`); with `-f` a
line ends in what the speed and width fields held, with `-g` ports have the number that stands on the chassis. Before
2007 neither ports' GUIDs nor rates were printed. Some ways here lose the tabs, so that no blank is relied upon.
"""

from __future__ import annotations

import re

from fabconsole.formats.infiniband.lanes import rate_gbps
from fabconsole.formats.infiniband.link_line import DIGITS, padded
from fabconsole.formats.reading import Row, Said

_EXTERNAL = r"(?:\[ext (\d{1,4})\])?"
_PORT_GUID = rf"(?:\((?:0x)?({DIGITS})\))?"
_LINK = re.compile(
    r"([<>]?) ?\[(\d{1,5})\]"
    + _EXTERNAL
    + _PORT_GUID
    + rf'\s{{0,24}}"([SHR?])-(?:0x)?({DIGITS})"\[(\d{{1,5}})\]'
    + _EXTERNAL
    + r"\s{0,24}"
    + _PORT_GUID
    + r'\s{0,24}#\s{0,8}(?:lid (\d{1,6}) lmc (\d{1,2}) )?"(.*)" lid (\d{1,6})'
    r"(?: (\d{1,2}x|\?\?)([A-Z]{3}[0-9]{0,2}|\?\?\?)(?: (.*))?)?",
    re.ASCII,
)
_END = rf"(CA|SW|RT|\?\?)\s{{1,16}}(\d{{1,6}})\s{{1,16}}(\d{{1,5}})\s{{1,4}}0x({DIGITS})"
_REPORTED = re.compile(
    _END + r" (\d{1,2}x|\?\?) ([A-Z]{3}[0-9]{0,2}|\?\?\?)"
    r"(?: - " + _END + r" \( '(.{0,128})' - '(.{0,128})' \)|\s{8,64}(?:'(.*)'|([^\s'-].*)))",
    re.ASCII,
)
_FIELD = re.compile(r"([a-z]{1,8})=(\d{1,6})", re.ASCII)
_FIELDS = {"s": "link_speed_active", "w": "link_width_active", "v": "vl_cap", "e": "link_speed_ext_active"}
_UNSET = {"0", "65535"}
"""LIDs that are none: before the subnet manager came by, and the permissive one (IBTA 4.1.3)."""
_TYPES = {"S": "switch", "H": "ca", "R": "router", "SW": "switch", "CA": "ca", "RT": "router"}


def link(line: str, near: Row | None) -> Row | None:
    """A port that is linked, of the node `near`; None for any other line, which has no blanks around it.

    An adapter's own line tells its port's LID, a switch's does not: a line of the one kind below a node of the other
    was torn from its own, and then it is nobody's.
    """
    said = _LINK.fullmatch(line)
    if said is None:
        return None
    (diff, port, ext, port_guid, far_type, far_guid, far_port, far_ext) = said.group(1, 2, 3, 4, 5, 6, 7, 8)
    far_port_guid, lid, lmc, far_name, far_lid, width, generation, rest = said.group(9, 10, 11, 12, 13, 14, 15, 16)
    extra: dict[str, Said] = {}
    guid, far_guid = padded(port_guid), padded(far_guid) or ""
    if near is not None and _fits(near, lid is None, int(port)):
        extra = {"node": near.extra["node"], "node_guid": near.id, "node_type": near.extra["node_type"]}
        guid = guid or near.id
        if lid is None and "lid" in near.extra:
            extra["lid"] = near.extra["lid"]
    if lid is not None:
        extra["lid"], extra["lmc"] = int(lid), int(lmc)
    extra["peer_node"], extra["peer_node_guid"], extra["peer_node_type"] = far_name, far_guid, _TYPES.get(far_type)
    extra["peer_lid"] = int(far_lid)
    if ext or far_ext or diff or rest:
        _add_rare(extra, ext, far_ext, diff, rest)
    lanes = _lanes(width)
    return Row(
        id=f"{guid or '?'}/{port}",
        rate_gbps=rate_gbps(lanes, generation),
        width=lanes,
        peer=f"{padded(far_port_guid) or far_guid}/{far_port}",
        extra=extra if generation is None else extra | {"generation": None if generation == "???" else generation},
        marks=_marks(guid, far_lid),
    )


def reported(line: str) -> Row | None:
    """A line of the ports report; None for any other.

    Of a port without a peer the width and speed are what the last link left there.
    """
    said = _REPORTED.fullmatch(line)
    if said is None:
        return None
    kind, lid, port, guid, width, generation = said.group(1, 2, 3, 4, 5, 6)
    far_kind, far_lid, far_port, far_guid, name, far_name, alone, bare = said.group(7, 8, 9, 10, 11, 12, 13, 14)
    name = (name or alone or bare or "").strip()
    extra: dict[str, Said] = {"node": name, "node_type": _TYPES.get(kind), "lid": int(lid)}
    row = Row(id=f"{padded(guid)}/{port}", extra=extra)
    lanes = _lanes(width)
    if far_guid is None:
        row.marks.append("no peer")
        extra["printed_rate"] = f"{width} {generation}"
        return row
    extra |= {"peer_node": far_name.strip(), "peer_node_type": _TYPES.get(far_kind), "peer_lid": int(far_lid)}
    extra["generation"] = None if generation == "???" else generation
    row.peer, row.width, row.rate_gbps = f"{padded(far_guid)}/{far_port}", lanes, rate_gbps(lanes, generation)
    return row


def _fits(near: Row, of_switch: bool, port: int) -> bool:
    """Whether a line can be of the node whose heading stands before it."""
    ports = near.extra["ports"]
    return (near.extra["node_type"] == "switch") == of_switch and isinstance(ports, int) and port <= ports


def _marks(guid: str | None, far_lid: str) -> list[str]:
    marks = [] if guid else ["unknown node"]
    return [*marks, "peer lid unset"] if far_lid in _UNSET else marks


def _lanes(printed: str | None) -> str | None:
    return None if printed is None or printed == "??" else printed.upper()


def _add_rare(extra: dict[str, Said], ext: str | None, far_ext: str | None, diff: str, rest: str | None) -> None:
    """What only some options print: `-g`, `--diff`, `-f`."""
    if ext:
        extra["ext_port"] = int(ext)
    if far_ext:
        extra["peer_ext_port"] = int(far_ext)
    if diff:
        extra["diff"] = diff
    fields = _FIELD.findall(rest or "")
    extra.update({_FIELDS.get(name, name): int(value) for name, value in fields})
    remark = _FIELD.sub("", rest or "").strip()
    if remark:
        extra["remark"] = remark
