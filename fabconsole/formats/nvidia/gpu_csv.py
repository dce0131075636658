"""`nvidia-smi --query-gpu=… --format=csv`, and its kin: `--query-remapped-rows`, `--query-compute-apps`, ….

A field's name as printed becomes a key, `memory.used [MiB]` is `memory_used_mib`; the unit stands in the head, in the
value, in both or, with `nounits` and `noheader`, nowhere. Without a head the names are those of the command, where the
paste has it; else a value is told by what it looks like. Temperatures are in degrees C (`--help-query-gpu`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fabconsole.formats.format import Format
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.nvidia.gpu_columns import Column, Columns
from fabconsole.formats.nvidia.pci import ADDRESS
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

_HEAD = re.compile(r"([a-z][A-Za-z0-9_.]{0,80})(?: \[([^\]]{1,16})\])?")
_PLAIN = frozenset(("name", "index", "uuid", "serial", "timestamp", "count", "pstate", "pid", "hostname", "memory"))
_QUERY = re.compile(r"--query-([a-z-]{2,24})[= ]\"?([A-Za-z0-9_.,]{1,8000})")
_SOME = re.compile(r"(?:^|\s)(?:-i|--id)(?:\s|=|\d)")
_UUID = re.compile(r"(?:GPU|MIG)-[0-9a-fA-F][0-9a-fA-F/-]{6,60}")
_PCI = re.compile(ADDRESS)
_PRODUCT = re.compile(r"(?:NVIDIA|Tesla|Quadro|GeForce|GRID|TITAN|Graphics Device)\b.{0,60}")
_STAMP = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?")
_DRIVER = re.compile(r"[3-9]\d\d\.\d{2,3}\.\d{1,3}")
_PSTATE = re.compile(r"P\d{1,2}")
_UNIT = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,9})? (?:%|MiB|W|MHz|us|ms|C|KiB|seconds)")
_INDEX = re.compile(r"\d{1,2}")
_OF_HOST = re.compile(r"([A-Za-z][\w.-]{0,80}): (\S.{0,200})")
"""A cell behind the name that a cluster shell put before the line."""

_LONGEST, _MOST = 200, 1000


class _Query:
    """One answer after the other; a head tells the columns of what follows it."""

    def __init__(self, commands: Sequence[str]) -> None:
        self.reading = Reading()
        self._asked = [*commands]
        self._typed = _typed(commands)
        self._columns: Columns | None = None
        self._plans: dict[tuple[str, ...], Columns] = {}
        """The columns of each head, or of each shape of a line without one."""

    def line(self, line: str) -> None:
        """Take one in."""
        cells = [cell.strip() for cell in line.split(",", _MOST)]
        if cells[0][:1] == '"':
            cells = [cell.strip('"') for cell in cells]  # a spreadsheet's quotes
        if head := self._head(cells):
            self._columns = head
            self.reading.facts["columns"] = len(head)
        elif typed(line):
            self._asked.append(line)
            self._typed = _typed([line]) or self._typed
        elif len(cells) > 1 and len(cells) <= _MOST and self._row(cells):
            pass
        elif said := complaint(line):
            self.reading.events.append(said)
        elif len(cells) > 1 or not self._row(cells):
            self.reading.unparsed.append(line)

    def _row(self, cells: list[str]) -> bool:
        columns, host = self._columns, ""
        if columns is not None:
            cells = columns.fitting(cells)
        else:
            if said := _OF_HOST.fullmatch(cells[0]):
                host, cells = f"{said[1]}/", [said[2], *cells[1:]]
            wide = [one for one in self._typed if len(one) == len(cells)]
            columns = wide[0] if len(wide) == 1 else self._guessed(cells)
        if columns is None or not cells:
            return False
        row = columns.row(cells, len(self.reading.rows))
        row.id = host + row.id
        self.reading.rows.append(row)
        return True

    def _head(self, cells: list[str]) -> Columns | None:
        """The columns, where a line names them: fields' names have dots or underscores, but for a few."""
        if not cells[0][:1].islower():
            return None
        names = tuple(cells)
        if (known := self._plans.get(names)) is None and (head := _named(cells)):
            known = self._plans[names] = Columns(head)
        return known

    def _guessed(self, cells: Sequence[str]) -> Columns | None:
        """Columns by what their values look like; none where no value looks like a GPU's."""
        names = tuple(_looks_like(cell) or f"column_{at + 1}" for at, cell in enumerate(cells))
        known = [name for name in names if not name.startswith("column_")]
        if not known and not any(_UNIT.fullmatch(cell) for cell in cells):
            return None
        if len(known) > len(set(known)) or any(len(cell) > _LONGEST for cell in cells):
            return None
        if len(cells) > 1 and _INDEX.fullmatch(cells[0]):
            names = ("index", *names[1:])
        if (plan := self._plans.get(names)) is None:
            plan = self._plans[names] = Columns([Column(name) for name in names])
        return plan

    def finish(self) -> Reading:
        """Say once what all rows say alike of the host."""
        reading = self.reading
        for field, fact in (("driver_version", "driver_version"), ("count", "announced_gpus")):
            told = {row.extra.get(field) for row in reading.rows if isinstance(row.extra.get(field), str | int)}
            if len(told) == 1:
                reading.facts[fact] = told.pop()
        gpus = {row.id for row in reading.rows if not row.id.startswith(("pid", "row"))}
        if gpus:
            reading.facts["gpus"] = len(gpus)
        announced = reading.facts.get("announced_gpus")
        if isinstance(announced, int) and announced > len(gpus) > 0 and self._asked_for_all(len(gpus)):
            reading.facts["incomplete"] = f"{announced} GPUs are announced and {len(gpus)} are here"
        return reading

    def _asked_for_all(self, gpus: int) -> bool:
        """Whether all GPUs were asked for; where no command is here, a single one may have been asked for alone."""
        asked = [command for command in self._asked if "--query-gpu" in command]
        return not any(map(_SOME.search, asked)) if asked else gpus > 1


