"""The modules of an MLNX-OS switch as `show inventory` lists them, also where the list's heading is missing.

Older releases print a type before the part number, newer ones what the switch's chips are after the serial number: a
serial number's own shape (two letters, week, site, count) tells which cell is which.
"""

from __future__ import annotations

import re

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
    for name, cell in zip(_names(cells[1:]), cells[1:], strict=True):
        told.extra.update(measured(name, cell))
    return told


def _names(cells: list[str]) -> tuple[str, ...]:
    place = next((at for at, cell in enumerate(cells) if _SERIAL.fullmatch(cell)), None)
    if place is None or place > len(_BEFORE) or len(cells) - place - 1 > len(_AFTER):
        unnamed = tuple(f"cell {at + 1}" for at in range(len(cells)))
        return _NEWEST if len(cells) == len(_NEWEST) else unnamed
    return (*reversed(_BEFORE[:place]), "serial_number", *_AFTER[: len(cells) - place - 1])
