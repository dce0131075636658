"""`nvidia-smi --query-gpu=… --format=csv`, and its kin: `--query-remapped-rows`, `--query-compute-apps`, ….

A field's name as printed becomes a key, `memory.used [MiB]` is `memory_used_mib`; the unit stands in the head, in the
value, in both or, with `nounits` and `noheader`, nowhere. Without a head the names are those of the command, where the
paste has it; else a value is told by what it looks like. Temperatures are in degrees C (`--help-query-gpu`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.nvidia.gpu_values import amount, count, suffix, tell
from fabconsole.formats.nvidia.pci import ADDRESS, address
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

_HEAD = re.compile(r"([a-z][A-Za-z0-9_.]{0,80})(?: \[([^\]]{1,16})\])?")
_PLAIN = frozenset(("name", "index", "uuid", "serial", "timestamp", "count", "pstate", "pid", "hostname", "memory"))
_QUERY = re.compile(r"--query-([a-z-]{2,24})[= ]\"?([A-Za-z0-9_.,]{1,8000})")
_TEXT = re.compile(r"version|serial|uuid|name|bus_id|inforom|compute_cap$|hostname|pstate|timestamp|guid|checksum")
_COUNTED = re.compile(
    r"ecc\.errors\.(?!.*thresholdExceeded).*|retired_pages\..*count|remapped_rows\.(?:in)?(?:un)?correctable(?:_inactive)?"
    r"|pcie\.replay_counter|retired_pages\.(?:sbe|dbe)"
)
_CANONICAL = {"pcie.replay_counter": "pcie_replay"}
_UUID = re.compile(r"(?:GPU|MIG)-[0-9a-fA-F][0-9a-fA-F/-]{6,60}")
_PCI = re.compile(ADDRESS)
_PRODUCT = re.compile(r"(?:NVIDIA|Tesla|Quadro|GeForce|GRID|TITAN|Graphics Device)\b.{0,60}")
_STAMP = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?")
_UNIT = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,9})? (?:%|MiB|W|MHz|us|ms|C|KiB|seconds)")
_INDEX = re.compile(r"\d{1,2}")
_LONGEST, _MOST = 200, 1000
_SPLIT = re.compile(r", ?")


@dataclass(frozen=True, slots=True)
class _Field:
    """A column."""

    name: str
    unit: str

    @property
    def key(self) -> str:
        """Its name as a key, without a unit."""
        return self.name.replace(".", "_") if self.name.islower() else values.snake(self.name)


class _Query:
    """One answer after the other; a head tells the columns of what follows it."""

    def __init__(self, commands: Sequence[str]) -> None:
        self.reading = Reading()
        self._typed = _typed(commands)
        self._fields: list[_Field] = []

    def line(self, line: str) -> None:
        """Take one in."""
        cells = [cell.strip() for cell in _SPLIT.split(line, _MOST)]
        if head := _head(cells):
            self._fields = head
            self.reading.facts["columns"] = len(head)
        elif said := complaint(line):
            self.reading.events.append(said)
        elif typed(line):
            self._typed = _typed([line]) or self._typed
        elif len(cells) > _MOST:
            self.reading.unparsed.append(line)
        elif self._fields and (fitting := _fitting(cells, self._fields)):
            self._row(self._fields, fitting)
        elif not self._fields and len(wide := [one for one in self._typed if len(one) == len(cells)]) == 1:
            self._row(wide[0], cells)
        elif not self._fields and (guessed := _guessed(cells)):
            self._row(guessed, cells)
        else:
            self.reading.unparsed.append(line)

    def _row(self, fields: Sequence[_Field], cells: Sequence[str]) -> None:
        named = {field.name: cell for field, cell in zip(fields, cells, strict=True)}
        row = Row(id=_id(named, len(self.reading.rows)))
        for field, cell in zip(fields, cells, strict=True):
            _put(row, field, cell)
        if "not_told" in row.extra:
            row.extra["not_told"] = row.extra.pop("not_told")  # what was told stands first
        self.reading.rows.append(row)

    def finish(self) -> Reading:
        """Say once what all rows say alike of the host."""
        reading = self.reading
        for field, fact in (("driver_version", "driver_version"), ("count", "announced_gpus")):
            told = {row.extra.get(field) for row in reading.rows if isinstance(row.extra.get(field), str | int)}
            if len(told) == 1:
                reading.facts[fact] = told.pop()
        gpus = {row.id for row in reading.rows if not row.id.startswith("pid")}
        if gpus:
            reading.facts["gpus"] = len(gpus)
        announced = reading.facts.get("announced_gpus")
        if isinstance(announced, int) and announced > len(gpus):
            reading.facts["incomplete"] = f"{announced} GPUs are announced and {len(gpus)} are here"
        return reading


def _typed(commands: Sequence[str]) -> list[list[_Field]]:
    """The fields of the queries that were typed in the paste; which answer is whose, their number must tell."""
    found = {said[2].rstrip(",") for command in commands for said in _QUERY.finditer(command)}
    return [[_Field(name, "") for name in one.split(",")] for one in sorted(found)]


def _head(cells: Sequence[str]) -> list[_Field]:
    """The columns, where a line names them: fields' names have dots or underscores, but for a few."""
    if cells[0][:1].isdigit() or not cells[0][:1].islower():
        return []
    said = [_HEAD.fullmatch(cell) for cell in cells]
    if not all(said):
        return []
    fields = [_Field(one[1], one[2] or "") for one in said if one is not None]
    known = sum(field.name in _PLAIN or "." in field.name or "_" in field.name for field in fields)
    return fields if known == len(fields) else []


