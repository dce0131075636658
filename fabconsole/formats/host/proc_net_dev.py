"""`/proc/net/dev`: every interface's packets, octets and losses, a line each.

Columns: Linux net/core/net-procfs.c. Its `frame` sums length, overrun, CRC and frame errors, its `carrier` four kinds
of failed transmissions: both are kept under the printed name, as are compressed packets.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.values import integer

_LINE = re.compile(r"\s*(?:([\w.-]{1,64}): +)?(\S{1,32}?):\s*(-?\d[\d\s-]*)")
_HEAD = re.compile(r"\s*(?:Inter-\|.*|face\s*\|.*)")
_USUAL = (
    "bytes packets errs drop fifo frame compressed multicast",
    "bytes packets errs drop fifo colls carrier compressed",
)
_CANONICAL = {"errs": "errors", "drop": "dropped", "fifo": "fifo_errors"}
_BOTH = {"rx_multicast": "multicast", "tx_colls": "collisions"}


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    columns = _columns(*_USUAL)
    for line in paste.lines:
        if said := _LINE.fullmatch(line):
            values = said[3].split()
            if len(values) == len(columns):
                reading.rows.append(_row(f"{said[1]}/{said[2]}" if said[1] else said[2], columns, values))
                continue
        elif not line.strip():
            continue
        elif _HEAD.fullmatch(line):
            parts = line.split("|")
            if len(parts) == 3 and "packets" in line:
                columns = _columns(parts[1], parts[2])
            continue
        reading.unparsed.append(line)
    return reading


def _columns(receive: str, transmit: str) -> list[str]:
    """Canonical names of the columns whose heads are printed on the second line."""
    names = [f"rx_{_CANONICAL.get(name, name)}" for name in receive.split()]
    names += [f"tx_{_CANONICAL.get(name, name)}" for name in transmit.split()]
    return [_BOTH.get(name, name) for name in names]


def _row(name: str, columns: list[str], values: list[str]) -> Row:
    row = Row(id=name)
    for column, value in zip(columns, values, strict=True):
        row.counters[column] = integer(value)
        if row.counters[column] is None:
            row.marks.append(f"unknown {column}")
    return row


FORMAT = Format(
    name="proc-net-dev",
    family="host",
    commands=("cat /proc/net/dev",),
    versions="Linux 2.6 to 6.12",
    yields="packets, octets and losses of interfaces",
    signs={
        r"^[ \t]*Inter-\|\s*Receive\s": 100,
        r"^[ \t]*face \|\s*bytes\s": 100,
        r"^[ \t]*(?:[\w.-]{1,64}:[ \t]+)?[\w.@-]{1,20}:\s*\d+(?:[ \t]+\d+){15}[ \t]*$": 100,
    },
    read=_reading,
    aliases=("/proc/net/dev",),
)
