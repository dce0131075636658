r"""What a Linux host is asked about its HCAs, as shell text: first what there is, then only values.

The listing, ``fc_hl``, prints (exit status 3 and nothing where there is no `/sys/class/infiniband`)

    mlx5_0 mlx5_1               names of the directory, by `echo *` (`*` where it is empty)
    @mlx5_0                     a device
    device=0000:18:00.0         name of the directory its `device` link leads to
    physfn                      only of a virtual function
    node_guid=0c42:a103:...     what stands once: node_guid, fw_ver, board_id,
    fw_ver=28.41.1000           then ports/*/link_layer, ports/*/gids/0,
    ports/1/link_layer=InfiniBand
    ports/1                     every port there is,
    ports/1/state               then every file that is asked for at each poll and reads as one line now:
    ports/1/phys_state          state, phys_state, rate, lid, sm_lid of every port, counters/*, hw_counters/*
    ports/1/counters/VL15_dropped

The values, ``fc_hv``, defined anew after each listing, print

    mlx5_0 mlx5_1               names of the directory, as above
    4: ACTIVE                   the files of a device, in the order of `Device.files`, one line each
    ...
    @mlx5_0 0                   the device, and the exit status of reading it

Devices with the same files are asked in one loop, in listing order. `grep -h ''` is `cat` that ends a last line that
has no end, so that one such file does not swallow the next one's value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from shlex import quote
from sys import intern

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.table import Width

CLASS = "/sys/class/infiniband"
"""Where the kernel lists RDMA devices."""

NO_CLASS = 3
"""Exit status where the directory is not there: no RDMA driver, so no HCA."""

STATE_FILES = ("state", "phys_state", "rate", "lid", "sm_lid")
"""What a port says of itself at each poll."""

LIST_CALL, VALUES_CALL = "fc_hl", "fc_hv"

_States = tuple[tuple[int, str], ...]
Counters = tuple[tuple[int, str, Width], ...]
"""(port, counter, source) of each."""
_MOST_FILES = 1024  # a device; a node that lists more is not believed
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,62}")
_FILE = re.compile(r"ports/(\d{1,3})(?:/(?:([a-z_]+)|(counters|hw_counters)/([A-Za-z0-9_]{1,64})))?")
_STANDING = re.compile(r"(device|node_guid|fw_ver|board_id|ports/\d{1,3}/(?:link_layer|gids/0))=(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One RDMA device as the listing found it."""

    name: str
    standing: Mapping[str, str] = field(default_factory=dict)
    """Path under the device to its one line: what is read once."""
    virtual: bool = False
    """A virtual function: down by design until a guest has it."""
    ports: tuple[int, ...] = ()
    states: _States = ()
    """(port, file) of the state files, in the order of their values."""
    counters: Counters = ()
    """(port, counter, source) that follow them; `counters/` of every port first, as `DeviceReader` relies on."""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of a poll under `ports/`, in order."""
        states = (f"{port}/{name}" for port, name in self.states)
        return (*states, *(f"{port}/{_FOLDER[source]}/{name}" for port, name, source in self.counters))


_FOLDER = {Width.SYSFS: "counters", Width.HW_COUNTERS: "hw_counters"}
_SOURCE = {folder: source for source, folder in _FOLDER.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What devices a node has."""

    names: bytes
    """The names line; another one at a later poll means that devices came or went."""
    devices: tuple[Device, ...] = ()
    strange: int = 0
    """Lines that were not understood."""

    @property
    def torn(self) -> bool:
        """True where devices of the directory may stand in what was not understood: none of them is gone by it."""
        if not self.strange and names_devices(self.names):
            return False
        listed = {device.name for device in self.devices}
        return not listed or any(name not in listed for name in _words(self.names) if _NAME.fullmatch(name))


