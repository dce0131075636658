"""EOS's `show inventory`: the switch, its supplies, fans, ports and transceivers, with their serial numbers."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.switches.ports import Ports
from fabconsole.formats.switches.table import Table
from fabconsole.formats.values import integer, is_nothing, snake

_HAS = re.compile(
    r"\s*System has (\d{1,4}) (power supply slots?|fan modules?|ports?|transceiver slots?|[\w ]{2,40})\s*"
)
_PREFIXES = {"power_supply_slots": "PowerSupply", "fan_modules": "Fan", "transceiver_slots": "Transceiver"}
_WIDE = ("Manufacturer", "Description", "Type", "Model")
"""Columns whose texts hold blanks, the likeliest first."""
_ABSENT = frozenset({"Not Inserted", "Not Present"})
_HEADINGS = re.compile(r"Number of Fans|Serial Number|HW Version|Mfg Date|\S+")
_COUNTED = frozenset({"number_of_fans", "count"})


class Inventory:
    """The part that is open while lines are read."""

    def __init__(self, ports: Ports, said: Reading) -> None:
        self._ports = ports
        self._said = said
        self._part = ""
        self._names: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether tables that come are of an inventory."""
        return bool(self._part)

    def close(self) -> None:
        """What comes is another command's."""
        self._part = ""

    def title(self, line: str) -> bool:
        """Read a line that says what the next table is about; False: it does not."""
        if line.strip() == "System information":
            self._part = "system"
            return True
        if (has := _HAS.fullmatch(line)) is None:
            return False
        self._part = snake(has[2] if has[2].endswith("s") else f"{has[2]}s")
        self._said.facts[self._part] = int(has[1])
        return True

    def head(self, line: str) -> None:
        """Take a heading: its columns have known names, whatever became of the blanks between them."""
        self._names = tuple(_HEADINGS.findall(line))

    def row(self, table: Table, line: str) -> bool:
        """Read one line of a table; False: it is none."""
        names = self._names if len(self._names) == len(table.columns) else table.names
        cells = _cells(table, names, line)
        if cells is None or (self._part in _PREFIXES and not cells[0].isdecimal()):
            return False
        told: dict[str, Said] = {}
        for name, text in zip(names, cells, strict=True):
            key = snake(name)
            told[key] = integer(text) if key in _COUNTED else None if is_nothing(text) else text
        if len(cells) > 1 and cells[1] in _ABSENT:
            told = {names[0].lower(): cells[0], "status": cells[1]}
        if self._part == "system":
            self._said.facts |= told
        elif "count" in told:
            known = self._said.facts.setdefault(f"{self._part}_by_type", {})
            if isinstance(known, dict):
                known[cells[0]] = told["count"]
        else:
            kind = self._part.removesuffix("s")
            self._ports.add(Row(id=f"{_PREFIXES.get(self._part, kind)}{cells[0]}", extra={"kind": kind, **told}))
        return True


def _cells(table: Table, names: tuple[str, ...], line: str) -> list[str] | None:
    """A line's cells; where runs of blanks became one on the way here, one column takes the words that are over."""
    words = line.split()
    if not words:
        return None
    if "  " in line.strip() or len(names) < 2:
        return table.left_aligned(line)
    if " ".join(words[1:]) in _ABSENT:
        return [words[0], " ".join(words[1:]), *[""] * (len(names) - 2)]
    over = len(words) - len(names)
    wide = next((names.index(name) for name in _WIDE if name in names), None)
    if over and (wide is None or over < 0):
        return None
    if wide is None:
        return words
    return [*words[:wide], " ".join(words[wide : wide + over + 1]), *words[wide + over + 1 :]]
