"""ibdiagnet2.db_csv: tables of comma-separated values between `START_name` and `END_name`, their columns named first.

The counters of PM_INFO are a port's; any other table's values stand with the port, or the node, under the table's name.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

from fabconsole.fabric.counters import BY_PMA_NAME, COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, is_nothing, snake

_BEGIN = re.compile(r"START_(\w{2,64})")
_END = re.compile(r"END_\w{2,64}")
_COUNTED = "PM_INFO"
_PLACES = {"nodeguid", "portguid", "portnum", "portnumber"}
_WIDE = {f"{printed}{wide}": name for printed, name in BY_PMA_NAME.items() for wide in ("Ext", "Extended")}
_STATES = {"1": "Down", "2": "Initialize", "3": "Armed", "4": "Active"}
_PHYSICAL = {"1": "Sleep", "2": "Polling", "3": "Disabled", "4": "PortConfigurationTraining", "5": "LinkUp"}
_PHYSICAL |= {"6": "LinkErrorRecovery", "7": "PhyTest"}
_WIDTHS = {"1": "1X", "2": "4X", "4": "8X", "8": "12X", "16": "2X"}


class Tables:
    """The tables of one text, and in which of them the next line stands."""

    def __init__(self, rows: dict[str, Row]) -> None:
        self._rows = rows
        self._table = ""
        self._columns: list[str] = []
        self.counts: dict[str, Said] = {}
        """Table to how many lines it has."""

    def take(self, plain: str) -> bool:
        """Take a line, without the blanks around it, of a table; False for any other."""
        if plain.startswith("START_") and (begun := _BEGIN.fullmatch(plain)) is not None:
            self._table, self._columns = begun[1], []
            self.counts[begun[1]] = 0
        elif plain.startswith("END_") and _END.fullmatch(plain):
            self._table = ""
        elif not self._table or "," not in plain:
            return False
        else:
            return self._line(next(csv.reader([plain]), []) if '"' in plain else plain.split(","))
        return True

    def settle(self) -> None:
        """A counter that was counted wide alone has the name that everybody knows."""
        for row in self._rows.values():
            for name in [name for name in row.counters if name in _WIDE and _WIDE[name] not in row.counters]:
                row.counters[_WIDE[name]] = row.counters.pop(name)
                row.marks = [mark.replace(f" {name}", f" {_WIDE[name]}") for mark in row.marks]

    def _line(self, values: list[str]) -> bool:
        if not self._columns:
            named = any("guid" in value.lower() for value in values)
            self._columns = values if named else []
            return named
        if len(values) != len(self._columns):
            return False
        self._keep(dict(zip(self._columns, (value.strip() for value in values), strict=True)))
        return True

    def _keep(self, values: Mapping[str, str]) -> None:
        count = self.counts[self._table]
        self.counts[self._table] = count + 1 if isinstance(count, int) else 1
        if self._table == "LINKS":
            self._link(values)
            return
        places = {name.lower(): value for name, value in values.items() if name.lower() in _PLACES}
        guid = places.get("nodeguid") or places.get("portguid")
        port = places.get("portnum") or places.get("portnumber")
        name = _guid(guid) if guid else snake(self._table)
        row = self._rows.setdefault(f"{name}/{port}" if port else name, Row(id=f"{name}/{port}" if port else name))
        told = {name: value for name, value in values.items() if name.lower() not in _PLACES}
        if self._table == _COUNTED:
            for printed, value in told.items():
                _count(row, BY_PMA_NAME.get(printed, printed), value)
            return
        if self._table == "PORTS":
            _state(row, values)
        elif self._table == "NODES" and "NodeDesc" in values:
            row.extra["node"] = values["NodeDesc"]
        elif self._table == "NODES_INFO" and (firmware := _firmware(values)):
            row.extra["firmware"] = firmware
        _add(row.extra, snake(self._table), {snake(name): _typed(value) for name, value in told.items()})

    def _link(self, values: Mapping[str, str]) -> None:
        ends = [f"{_guid(values.get(f'NodeGuid{at}', ''))}/{values.get(f'PortNum{at}', '')}" for at in (1, 2)]
        for one, other in (ends, reversed(ends)):
            self._rows.setdefault(one, Row(id=one)).peer = other


def _count(row: Row, name: str, value: str) -> None:
    count = row.counters[name] = integer(value)
    if is_nothing(value):
        row.marks.append(f"unsupported {name}")
    elif count is None:
        row.marks.append(f"unknown {name}")
    elif name in COUNTERS and count == COUNTERS[name].maximum(Width.PMA):
        row.marks.append(f"saturated {name}")


def _state(row: Row, values: Mapping[str, str]) -> None:
    """A port's states and width, by the numbers of IBTA's PortInfo."""
    row.state = _STATES.get(values.get("PortState", ""))
    row.phys_state = _PHYSICAL.get(values.get("PortPhyState", ""))
    row.width = _WIDTHS.get(values.get("LinkWidthActv", "")) if row.state != "Down" else None


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
    elif isinstance(known, list):
        known.append(values)
    else:
        extra[name] = [known, values]


def _guid(text: str) -> str:
    return text.removeprefix("0x").lower().zfill(16)


def _typed(text: str) -> Said:
    if is_nothing(text):
        return None
    number = None if text.startswith("0x") else integer(text)
    return text if number is None else number
