"""`nvidia-smi topo`: what lies between every two GPUs, NICs and drives (`-m`), what they may do directly (`-p2p`),
who is near a CPU (`-c`) or a node of memory (`-C`, `-M`), and the way between two (`-p`).

The head is underlined by escape codes, into pipes too. NICs are columns by the name of their device (`mlx5_0`), since
driver 525 by number (`NIC0`) with a legend. A row's cells stand in the order of the head; after them come CPU and NUMA
affinity, for GPUs only.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import takewhile

from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

_TAIL = {"CPU Affinity": "cpu_affinity", "NUMA Affinity": "numa_affinity", "GPU NUMA ID": "gpu_numa_id"}
_AFFINITY = re.compile(r"CPU\s{0,4}Affinity|NUMA\s{0,4}Affinity|GPU\s{0,4}NUMA\s{0,4}ID|NUMA$|Affinity$")
_NAMED = re.compile(r"(?:GPU|NIC|NVME|NVMe)\d{1,3}|[a-z][a-z0-9_]{1,30}\d")
_UNDERLINED = re.compile(r"\[\d{0,2}m")
"""An escape code that lost its first character."""

_MOST_NVLINKS = 144
_CELLS = frozenset(f"NV{count}" for count in range(_MOST_NVLINKS + 1)).union(
    ("X", "SYS", "NODE", "PHB", "PXB", "PIX", "SOC", "OK", "CNS", "GNS", "TNS", "NS", "U", "DR", "N/A", "NV#", "ERR!"),
    ("ERR",),
)
_P2P = frozenset(("OK", "CNS", "GNS", "TNS", "NS", "U", "DR"))
_LONGEST_TITLE = 16
_P2P_OPTIONS = 6
"""r, w, n, a, p, c of `-p2p`."""

_MATRICES = frozenset(("cells", "peers", "p2p"))

_LEGEND = re.compile(r"(X|SYS|NODE|PHB|PXB|PIX|SOC|NV#|OK|CNS|GNS|TNS|NS|DR|U)\s*=\s*(\S.{0,200})")
_DEVICE = re.compile(r"((?:NIC|NVME|NVMe)\d{1,3}):\s*(\S{1,64})")
_PATH = re.compile(
    r"(?:Device|GPU) (\d{1,3}) is connected to (?:device|GPU) (\d{1,3}) (?:by way of|via) (.{1,200}?)\.?"
)
_NEAREST = re.compile(r"(NUMA IDs? of closest [A-Za-z]{1,16}|GPU NUMA ID): {0,8}(\S.{0,200})?")
_OF_CPU = re.compile(r"The GPUs that have an affinity with CPU (\d{1,5}) are:")
_ALIKE = re.compile(r"The .{0,120}(?:GPUs|devices) .{0,200}:")
_NUMBERS = re.compile(r"(?:GPU ?)?\d{1,3}(?:, ?(?:GPU ?)?\d{1,3}){0,255},?")
_ASKED = re.compile(r"(?:-i|--id)[ =](\d{1,3})(?![\d,])")
_ABRIDGED = re.compile(r"\[?\s?(?:\.{2,}|…)\s?\]?")


class _Matrix:
    """Matrices as they come: a head, rows, legends."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._columns: list[str] = []
        self._ids: list[str] = []
        """The columns' names as ids."""
        self._asked: str | None = None
        """The GPU that a command named."""
        self._listing = ""
        """What the numbers in the next line are."""
        self._tail: list[str] = []
        self._rows: dict[str, Row] = {}
        self._devices: dict[str, str] = {}

    def line(self, line: str) -> None:
        """Take one in."""
        if self._row(line.split()) or self._legend(line) or self._head(line) or self._answer(line):
            return
        if said := complaint(line):
            self.reading.events.append(said)
        elif _ABRIDGED.fullmatch(line):
            self.reading.facts["abridged"] = True
        elif typed(line):
            self.command(line)
        else:
            self.reading.unparsed.append(line)

    def command(self, said: str) -> None:
        """A command that was typed: what is answered without a name is told of the GPU that it asks of."""
        named = _ASKED.search(said)
        self._asked, self._listing = f"GPU{int(named[1])}" if named else None, ""

    def _answer(self, line: str) -> bool:
        """A line of the questions that have no matrix for an answer."""
        facts = self.reading.facts
        if path := _PATH.fullmatch(line):
            into = self._named(f"GPU{int(path[1])}").extra
            told = into.get("paths")
            into["paths"] = {**(told if isinstance(told, dict) else {}), f"gpu{int(path[2])}": path[3]}
        elif nearest := _NEAREST.fullmatch(line):
            into = facts if self._asked is None else self._named(self._asked).extra
            into[values.snake(nearest[1])] = _told(nearest[2] or "")
        elif cpu := _OF_CPU.fullmatch(line):
            self._listing = f"gpus_near_cpu{int(cpu[1])}"
            facts[self._listing] = []
        elif _ALIKE.fullmatch(line):
            self._listing = values.snake(line)
            facts[self._listing] = []
        elif self._listing and _NUMBERS.fullmatch(line):
            facts[self._listing] = [f"gpu{int(one.strip(' GPU'))}" for one in line.split(",") if one.strip()]
            self._listing = ""
        else:
            return False
        return True

    def _head(self, line: str) -> bool:
        line = _UNDERLINED.sub("", line) if "[" in line else line
        names = _AFFINITY.sub(" ", line).split()
        if not any(name.startswith("GPU") for name in names) or not all(map(_NAMED.fullmatch, names)):
            return False
        self._columns, self._ids = names, [_id(name) for name in names]
        self._tail = [_TAIL.get(" ".join(said.split()), said) for said in _AFFINITY.findall(line)]
        return True

    def _row(self, cells: list[str]) -> bool:
        if len(cells) < 2 or cells[1] not in _CELLS or not _is_name(cells[0]):
            return False
        width = len(self._columns) or sum(1 for _ in takewhile(_CELLS.__contains__, cells[1:]))
        among, rest = cells[1 : 1 + width], cells[1 + width :]
        if len(among) < width or not _CELLS.issuperset(among) or len(rest) > max(len(self._tail), 3):
            return False
        if any(cell in _CELLS and cell != "N/A" for cell in rest) or not self._on_its_own(cells[0], among):
            return False
        kind = "cells" if not self._columns else "peers" if _P2P.isdisjoint(among) else "p2p"
        row, kind = self._free(cells[0], kind)
        row.extra[kind] = list(among)
        if self._columns:
            row.extra[kind] = {peer: cell for peer, cell in zip(self._ids, among, strict=True) if cell != "X"}
        keys = self._tail or list(_TAIL.values())
        if rest == ["N/A"]:  # affinities are left blank where the system does not tell them
            keys = keys[-1:]
        for key, value in zip(keys, rest, strict=False):
            row.extra[key] = value if key == "cpu_affinity" and value != "N/A" else _told(value)
        return True

    def _on_its_own(self, name: str, among: list[str]) -> bool:
        """Whether a row has its X where the head has its name: if not, the head is another matrix's, or torn.

        Who has no column, for it was left out to make the matrix narrow, has no X either.
        """
        if not self._columns:
            return "X" in among
        if name not in self._columns:
            return "X" not in among
        return among[self._columns.index(name)] == "X"

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
        if line.endswith("Legend:") and len(line) < _LONGEST_TITLE:
            return True
        if device := _DEVICE.fullmatch(line):
            self._devices[device[1]] = device[2]
            return True
        return _LEGEND.fullmatch(line) is not None

    def finish(self) -> Reading:
        """Put the devices to the NICs, and count."""
        for name, device in self._devices.items():
            self._named(name).extra["device"] = device
        inside = [row.id for row in self.reading.rows if not _MATRICES.isdisjoint(row.extra)]
        counts = Counter(next((kind for kind in ("gpu", "nvme") if name.startswith(kind)), "nic") for name in inside)
        self.reading.facts.update({f"{kind}s": counts[kind] for kind in ("gpu", "nic", "nvme") if counts[kind]})
        missing = [name for name in self._columns if name not in self._rows]
        if missing:
            self.reading.facts["incomplete"] = f"the head names {', '.join(missing[:8])}, which have no row"
        return self.reading


