"""NVIDIA UFM: ports, links and systems of its REST interface, its events, and where the cabling is not as planned.

Shapes: UFM Enterprise REST API guide (resources/ports, links, systems; app/events, alarms); the NDT plugin's report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Ber, Reading, Row, Said
from fabconsole.formats.site import ufm_event
from fabconsole.formats.values import ber, integer, is_nothing, no_error_seen, snake

_OPENING = re.compile(r"^[ \t]*[{\[][ \t]*(?:$|[\"{\[])", re.MULTILINE)
_PORT_NAME = re.compile(r"(?:0x)?([0-9a-fA-F]{16})[_:/](\d{1,3})")
_GUID = re.compile(r"(?:0x)?([0-9a-fA-F]{16})")
_LANES = re.compile(r"(\d{1,2})[xX]")
_GBPS_A_LANE = {"SDR": 2.5, "DDR": 5.0, "QDR": 10.0, "FDR10": 10.0, "FDR": 14.0, "EDR": 25.0, "HDR": 50.0}
_GBPS_A_LANE |= {"NDR": 100.0, "XDR": 200.0}
_COUNTERS = {
    "symbol_error_counter": "symbol_error",
    "link_down_counter": "link_downed",
    "link_error_recovery_counter": "link_error_recovery",
    "port_rcv_errors": "port_rcv_errors",
    "port_rcv_remote_physical_errors": "port_rcv_remote_physical_errors",
    "port_rcv_switch_relay_errors": "port_rcv_switch_relay_errors",
    "port_xmit_discard": "port_xmit_discards",
    "port_xmit_discards": "port_xmit_discards",
    "port_xmit_wait": "port_xmit_wait",
    "vl15_dropped": "VL15_dropped",
    "local_link_integrity_errors": "local_link_integrity_errors",
    "excessive_buffer_errors": "excessive_buffer_overrun_errors",
    "port_rcv_constraint_errors": "port_rcv_constraint_errors",
    "port_xmit_constraint_errors": "port_xmit_constraint_errors",
    "port_fec_correctable_block_counter": "fec_corrected",
    "port_fec_uncorrectable_block_counter": "fec_uncorrected",
}
_RATIOS = {"raw_ber": "raw", "effective_ber": "effective", "symbol_ber": "symbol"}
_STATES = {"active": "Active", "armed": "Armed", "init": "Initialize", "initialize": "Initialize", "down": "Down"}
_STATES |= {"initializing": "Initialize", "activedefer": "ActiveDefer"}


def _reading(paste: Paste) -> Reading:
    said = Reading()
    lines = paste.lines
    if _OPENING.search(paste.text):
        found = documents(paste.text)
        for document in found.found:
            _document(document, said)
        lines = found.rest
        if found.cut:
            said.facts["incomplete"] = "the JSON ends before its end"
    for line in lines:
        if line.strip():
            entry = ufm_event.line(line)
            if entry is None:
                said.unparsed.append(line)
            else:
                said.events.append(entry)
    return said


def _document(document: Any, said: Reading) -> None:
    if isinstance(document, list):
        for one in document:
            if isinstance(one, Mapping):
                _object(one, said)
            else:
                said.unparsed.append(str(one))
        return
    report = document.get("report")
    if isinstance(report, Mapping):
        _report(report, said)
    elif any(key in document for key in ("guid", "system_name", "event_type", "source_guid", "object_path")):
        _object(document, said)
        return
    for key, value in document.items():
        if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            _document(value, said)
        elif key != "report" or not isinstance(report, Mapping):
            said.facts[snake(key)] = _plain(value)


def _object(one: Mapping[str, Any], said: Reading) -> None:
    if "logical_state" in one or "physical_state" in one:
        said.rows.append(_port(one))
    elif "source_guid" in one or "destination_guid" in one:
        said.rows.append(_link(one))
    elif "description" in one and "severity" in one and ("timestamp" in one or "object_path" in one):
        said.events.append(ufm_event.event(one))
    else:
        said.rows.append(_system(one))


def _port(one: Mapping[str, Any]) -> Row:
    row = Row(id=_end(one.get("name")) or _pair(one.get("guid"), one.get("number") or one.get("dname")))
    state = str(one.get("logical_state") or "")
    row.state = _STATES.get(state.lower().replace(" ", ""), state or None)
    phys = str(one.get("physical_state") or "")
    row.phys_state = "".join(phys.split()) or None
    row.peer = _end(one.get("peer")) or None
    ratios: dict[str, float | None] = {}
    for key, value in one.items():
        if key in _COUNTERS:
            _count(row, _COUNTERS[key], value)
        elif key in _RATIOS and value is not None:
            _ratio(row, _RATIOS[key], str(value), ratios)
        else:
            row.extra[snake(key)] = _plain(value)
    if ratios:
        row.ber = Ber(**ratios)
    _speed(row, str(one.get("active_speed") or ""), str(one.get("active_width") or ""))
    row.extra["node"] = _plain(one.get("system_name") or one.get("node_description"))
    if row.peer:
        row.extra["peer_node"] = _plain(one.get("peer_node_name") or one.get("peer_node_description"))
    return row


def _speed(row: Row, speed: str, width: str) -> None:
    lanes = _LANES.fullmatch(width)
    if row.state == "Down":
        if lanes:
            row.extra["printed_rate"] = f"{width} {speed}"
    elif lanes:
        row.width = f"{lanes[1]}X"
        lane = _GBPS_A_LANE.get(speed.upper())
        row.rate_gbps = None if lane is None else lane * int(lanes[1])


def _count(row: Row, name: str, value: Any) -> None:
    number = value if isinstance(value, int) and not isinstance(value, bool) else integer(str(value))
    row.counters[name] = number
    if number is None:
        row.marks.append(f"{'unsupported' if is_nothing(str(value)) else 'unknown'} {name}")


def _ratio(row: Row, kind: str, text: str, into: dict[str, float | None]) -> None:
    into[kind] = None if no_error_seen(text) else ber(text)
    if into[kind] is None:
        why = "none seen" if no_error_seen(text) else "unsupported" if is_nothing(text) else "unknown"
        row.marks.append(f"{why} {kind}")


def _link(one: Mapping[str, Any]) -> Row:
    row = Row(id=_pair(one.get("source_guid"), one.get("source_port")))
    row.peer = _pair(one.get("destination_guid"), one.get("destination_port"))
    row.extra |= {"kind": "link"} | {snake(key): _plain(value) for key, value in one.items()}
    lanes = _LANES.fullmatch(str(one.get("width") or ""))
    row.width = f"{lanes[1]}X" if lanes else None
    return row


def _system(one: Mapping[str, Any]) -> Row:
    guid = next((one[key] for key in ("guid", "system_guid", "name", "id") if one.get(key)), "")
    row = Row(id=_guid(guid))
    row.extra |= {snake(key): _plain(value) for key, value in one.items()}
    if one.get("system_name"):
        row.extra["node"] = _plain(one["system_name"])
    return row


def _report(report: Mapping[str, Any], said: Reading) -> None:
    """What is plugged and what the plan (NDT) says: links that go elsewhere, and those in one of the two only."""
    for kind, told in report.items():
        links = told if isinstance(told, list) else []
        said.facts[snake(kind)] = len(links) if isinstance(told, list) else _plain(told)
        for link in links:
            if isinstance(link, Mapping):
                row = _wired(str(link.get("expected") or link.get("actual") or ""), kind)
                row.extra |= {snake(key): _plain(value) for key, value in link.items()}
            else:
                row = _wired(str(link), kind)
            said.rows.append(row)


def _wired(text: str, kind: str) -> Row:
    """`leaf-a01/17 - spine-02/4`: the two ends of a link."""
    one, _, other = text.partition(" - ")
    return Row(id=one.strip(), peer=other.strip() or None, marks=[kind], extra={"kind": "link", "link": text})


def _end(name: Any) -> str:
    found = _PORT_NAME.fullmatch(str(name or ""))
    return f"{found[1].lower()}/{int(found[2])}" if found else ""


def _pair(guid: Any, port: Any) -> str:
    return f"{_guid(guid)}/{port}" if port not in (None, "") else _guid(guid)


def _guid(text: Any) -> str:
    found = _GUID.fullmatch(str(text))
    return found[1].lower() if found else str(text)


def _plain(value: Any) -> Said:
    if isinstance(value, str):
        return None if value in {"N/A", "NA"} else value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, int | float | bool) else str(value)


FORMAT = Format(
    name="ufm",
    family="site",
    commands=("ufm event.log", "curl ufmRest/resources/ports", "curl ufmRest/app/events", "ufm ndt report"),
    aliases=("ufm-events", "ufmRest", "ndt"),
    versions="UFM Enterprise 6.10 to 6.22, NDT plugin",
    yields="ports and links with both ends, events, what is cabled otherwise than planned",
    signs={
        r'"(?:miss_wired|missing_in_ufm|missing_in_ndt)" *:': 100,
        r'"(?:peer_port_dname|high_ber_severity|systemID|peer_node_guid|system_mirroring_template)" *:': 100,
        r'"(?:source_port_dname|destination_port_dname|destination_guid)" *:': 100,
        r'"(?:object_path|write_to_syslog)" *:': 100,
        r'"(?:total_alarms|server_operation_mode)" *:': 60,
        ufm_event.SIGN: 100,
    },
    read=_reading,
)