def _fitting(cells: list[str], fields: Sequence[_Field]) -> list[str]:
    """The cells as the columns have them: what is one too many was a comma in a process's name."""
    surplus = len(cells) - len(fields)
    if surplus <= 0:
        return cells if surplus == 0 and any(cells) and _measured(cells, fields) else []
    at = next((at for at, field in enumerate(fields) if field.name == "process_name"), None)
    if at is None:
        return []
    return [*cells[:at], ", ".join(cells[at : at + surplus + 1]), *cells[at + surplus + 1 :]]


def _measured(cells: Sequence[str], fields: Sequence[_Field]) -> bool:
    """Whether a column that has a unit has a number: if not, the line is somebody else's."""
    at = next((at for at, field in enumerate(fields) if field.unit), None)
    return at is None or values.is_nothing(cells[at]) or amount(cells[at], fields[at].unit)[0] is not None


def _guessed(cells: Sequence[str]) -> list[_Field]:
    """Columns by what their values look like; none where no value looks like a GPU's."""
    fields = [_Field(_looks_like(cell) or f"column_{at + 1}", "") for at, cell in enumerate(cells)]
    known = [field.name for field in fields if not field.name.startswith("column_")]
    if not known and not any(_UNIT.fullmatch(cell) for cell in cells):
        return []
    if len(known) > len(set(known)) or any(len(cell) > _LONGEST for cell in cells):
        return []
    if len(cells) > 1 and _INDEX.fullmatch(cells[0]):
        fields[0] = _Field("index", "")
    return fields


def _looks_like(cell: str) -> str | None:
    if _UUID.fullmatch(cell):
        return "uuid"
    if _PCI.fullmatch(cell):
        return "pci.bus_id"
    if _PRODUCT.fullmatch(cell):
        return "name"
    return "timestamp" if _STAMP.fullmatch(cell) else None


def _id(named: dict[str, str], at: int) -> str:
    pid, index = named.get("pid", ""), named.get("index", "")
    if pid.isdigit():
        return f"pid{pid}"
    if index.isdigit():
        return f"gpu{int(index)}"
    place = next((named[name] for name in ("pci.bus_id", "gpu_bus_id", "bus_id") if name in named), "")
    if place and (found := address(place)):
        return found
    uuid = next((named[name] for name in ("uuid", "gpu_uuid") if name in named), "")
    return uuid or f"row{at + 1}"


def _put(row: Row, field: _Field, cell: str) -> None:
    if _COUNTED.fullmatch(field.name):
        count(row, _CANONICAL.get(field.name, field.key), cell)
        return
    nothing = not cell or (values.is_nothing(cell) and cell not in ("None", "-"))
    text = _TEXT.search(field.name) is not None
    value, unit = (None, suffix(field.unit)) if nothing or text else amount(cell, field.unit)
    if not unit and field.name.startswith("temperature") and field.name != "temperature":
        unit = "c"
    key = f"{field.key}_{unit}" if unit and not field.key.endswith(f"_{unit}") else field.key
    if nothing:
        tell(row, key, None, cell)
        if "lost" in cell.lower():
            row.state = "lost"
    elif value is not None and not cell.startswith("0x"):
        row.extra[key] = value
    else:
        row.extra[key if text else field.key] = (address(cell) or cell) if field.name.endswith("bus_id") else cell


def _read(paste: Paste) -> Reading:
    query = _Query(paste.commands)
    for line in paste.lines:
        if line := line.strip():
            query.line(line)
    return query.finish()


FORMAT = Format(
    name="nvidia-smi-query-csv",
    family="nvidia",
    commands=(
        "nvidia-smi --query-gpu --format=csv",
        "nvidia-smi --query-gpu",
        "nvidia-smi --query-remapped-rows",
        "nvidia-smi --query-compute-apps",
        "nvidia-smi --query-accounted-apps",
        "nvidia-smi --query-retired-pages",
    ),
    versions="drivers 418 to 610",
    yields="every field that was asked for, of each GPU, process or page",
    signs={
        r"(?:^|, ?)(?:memory\.(?:used|total|free)|utilization\.(?:gpu|memory)|temperature\.gpu|power\.draw|power\.limit"
        r"|fabric\.(?:state|status)|ecc\.(?:mode|errors)\.[a-z_.]{1,50}|remapped_rows\.[a-z_.]{1,30}"
        r"|clocks\.[a-z_.]{1,30}|pcie\.link\.[a-z_.]{1,30}|mig\.mode\.current|gpu_uuid|used_gpu_memory|used_memory"
        r"|driver_version|pci\.bus_id|gpu_bus_id|gpu_name|vbios_version|persistence_mode|retired_pages\.[a-z_.]{1,30})"
        r"(?: \[[^\]\n]{1,12}\])?(?:,|$)": 100,
        r"(?:^|, )GPU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{10,30}(?:, |\s*$)": 40,
        r"^\d{1,3}, (?:NVIDIA|Tesla|Quadro|GeForce|GRID)\b": 60,
        r"(?:^|, )(?:NVIDIA|Tesla|GeForce|Quadro) [^,\n]{1,40}, [^\n]{0,80}\d (?:MiB|%|W|MHz)": 60,
        r"(?:^|, )\d{1,9} (?:MiB|%), ": 40,
    },
    read=_read,
)