@lru_cache(maxsize=4096)
def _id(name: str) -> str:
    return name.lower() if name.startswith(("GPU", "NIC", "NVM")) else name


@lru_cache(maxsize=4096)
def _is_name(said: str) -> bool:
    return _NAMED.fullmatch(said) is not None


@lru_cache(maxsize=4096)
def _told(said: str) -> str | int | None:
    number = values.integer(said)
    return None if values.is_nothing(said) else said if number is None else number


def _read(paste: Paste) -> Reading:
    matrix = _Matrix()
    for at, line in enumerate(paste.lines):
        if line := line.strip():
            matrix.line(line)
        elif at in paste.typed:
            matrix.command(paste.typed[at])
    return matrix.finish()


FORMAT = Format(
    name="nvidia-smi-topo",
    family="nvidia",
    commands=(
        "nvidia-smi topo -m",
        "nvidia-smi topo -p2p r",
        "nvidia-smi topo -p2p n",
        "nvidia-smi topo --matrix",
        "nvidia-smi topo",
    ),
    versions="drivers 384 to 610",
    yields="what lies between every two GPUs, NICs and drives, affinities, direct access",
    signs={
        r"^[ \t]{0,40}GPU\d{1,3}[ \t].{0,1000}CPU Affinity": 100,
        r"^[ \t]{0,40}(?:GPU|NIC)\d{1,3}[ \t]{1,16}(?:X|SYS|NODE|PHB|PXB|PIX|NV\d{1,3}|OK|CNS|NS)\s": 100,
        r"^(?:Device|GPU) \d{1,3} is connected to (?:device|GPU) \d{1,3} ": 100,
        r"^NUMA IDs? of closest |^The GPUs that have an affinity with CPU": 100,
        r"^[ \t]{0,40}NV#\s{1,8}= Connection traversing": 60,
        r"^[ \t]{0,40}CNS\s{1,8}= Chipset not supported": 60,
    },
    read=_read,
)
