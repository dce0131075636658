"""One interface of an MLNX-OS or Onyx switch, out of the pairs that text and JSON print alike.

Shapes: MLNX-OS user manual, "InfiniBand Interface" and "Ethernet Interfaces"; fixtures of the onyx modules of Ansible.
Octets stay octets, `N\\A` is "not said", and the speed of a port that is down is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fabconsole.formats.reading import Row
from fabconsole.formats.switches.measures import measured, said
from fabconsole.formats.values import gbps, integer, is_nothing, snake

Pair = tuple[str, str, object]
"""Section (`Rx`, `Tx` or none), name, value."""

_NAME = re.compile(
    r"(?P<kind>IB|Eth|Ethernet|Ib|Po|Mpo|Port-channel|Mlag-port-channel|Fc|Vlan|Loopback|mgmt|nve|vif|lo|ib)[ -]?"
    r"(?P<number>\d{1,5}(?:/\d{1,3}){0,3})(?:\.\d{1,4})?",
    re.IGNORECASE,
)
_SLOT = re.compile(r"Slot (\d{1,3}) port (\d{1,3}(?:/\d{1,2})?)|Port (\d{1,3}/\d{1,3}(?:/\d{1,2})?)", re.IGNORECASE)
_AFTER = re.compile(
    r"\s*(?:state|status|counters|information|transceiver.{0,40}|\([^)]{0,60}\))?\s*:?\s*", re.IGNORECASE
)
_COUNTED = re.compile(
    r"(?:rx|tx)_(?:.{0,40}_)?(?:packets|bytes|errors|wait|discards?|dropped|drops|frames|octets|pause)"
    r"|(?:.{0,40}_)?(?:errors|error_packets|dropped_packets|discarded_packets|marked_packets|wait|drops)"
)
_ETHERNET = {
    "rx_packets": "rx_packets",
    "rx_error_packets": "rx_errors",
    "rx_discard_packets": "rx_dropped",
    "rx_multicast_packets": "multicast",
    "rx_fcs_errors": "rx_crc_errors",
    "rx_pause_packets": "rx_pause",
    "tx_packets": "tx_packets",
    "tx_error_packets": "tx_errors",
    "tx_discard_packets": "tx_dropped",
    "tx_pause_packets": "tx_pause",
}
_INFINIBAND = {
    "rx_packets": "port_rcv_packets",
    "rx_errors": "port_rcv_errors",
    "rx_error_packets": "port_rcv_errors",
    "rx_symbol_errors": "symbol_error",
    "symbol_errors": "symbol_error",
    "rx_vl15_dropped_packets": "VL15_dropped",
    "vl15_dropped_packets": "VL15_dropped",
    "vl15_dropped": "VL15_dropped",
    "rx_multicast_packets": "multicast_rcv_packets",
    "rx_unicast_packets": "unicast_rcv_packets",
    "tx_packets": "port_xmit_packets",
    "tx_multicast_packets": "multicast_xmit_packets",
    "tx_unicast_packets": "unicast_xmit_packets",
    "tx_wait": "port_xmit_wait",
    "tx_discarded_packets": "port_xmit_discards",
    "tx_discards": "port_xmit_discards",
    "tx_discard_packets": "port_xmit_discards",
    "link_downed": "link_downed",
    "link_error_recovery": "link_error_recovery",
}
_OCTETS = {"rx_bytes": "rx_bytes", "tx_bytes": "tx_bytes", "rx_octets": "rx_bytes", "tx_octets": "tx_bytes"}
_LONGEST = 120
_DIAGNOSED = {"Code": "diagnostic code", "Status": "diagnostic status"}
_LOGICAL = {"down": "Down", "init": "Initialize", "initialize": "Initialize", "initializing": "Initialize"} | {
    "armed": "Armed",
    "active": "Active",
}
_STATES = ("operational_state", "state", "oper_state", "link_state", "operational_status")
_RATES = ("current_line_rate", "actual_speed", "speed", "oper_speed")
_WIDTH = re.compile(r"\d{1,2}X")
_DOWN = ("Down", "down")


def port_name(text: str) -> str | None:
    """`IB1/2/1 state:`, `Eth1/1`, `Slot 1 port 36 state` as the port's name; None where it names none."""
    text = text.strip()
    if not text[:1].isalpha() or len(text) > _LONGEST:
        return None
    if named := _NAME.match(text):
        return named[0] if _AFTER.fullmatch(text, named.end()) else None
    slot = _SLOT.match(text)
    if slot is not None and _AFTER.fullmatch(text, slot.end()):
        return slot[3] or f"{slot[1]}/{slot[2]}"
    return None


