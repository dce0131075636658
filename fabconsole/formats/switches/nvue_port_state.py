"""What of a switch port's values holds for the link as a whole: state, rate, width, the far end."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import gbps

_LOGICAL = {"init": "Initialize", "initialize": "Initialize", "initializing": "Initialize", "armed": "Armed"} | {
    "active": "Active",
    "down": "Down",
    "activedefer": "ActiveDefer",
}
_PHYSICAL = {"linkup": "LinkUp", "link up": "LinkUp"}
_UP = ("oper_status", "oper_state", "link_state", "state_oper")
_LLDP = re.compile(r"(\S{1,64}) \((\S{1,64})\)|([^\s(]{1,64})\((\S{1,64})\)")
"""`spine01 (swp3)` in a list, `swp3(spine01)` of one interface."""
_LANES = re.compile(r"\d{1,2}X")


def settle(told: Row) -> None:
    """Give what the common keys hold its place there."""
    extra = told.extra
    up = _up(extra)
    logical = extra.pop("logical_state", None)
    if isinstance(logical, str):
        told.state = _LOGICAL.get(logical.lower(), logical)
    elif up is not None:
        told.state = up
    physical = extra.pop("physical_state", None)
    if isinstance(physical, str):
        told.phys_state = _PHYSICAL.get(physical.lower(), physical)
    _settle_rate(told)
    lanes = extra.get("lanes")
    if isinstance(lanes, str) and _LANES.fullmatch(lanes) and told.state not in ("down", "Down"):
        told.width = lanes
    _settle_peer(told)


def _up(extra: dict[str, Said]) -> str | None:
    """Whether the link is up; the printed `state` is kept as `link_state`, since a row's own may say more."""
    if extra.get("state") in ("up", "down") and "link_state" not in extra:
        extra["link_state"] = extra.pop("state")
    if isinstance(word := extra.get("linkstate"), str):  # of `net show interface json`
        extra["link_state"] = "up" if word == "UP" else "down"
    for key in _UP:
        if isinstance(said := extra.get(key), str) and said.lower() in ("up", "down"):
            return said.lower()
    return None


def _settle_rate(told: Row) -> None:
    speed = told.extra.get("speed")
    rate = gbps(speed) if isinstance(speed, str) else None
    if rate is None:
        return
    if told.state in ("down", "Down"):
        told.extra["printed_rate"] = told.extra.pop("speed")
    else:
        told.rate_gbps = rate


def _settle_peer(told: Row) -> None:
    host, port = told.extra.get("remote_host"), told.extra.get("remote_port")
    if isinstance(host, str) and isinstance(port, str | int):
        told.peer = f"{host}/{port}"
        told.extra["peer_node"] = host
    elif isinstance(lldp := told.extra.get("lldp"), str) and (far := _LLDP.fullmatch(lldp)):
        node, port = (far[1], far[2]) if far[3] is None else (far[4], far[3])
        told.peer, told.extra["peer_node"] = f"{node}/{port}", node
    elif isinstance(node := told.extra.get("lldp_neighbor"), str):
        told.extra["peer_node"] = node
