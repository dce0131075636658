"""One interface of an MLNX-OS or Onyx switch, out of the pairs that text and JSON print alike.

Shapes: MLNX-OS user manual, "InfiniBand Interface" and "Ethernet Interfaces"; fixtures of the onyx modules of Ansible.
Octets stay octets, `N\\A` is "not said", and the speed of a port that is down is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from fabconsole.formats.reading import Row, Said
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
_HOST = re.compile(r"Interface ([a-zA-Z][\w.:/-]{0,31}) (?:status|state)\s*:?", re.IGNORECASE)
"""An interface of the switch's own host: `Interface mgmt0 status:`."""
_BRACKET = re.compile(r"(?:\d{1,5} )?[A-Za-z][\w/.-]{0,31} ?\(([A-Za-z]{1,4}\d{0,5})\):?")
_FLAGS = {"U": "up", "D": "down", "P": "up", "S": "suspended"}
_COUNTED = re.compile(
    r"(?:rx|tx)_(?:.{0,40}_)?(?:packets|bytes|errors|wait|discards?|dropped|drops|frames?|octets|pause|overruns|carrier"
    r"|collisions)"
    r"|(?:.{0,40}_)?(?:errors|error_packets|dropped_packets|discarded_packets|marked_packets|wait|drops)"
)
_ETHERNET = {
    "rx_packets": "rx_packets",
    "rx_error_packets": "rx_errors",
    "rx_discard_packets": "rx_dropped",
    "rx_multicast_packets": "multicast",
    "rx_fcs_errors": "rx_crc_errors",
    "rx_pause_packets": "rx_pause",
    "rx_errors": "rx_errors",
    "rx_discards": "rx_dropped",
    "rx_mcast_packets": "multicast",
    "rx_overruns": "rx_fifo_errors",
    "rx_frame": "rx_frame_errors",
    "tx_packets": "tx_packets",
    "tx_error_packets": "tx_errors",
    "tx_discard_packets": "tx_dropped",
    "tx_pause_packets": "tx_pause",
    "tx_errors": "tx_errors",
    "tx_discards": "tx_dropped",
    "tx_overruns": "tx_fifo_errors",
    "tx_carrier": "tx_carrier_errors",
    "tx_collisions": "collisions",
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
_CHANGED = "last_change_in_operational_status"
_CHANGES = re.compile(r"\((\d{1,9}) oper changes?\)")
_UNSAID = ("not advertised", "n\\a", "")


def port_name(text: str) -> str | None:
    """`IB1/2/1 state:`, `Eth1/1`, `Slot 1 port 36 state` as the port's name; None where it names none."""
    return _port_name(text.strip()) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _port_name(text: str) -> str | None:
    if not text[:1].isalpha():
        return None
    if named := _NAME.match(text):
        return named[0] if _AFTER.fullmatch(text, named.end()) else None
    if host := _HOST.fullmatch(text):
        return host[1]
    slot = _SLOT.match(text)
    if slot is not None and _AFTER.fullmatch(text, slot.end()):
        return slot[3] or f"{slot[1]}/{slot[2]}"
    return None


def bracketed(text: str) -> list[Pair]:
    """What stands in brackets after a name: the channel that a port is in, `Eth1/1 (Po5)`, or flags, `Po22(D)`."""
    said = _BRACKET.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if said is None:
        return []
    return [("", "flags" if said[1].isalpha() else "port channel", said[1])]


def port(name: str, pairs: Iterable[Pair], asked: str = "") -> Row:
    """What was said of a port, in one row."""
    pairs = list(pairs)
    keys = {snake(key) for _, key, _ in pairs}
    if name[:1].isdigit():
        name = f"{_kind(keys, asked)}{name}"
    if {"code", "status"} <= keys:
        pairs = [(section, _DIAGNOSED.get(key, key), value) for section, key, value in pairs]
    told = Row(id=name)
    infiniband = (name[:2] in ("IB", "Ib", "ib") and "/" in name) or "logical_port_state" in keys
    for section, key, value in pairs:
        counted = _counted(section, key, infiniband=infiniband)
        if counted is None or not _tell_count(told, counted, value):
            printed = f"{section} {key}" if section else key
            told.extra.update(measured(printed, value) if isinstance(value, str) else said(printed, value))
    _settle(told)
    return told


def _kind(keys: set[str], asked: str) -> str:
    if " ib" in asked or "infiniband_speeds" in keys or "logical_port_state" in keys:
        return "IB"
    return "Eth" if " eth" in asked or "ethernet_speeds" in keys else ""


@lru_cache(maxsize=1024)
def _counted(section: str, key: str, *, infiniband: bool) -> str | None:
    """The registry's name for what is counted, the printed one where it has none; None: it is no counter."""
    printed = f"{section} {key}" if section else key
    plain = snake(printed)
    if plain not in _INFINIBAND and not _COUNTED.fullmatch(plain):
        return None
    return (_INFINIBAND if infiniband else _ETHERNET).get(plain) or _OCTETS.get(plain) or printed


def _tell_count(told: Row, name: str, value: object) -> bool:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return False
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
    if told.state is None and (up := extra.get("link_up")) in ("yes", "no"):
        told.state = "up" if up == "yes" else "down"
    if told.state is None:
        told.state = _FLAGS.get(str(extra.get("flags")))
    if isinstance(change := extra.get(_CHANGED), str) and (changes := _CHANGES.search(change)):
        extra["oper_changes"] = int(changes[1])
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
    extra = told.extra
    said = {key: _advertised(extra, key) for key in tuple(extra) if key.startswith("remote_")}
    node, far = said.get("remote_system_name"), said.get("remote_port_id")
    if "device_id" in extra or "chassis_id" in extra:
        node = node or _advertised(extra, "system_name") or _advertised(extra, "device_id")
        far = far or _advertised(extra, "port_id")
    if node is not None and far is not None:
        told.peer = f"{node}/{far}"
        extra["peer_node"] = node


def _advertised(extra: dict[str, Said], key: str) -> str | None:
    """What a neighbour said of itself: `Not Advertised` is nothing, and a name's kind is kept by itself."""
    text = extra.get(key)
    if not isinstance(text, str):
        return None
    if text.lower() in _UNSAID:
        extra[key] = None
        return None
    said, _, kind = text.partition(";")
    name, _, value = kind.partition(":")
    if name.endswith("subtype"):
        extra[key] = said.strip()
        extra[snake(name)] = value.strip()
    return said.strip()
