"""`ibstatus`: every port's files of sysfs, in a few lines each.

Shapes: rdma-core infiniband-diags/scripts/ibstatus, a shell script; what it cannot read it calls `unknown`.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.host import sysfs
from fabconsole.formats.infiniband.adapters import Adapters
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.infiniband.port_words import is_down, logical, physical, unassigned
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import integer, is_nothing, snake

_PORT = re.compile(r"\s*Infiniband device '([^']{1,64})' port (\d{1,3}) status:\s*")
_LINE = re.compile(r"(\s*)([A-Za-z][\w ]{0,30}?) ?:(.*)")
_FATAL = re.compile(r"Fatal error: {1,4}(.{1,400})")
_KEYS = {
    "default gid": "default_gid",
    "base lid": "lid",
    "sm lid": "sm_lid",
    "state": "state",
    "phys state": "phys_state",
    "rate": "rate",
    "link_layer": "link_layer",
}


def _reading(paste: Paste) -> Reading:
    adapters, fatal, unparsed = Adapters(), list[str](), list[str]()
    for line in paste.lines:
        if not line.strip():
            continue
        if head := _PORT.fullmatch(line):
            if not adapters.all or adapters.all[-1].name != head[1]:
                adapters.begin(head[1])
            adapters.begin_port(int(head[2]))
        elif said := _FATAL.fullmatch(line.strip()):
            fatal.append(said[1])
        elif not _fact(line, adapters):
            unparsed.append(line)
    reading = Reading(rows=adapters.rows())
    reading.events, reading.unparsed = sorted_out(unparsed)
    for row in reading.rows:
        _settle(row)
    if reading.rows:
        reading.facts["devices"] = len(adapters.all)
        reading.facts["ports"] = len(reading.rows)
    if torn := adapters.torn("link_layer"):
        fatal.append(torn)
    if fatal:
        reading.facts["incomplete"] = "; ".join(fatal)
    return reading


def _fact(line: str, adapters: Adapters) -> bool:
    said = _LINE.fullmatch(line)
    if said is None or not (said[2] in _KEYS or (said[1] and adapters.in_port)):
        return False
    key = _KEYS.get(said[2]) or snake(said[2])
    if adapters.repeats(key):
        adapters.begin(None)  # one heading names device and port: it may be any device's
    row, text = adapters.port_for(key).row, said[3].strip()
    if key == "state":
        row.state = None if is_nothing(text) else logical(text)
    elif key == "phys_state":
        row.phys_state = None if is_nothing(text) else physical(text)
    elif key == "rate" and (rate := sysfs.rate(text)):
        row.rate_gbps, row.width = rate.gbps, rate.width
        row.extra["printed_rate"] = text
        if rate.generation:
            row.extra["generation"] = rate.generation
    elif key == "link_layer":
        row.extra[key] = "InfiniBand" if text == "IB" else text
    elif is_nothing(text):
        row.extra[key] = None
    else:
        row.extra[key] = text if (value := integer(text)) is None else value
    return True


def _settle(row: Row) -> None:
    """What a down port prints as its rate is from before."""
    if row.state == "Down" or (row.state is None and is_down(row.phys_state)):
        row.rate_gbps = row.width = None
    if unassigned(row.extra.get("lid"), row.extra.get("link_layer")):
        row.marks.append("lid unassigned")


FORMAT = Format(
    name="ibstatus",
    family="infiniband",
    commands=("ibstatus", "ibstatus mlx5_0:1"),
    versions="infiniband-diags 1.5 to rdma-core 57",
    yields="state, rate, width, LIDs and GID of HCA ports",
    signs={
        r"^[ \t]*Infiniband device '[^'\n]{1,64}' port \d": 100,
        r"^[ \t]*(?:base|sm) lid:[ \t]+0x": 60,
        r"^[ \t]*phys state:[ \t]+\d: ": 60,
        r"^Fatal error: {1,4}device '[^'\n]{1,64}': sys files not found": 100,
        r"^[ \t]*default gid:[ \t]+\S": 30,
    },
    read=alone(_reading),
)
