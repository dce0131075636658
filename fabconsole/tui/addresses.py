"""Addresses of what can be selected: a rack, a node, a port, a GPU, an NVLink."""

from __future__ import annotations

import re

_RACK = "rack "
_GPU = re.compile(r"gpu(\d+)$")
_NVLINK = re.compile(r"nvl(\d+)$")
_EVENT = "\t"
"""Between the place of an event and what tells it from others; no name that is shown holds one."""


def rack_address(name: str) -> str:
    """A rack's address; no node's name holds a blank, so it cannot be taken for one."""
    return _RACK + name


def rack_named(address: str) -> str | None:
    """The rack that `address` is, None where it is something else."""
    return address.removeprefix(_RACK) if address.startswith(_RACK) else None


def event_address(place: str, key: str) -> str:
    """The address of an event: of what it is about, and which of the events there it is."""
    return f"{place}{_EVENT}{key}"


def event_key(address: str) -> str | None:
    """Which event is at `address`; None where that is no event's."""
    return address.partition(_EVENT)[2] or None


def place_of(address: str) -> str:
    """What an event is about; every other address as it is."""
    return address.partition(_EVENT)[0]


def node_of(address: str) -> str:
    """The node that an address is on; a rack's address is returned as it is."""
    return place_of(address).partition("/")[0]


def gpu_of(address: str) -> int | None:
    """The number of the GPU that is, or holds, what is at `address`."""
    parts = address.split("/")
    found = _GPU.match(parts[1]) if len(parts) > 1 else None
    return int(found[1]) if found else None


def nvlink_of(address: str) -> int | None:
    """The number of the NVLink at `address`."""
    parts = address.split("/")
    found = _NVLINK.match(parts[2]) if len(parts) == 3 else None
    return int(found[1]) if found else None


def upwards(address: str) -> list[str]:
    """The address and what holds it, the nearest first: NVLink, GPU, node. An event is held by nothing."""
    if _EVENT in address:
        return [address]
    parts = address.split("/")
    return ["/".join(parts[:size]) for size in range(len(parts), 0, -1)]
