"""From the values of a poll to tables: a device at a time into one vector, the vector into matrices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED, Kind, PortState, Table, Width
from fabconsole.formats.host import sysfs
from fabconsole.platforms.hca_mould import Cavity
from fabconsole.platforms.hca_text import Counters, Device

_NO_VALUES: NDArray[np.uint64] = np.zeros(0, np.uint64)
_RANK = {name: rank for rank, name in enumerate(COUNTERS)}


def blocks_of(body: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """Device name to (exit status, its lines), out of an answer to `hca_text.VALUES_CALL` less its first line."""
    blocks: dict[bytes, tuple[bytes, bytes]] = {}
    lines, *pieces = body.split(b"@")
    for piece in pieces:
        trailer, _, following = piece.partition(b"\n")
        name, _, status = trailer.partition(b" ")
        blocks[name] = (status, lines)
        lines = following
    return blocks


class DeviceReader:
    """Reads one device's lines, and remembers them: what did not change is not understood again."""

    __slots__ = ("_head", "_lines", "_standing", "_tail", "device", "moving", "states", "unsupported", "values")

    def __init__(self, device: Device) -> None:
        self.device = device
        self.values: NDArray[np.uint64] = _NO_VALUES
        """One a counter of `device.counters`, after a `read` that was true and until `forget`."""
        self.unsupported: NDArray[np.bool_] | None = None
        self.states: tuple[PortState, ...] = ()
        """One a port of `device.ports`."""
        self.moving = sum(1 for _, _, source in device.counters if source is Width.SYSFS)
        """How many of the values are of the counters that always move, `counters/`; they come first."""
        self._lines = len(device.states) + len(device.counters)
        self._head = b""
        self._tail = b""
        self._standing = _standing(device)

    def read(self, status: bytes, block: bytes) -> bool:
        """Take a block in; False, and nothing taken, where it is not exactly what was asked for."""
        if status != b"0" or not self._lines or block.count(b"\n") != self._lines:
            return False
        said = block.split(b"\n", len(self.device.states))
        numbers = said[-1]
        found = sysfs.counters(numbers)
        if found is None or len(found[0]) != len(self.device.counters):
            return False
        self.values, self.unsupported = found
        head, tail = block[: len(block) - len(numbers)], numbers.split(b"\n", self.moving)[-1]
        if head != self._head or not self.states:
            self.states = self._understood(head)
        self._head, self._tail = head, tail
        return True

    def forget(self) -> None:
        """The values are in tables now."""
        self.values = _NO_VALUES

    @property
    def cavity(self) -> Cavity | None:
        """What was read last, as a mould for the next answer; None where nothing moves, or not all are numbers."""
        if not self.moving or self.unsupported is not None:
            return None
        return Cavity(self._head, self.moving, b"\n%b@%b 0\n" % (self._tail, self.device.name.encode()))

    def _understood(self, head: bytes) -> tuple[PortState, ...]:
        said: dict[int, dict[str, str]] = {port: {} for port in self.device.ports}
        lines = head.decode("utf-8", "replace").split("\n")
        for (port, name), line in zip(self.device.states, lines, strict=False):
            said[port][name] = line.strip()
        return tuple(_port_state(said[port], standing) for port, standing in self._standing.items())


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a port says once."""

    link_layer: str | None
    port_guid: str | None
    node_guid: str | None
    pci: str | None
    firmware: str | None
    board: str | None


def _standing(device: Device) -> dict[int, _Standing]:
    said = device.standing
    shown = {key: printable(said[key], 64) for key in ("fw_ver", "board_id") if key in said}
    ports = {}
    for port in device.ports:
        layer = printable(said.get(f"ports/{port}/link_layer", ""), 32) or None
        ports[port] = _Standing(
            link_layer=layer,
            # On Ethernet gids/0 is made from a MAC address: no port GUID, and nothing to join by.
            port_guid=None if layer == "Ethernet" else sysfs.guid_of_gid(said.get(f"ports/{port}/gids/0", "")),
            node_guid=sysfs.guid(said.get("node_guid", "")),
            pci=sysfs.pci_address(said.get("device", "")),
            firmware=shown.get("fw_ver"),
            board=shown.get("board_id"),
        )
    return ports


def _port_state(said: dict[str, str], standing: _Standing) -> PortState:
    state = sysfs.logical_state(said.get("state", ""))
    rate = None if state == "Down" else sysfs.rate(said.get("rate", ""))
    return PortState(
        state=state,
        phys_state=sysfs.physical_state(said.get("phys_state", "")),
        rate_gbps=rate.gbps if rate else None,
        width=rate.width if rate else None,
        generation=rate.generation if rate else None,
        link_layer=standing.link_layer,
        lid=sysfs.lid(said.get("lid", "")),
        sm_lid=sysfs.lid(said.get("sm_lid", "")),
        port_guid=standing.port_guid,
        node_guid=standing.node_guid,
        pci=standing.pci,
        firmware=standing.firmware,
        board=standing.board,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where in the vector of one source's values each cell of its matrix is."""

    source: Width
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    places: NDArray[np.intp]
    """(rows, columns) of indices into the vector; 0 where `quality` is ABSENT."""
    quality: NDArray[np.uint8]
    """(rows, columns), as if every value were a number."""
    whole: bool
    """No cell is ABSENT."""

    def table(
        self,
        vector: NDArray[np.uint64],
        unsupported: NDArray[np.bool_] | None,
        states: tuple[PortState, ...],
        unread: tuple[str, ...],
    ) -> Table:
        """The values as they stand in the vector; marks say which of them are no numbers."""
        values = np.take(vector, self.places) if len(vector) else np.zeros(self.places.shape, np.uint64)
        quality = self.quality
        if unsupported is not None:
            quality = np.where(np.take(unsupported, self.places), np.uint8(UNSUPPORTED), quality)
        if not self.whole:
            values[self.quality == ABSENT] = 0
            quality = np.where(self.quality == ABSENT, np.uint8(ABSENT), quality)
        return Table(
            kind=Kind.PORTS,
            source=self.source,
            rows=self.rows,
            columns=self.columns,
            values=values,
            quality=quality,
            states=states,
            unread=unread,
        )