def listing_text(root: str = CLASS) -> str:
    """Definitions of the listing, one a line."""
    once = "node_guid fw_ver board_id ports/*/link_layer ports/*/gids/0"
    polled = " ".join(f"ports/*/{name}" for name in (*STATE_FILES, "counters/*", "hw_counters/*"))
    return "\n".join(
        (
            'fc_h1() { v= w=; { IFS= read -r v; IFS= read -r w; } <"$1"; [ "$v" ] && [ -z "$w" ]; }',
            f"fc_hl() (cd {quote(root)} || exit {NO_CLASS}; echo *; for d in *; do "
            '[ -d "$d/ports" ] || continue; echo "@$d"; (cd -P "$d/device" && echo "device=${PWD##*/}"); '
            '(cd "$d" || exit; [ -e device/physfn ] && echo physfn; '
            f'for f in {once}; do fc_h1 "$f" && printf \'%s=%s\\n\' "$f" "$v"; done; printf \'%s\\n\' ports/*; '
            f'for f in {polled}; do fc_h1 "$f" && echo "$f"; done); done; true)',
            "",
        )
    )


def values_text(devices: Iterable[Device], root: str = CLASS) -> str:
    """The definition that reads exactly the files of `devices`, one line."""
    loops = "".join(
        f"for d in {' '.join(names)}; do (cd $d/ports && exec grep -h '' {' '.join(files)}); echo \"@$d $?\"; done; "
        for files, names in _alike(devices)
    )
    return f"fc_hv() (cd {quote(root)} || exit {NO_CLASS}; echo *; {loops}true)\n"


def answering_order(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Devices in the order in which `values_text` asks them; those with nothing to read are left out."""
    by_name = {device.name: device for device in devices}
    return tuple(by_name[name] for _, names in _alike(by_name.values()) for name in names)


def names_devices(names: bytes) -> bool:
    """Whether a line can be the names of the directory. What is not says nothing of who is there, or gone."""
    return names == b"*" or all(_NAME.fullmatch(word) for word in _words(names))


def read_listing(body: bytes) -> Listing:
    """Understand the answer to `LIST_CALL`. Never raises."""
    names, _, rest = body.partition(b"\n")
    blocks: list[tuple[str, list[str]]] = []
    strange = 0
    for line in rest.decode("utf-8", "replace").split("\n"):
        if line.startswith("@") and _NAME.fullmatch(line[1:]):
            blocks.append((line[1:], []))
        elif line and blocks:
            blocks[-1][1].append(line)
        elif line:
            strange += 1
    devices = []
    for name, lines in {name: lines for name, lines in blocks}.items():  # noqa: C416 - the last of a doubled name
        device, odd = _device(name, lines)
        devices.append(device)
        strange += odd
    return Listing(names=names, devices=tuple(devices), strange=strange)


def _device(name: str, lines: list[str]) -> tuple[Device, int]:
    standing: dict[str, str] = {}
    states: list[tuple[int, str]] = []
    counters: dict[tuple[int, str, Width], None] = {}
    ports: dict[int, None] = {}
    odd = 0
    for line in lines[:_MOST_FILES]:
        if said := _STANDING.fullmatch(line):
            standing[intern(said[1])] = intern(said[2])
        elif found := _FILE.fullmatch(line):
            port = int(found[1])
            ports[port] = None
            if found[2] in STATE_FILES:
                states.append((port, found[2]))
            elif found[3] and _counts(found[4], _SOURCE[found[3]]):
                counters[port, found[4], _SOURCE[found[3]]] = None
        elif line not in ("physfn", "ports/*"):
            odd += 1
    of_states, of_counters = _shared(
        tuple(dict.fromkeys(states)), tuple(sorted(counters, key=lambda counter: counter[2] is not Width.SYSFS))
    )
    return Device(
        name=name,
        standing=standing,
        virtual="physfn" in lines,
        ports=tuple(sorted(ports)),
        states=of_states,
        counters=of_counters,
    ), odd + max(0, len(lines) - _MOST_FILES)


def _words(names: bytes) -> list[str]:
    return names.decode("utf-8", "replace").split(" ")


@lru_cache(maxsize=256)  # HCAs of one model have the same files: 5 kB each if every one had its own
def _shared(states: _States, counters: Counters) -> tuple[_States, Counters]:
    return states, counters


def _counts(name: str, source: Width) -> bool:
    """Whether a file is asked for: every counter of the port, and of the many others those that are known."""
    known = COUNTERS.get(name)
    return source is Width.SYSFS or (known is not None and source in known.bits)


def _alike(devices: Iterable[Device]) -> list[tuple[tuple[str, ...], list[str]]]:
    groups: dict[tuple[str, ...], list[str]] = {}
    for device in devices:
        if device.files:
            groups.setdefault(device.files, []).append(device.name)
    return list(groups.items())