def _typed(commands: Sequence[str]) -> list[Columns]:
    """The fields of the queries that were typed in the paste; which answer is whose, their number must tell."""
    found = {said[2].rstrip(",") for command in commands for said in _QUERY.finditer(command)}
    return [Columns([Column(name) for name in one.split(",")]) for one in sorted(found)]


def _named(cells: Sequence[str]) -> list[Column]:
    said = [_HEAD.fullmatch(cell) for cell in cells]
    columns = [Column(one[1], one[2] or "") for one in said if one is not None]
    known = sum(column.name in _PLAIN or "." in column.name or "_" in column.name for column in columns)
    return columns if known == len(cells) else []


@lru_cache(maxsize=4096)
def _looks_like(cell: str) -> str | None:
    shapes = ((_UUID, "uuid"), (_PCI, "pci.bus_id"), (_PRODUCT, "name"), (_STAMP, "timestamp"), (_PSTATE, "pstate"))
    if _DRIVER.fullmatch(cell):
        return "driver_version"
    return next((name for shape, name in shapes if shape.fullmatch(cell)), None)


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
        r"(?:^|, ?)\"?(?:memory\.(?:used|total|free)|utilization\.(?:gpu|memory)|temperature\.gpu"
        r"|power\.(?:draw|limit)|fabric\.(?:state|status)|ecc\.(?:mode|errors)\.[a-z_.]{1,50}|remapped_rows\.[a-z_.]{1,30}"
        r"|clocks\.[a-z_.]{1,30}|pcie\.link\.[a-z_.]{1,30}|mig\.mode\.current|gpu_uuid|used_gpu_memory|used_memory"
        r"|driver_version|pci\.bus_id|gpu_bus_id|gpu_name|vbios_version|persistence_mode|retired_pages\.[a-z_.]{1,30})"
        r"(?: \[[^\]\n]{1,12}\])?\"?(?:,|$)": 100,
        r"^(?:index|name|uuid|count|timestamp|pstate|serial)"
        r"(?:, ?(?:index|name|uuid|count|timestamp|pstate|serial)){1,6}$"
        r"|^Field \"[^\"\n]{1,80}\" is not a valid field to query": 100,
        r"(?:^|, )GPU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{10,30}(?:, |\s*$)": 40,
        r"^\d{1,3}, (?:NVIDIA|Tesla|Quadro|GeForce|GRID)\b": 60,
        r"(?:^|, )(?:NVIDIA|Tesla|GeForce|Quadro) [^,\n]{1,40}, [^\n]{0,80}\d (?:MiB|%|W|MHz)": 60,
        r"(?:^|, )\d{1,9} (?:MiB|%), ": 40,
    },
    read=_read,
)
