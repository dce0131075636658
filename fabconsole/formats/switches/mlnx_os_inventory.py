"""The modules of an MLNX-OS switch as `show inventory` lists them, also where the list's heading is missing.

Older releases print a type before the part number, newer ones what the switch's chips are after the serial number: a
serial number's own shape (two letters, week, site, count) tells which cell is which.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.reading import Row
from fabconsole.formats.switches.measures import measured

_MODULE = re.compile(
    r"(?:CHASSIS|MGMT\d?|FAN\d{0,2}|PS\d{1,2}|CPU|BBU\d?|SPINE\d{0,2}|LEAF\d{0,2}|[SL]\d{2}|MODULE\d?)"
)
_SERIAL = re.compile(r"[A-Z]{2}\d{4}[A-Z]{1,2}\d{4,6}")
_BEFORE = ("part_number", "type")
_AFTER = ("asic_rev", "hw_rev")
_NEWEST = ("part_number", "serial_number", *_AFTER)
_FEWEST, _MOST = 4, 6


def module(cells: list[str]) -> Row | None:
    """A line of an inventory without the heading above it; None: it is none."""
    if not (_FEWEST <= len(cells) <= _MOST and _MODULE.fullmatch(cells[0])):
        return None
    told = Row(id=cells[0])
    place = next((at for at, cell in enumerate(cells) if at and _SERIAL.fullmatch(cell)), 0)
    for name, cell in zip(_names(place - 1, len(cells) - 1), cells[1:], strict=True):
        told.extra.update(measured(name, cell))
    return told


@lru_cache(maxsize=64)
def _names(serial: int, count: int) -> tuple[str, ...]:
    """What `count` cells are called of which that at `serial` is the serial number; negative: none looks like one."""
    if not 0 <= serial <= len(_BEFORE) or count - serial - 1 > len(_AFTER):
        return _NEWEST if count == len(_NEWEST) else tuple(f"cell {at + 1}" for at in range(count))
    return (*reversed(_BEFORE[:serial]), "serial_number", *_AFTER[: count - serial - 1])
