"""`ibdev2netdev`, plain and `-v`: which interface stands for which HCA port, and whether it is up.

Shapes: the script of MLNX_OFED (ofed-scripts). With `-v` a line begins with the PCI address and tells device, parts,
firmware and the port's own state.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.port_words import logical
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

_PLAIN = re.compile(r"([\w.-]{1,64}) port (\d{1,3}) ==> ([\w.@:-]{1,64}) \((\w{1,20})\)")
_LINE = re.compile(
    r"\s*(?:([0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7])\s+)?([\w.-]{1,64})"
    r"(?:\s+\(([^()]{1,80})\)\s*(.{0,200}?))?\s+port\s+(\d{1,3})(?:\s+\((\w{1,20}) *\))?\s+==>"
    r"(?:\s+([\w.@:-]{1,64}|<[\w ]{1,40}>))?(?:\s+\(([\w -]{1,20})\))?(?:\s+#\s*(\S.{0,200}?))?\s*"
)
_FIRMWARE = re.compile(r"(.{0,200}?)\s*\bfw\s+(\S{1,40})")


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    for line in paste.lines:
        if plain := _PLAIN.fullmatch(line):
            reading.rows.append(Row(id=f"{plain[1]}/{plain[2]}", state=plain[4].lower(), extra={"netdev": plain[3]}))
        elif said := _LINE.fullmatch(line):
            reading.rows.append(_row(said))
        elif line.strip():
            reading.unparsed.append(line)
    if reading.rows:
        reading.facts["devices"] = len({row.id.rpartition("/")[0] for row in reading.rows})
    return reading


def _row(said: re.Match[str]) -> Row:
    """The interface's state is the row's: a port's own may differ, and stands beside it."""
    row = Row(id=f"{said[2]}/{said[5]}", state=said[8].lower() if said[8] else None)
    model, _, part = (said[3] or "").partition(" - ")
    firmware = _FIRMWARE.match(said[4] or "")
    for key, text in (
        ("netdev", None if (said[7] or "").startswith("<") else said[7]),
        ("pci", (said[1] or "").lower()),
        ("hca_type", model.strip()),
        ("part_number", part.strip()),
        ("description", firmware[1] if firmware else said[4]),
        ("firmware", firmware[2] if firmware else None),
        ("port_state", logical(said[6]) if said[6] else None),
        ("note", said[9]),
    ):
        if text:
            row.extra[key] = text
    return row


FORMAT = Format(
    name="ibdev2netdev",
    family="host",
    commands=("ibdev2netdev", "ibdev2netdev -v"),
    versions="MLNX_OFED 4 to 24, DOCA-OFED",
    yields="interface of each HCA port, and whether it is up; PCI address, parts, firmware",
    signs={r"^[ \t]*[\w.:-]{1,64}[ \t][^\n=]{0,300}\bport[ \t]+\d{1,3}[^\n=]{0,40} ==>": 100},
    read=_reading,
)
