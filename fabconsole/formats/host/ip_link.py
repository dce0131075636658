"""`ip link` and `ip addr`, with `-s`, `-s -s`, `-d`, `-o`, `-br` and `-j`: interfaces, their counters and states.

Grammar: iproute2 ip/ipaddress.c; which columns there are is told by the heading above the numbers.
"""

from __future__ import annotations

import re
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.intent import noted
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import integer, snake

_HEAD = re.compile(r"\s*(\d{1,9}): ([\w.:-]{1,32}?)(?:@([\w.-]{1,32}))?: <([A-Z0-9_,-]{0,200})>\s*(.*)")
_COLUMNS = re.compile(r"\s*([RT])X( errors)?:\s+([a-z][a-z \t]{1,160})")
_FUNCTION = re.compile(r"\s+vf (\d{1,4})\s")
"""A virtual function, with counters of its own where these are asked for."""
_NUMBERS = re.compile(r"\s*[\d,.]{1,26}[KMGTPkmi]{0,2}(?:\s+[\d,.]{1,26}[KMGTPkmi]{0,2}){0,11}\s*")
_LINK = re.compile(r"\s*link/(\w{1,16})(?:\s+([0-9a-f:.]{2,64}))?(?:\s+(?:brd|peer)\s+(\S+))?(.*)")
_ADDRESS = re.compile(r"\s*inet6? (\S{2,64}).*")
_BRIEF = re.compile(r"\s*([\w.@-]{1,32})\s+(UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT|NOTPRESENT|TESTING)\s+(\S.*)?")
_NAMES = {
    "mcast": "multicast",
    "multicast": "multicast",
    "collsns": "collisions",
    "collisions": "collisions",
    "transns": "carrier_changes",
    "carrier_changes": "carrier_changes",
    "overrun": "rx_over_errors",
    "missed": "rx_missed_errors",
    "carrier": "tx_carrier_errors",
    "heartbt": "tx_heartbeat_errors",
    "nohandler": "rx_nohandler",
    "nohandlr": "rx_nohandler",
}
_PAIRED = frozenset({"mtu", "qdisc", "master", "state", "mode", "group", "qlen", "minmtu", "maxmtu", "promiscuity"})
_SETTLED = {"UP": "up", "DOWN": "down", "LOWERLAYERDOWN": "down", "NOTPRESENT": "down"}


def _canonical(way: str, column: str, *, error: bool) -> str:
    if error and column in {"length", "crc", "frame", "fifo", "aborted", "window", "heartbeat", "missed", "overrun"}:
        column = "over_errors" if column == "overrun" else f"{column}_errors"
    return _NAMES.get(column) or f"{way}_{column}"


class _Interfaces:
    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._columns: list[str] = []
        self._nameless = 0

    def line(self, line: str) -> None:
        rows = self._reading.rows
        if said := _HEAD.fullmatch(line):
            self._columns = []
            rows.append(_begun(said))
        elif rows and (said := _FUNCTION.match(line)):
            owner = next(row for row in reversed(rows) if "/vf" not in row.id)
            rows.append(Row(id=f"{owner.id}/vf{said[1]}", extra={"details": [line.strip()]}))
        elif said := _COLUMNS.fullmatch(line):
            way = said[1].lower() + "x"
            self._columns = [_canonical(way, column, error=bool(said[2])) for column in said[3].split()]
            if not rows or self._columns[0] in rows[-1].counters:
                self._nameless += 1
                rows.append(Row(id="interface" if self._nameless == 1 else f"interface {self._nameless}"))
        elif self._columns and _NUMBERS.fullmatch(line):
            self._count(line.split())
        elif (said := _BRIEF.fullmatch(line)) and not line.startswith("    "):
            rows.append(_brief(said))
        elif not (rows and line[:1].isspace() and _detail(rows[-1], line)):
            self._reading.unparsed.append(line)

    def _count(self, values: list[str]) -> None:
        row = self._reading.rows[-1]
        if len(values) != len(self._columns):
            self._reading.unparsed.append(" ".join(values))
            return
        for name, value in zip(self._columns, values, strict=True):
            row.counters[name] = integer(value)
            if row.counters[name] is None:  # `-h` rounds them
                row.marks.append(f"unknown {name}")
                row.extra[f"{name}_printed"] = value
        self._columns = []


def _begun(said: re.Match[str]) -> Row:
    row = Row(id=said[2], extra={"ifindex": int(said[1])})
    if said[3]:
        row.extra["link"] = said[3]
    row.extra["flags"] = list(said[4].split(","))
    _pairs(said[5], row)
    state = row.extra.pop("state", None)
    _settle(row, str(state) if state is not None else None)
    return row


def _settle(row: Row, operstate: str | None) -> None:
    """A cable without a carrier is down, whatever else; what the driver does not tell is unknown."""
    flags = row.extra.get("flags")
    if operstate is not None:
        row.extra["operstate"] = operstate
        row.state = _SETTLED.get(operstate.upper(), "unknown")
    if isinstance(flags, list) and "NO-CARRIER" in flags:
        row.state = "down"


