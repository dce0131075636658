"""`ethtool -S`: an interface's counters as its driver names them, a queue's and a priority's too.

Shape: ethtool.c `do_gstats` (`NIC statistics:`, then `     name: value`) and netlink/stats.c (`Standard stats for`).
A name means what the driver's maker says: all are kept as printed, which is netdev's spelling where the two agree.
"""

from __future__ import annotations

import re
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.host.interface_names import asked, heading, nameless
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import integer, is_nothing

_VALUE = re.compile(r"\s*(?:# +)?(\S.{0,79}?)\s*:\s*(-?[\d,]{1,26})(?:\s+#.*)?\s*")
_NOTHING = re.compile(r"\s*(\w[\w.\[\]: -]{0,79}?)\s*:\s*(\[?[A-Za-z/ ]{2,16}\]?)\s*")
_STANDARD = re.compile(r"\s*(?:Standard stats|PHY statistics|Statistics) for (\S{1,32}):\s*")
_HEADS = frozenset({"NIC statistics:", "PHY statistics:"})
_NONE = frozenset({"no stats available", "no stats available for this device", "No FEC statistics available"})
_ALL_ONES = (1 << 64) - 1


class _Interfaces:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.name: str | None = None
        self._nameless = 0
        self.counters: dict[str, int | float | None] = {}

    def begin(self) -> Row:
        name = self.name
        if name is None:
            name = nameless(self._nameless)
            self._nameless += 1
        row = Row(id=name)
        self.rows.append(row)
        self.counters = row.counters
        self.name = None
        return row

    def count(self, name: str, value: int | None, mark: str = "") -> None:
        if not self.rows or self.name is not None or name in self.counters:
            self.begin()
        self.counters[name] = value
        if mark:
            self.rows[-1].marks.append(f"{mark} {name}")
        elif value == _ALL_ONES:
            self.rows[-1].marks.append(f"saturated {name}")


def _reading(paste: Paste) -> Reading:
    found = _Interfaces()
    reading = Reading(rows=found.rows)
    if '"ifname"' in paste.text:
        _of_json(paste, found, reading)
        return reading
    for index, line in enumerate(paste.lines):
        if (said := _VALUE.fullmatch(line)) and ":  " not in said[1]:  # a cluster shell's `host:` is no name's part
            value = integer(said[2])
            found.count(said[1], value, "unknown" if value is None else "negative" if value < 0 else "")
        elif not line.strip():
            if (typed := paste.typed.get(index)) and (name := asked(typed)):
                found.name = name
        else:
            _other(line, found, reading)
    return reading


def _other(line: str, found: _Interfaces, reading: Reading) -> None:
    plain = line.strip()
    if plain in _HEADS:
        found.begin()
    elif plain in _NONE:
        found.begin().marks.append("no statistics")
    elif said := _STANDARD.fullmatch(line):
        found.name = said[1]
        found.begin()
    elif name := asked(plain) or heading(plain):
        found.name = name
    elif (pair := _NOTHING.fullmatch(line)) and is_nothing(pair[2]):
        found.count(pair[1], None, "unsupported")
    else:
        reading.unparsed.append(line)


def _of_json(paste: Paste, found: _Interfaces, reading: Reading) -> None:
    said = documents(paste.text)
    for document in said.found:
        for one in document if isinstance(document, list) else [document]:
            if isinstance(one, dict) and isinstance(one.get("ifname"), str):
                found.name = one["ifname"]
                row = found.begin()
                for name, value in one.items():
                    _member(name, value, row)
            else:
                reading.unparsed.append(str(one))
    if said.cut:
        reading.facts["incomplete"] = "the text ends before its JSON does"
    reading.unparsed.extend(line for line in said.rest if asked(line) is None)


def _member(name: str, said: Any, row: Row) -> None:
    """Groups as the text has them: `eth-mac-FramesReceivedOK`; a histogram's bin by its bounds."""
    if isinstance(said, bool) or not isinstance(said, dict | list | int):
        if name != "ifname":
            row.extra[name] = said if isinstance(said, str | bool | float) else None
    elif isinstance(said, int):
        row.counters[name] = said
    elif isinstance(said, dict):
        for inner, value in said.items():
            _member(f"{name}-{inner}", value, row)
    else:
        for bin_ in said:
            if isinstance(bin_, dict) and isinstance(bin_.get("val"), int):
                row.counters[f"{name}-{bin_.get('low')}to{bin_.get('high')}"] = bin_["val"]


FORMAT = Format(
    name="ethtool-s",
    family="host",
    commands=("ethtool -S", "ethtool --statistics", "ethtool --phy-statistics"),
    versions="ethtool 3 to 6.11: mlx5, ice, bnxt and other drivers",
    yields="an interface's counters, as its driver names them",
    signs={
        r"^[ \t]*NIC statistics:": 100,
        r"^[ \t]*Standard stats for \S+:": 100,
        r"^(?:#?[ \t]+)(?:rx|tx)\w{0,40}_(?:phy|bytes|packets|discards|errors|dropped|pause|buffer): \d+\s*$": 60,
        r"^[ \t]*(?:rx|tx)_\w{1,40}_phy: \d+\s*$": 60,
        r'"eth-(?:phy|mac|ctrl)"\s*:\s*\{': 100,
    },
    read=alone(_reading),
)
