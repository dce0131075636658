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
            return self._line(next(csv.reader([plain]), []))
        return True

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
        places = {name.lower(): value for name, value in values.items() if name.lower() in _PLACES}
        guid = places.get("nodeguid") or places.get("portguid") or "?"
        port = places.get("portnum") or places.get("portnumber")
        name = guid.removeprefix("0x").lower().zfill(16)
        row = self._rows.setdefault(f"{name}/{port}" if port else name, Row(id=f"{name}/{port}" if port else name))
        told = {name: value for name, value in values.items() if name.lower() not in _PLACES}
        if self._table == _COUNTED:
            for printed, value in told.items():
                _count(row, BY_PMA_NAME.get(printed, printed), value)
        else:
            row.extra[snake(self._table)] = {snake(name): _typed(value) for name, value in told.items()}


def _count(row: Row, name: str, value: str) -> None:
    count = row.counters[name] = integer(value)
    if is_nothing(value):
        row.marks.append(f"unsupported {name}")
    elif count is None:
        row.marks.append(f"unknown {name}")
    elif name in COUNTERS and count == COUNTERS[name].maximum(Width.PMA):
        row.marks.append(f"saturated {name}")


def _typed(text: str) -> Said:
    if is_nothing(text):
        return None
    number = None if text.startswith("0x") else integer(text)
    return text if number is None else number