def _pairs(text: str, row: Row) -> None:
    """`mtu 1500 qdisc mq …`: known names with their values, the rest as it stands."""
    words = text.split()
    rest: list[Said] = []
    at = 0
    while at < len(words):
        if words[at] in _PAIRED and at + 1 < len(words):
            number = integer(words[at + 1])
            row.extra[words[at]] = words[at + 1] if number is None else number
            at += 2
        else:
            rest.append(words[at])
            at += 1
    if rest:
        row.extra["details"] = [*_list(row.extra.get("details")), " ".join(str(word) for word in rest)]


def _list(said: Said) -> list[Said]:
    return said if isinstance(said, list) else []


def _brief(said: re.Match[str]) -> Row:
    name, _, link = said[1].partition("@")
    row = Row(id=name)
    if link:
        row.extra["link"] = link
    for word in (said[3] or "").split():
        if word.startswith("<"):
            row.extra["flags"] = list(word.strip("<>").split(","))
        elif "/" in word:
            row.extra["addresses"] = [*_list(row.extra.get("addresses")), word]
        elif ":" in word:
            row.extra["address"] = word
    _settle(row, said[2])
    return row


def _detail(row: Row, line: str) -> bool:
    """An indented line about the interface above; all of it is kept."""
    text = line.strip()
    if said := _LINK.fullmatch(line):
        row.extra["link_type"] = said[1]
        if said[2]:
            _address(row, said[2])
        if said[3]:
            row.extra["broadcast"] = said[3]
        _pairs(said[4], row)
    elif said := _ADDRESS.fullmatch(line):
        row.extra["addresses"] = [*_list(row.extra.get("addresses")), said[1]]
    elif text.startswith("altname "):
        row.extra["altnames"] = [*_list(row.extra.get("altnames")), text.removeprefix("altname ")]
    elif not text.startswith("valid_lft"):
        row.extra["details"] = [*_list(row.extra.get("details")), text]
    return True


def _address(row: Row, address: str) -> None:
    row.extra["address"] = address
    octets = address.split(":")
    if len(octets) == 20:  # IP over InfiniBand: flags and queue pair, the subnet's prefix, then the port's GUID
        row.extra["port_guid"] = "".join(octets[12:])


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    if '"ifname"' in paste.text:
        _of_json(paste, reading)
        return noted(reading)
    found = _Interfaces(reading)
    for line in paste.lines:
        for part in line.split("\\") if "\\" in line else (line,):  # `-o` has all of it on one line
            if part.strip():
                found.line(part)
    return noted(reading)


def _of_json(paste: Paste, reading: Reading) -> None:
    said = documents(paste.text)
    for document in said.found:
        for one in document if isinstance(document, list) else [document]:
            if isinstance(one, dict) and isinstance(one.get("ifname"), str):
                reading.rows.append(_of_member(one))
            elif one:  # `-j` prints an empty object for what a filter left out
                reading.unparsed.append(str(one))
    if said.cut:
        reading.facts["incomplete"] = "the text ends before its JSON does"
    reading.unparsed.extend(said.rest)


def _of_member(one: dict[str, Any]) -> Row:
    row = Row(id=one["ifname"])
    for key, value in one.items():
        if key in {"stats64", "stats"} and isinstance(value, dict):
            for way, counts in value.items():
                _counts(row, str(way), counts)
        elif key == "addr_info" and isinstance(value, list):
            row.extra["addresses"] = [
                f"{info.get('local')}/{info.get('prefixlen')}" for info in value if isinstance(info, dict)
            ]
        elif key == "address" and isinstance(value, str):
            _address(row, value)
        elif key not in {"ifname", "operstate"}:
            row.extra[snake(key)] = value
    operstate = one.get("operstate")
    _settle(row, operstate if isinstance(operstate, str) else None)
    return row


def _counts(row: Row, way: str, counts: Any) -> None:
    for name, value in counts.items() if isinstance(counts, dict) else ():
        row.counters[_NAMES.get(name, f"{way}_{name}")] = value if isinstance(value, int) else None


FORMAT = Format(
    name="ip-link",
    family="host",
    commands=("ip -s link", "ip -s -s link", "ip -j -s link", "ip link", "ip addr", "ip -br link"),
    versions="iproute2 4.9 to 6.12",
    yields="state, addresses and losses of interfaces",
    signs={
        r"^[ \t]*\d{1,9}: [\w.:@-]{1,64}: <[A-Z0-9_,-]{2,200}> mtu \d": 100,
        r"^[ \t]*RX:\s+bytes\s+packets\s+errors": 60,
        r"^[ \t]{2,}link/(?:ether|infiniband|loopback) ": 60,
        r'"stats64"\s*:\s*\{': 100,
        r'"operstate"\s*:\s*"[A-Z]': 60,
    },
    read=alone(_reading),
)
