"""The lines of tables between two rules: status, brief, counters of errors, descriptions, and whatever names ports."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Row
from fabconsole.formats.switches import environment, port_status
from fabconsole.formats.switches.ports import count, rate, typed
from fabconsole.formats.switches.table import Table, is_interface
from fabconsole.formats.values import is_nothing, snake

_COUNTERS = {
    "Align-Err": "rx_frame_errors",
    "FCS-Err": "rx_crc_errors",
    "Xmit-Err": "tx_errors",
    "Rcv-Err": "rx_errors",
    "OutDiscards": "tx_dropped",
    "InDiscards": "rx_dropped",
    "Carri-Sen": "tx_carrier_errors",
    "InOctets": "rx_bytes",
    "OutOctets": "tx_bytes",
    "InMcastPkts": "multicast",
    "Tx-Pause": "tx_pause",
    "Rx-Pause": "rx_pause",
}
_WORDS = re.compile(r"--|-?\d{1,20}", re.ASCII)
_BRIEF = re.compile(
    r"\s*(\S{2,20}) +(\d{1,4}|--|f-path|trunk) +(\w{2,6}) +([\w-]{2,8}) +(up|down) +(\S.{0,40}?) {1,40}"
    r"((?:auto|\d{1,5}[MGT]?)\([DISs]\)) *(\S{1,8})?\s*"
)


def kind(table: Table) -> str:
    """Which reader of `READERS` a heading asks for; neighbours are read by the scan itself."""
    names = table.names
    if port_status.HEADING.fullmatch(" ".join(names)):
        return "status"
    if "Device ID" in names and "Local Intf" in names:
        return "neighbours"
    if "VLAN" in names and "Mode" in names:
        return "brief"
    if environment.is_heading(names):
        return "environment"
    return "counts" if len(names) > 1 and all("-" in name or name in _COUNTERS for name in names[1:3]) else "plain"


def _counts(table: Table, line: str) -> Row | None:
    words = line.split()
    if not is_interface(words[0]) or len(words) > len(table.columns):
        return None
    if not all(_WORDS.fullmatch(word) for word in words[1:]):
        return _plain(table, line)
    row = Row(id=words[0])
    if len(words) < len(table.columns):
        row.marks.append("torn")
        return row
    for name, text in zip(table.names[1:], words[1:], strict=True):
        count(row, _COUNTERS.get(name, name), text)
    return row


def _brief(table: Table, line: str) -> Row | None:
    found = _BRIEF.fullmatch(line)
    if found is None or not is_interface(found[1]):
        return _plain(table, line)
    row = Row(id=found[1], state=found[5])
    names = ("vlan", "type", "mode", "status", "reason", "speed", "port_channel")
    for name, text in zip(names, found.groups()[1:], strict=True):
        row.extra[name] = None if text is None or text == "--" else text
    rate(row, found[7])
    return row


def _plain(table: Table, line: str) -> Row | None:
    """Any other table of ports, whose cells begin under their headings."""
    cells = table.left_aligned(line)
    if not is_interface(cells[0]) or len(line.split()) < 2:
        return None
    row = Row(id=cells[0])
    for name, text in zip(table.names[1:], cells[1:], strict=True):
        row.extra[snake(name)] = None if is_nothing(text) else typed(text)
    status = row.extra.get("status")
    if isinstance(status, str):
        row.state = port_status.meaning(status)
    if row.state == "up" and "Speed" in table.names:
        rate(row, cells[table.names.index("Speed")])
    return row


READERS = {
    "status": port_status.read,
    "counts": _counts,
    "brief": _brief,
    "plain": _plain,
    "environment": environment.row,
}
