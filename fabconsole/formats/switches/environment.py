"""`show environment` of NX-OS: supplies, fans and temperatures in tables, and what stands once for all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.switches.measures import measured
from fabconsole.formats.switches.table import Table, is_interface

_TITLES = frozenset({"Power Supply:", "Power Usage Summary:", "Fan:", "Temperature:", "Fan Zone Speed:"})
_KINDS = {"Power Supply": "supply", "PS": "supply", "Fan": "fan", "Module": "module"}
_PREFIXES = {"supply": "PowerSupply", "module": "Module"}
_UNIT = re.compile(r" ?\(\s*([A-Za-z]{1,8})\s*\)")
_NAMES = {"cur_temp_c": "temperature_c", "major_thresh_c": "major_threshold_c", "minor_thres_c": "minor_threshold_c"}
_FACT = re.compile(r"\s*([A-Z][^:]{2,70}?)(?: {2,}| ?: )(\S{1,40}(?: \S{1,40}){0,12})\s*")
_ALARM = re.compile(r"(?:warning|error|traceback|ibwarn|connection)\b", re.IGNORECASE)


def is_heading(names: Sequence[str]) -> bool:
    """Whether columns are those of supplies, fans, sensors or modules."""
    return len(names) > 2 and names[0] in _KINDS and (names[0] != "Module" or names[1] in {"Sensor", "Model"})


def title(line: str) -> bool:
    """Whether a line names a part of the output."""
    return line.strip() in _TITLES


def fact(line: str, into: dict[str, Said]) -> bool:
    """Put down what stands once: `Voltage: 12 Volts`, a total and its watts."""
    found = _FACT.fullmatch(line)
    if found is None or _ALARM.match(found[1]) or is_interface(found[1].partition(" ")[0]):
        return False
    into |= measured(found[1], found[2])
    return True


def row(table: Table, line: str) -> Row | None:
    """A supply, a fan, a sensor, or what a module draws."""
    cells = table.left_aligned(line) if not table.ruled else table.cells(line)
    if not cells[0] or " " in cells[0] or cells[0].endswith(":") or len(line.split()) < len(cells) - 1:
        return None
    kind, taken = _KINDS[table.names[0]], 1
    name = f"{_PREFIXES.get(kind, '')}{cells[0]}"
    if table.names[1] == "Sensor":
        kind, name, taken = "sensor", f"{name} {cells[1]}", 2
    told = Row(id=name, extra={"kind": kind})
    for column, text in zip(table.names[taken:], cells[taken:], strict=True):
        for key, value in measured(_UNIT.sub(r" (\1)", column), text).items():
            told.extra[_NAMES.get(key, key)] = None if text.strip("- ") == "" else value
    return told
