"""`dcgmi discovery -l`, what there is, and `dcgmi dmon -e`, fields of it, a line a reading."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabconsole.formats import values
from fabconsole.formats.nvidia.dcgmi_tree import entity
from fabconsole.formats.nvidia.pci import address
from fabconsole.formats.reading import Reading, Row

_MONITORED = re.compile(r"(GPU(?:-I|-CI)?|Switch|CPU|Link|NvSwitch) ([\w/:]{1,24})\s+(\S.{0,4000})")
_KEYS = {"pci_bus_id": "bus_id", "device_uuid": "uuid"}


class Devices:
    """A table of GPUs, switches or CPUs: the number in its first line, then `Name: …`, `PCI Bus ID: …`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._group = ""
        self._row: Row | None = None

    def head(self, group: str) -> None:
        """Its head: what is numbered."""
        self._group, self._row = group, None

    def label(self, label: str, value: str) -> bool:
        """A line of it; False where it is not understood."""
        if label.isascii() and label.isdigit() and len(label) < 5:
            self._row = Row(id=entity(self._group, label))
            self._reading.rows.append(self._row)
        elif label:
            return False
        if self._row is None or not value:
            return not value
        name, colon, told = value.partition(":")
        key = values.snake(name)
        if colon:
            self._row.extra[_KEYS.get(key, key)] = address(told) or told.strip() or None
        return bool(colon)


class Monitor:
    """Columns by their short names, `SMACT`, in the units of DCGM's field."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._columns: Sequence[str] = ()

    def head(self, columns: Sequence[str]) -> None:
        """The line `#Entity …`, which comes again and again."""
        self._columns = columns

    def line(self, line: str) -> bool:
        """A reading; False where it is none. The head's second line has units only."""
        said = _MONITORED.fullmatch(line)
        if said is None:
            return line[:2].upper() == "ID"
        cells = said[3].split()
        if len(cells) != len(self._columns):
            return False
        number = said[2]
        plain = number.isascii() and number.isdigit()
        row = Row(id=entity(said[1], number) if plain else f"{said[1].lower()}{number}")
        for column, cell in zip(self._columns, cells, strict=True):
            value = values.number(cell)
            row.extra[values.snake(column)] = None if values.is_nothing(cell) else cell if value is None else value
        self._reading.rows.append(row)
        return True
