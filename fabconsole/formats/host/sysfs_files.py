"""What a file below `/sys/class/infiniband/DEVICE` says, by its path there.

Names and contents: Linux Documentation/ABI/stable/sysfs-class-infiniband, drivers/infiniband/core/sysfs.c. A counter
that the device cannot count reads `N/A (no PMA)`. `counters_ext` is what mlx4 had for counters of 64 bits.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import lru_cache

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.formats.host import sysfs
from fabconsole.formats.infiniband.port_words import logical, node_type, physical
from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, is_nothing, snake

PORT_FILES = {
    "state": "state",
    "phys_state": "phys_state",
    "rate": "rate",
    "lid": "lid",
    "sm_lid": "sm_lid",
    "lid_mask_count": "lmc",
    "sm_sl": "sm_sl",
    "cap_mask": "capability_mask",
    "link_layer": "link_layer",
}
DEVICE_FILES = {
    "fw_ver": "firmware",
    "hca_type": "hca_type",
    "board_id": "board",
    "hw_rev": "hardware_version",
    "node_guid": "node_guid",
    "node_desc": "node",
    "node_type": "node_type",
    "sys_image_guid": "system_image_guid",
}
COUNTER_DIRECTORIES = frozenset({"counters", "hw_counters", "counters_ext"})
_TABLES = {"gids": "gids", "pkeys": "pkeys", "gid_attrs/types": "gid_types", "gid_attrs/ndevs": "gid_netdevs"}
_NO_GID = re.compile(r"(?:fe80:)?[0:]*")
_MEMBER = re.compile(r"(\w{1,64}) (\d{1,20})")
_WIDTHS = {"counters": Width.SYSFS, "hw_counters": Width.HW_COUNTERS}
_LARGEST = (1 << 64) - 1


def tell_port(row: Row, path: str, text: str) -> None:
    """Put to a port's row what `path`, within the port's directory, says."""
    directory, _, name = path.rpartition("/")
    if directory in COUNTER_DIRECTORIES:
        _count(row, directory, name, text)
    elif table := _TABLES.get(directory):
        _list(row.extra, table, name, text)
    elif directory.startswith("cm_") and text.isdecimal():
        row.counters[path] = integer(text)
    elif key := PORT_FILES.get(path):
        _state(row, key, text)
    else:
        _keep(row.extra, path, text)


def tell_device(said: MutableMapping[str, Said], path: str, text: str) -> None:
    """Put to what is known of a device what `path`, within the device's directory, says."""
    directory, _, name = path.rpartition("/")
    key = DEVICE_FILES.get(path)
    if directory in ("hw_counters", "diag_counters"):
        counters = said.setdefault(directory, {})
        if not text:
            _empty(said, path)
        elif isinstance(counters, dict):
            counters[name] = integer(text)
    elif key is None:
        _keep(said, path.removeprefix("device/"), text)
    elif key.endswith("guid"):
        said[key] = sysfs.guid(text)
    else:
        said[key] = node_type(text) if key == "node_type" else text or None


def settle(row: Row) -> None:
    """What a down port's `rate` says is from before."""
    if row.state == "Down":
        row.rate_gbps = row.width = None


def _count(row: Row, directory: str, name: str, text: str) -> None:
    value = (int(text) if len(text) < 20 else integer(text)) if text.isdecimal() else None
    if directory == "hw_counters" and name == "lifespan":  # how old its values may be, in milliseconds
        row.extra["lifespan_ms"] = value
        return
    if name in row.counters:
        name = f"{directory}/{name}"
    row.counters[name] = value
    if value is None:
        row.marks.append(f"{'unsupported' if text and is_nothing(text) else 'unknown'} {name}")
        return
    if value == _most(directory, name):
        row.marks.append(f"saturated {name}")


@lru_cache(maxsize=1024)
def _most(directory: str, name: str) -> int:
    """All ones, in a counter's width there."""
    counter, width = COUNTERS.get(name), _WIDTHS.get(directory)
    most = counter.maximum(width) if counter is not None and width is not None else _LARGEST
    return _LARGEST if most is None else most


def _state(row: Row, key: str, text: str) -> None:
    if key == "state":
        row.state = logical(text) or None
    elif key == "phys_state":
        row.phys_state = physical(text) or None
    elif key == "rate" and (rate := sysfs.rate(text)):
        row.rate_gbps, row.width = rate.gbps, rate.width
        row.extra["printed_rate"] = text
        if rate.generation:
            row.extra["generation"] = rate.generation
    elif key in ("capability_mask", "link_layer"):
        row.extra[key] = text or None
    else:
        row.extra[key] = text if (value := integer(text)) is None else value


def _list(extra: dict[str, Said], table: str, index: str, text: str) -> None:
    """An entry of a table; most of a table's are void, and only counted."""
    if table in ("gids", "pkeys"):
        size = extra.get(f"{table}_size", 0)
        extra[f"{table}_size"] = size + 1 if isinstance(size, int) else 1
        void = _NO_GID.fullmatch(text) if table == "gids" else integer(text) == 0
    else:
        void = not text
    entries = extra.setdefault(table, {})
    if not void and isinstance(entries, dict):
        entries[index] = text


def _keep(said: MutableMapping[str, Said], path: str, text: str) -> None:
    """A file that we do not know: its value, or its lines."""
    key = snake(path)
    if path == "uevent" and text.startswith("PCI_SLOT_NAME="):
        said["pci"] = text.partition("=")[2].lower()
    elif not text:
        _empty(said, path)
    elif member := _MEMBER.fullmatch(text):
        members = said.setdefault(key, {})
        if isinstance(members, dict):
            members[member[1]] = int(member[2])
    elif key in said:
        before = said[key]
        said[key] = [*before, text] if isinstance(before, list) else [before, text]
    else:
        said[key] = text if (value := integer(text)) is None or text.startswith("0x") else value


def _empty(said: MutableMapping[str, Said], path: str) -> None:
    files = said.setdefault("empty_files", [])
    if isinstance(files, list):
        files.append(path)
