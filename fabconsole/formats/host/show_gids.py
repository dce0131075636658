"""`show_gids`: the GID tables of a host's ports, a line an entry, with the RoCE version and the interface behind it.

Shapes: the script of MLNX_OFED (ofed-scripts). Columns are tabs or blanks and may be missing: InfiniBand has no
interface, only a GID that maps an IPv4 address shows that.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.values import is_nothing

_ENTRY = re.compile(
    r"\s*([\w.-]{1,64})\s+(\d{1,3})\s+(\d{1,4})\s+([0-9a-fA-FxX]{0,4}:[0-9a-fA-FxX:.]{1,40})"
    r"(?:\s+(\d{1,3}(?:\.\d{1,3}){3}))?(?:\s+((?:IB/)?(?:RoCE )?[vV]\d(?:\.\d)?|IB))?(?:\s+(\S{1,64}))?\s*"
)
_HEAD = re.compile(r"\s*(?:DEV\s+PORT\s+INDEX\s+GID\b.*|-{2,}(?:\s+-{2,}){2,}\s*)")
_FOUND = re.compile(r"\s*n_gids_found=(\d{1,6})\s*")
_INTERFACE = re.compile(r"\s*([a-z][\w.@-]{1,32})\s*")


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    found: list[int] = []
    for line in paste.lines:
        if not line.strip() or _HEAD.fullmatch(line):
            continue
        if said := _ENTRY.fullmatch(line):
            reading.rows.append(_row(said))
        elif said := _FOUND.fullmatch(line):
            found.append(int(said[1]))
        elif (said := _INTERFACE.fullmatch(line)) and reading.rows and "netdev" not in reading.rows[-1].extra:
            reading.rows[-1].extra["netdev"] = said[1]  # a mail broke the line
        else:
            reading.unparsed.append(line)
    if found:
        reading.facts["gids_found"] = sum(found)
        if sum(found) != len(reading.rows):
            reading.facts["incomplete"] = f"{sum(found)} GIDs announced, {len(reading.rows)} listed"
    elif reading.rows and any(_HEAD.fullmatch(line) for line in paste.lines):
        reading.facts["incomplete"] = "how many GIDs were found is not said: the end is missing"
    return reading


def _row(said: re.Match[str]) -> Row:
    row = Row(id=f"{said[1]}/{said[2]}", extra={"index": int(said[3]), "gid": said[4]})
    for key, text in (("ipv4", said[5]), ("version", said[6]), ("netdev", said[7])):
        if text and not is_nothing(text):
            row.extra[key] = text
    return row


FORMAT = Format(
    name="show_gids",
    family="host",
    commands=("show_gids",),
    versions="MLNX_OFED 4 to 24, DOCA-OFED",
    yields="GIDs of HCA ports with index, RoCE version, IPv4 address and interface",
    signs={
        r"^[ \t]*DEV[ \t]+PORT[ \t]+INDEX[ \t]+GID\b": 100,
        r"^[ \t]*n_gids_found=\d": 100,
        r"^[ \t]*[\w.-]{1,64}[ \t]+\d{1,3}[ \t]+\d{1,4}[ \t]+(?:[0-9a-f]{4}:){7}[0-9a-f]{4}\b": 60,
    },
    read=_reading,
)
