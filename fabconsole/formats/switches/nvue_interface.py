"""One interface of an NVUE switch, out of whatever object tells about it: link, counters, phy, transceiver.

Shapes: states are objects (`{"up": {}}`); counters are numbers in JSON and have units in text, where `9.73 MB` is
rounded and no count. Source: the Cumulus Linux and NVOS manuals named in `nvue_names`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fabconsole.formats.reading import Ber, Row
from fabconsole.formats.switches.measures import measured, said, words
from fabconsole.formats.switches.nvue_names import counter, is_count
from fabconsole.formats.switches.nvue_port_state import settle
from fabconsole.formats.values import ber, integer, is_nothing, no_error_seen, snake

INTERFACE = re.compile(
    r"lo|mgmt|peerlink(?:\.\d{1,4})?|br_[\w-]{1,40}"
    r"|(?:swp|eth|bond|vlan|vxlan|vni|vrf|br|sw[A-Z]?|acp|fnm|ib|nvl|en[opsx]|erspan|usb|dummy|ipoib|tun|gre|pimreg)"
    r"\d[\w.@:/-]{0,40}"
)
_INFINIBAND = re.compile(r"(?:sw[A-Z]?\d{1,3}p\d{1,3}(?:s\d{1,3})?|acp\d{1,4}|fnm\d{1,3}|nvl\d{1,4}|ib\d{1,3})")
_ONLY_OF_FABRIC = ("logical_state", "in_symbol_errors", "out_wait", "op_vls", "vl_capabilities")
_TYPES = frozenset({"ib", "nvl", "fnm", "infiniband", "nvlink", "ipoib"})
_ROUNDED = re.compile(r"\d[\d,]{0,20}(?:\.\d{1,6})? ?[KMGTPE]i?B(?:ytes)?", re.IGNORECASE)
_OCTETS = re.compile(r"(\d{1,20}) ?(?:bytes?|b)", re.IGNORECASE)
_PATHS_APART = frozenset({"link", "operational", "value", "counters", "stats", "iface_obj"})
_Leaf = tuple[tuple[str, ...], object]
"""A value, and the names that it stands under."""
_LONG = 19
"""Digits that 63 bits may not hold."""
_BERS = {"raw_ber": "raw", "effective_ber": "effective", "symbol_ber": "symbol"}


def is_interface(name: str, value: object) -> bool:
    """Whether a pair of an object is an interface and what is said of it."""
    if not isinstance(value, Mapping):
        return False
    return "link" in value or "iface_obj" in value or bool(INTERFACE.fullmatch(name)) or bool(_keys(value) & _OF_LINK)


_OF_LINK = frozenset(
    {"oper_status", "admin_status", "logical_state", "physical_state", "mac_address", "in_bytes", "in_pkts"}
    | {"carrier_transitions", "raw_ber", "effective_ber", "symbol_ber", "oper_status_last_change", "ifindex"}
    | {"vendor_pn", "cable_type", "supported_speed", "supported_lanes", "phy_received_bits", "rx_ok", "pd_fsm_state"}
    | {"detailed_counters", "error_counters", "drop_counters", "in_symbol_errors", "op_vls"}
)


def tells_of_one(value: Mapping[str, object]) -> bool:
    """Whether an object without an interface's name is one all the same: its link, its counters, its module."""
    return "link" in value or bool(_keys(value) & _OF_LINK)


def _keys(value: Mapping[str, object]) -> set[str]:
    return {snake(str(name)) for name in value}


def row(name: str, value: Mapping[str, object], kind: str = "") -> Row:
    """What an object says of the interface `name`. `kind` is how the command went on: counters, link phy-detail."""
    leaves: list[_Leaf] = []
    _gather(value, (), leaves)
    told = _told(name, tuple([path for path, _ in leaves]), [leaf for _, leaf in leaves])
    if kind:
        told.extra.setdefault("shown", kind)
    return told


def flat_row(name: str, said: Mapping[str, object]) -> Row:
    """As `row`, of what a line of a table says: nothing in it holds names of its own."""
    return _told(name, _flat(tuple(said)), list(said.values()))


@lru_cache(maxsize=512)
def _flat(names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in names)


def _told(name: str, paths: tuple[tuple[str, ...], ...], leaves: list[object]) -> Row:
    told = Row(id=name)
    extra = told.extra
    plans = _plans(paths, _is_infiniband(name, paths, leaves))
    for path, leaf, (what, key) in zip(paths, leaves, plans, strict=True):
        if what != "plain":
            _tell(told, path, leaf, what, key)
        elif isinstance(leaf, str):
            extra.update(measured(key, leaf))
        else:
            extra.update(said(key, leaf))
    settle(told)
    return told


@lru_cache(maxsize=512)  # ports of one switch are told alike
def _plans(paths: tuple[tuple[str, ...], ...], infiniband: bool) -> tuple[tuple[str, str], ...]:
    return tuple(_plan(path, infiniband) for path in paths)


