"""`ibstat`: a host's HCAs and their ports, or their names (`-l`) or port GUIDs (`-p`) alone.

Shapes: rdma-core infiniband-diags/ibstat.c. `Rate` is in Gb/s, rounded down, and is kept from before where the port is
down. An HCA that cannot be asked ends the listing with `ibpanic` (up to rdma-core 54) or is passed over with `ibwarn`.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.adapters import Adapters
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.infiniband.port_words import guid, is_down, logical, node_type, physical, unassigned
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.strangers import IBSTAT, alone
from fabconsole.formats.values import integer, is_nothing, number, snake

_TYPE = r"(?:CA|Switch|Router|iWARP RNIC|usNIC(?: UDP)?|Unspecified|\?\?\?)"
_ADAPTER = re.compile(rf"\s*({_TYPE}):? '([^']{{1,64}})'\s*")
_PORT = re.compile(r"\s*Port (\d{1,3}):\s*")
_NAMED = re.compile(r"\s+[A-Z][\w ]{0,40}")
_COMPLAINT = re.compile(r"ib(?:panic|warn): \[\d{1,10}\] \w{1,64}: (.{1,400})")
_FAILED = re.compile(r"stat of|can't|failed|has no port number")
_TRACE = re.compile(r"umad_\w{1,64}: ")
_RATE = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)(?: \((\w{1,10})\))?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{1,15}(?:_[\w.-]{1,48})?")
_DEVICE = re.compile(
    r"(?:mlx[45]|mthca|hfi1|qib|bnxt_re|irdma|i40iw|rxe|siw|efa|hns|erdma|mana)\w{0,32}|i[bw]p?[rsb]?\d\w{1,32}"
    r"|(?:roce|rdma)[a-z]{0,4}\d\w{0,32}"
)
_PORT_GUID = re.compile(r"0x[0-9a-fA-F]{16}")

_OF_ADAPTER = {
    "Number of ports": "ports",
    "Firmware version": "firmware",
    "Hardware version": "hardware_version",
    "Node GUID": "node_guid",
    "System image GUID": "system_image_guid",
    **{f"{word} type": "hca_type" for word in ("CA", "Switch", "Router", "iWARP RNIC", "usNIC", "usNIC UDP", "???")},
}
_OF_PORT = {
    "State": "state",
    "Physical state": "phys_state",
    "Rate": "rate",
    "Base lid": "lid",
    "LMC": "lmc",
    "SM lid": "sm_lid",
    "Capability mask": "capability_mask",
    "Port GUID": "port_guid",
    "Link layer": "link_layer",
}


def _reading(paste: Paste) -> Reading:
    adapters, incomplete, unparsed = Adapters(), list[str](), list[str]()
    own = False
    for line in paste.lines:
        if ":" not in line and "'" not in line:
            unparsed += [line] if line and not line.isspace() else []
        elif _heading(line, adapters):
            own = True
        elif not (_fact(line, adapters) or (own and _further(line, adapters))):
            own = own and line.startswith((" ", "\t"))
            _complaint(line, incomplete, unparsed)
    bare = _bare(unparsed, {adapter.name or "" for adapter in adapters.all})
    reading = Reading(rows=adapters.rows() + bare)
    if unparsed:
        reading.events, reading.unparsed = sorted_out(unparsed)
    for row in reading.rows:
        _settle(row)
    if adapters.all:
        reading.facts["devices"] = len(adapters.all)
        reading.facts["ports"] = sum(len(adapter.ports) for adapter in adapters.all)
    if torn := adapters.torn("port_guid", "link_layer"):
        incomplete.append(torn)
    incomplete.extend(adapters.shortfalls("ports"))
    if incomplete:
        reading.facts["incomplete"] = "; ".join(incomplete)
    return reading


def _heading(line: str, adapters: Adapters) -> bool:
    if "'" in line and (said := _ADAPTER.fullmatch(line)):
        adapters.begin(said[2]).said["node_type"] = node_type(said[1])
        return True
    if line.rstrip().endswith(":") and (said := _PORT.fullmatch(line)):
        adapters.begin_port(int(said[1]))
        return True
    return False


def _fact(line: str, adapters: Adapters) -> bool:
    name, _, text = (part.strip() for part in line.partition(":"))
    if key := _OF_ADAPTER.get(name):
        adapters.adapter_for(key).said[key] = _value(key, text)
    elif key := _OF_PORT.get(name):
        _tell(adapters.port_for(key).row, key, text)
    else:
        return False
    return True


def _further(line: str, adapters: Adapters) -> bool:
    """What a later version may print, indented below a heading; not so below a line of another stream, which is not."""
    before, colon, text = line.partition(":")
    if not colon or _NAMED.fullmatch(before) is None:
        return False
    key = snake(before)
    home = adapters.port_for(key).row.extra if adapters.in_port else adapters.adapter_for(key).said
    home[key] = _value(key, text.strip())
    return True


def _tell(row: Row, key: str, text: str) -> None:
    if key == "state":
        row.state = logical(text) if text else None
    elif key == "phys_state":
        row.phys_state = physical(text) if text else None
    elif key == "rate" and (said := _RATE.fullmatch(text)):
        row.rate_gbps = number(said[1])
        if said[2]:
            row.extra["generation"] = said[2]
            row.extra["printed_rate"] = text
    else:
        row.extra[key] = _value(key, text)


def _value(key: str, text: str) -> Said:
    if key.endswith("guid"):
        return guid(text) or (None if is_nothing(text) or not text.strip("0x") else text)
    if key in ("firmware", "hardware_version", "capability_mask"):
        return text or None
    return None if is_nothing(text) else text if (value := integer(text)) is None else value


def _settle(row: Row) -> None:
    """What a down port prints as its rate is from before."""
    down = row.state == "Down" or (row.state is None and is_down(row.phys_state))
    if down and row.rate_gbps is not None:
        row.extra.setdefault("printed_rate", row.rate_gbps)
        row.rate_gbps = None
    if unassigned(row.extra.get("lid"), row.extra.get("link_layer")):
        row.marks.append("lid unassigned")


def _complaint(line: str, incomplete: list[str], unparsed: list[str]) -> None:
    said = _COMPLAINT.fullmatch(line.strip())
    if said is None or not (_TRACE.match(said[1]) or _FAILED.search(said[1])):
        unparsed.append(line)
    elif not _TRACE.match(said[1]):
        incomplete.append(said[1])


def _bare(unparsed: list[str], known: set[str]) -> list[Row]:
    """Take out the lines of `-l` and of `-p`: a GUID, or a name of a device; any name where all lines are names."""
    words = [line.strip() for line in unparsed]
    kinds = {word: _bare_kind(word) for word in words}
    sought = ("guid", "device") if known or None in kinds.values() else ("guid", "device", "name")
    rows = []
    for word, kind in kinds.items():
        if kind == "guid":
            rows.append(Row(id=word[2:].lower(), extra={"port_guid": word[2:].lower()}))
        elif kind in sought and word not in known:
            rows.append(Row(id=word))
    unparsed[:] = [line for line, word in zip(unparsed, words, strict=True) if kinds[word] not in sought]
    return rows


def _bare_kind(word: str) -> str | None:
    """What a word that stands by itself is: a port's GUID, a device's name, what may be one. None: nothing of these."""
    if _PORT_GUID.fullmatch(word):
        return "guid"
    return "device" if _DEVICE.fullmatch(word) else "name" if _NAME.fullmatch(word) else None


FORMAT = Format(
    name="ibstat",
    family="infiniband",
    commands=("ibstat", "ibstat -s", "ibstat -l", "ibstat -p", "ibstat mlx5_0 1"),
    versions="infiniband-diags 1.5 to 5.6, rdma-core to 57",
    yields="HCAs with firmware and GUIDs; state, rate and LIDs of their ports; whether the listing is whole",
    signs={
        rf"^[ \t]*{_TYPE}:? '[^'\n]{{1,64}}'[ \t]*$": 100,
        r"^[ \t]*CA type:(?: |$)": 100,
        r"^[ \t]*Physical state: \w": 60,
        r"^[ \t]*Base lid: \d": 60,
        r"^[ \t]*Rate: \d{1,5}(?: \(FDR10\))?[ \t]*$": 30,
        r"^[ \t]*Number of ports: \d": 30,
        r"^ibpanic: \[\d+\] main: (?:stat of|can't list) IB device": 100,
        r"\A\s*(?:0x[0-9a-fA-F]{16}(?:\s+|\Z))+\Z": 30,
        r"\A\s*(?:(?:mlx[45]|mthca|hfi1|bnxt_re|irdma|rxe|efa|ib[ps]\d|roce|rocep)\w{0,32}(?:\s+|\Z))+\Z": 30,
    },
    read=alone(_reading, IBSTAT),
)