def rows_of(device: Device) -> tuple[str, ...]:
    """The ports of a device as a table names them: `mlx5_0/1`."""
    return tuple(f"{device.name}/{port}" for port in device.ports)


def columns_of(devices: Sequence[Device], source: Width) -> tuple[str, ...]:
    """The counters of one source that any of `devices` has, in the registry's order."""
    names = {name for device in devices for _, name, where in device.counters if where is source}
    return tuple(sorted(names, key=lambda name: (_RANK.get(name, len(_RANK)), name)))


def layout_of(devices: Iterable[Device], source: Width, rows: tuple[str, ...], columns: tuple[str, ...]) -> Layout:
    """The layout of one source's values of `devices` laid end to end; `rows` are their ports, in any order."""
    return _layout(tuple((device.name, device.counters) for device in devices), source, rows, columns)


@lru_cache(maxsize=256)  # hosts of one model lay out the same: 6 kB each if every one had its own
def _layout(
    devices: tuple[tuple[str, Counters], ...], source: Width, rows: tuple[str, ...], columns: tuple[str, ...]
) -> Layout:
    row_of = {row: index for index, row in enumerate(rows)}
    column_of = {name: index for index, name in enumerate(columns)}
    places = np.zeros((len(rows), len(columns)), dtype=np.intp)
    quality = np.full((len(rows), len(columns)), ABSENT, dtype=np.uint8)
    base = 0
    for device, counters in devices:
        own = [(port, name) for port, name, where in counters if where is source]
        for index, (port, name) in enumerate(own, base):
            cell = row_of[f"{device}/{port}"], column_of[name]
            places[cell], quality[cell] = index, PRESENT
        base += len(own)
    places.setflags(write=False)
    quality.setflags(write=False)
    return Layout(source, rows, columns, places, quality, whole=bool((quality == PRESENT).all()))
