"""`ethtool` without `-S`: an interface's link (plain), driver (`-i`), module (`-m`), FEC, pause, rings and the like.

Grammar: ethtool.c and netlink/{settings,fec,pause,rings,tsinfo}.c: mostly `SOMETHING for INTERFACE:` and then
`Key: value`, where a list goes on, deeper, on further lines. `-i` and `-m` name no interface: the command does.
"""

from __future__ import annotations

import re
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.host.interface_names import asked, heading, nameless
from fabconsole.formats.host.interface_settings import COUNTED, Interfaces
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import snake

_HEAD = re.compile(r"\s*([A-Z][\w/ -]{2,40}?) for (?:device )?([\w.@-]{1,32}):\s*")
_REFUSED = frozenset("nCN")
_REFUSALS = ("netlink error: ", "Cannot get ", "Cannot read ", "Can't ", "No data available", "No such device")


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    if '"ifname"' in paste.text or '"identifier"' in paste.text:
        _of_json(paste, reading)
    else:
        _of_text(paste, reading)
    for row in reading.rows:
        if row.state == "down":  # a driver may go on telling the speed that it had
            if row.rate_gbps is not None:
                row.extra["printed_rate"] = row.extra.get("speed")
            row.rate_gbps = row.width = None
    return reading


def _of_text(paste: Paste, reading: Reading) -> None:
    found = Interfaces(reading)
    for index, line in enumerate(paste.lines):
        text = line.strip()
        if not text:
            if paste.typed and (typed := paste.typed.get(index)) and (name := asked(typed)):
                found.name = name
        elif text[0] in _REFUSED and text.startswith(_REFUSALS):
            told = reading.facts.setdefault("errors", [])
            if isinstance(told, list):
                told.append(text)
        elif "ethtool " in text and (name := asked(text)):
            found.name = name
        elif ": " in text or ":\t" in text:
            found.line(line, text)
        elif text.endswith(":") and (said := _HEAD.fullmatch(text)):
            found.name = None
            found.head(said[1], said[2])
        elif "/" not in text and (name := heading(line)):
            found.name = name
        else:
            found.line(line, text)


def _of_json(paste: Paste, reading: Reading) -> None:
    said = documents(paste.text)
    names = [name for command in paste.commands if (name := asked(command))]
    for document in said.found:
        for one in document if isinstance(document, list) else [document]:
            if isinstance(one, dict) and one:
                nth = len(reading.rows)
                reading.rows.append(_of_member(one, names[nth] if nth < len(names) else nameless(nth)))
            else:
                reading.unparsed.append(str(one))
    if said.cut:
        reading.facts["incomplete"] = "the text ends before its JSON does"
    reading.unparsed.extend(line for line in said.rest if asked(line) is None)


def _of_member(one: dict[str, Any], name: str) -> Row:
    """What it is called itself, `ifname`, goes before how it was asked for; a module (`-m`) has no name."""
    row = Row(id=one["ifname"] if isinstance(one.get("ifname"), str) else name)
    for key, value in one.items():
        if key == "statistics" and isinstance(value, dict):
            for name, counted in value.items():
                total = counted.get("total") if isinstance(counted, dict) else counted
                row.counters[COUNTED.get(name, str(name))] = total if isinstance(total, int) else None
        elif key != "ifname":
            row.extra[snake(key)] = value
    if isinstance(speed := one.get("speed"), int) and not isinstance(speed, bool):
        row.rate_gbps = speed / 1000
    if isinstance(lanes := one.get("lanes"), int):
        row.width = f"{lanes}X"
    if isinstance(link := one.get("link-detected"), bool):
        row.state = "up" if link else "down"
    return row


FORMAT = Format(
    name="ethtool",
    family="host",
    commands=(
        "ethtool",
        "ethtool -m",
        "ethtool -i",
        "ethtool -a",
        "ethtool -g",
        "ethtool --show-fec",
        "ethtool --json",
    ),
    versions="ethtool 3 to 6.11",
    yields="speed and state of an interface, its driver, module, FEC and rings",
    signs={
        r"^[ \t]*Settings for \S+:\s*$": 100,
        r"^[ \t]*Link detected: (?:yes|no)\b": 100,
        r"^[ \t]*(?:Supported|Advertised) link modes:": 60,
        r"^[ \t]*(?:FEC|Pause|Ring|Channel|Coalesce|Time stamping) parameters for \S+:\s*$": 100,
        r"^[ \t]*Features for \S+:\s*$": 100,
        r"^driver: \S+\s*$": 60,
        r"^(?:bus-info|firmware-version): ": 60,
        r"^[ \t]*Module temperature\s+: .{1,16} degrees C": 100,
        r"^[ \t]*(?:Rcvr signal avg|Transmit avg|Receiver signal average) optical power": 100,
        r"^[ \t]*Transceiver codes\s+: 0x": 100,
        r'"(?:link-detected|supported-link-modes)"\s*:': 100,
        r'"(?:identifier_description|vendor_oui|transceiver_codes)"\s*:': 60,
    },
    read=alone(_reading),
)
