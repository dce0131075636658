"""`nvidia-smi topo -m` and `topo -p2p`: what lies between every two GPUs and NICs, or what they may do directly.

The head is underlined by escape codes, into pipes too. NICs are columns by the name of their device (`mlx5_0`), since
driver 525 by number (`NIC0`) with a legend. A row's cells stand in the order of the head; after them come CPU and NUMA
affinity, for GPUs only.
"""

from __future__ import annotations

import re
from itertools import takewhile

from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

_TAIL = {"CPU Affinity": "cpu_affinity", "NUMA Affinity": "numa_affinity", "GPU NUMA ID": "gpu_numa_id"}
_AFFINITY = re.compile(r"CPU\s{0,4}Affinity|NUMA\s{0,4}Affinity|GPU\s{0,4}NUMA\s{0,4}ID|NUMA$|Affinity$")
_NAMED = re.compile(r"(?:GPU|NIC)\d{1,3}|[a-z][a-z0-9_]{1,30}\d")
_CELLS = frozenset(("X", "SYS", "NODE", "PHB", "PXB", "PIX", "SOC", "OK", "CNS", "GNS", "TNS", "NS", "U", "DR", "N/A"))
_NVLINKS = re.compile(r"NV\d{1,3}|NV#|NODE|ERR!?")
_P2P = frozenset(("OK", "CNS", "GNS", "TNS", "NS", "U", "DR"))
_P2P_OPTIONS = 6
"""r, w, n, a, p, c of `-p2p`."""

_LEGEND = re.compile(r"(X|SYS|NODE|PHB|PXB|PIX|SOC|NV#|OK|CNS|GNS|TNS|NS|DR|U)\s*=\s*(\S.{0,200})")
_DEVICE = re.compile(r"(NIC\d{1,3}):\s*(\S{1,64})")
_ABRIDGED = re.compile(r"\[?\s?(?:\.{2,}|…)\s?\]?")


class _Matrix:
    """Matrices as they come: a head, rows, legends."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._columns: list[str] = []
        self._tail: list[str] = []
        self._rows: dict[str, Row] = {}
        self._devices: dict[str, str] = {}

    def line(self, line: str) -> None:
        """Take one in."""
        if self._row(line.split()) or self._legend(line) or self._head(line):
            return
        if said := complaint(line):
            self.reading.events.append(said)
        elif _ABRIDGED.fullmatch(line):
            self.reading.facts["abridged"] = True
        elif not typed(line):
            self.reading.unparsed.append(line)

    def _head(self, line: str) -> bool:
        names = _AFFINITY.sub(" ", line).split()
        if not any(name.startswith("GPU") for name in names) or not all(map(_NAMED.fullmatch, names)):
            return False
        self._columns = names
        self._tail = [_TAIL.get(" ".join(said.split()), said) for said in _AFFINITY.findall(line)]
        return True

    def _row(self, cells: list[str]) -> bool:
        if len(cells) < 2 or not _NAMED.fullmatch(cells[0]) or not _is_cell(cells[1]):
            return False
        width = len(self._columns) or sum(1 for _ in takewhile(_is_cell, cells[1:]))
        among, rest = cells[1 : 1 + width], cells[1 + width :]
        if len(among) < width or not all(map(_is_cell, among)) or len(rest) > max(len(self._tail), 3):
            return False
        if any(_is_cell(cell) and cell != "N/A" for cell in rest) or not self._on_its_own(cells[0], among):
            return False
        kind = "cells" if not self._columns else "p2p" if any(cell in _P2P for cell in among) else "peers"
        row, kind = self._free(cells[0], kind)
        row.extra[kind] = list(among)
        if self._columns:
            pairs = zip(self._columns, among, strict=True)
            row.extra[kind] = {_id(peer): cell for peer, cell in pairs if cell != "X"}
        keys = self._tail or list(_TAIL.values())
        if rest == ["N/A"]:  # affinities are left blank where the system does not tell them
            keys = keys[-1:]
        for key, value in zip(keys, rest, strict=False):
            number = None if key == "cpu_affinity" else values.integer(value)
            row.extra[key] = None if values.is_nothing(value) else value if number is None else number
        return True

    def _on_its_own(self, name: str, among: list[str]) -> bool:
        """Whether a row has its X where the head has its name: if not, the head is another matrix's, or torn."""
        if not self._columns:
            return "X" in among
        return name in self._columns and among[self._columns.index(name)] == "X"

    def _free(self, name: str, kind: str) -> tuple[Row, str]:
        """The row that has nothing under that key, and the key. Each option of -p2p prints a matrix alike."""
        row = self._named(name)
        for key in (kind, *(f"p2p_{number}" for number in range(2, _P2P_OPTIONS + 1) if kind == "p2p")):
            if key not in row.extra:
                return row, key
        del self._rows[name]  # a later answer to the same question
        return self._named(name), kind

    def _named(self, name: str) -> Row:
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = Row(id=_id(name))
            self.reading.rows.append(row)
        return row

    def _legend(self, line: str) -> bool:
        if line in ("Legend:", "NIC Legend:"):
            return True
        if device := _DEVICE.fullmatch(line):
            self._devices[device[1]] = device[2]
            return True
        return _LEGEND.fullmatch(line) is not None

    def finish(self) -> Reading:
        """Put the devices to the NICs, and count."""
        for name, device in self._devices.items():
            self._named(name).extra["device"] = device
        for kind in ("gpu", "nic"):
            if count := sum(row.id.startswith(kind) for row in self.reading.rows):
                self.reading.facts[f"{kind}s"] = count
        others = [row.id for row in self.reading.rows if not row.id.startswith(("gpu", "nic"))]
        if others:
            self.reading.facts["nics"] = len(others) + sum(row.id.startswith("nic") for row in self.reading.rows)
        missing = [name for name in self._columns if name not in self._rows]
        if missing:
            self.reading.facts["incomplete"] = f"the head names {', '.join(missing[:8])}, which have no row"
        return self.reading


def _id(name: str) -> str:
    return name.lower() if name.startswith(("GPU", "NIC")) else name


def _is_cell(said: str) -> bool:
    return said in _CELLS or _NVLINKS.fullmatch(said) is not None


def _read(paste: Paste) -> Reading:
    matrix = _Matrix()
    for line in paste.lines:
        if line := line.strip():
            matrix.line(line)
    return matrix.finish()


FORMAT = Format(
    name="nvidia-smi-topo",
    family="nvidia",
    commands=("nvidia-smi topo -m", "nvidia-smi topo -p2p r", "nvidia-smi topo -p2p n", "nvidia-smi topo --matrix"),
    versions="drivers 384 to 610",
    yields="what lies between every two GPUs and NICs, affinities, direct access",
    signs={
        r"^[ \t]{0,40}GPU\d{1,3}[ \t].{0,1000}CPU Affinity": 100,
        r"^[ \t]{0,40}(?:GPU|NIC)\d{1,3}[ \t]{1,16}(?:X|SYS|NODE|PHB|PXB|PIX|NV\d{1,3}|OK|CNS|NS)\s": 100,
        r"^[ \t]{0,40}NV#\s{1,8}= Connection traversing": 60,
        r"^[ \t]{0,40}CNS\s{1,8}= Chipset not supported": 60,
    },
    read=_read,
)