def port(name: str, pairs: Iterable[Pair], asked: str = "") -> Row:
    """What was said of a port, in one row."""
    pairs = list(pairs)
    keys = {snake(key) for _, key, _ in pairs}
    if name[:1].isdigit():
        name = f"{_kind(keys, asked)}{name}"
    if {"code", "status"} <= keys:
        pairs = [(section, _DIAGNOSED.get(key, key), value) for section, key, value in pairs]
    told = Row(id=name)
    infiniband = name.lower().startswith("ib") or "logical_port_state" in keys
    for section, key, value in pairs:
        if not _tell_count(told, section, key, value, infiniband=infiniband):
            printed = f"{section} {key}" if section else key
            told.extra.update(measured(printed, value) if isinstance(value, str) else said(printed, value))
    _settle(told)
    return told


def _kind(keys: set[str], asked: str) -> str:
    if " ib" in asked or "infiniband_speeds" in keys or "logical_port_state" in keys:
        return "IB"
    return "Eth" if " eth" in asked or "ethernet_speeds" in keys else ""


def _tell_count(told: Row, section: str, key: str, value: object, *, infiniband: bool) -> bool:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return False
    printed = f"{section} {key}" if section else key
    plain = snake(printed)
    if not _COUNTED.fullmatch(plain) and plain not in _INFINIBAND:
        return False
    name = (_INFINIBAND if infiniband else _ETHERNET).get(plain) or _OCTETS.get(plain) or printed
    count = integer(str(value))
    if count is not None and count >= 0:
        told.counters[name] = count
        return True
    if not is_nothing(str(value)):
        return False
    told.counters[name] = None
    told.marks.append(f"unsupported {name}")
    return True


def _settle(told: Row) -> None:
    extra = told.extra
    logical = extra.pop("logical_port_state", None)
    if isinstance(logical, str):
        told.state = _LOGICAL.get(logical.lower(), logical)
    physical = extra.pop("physical_port_state", None)
    if isinstance(physical, str):
        told.phys_state = physical.replace(" ", "")
    for key in _STATES:
        printed = extra.get(key)
        word = printed.split()[0].lower() if isinstance(printed, str) else ""
        if told.state is None and word in ("up", "down"):
            told.state = word
    _settle_rate(told)
    width = extra.get("width")
    if isinstance(width, str) and _WIDTH.fullmatch(width) and told.state not in _DOWN:
        told.width = width
        del extra["width"]
    _settle_peer(told)


def _settle_rate(told: Row) -> None:
    for key in _RATES:
        printed = told.extra.get(key)
        rate = gbps(printed) if isinstance(printed, str) else None
        if rate is None:
            continue
        if told.state in _DOWN:
            told.extra["printed_rate"] = printed
        else:
            told.rate_gbps = rate
        return


def _settle_peer(told: Row) -> None:
    node, far = (told.extra.get(key) for key in ("remote_system_name", "remote_port_id"))
    if node is None and "device_id" in told.extra:
        node, far = told.extra.get("system_name") or told.extra.get("device_id"), told.extra.get("port_id")
    if isinstance(node, str) and isinstance(far, str):
        told.peer = f"{node}/{far.split(';')[0].strip()}"
        told.extra["peer_node"] = node
