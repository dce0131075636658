"""What UFM's REST interface tells of: ports, links, virtual and unhealthy ports, systems with their modules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.formats.infiniband.port_words import logical
from fabconsole.formats.reading import Ber, Row, Said
from fabconsole.formats.values import ber, integer, is_nothing, no_error_seen, number, snake

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


def port(one: Mapping[str, Any]) -> Row:
    """A port: its state, speed, counters and far end."""
    row = Row(id=_end(one.get("name")) or _pair(one.get("guid"), one.get("number") or one.get("dname")))
    state = str(one.get("logical_state") or "")
    row.state = None if is_nothing(state) else logical(state)
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
            row.extra[snake(key)] = plain(value)
    if ratios:
        row.ber = Ber(**ratios)
    _speed(row, str(one.get("active_speed") or ""), str(one.get("active_width") or ""))
    row.extra["node"] = plain(one.get("system_name") or one.get("node_description"))
    if row.peer and (node := one.get("peer_node_name") or one.get("peer_node_description")):
        row.extra["peer_node"] = plain(node)
    return row


def unhealthy(one: Mapping[str, Any]) -> Row:
    """A port that the subnet manager keeps out, and why; its severity stands under `State`."""
    row = Row(id=_pair(one.get("UnhealthyGUID"), one.get("UnhealthyPortNumber")))
    far = one.get("PeerPortNumber") or str(one.get("PeerPort") or "").rpartition("/")[2].strip()
    row.peer = _pair(one.get("PeerGUID"), far if str(far).isdigit() else None) if one.get("PeerGUID") else None
    row.extra = {"kind": "unhealthy port", "node": plain(one.get("UnhealthyNode"))}
    row.extra |= {"severity" if key == "State" else snake(key): plain(value) for key, value in one.items()}
    return row


def virtual(one: Mapping[str, Any]) -> Row:
    """A port of a virtual machine, by its own GUID, with the port that it is behind."""
    state = str(one.get("virtual_port_state") or "")
    row = Row(id=_guid(one["virtual_port_guid"]), state=logical(state) or None)
    row.extra = {"kind": "virtual port", "port": _end(one.get("port_name")) or None, "node": one.get("system_name")}
    row.extra |= {snake(key): plain(value) for key, value in one.items()}
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
    counted = value if isinstance(value, int) and not isinstance(value, bool) else integer(str(value))
    row.counters[name] = counted
    if counted is None:
        row.marks.append(f"{'unsupported' if is_nothing(str(value)) else 'unknown'} {name}")


def _ratio(row: Row, kind: str, text: str, into: dict[str, float | None]) -> None:
    into[kind] = None if no_error_seen(text) else ber(text)
    if into[kind] is None:
        why = "none seen" if no_error_seen(text) else "unsupported" if is_nothing(text) else "unknown"
        row.marks.append(f"{why} {kind}")


def link(one: Mapping[str, Any]) -> Row:
    """A link, by its two ends."""
    row = Row(id=_pair(one.get("source_guid"), one.get("source_port")))
    row.peer = _pair(one.get("destination_guid"), one.get("destination_port"))
    row.extra |= {"kind": "link"} | {snake(key): plain(value) for key, value in one.items()}
    lanes = _LANES.fullmatch(str(one.get("width") or ""))
    row.width = f"{lanes[1]}X" if lanes else None
    return row


def system(one: Mapping[str, Any]) -> Row:
    """A switch, a host or a module, or whatever else has a GUID or a name."""
    guid = next((one[key] for key in ("guid", "system_guid", "name", "id") if one.get(key)), "")
    row = Row(id=f"report {one['report_id']}" if "report_id" in one else _guid(guid))
    row.extra |= _members(one)
    if one.get("system_name"):
        row.extra["node"] = plain(one["system_name"])
    return row


def _end(name: Any) -> str:
    found = _PORT_NAME.fullmatch(str(name or ""))
    return f"{found[1].lower()}/{int(found[2])}" if found else ""


def _pair(guid: Any, port: Any) -> str:
    return f"{_guid(guid)}/{port}" if port not in (None, "") else _guid(guid)


def _guid(text: Any) -> str:
    found = _GUID.fullmatch(str(text))
    return found[1].lower() if found else str(text)


def _members(one: Mapping[str, Any]) -> dict[str, Said]:
    """A system's or a module's, a temperature as a number: UFM tells it as a text."""
    told: dict[str, Said] = {}
    for key, value in one.items():
        if key == "temperature":
            told["temperature_c"] = plain(value) if (degrees := number(str(value))) is None else degrees
        elif key == "modules" and isinstance(value, list):
            told[key] = [_members(part) if isinstance(part, Mapping) else plain(part) for part in value]
        else:
            told[snake(key)] = plain(value)
    return told


def plain(value: Any) -> Said:
    """A value as JSON has it; null where UFM says that it has none."""
    if isinstance(value, str):
        return None if value in {"N/A", "NA"} else value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, int | float | bool) else str(value)
