"""ibdiagnet2.db_csv: tables of comma-separated values between `START_name` and `END_name`, their columns named first.

The counters of PM_INFO are a port's; any other table's values stand with the port, or the node, under the table's name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fabconsole.fabric.counters import BY_PMA_NAME, COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, is_nothing, snake

_BEGIN = re.compile(r"START_(\w{2,64})")
_END = re.compile(r"END_\w{2,64}")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{1,16}")
_COUNTED = "PM_INFO"
_DESCRIBING = frozenset({"PORTS", "NODES", "NODES_INFO"})
_PLACES = {"nodeguid", "portguid", "portnum", "portnumber"}
_WIDE = {f"{printed}{wide}": name for printed, name in BY_PMA_NAME.items() for wide in ("Ext", "Extended")}
_STATES = {"1": "Down", "2": "Initialize", "3": "Armed", "4": "Active"}
_PHYSICAL = {"1": "Sleep", "2": "Polling", "3": "Disabled", "4": "PortConfigurationTraining", "5": "LinkUp"}
_PHYSICAL |= {"6": "LinkErrorRecovery", "7": "PhyTest"}
_WIDTHS = {"1": "1X", "2": "4X", "4": "8X", "8": "12X", "16": "2X"}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where in a table's lines their place stands, and as what the rest is kept."""

    name: str
    columns: tuple[str, ...]
    guid: int | None
    """The column that says whose a line is."""
    port: int | None
    told: tuple[tuple[int, str], ...]
    """The other columns, and what they are kept as."""


class Tables:
    """The tables of one text, and in which of them the next line stands."""

    def __init__(self, rows: dict[str, Row]) -> None:
        self._rows = rows
        self._table = ""
        self._plan: _Plan | None = None
        self.counts: dict[str, Said] = {}
        """Table to how many lines it has."""

    def take(self, plain: str) -> bool:
        """Take a line, without the blanks around it, of a table; False for any other."""
        if plain.startswith("START_") and (begun := _BEGIN.fullmatch(plain)) is not None:
            self._table, self._plan = begun[1], None
            self.counts[begun[1]] = 0
        elif plain.startswith("END_") and _END.fullmatch(plain):
            self._table = ""
        elif not self._table or "," not in plain:
            return False
        elif self._plan is None:
            self._plan = _plan(self._table, plain)
            return self._plan is not None
        else:
            return self._line(_values(plain), self._plan)
        return True

    def settle(self) -> None:
        """A counter that was counted wide alone has the name that everybody knows."""
        for row in self._rows.values():
            for name in [name for name in row.counters if name in _WIDE and _WIDE[name] not in row.counters]:
                row.counters[_WIDE[name]] = row.counters.pop(name)
                row.marks = [mark.replace(f" {name}", f" {_WIDE[name]}") for mark in row.marks]

    def _line(self, values: list[str], plan: _Plan) -> bool:
        if len(values) != len(plan.columns):
            return False
        if plan.guid is not None and _HEX.fullmatch(values[plan.guid].strip()) is None:
            return plan.columns == tuple(value.strip() for value in values)  # the columns said again, or nobody's line
        if plan.port is not None and not values[plan.port].strip().isdecimal():
            return False
        count = self.counts[self._table]
        self.counts[self._table] = count + 1 if isinstance(count, int) else 1
        if self._table == "LINKS":
            self._link(dict(zip(plan.columns, values, strict=True)))
        else:
            self._keep(values, plan)
        return True

    def _keep(self, values: list[str], plan: _Plan) -> None:
        name = plan.name if plan.guid is None else _guid(values[plan.guid])
        if plan.port is not None:
            name = f"{name}/{values[plan.port].strip()}"
        if (row := self._rows.get(name)) is None:
            row = self._rows[name] = Row(id=name)
        if self._table == _COUNTED:
            for at, counter in plan.told:
                _count(row, counter, values[at])
            return
        if self._table in _DESCRIBING:
            _describe(row, dict(zip(plan.columns, (value.strip() for value in values), strict=True)))
        _add(row.extra, plan.name, {key: _typed(values[at].strip()) for at, key in plan.told})

    def _link(self, values: Mapping[str, str]) -> None:
        ends = [f"{_guid(values.get(f'NodeGuid{at}', ''))}/{values.get(f'PortNum{at}', '')}" for at in (1, 2)]
        for one, other in (ends, reversed(ends)):
            self._rows.setdefault(one, Row(id=one)).peer = other


def _values(line: str) -> list[str]:
    return next(csv.reader([line]), []) if '"' in line else line.split(",")


@lru_cache(maxsize=256)
def _plan(table: str, line: str) -> _Plan | None:
    """A table's plan by the line with its columns; None where that line is none."""
    names = [name.strip() for name in _values(line)]
    lower = [name.lower() for name in names]
    if not any("guid" in name for name in lower):
        return None
    guid = next((lower.index(name) for name in ("nodeguid", "portguid") if name in lower), None)
    kept = [BY_PMA_NAME.get(name, name) if table == _COUNTED else snake(name) for name in names]
    told = [(at, name) for at, name in enumerate(kept) if lower[at] not in _PLACES]
    told += [(at, "port_guid") for at, name in enumerate(lower) if name == "portguid" and at != guid]
    port = next((lower.index(name) for name in ("portnum", "portnumber") if name in lower), None)
    return _Plan(snake(table), tuple(names), guid, port, tuple(told))


def _count(row: Row, name: str, value: str) -> None:
    if name == "port_guid":
        row.extra[name] = _guid(value)
        return
    count = row.counters[name] = integer(value)
    if count is None:
        row.marks.append(f"unsupported {name}" if is_nothing(value) else f"unknown {name}")
    elif name in COUNTERS and count == COUNTERS[name].maximum(Width.PMA):
        row.marks.append(f"saturated {name}")


def _describe(row: Row, values: Mapping[str, str]) -> None:
    """A port's states and width, by the numbers of IBTA's PortInfo; a node's name; its firmware."""
    if "PortState" in values:
        row.state = _STATES.get(values["PortState"])
        row.phys_state = _PHYSICAL.get(values.get("PortPhyState", ""))
        row.width = _WIDTHS.get(values.get("LinkWidthActv", "")) if row.state != "Down" else None
    if "NodeDesc" in values:
        row.extra["node"] = values["NodeDesc"]
    if (firmware := _firmware(values)) is not None:
        row.extra["firmware"] = firmware


def _firmware(values: Mapping[str, str]) -> str | None:
    """`28.39.1002`, of three numbers: the extended ones hold what the short ones cannot."""
    for before in ("FWInfo_Extended_", "FWInfo_"):
        parts = [integer(values.get(f"{before}{part}", "")) for part in ("Major", "Minor", "SubMinor")]
        if all(part is not None for part in parts) and any(parts):
            return ".".join(str(part) for part in parts)
    return None


def _add(extra: dict[str, Said], name: str, values: dict[str, Said]) -> None:
    """One thing's line of a table; where it has several, all of them."""
    known = extra.get(name)
    if known is None:
        extra[name] = values
    elif not isinstance(known, list):
        extra[name] = known if known == values else [known, values]
    elif known[-1] != values:
        known.append(values)


def _guid(text: str) -> str:
    return text.strip().removeprefix("0x").lower().zfill(16)


def _typed(text: str) -> Said:
    """A number as one; what is written in hex is a name, a mask or a key, and stays as it is."""
    number = None if text.startswith("0x") else integer(text)
    return number if number is not None else None if is_nothing(text) else text