def _gather(value: Mapping[str, object], path: tuple[str, ...], leaves: list[_Leaf]) -> None:
    for name, one in value.items():
        here = (*path, str(name))
        if not isinstance(one, dict):
            leaves.append((here, one))
        elif one and all(inner == {} for inner in one.values()):
            leaves.append((here, words(one)))
        elif one:
            _gather(one, here, leaves)


@lru_cache(maxsize=4096)
def is_of_fabric(name: str) -> bool:
    """Whether a name alone says that it is a port of InfiniBand or NVLink."""
    return _INFINIBAND.fullmatch(name) is not None


def _is_infiniband(name: str, paths: tuple[tuple[str, ...], ...], leaves: list[object]) -> bool:
    place = _of_kind(paths)
    if place is None:
        return is_of_fabric(name)
    return place < 0 or str(leaves[place]).lower() in _TYPES


@lru_cache(maxsize=512)
def _of_kind(paths: tuple[tuple[str, ...], ...]) -> int | None:
    """Which value says what kind of port it is; -1: what only InfiniBand and NVLink have stands there; None: none."""
    for at, path in enumerate(paths):
        key = snake(path[-1])
        if key == "type":
            return at
        if key in _ONLY_OF_FABRIC:
            return -1
    return None


def _tell(told: Row, path: tuple[str, ...], leaf: object, what: str, name: str) -> None:
    if what == "count" and _tell_count(told, name, path, leaf):
        return
    if what == "ber" and not isinstance(leaf, list):
        _tell_ber(told, path, str(leaf))
    elif what == "diagnostic":
        told.extra["diagnostic_code"] = int(path[-2][:9])
        told.extra[name] = leaf if isinstance(leaf, str) else str(leaf)
    elif what == "neighbour":
        _tell_neighbour(told, path, leaf)
    else:
        told.extra.update(said(_key(path), leaf))


@lru_cache(maxsize=8192)
def _plan(path: tuple[str, ...], infiniband: bool) -> tuple[str, str]:
    """What the leaf at the end of a path is, and by which name it is told."""
    key = snake(path[-1])
    if key.startswith(tuple(_BERS)):
        return "ber", key
    if is_count(path):
        return "count", counter(path, infiniband)
    if len(path) > 2 and path[-2].isdecimal() and "diagnostics" in path:
        return "diagnostic", f"diagnostic_{key}"
    return ("neighbour", key) if "neighbor" in path[:-2] else ("plain", _key(path))


def _tell_neighbour(told: Row, path: tuple[str, ...], leaf: object) -> None:
    """`lldp`, `neighbor`, its name, then what it said of itself; a second neighbour's keys hold its name."""
    place = path.index("neighbor") + 1
    name, *rest = path[place:]
    if told.extra.setdefault("peer_node", name) != name:
        told.extra.update(said(_key(path), leaf))
        return
    told.extra.update(said(_key(("remote", *rest)), leaf))
    if rest == ["port", "name"]:
        told.peer = f"{name}/{leaf}"


@lru_cache(maxsize=8192)
def _key(path: tuple[str, ...]) -> str:
    """What stands in `link` has the plain name, everything else the names it stands under as well, none twice."""
    names: list[str] = []
    for name in (one.strip("[]") for one in path if one not in _PATHS_APART):
        above = names[-1] if names else ""
        if above and (name == above or name.startswith(f"{above}-")):
            names[-1] = name
        elif not (above.endswith(f"-{name}")):
            names.append(name)
    return "-".join(names) or path[-1]


def _is_whole(path: tuple[str, ...]) -> bool:
    """Whether a value is the port's, not that of one of its lanes."""
    return not any(name.isdecimal() or snake(name).startswith("lane") for name in path[:-1])


def _tell_ber(told: Row, path: tuple[str, ...], text: str) -> None:
    key = snake(path[-1])
    value = ber(text)
    kind = _BERS.get(key) if _is_whole(path) else None
    if kind is None:
        told.extra[snake(_key(path))] = value
        return
    told.ber = told.ber or Ber()
    told.ber = Ber(**{**{one: getattr(told.ber, one) for one in _BERS.values()}, kind: value})
    if value is None:
        told.marks.append(f"none seen {kind}" if no_error_seen(text) else f"unknown {kind}")


def _tell_count(told: Row, name: str, path: tuple[str, ...], leaf: object) -> bool:
    """Whether it was a count indeed."""
    if isinstance(leaf, bool | list) or leaf is None:
        return False
    if isinstance(leaf, int | float):
        told.counters[name] = leaf
        return True
    text = str(leaf).strip()
    if text.isdecimal() and len(text) < _LONG:
        told.counters[name] = int(text)
        return True
    exact = _OCTETS.fullmatch(text)
    value = integer(exact[1]) if exact else integer(text)
    if value is not None:
        told.counters[name] = value
    elif _ROUNDED.fullmatch(text):
        told.counters[name] = None
        told.marks.append(f"approximate {name}")
        told.extra[snake(_key(path))] = text
    elif is_nothing(text):
        told.counters[name] = None
        told.marks.append(f"unsupported {name}")
    else:
        return False
    return True
