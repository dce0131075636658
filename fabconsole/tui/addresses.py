"""Addresses of what can be selected: a rack, a node, a port, a GPU, an NVLink."""

from __future__ import annotations

import re

_RACK = "rack "
_GPU = re.compile(r"gpu(\d+)$")
_NVLINK = re.compile(r"nvl(\d+)$")


def rack_address(name: str) -> str:
    """A rack's address; no node's name holds a blank, so it cannot be taken for one."""
    return _RACK + name


def rack_named(address: str) -> str | None:
    """The rack that `address` is, None where it is something else."""
    return address.removeprefix(_RACK) if address.startswith(_RACK) else None


def node_of(address: str) -> str:
    """The node that an address is on; a rack's address is returned as it is."""
    return address.partition("/")[0]


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
    """The address and what holds it, the nearest first: NVLink, GPU, node."""
    parts = address.split("/")
    return ["/".join(parts[:size]) for size in range(len(parts), 0, -1)]
