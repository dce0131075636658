"""`dcgmi discovery`, what there is, `dcgmi topo`, what lies between, and `dcgmi dmon -e`, fields, a line a reading.

Sources: DCGM's dcgmi/Query.cpp, Topo.cpp, DeviceMonitor.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fabconsole.formats import values
from fabconsole.formats.nvidia.dcgmi_links import entity
from fabconsole.formats.nvidia.pci import address
from fabconsole.formats.reading import Reading, Row, Said

_MONITORED = re.compile(r"(GPU(?:-I|-CI)?|Switch|CPU|Link|NvSwitch) ([\w/:]{1,24})\s+(\S.{0,4000})")
_INSTANCE = re.compile(r"(GPU|I|CI) (\d{1,3})(?:/(\d{1,3}))?(?:/(\d{1,3}))?")
_NUMBERED = re.compile(r"(.{0,120}?)\s{0,8}\(EntityID: (\d{1,9})\)")
_TO = re.compile(r"To GPU (\d{1,3})")
_LINKS = re.compile(r"Connected via .{1,24} NVLINKs? \(Links?: (\d{1,3}(?:, \d{1,3}){0,63})\)")
_KEYS = {"pci_bus_id": "bus_id", "device_uuid": "uuid"}


class Devices:
    """A table of GPUs, switches or CPUs: the number in its first line, then `Name: …`, `PCI Bus ID: …`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._group = ""
        self._row: Row | None = None
        self.listed = 0
        """How many of them are GPUs."""

    def head(self, group: str) -> None:
        """Its head: what is numbered."""
        self._group, self._row = group, None

    def label(self, label: str, value: str) -> bool:
        """A line of it; False where it is not understood."""
        if label.isascii() and label.isdigit() and len(label) < 5:
            self._row = Row(id=entity(self._group, label))
            self._reading.rows.append(self._row)
            self.listed += self._group == "GPU"
        elif label:
            return False
        if self._row is None or not value:
            return not value
        name, colon, told = value.partition(":")
        key = values.snake(name)
        if colon:
            self._row.extra[_KEYS.get(key, key)] = address(told) or told.strip() or None
        return bool(colon)


class Instances:
    """`discovery -c`: the instances that a GPU is parted into, and DCGM's number of each."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def label(self, label: str, value: str) -> bool:
        """A GPU, an instance or a compute instance; False where it is none."""
        said, told = _INSTANCE.fullmatch(label), _NUMBERED.fullmatch(value)
        if said is None or told is None:
            return False
        row = Row(id=f"gpu{int(said[2])}")
        for kind, number in (("gi", said[3]), ("ci", said[4])):
            row.id += f"/{kind}{int(number)}" if number else ""
        what = told[1].removeprefix("GPU ") if said[1] == "GPU" else told[1]
        row.extra = {"uuid" if said[1] == "GPU" else "what": what, "entity_id": int(told[2])}
        self._reading.rows.append(row)
        return True


class Topology:
    """`topo`: a GPU's way to each other, or of a group the worst."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._row: Row | None = None
        self._last = ""

    def head(self, label: str) -> bool:
        """Of whom it tells: `GPU ID: 0`, or a group's name."""
        kind, _, number = label.partition(":")
        self._row, self._last = None, ""
        if kind == "GPU ID" and number.strip().isdecimal():
            self._row = Row(id=entity("GPU", number))
            self._reading.rows.append(self._row)
        else:
            self._reading.facts["group"] = label
        return True

    def label(self, label: str, value: str) -> bool:
        """A label with its value; a blank one goes on with what the last said."""
        into: dict[str, Said] = self._reading.facts if self._row is None else self._row.extra
        if not label:
            return not value or self._more(into, value)
        self._last = label
        if (to := _TO.fullmatch(label)) is None:
            into[values.snake(label)] = value
        else:
            _beneath(into, "peers", f"gpu{int(to[1])}", value)
        return True

    def _more(self, into: dict[str, Said], value: str) -> bool:
        to, links = _TO.fullmatch(self._last), _LINKS.fullmatch(value)
        if to and links and f"gpu{int(to[1])}" not in str(into.get("nvlinks", "")):
            _beneath(into, "nvlinks", f"gpu{int(to[1])}", [int(link) for link in links[1].split(",")])
        elif to or not self._last:
            return False
        else:
            key = values.snake(self._last)
            into[key] = f"{into.get(key, '')} {value}".strip()
        return True


def _beneath(into: dict[str, Said], key: str, name: str, value: Said) -> None:
    told = into.get(key)
    into[key] = {**(told if isinstance(told, dict) else {}), name: value}


class Monitor:
    """Columns by their short names, `SMACT`, in the units of DCGM's field."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._columns: Sequence[str] = ()

    def head(self, columns: Sequence[str]) -> None:
        """The line `#Entity …`, which comes again and again."""
        self._columns = [values.snake(column) for column in columns]

    def line(self, line: str) -> bool:
        """A reading; False where it is none. The head's second line has units only."""
        said = _MONITORED.fullmatch(line)
        if said is None:
            return line[:2].upper() == "ID"
        cells = said[3].split()
        if len(cells) != len(self._columns):
            return False
        told: dict[str, Said] = dict(zip(self._columns, map(_amount, cells), strict=True))
        self._reading.rows.append(Row(id=_monitored(said[1], said[2]), extra=told))
        return True


@lru_cache(maxsize=4096)
def _amount(cell: str) -> str | int | float | None:
    value = values.number(cell)
    return None if values.is_nothing(cell) else cell if value is None else value


@lru_cache(maxsize=1024)
def _monitored(group: str, number: str) -> str:
    return entity(group, number) if number.isascii() and number.isdigit() else f"{group.lower()}{number}"
