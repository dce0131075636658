"""What ibdiagnet's findings say of ports, links and nodes, and what it calls a port's counters.

Forms: ibdiagnet 2 (`S<system GUID>/N<node GUID>/P20 - "counter" increased during the run (…)`, `Link: A<-->B - …`), its
table of counters beyond a threshold, and ibdiagnet2.pm (`Port=… Lid=… GUID=… Device=… Port Name=…`, then `name=0x…`).
Where both are printed, the narrow count is the counter and may be saturated; the wide one keeps its name, `…_extended`.
"""

from __future__ import annotations

import re

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.formats.reading import Ber, Row, Said
from fabconsole.formats.values import ber, integer, is_nothing, no_error_seen, number, snake

_NAMES = {
    "symbol_error_counter": "symbol_error",
    "link_error_recovery_counter": "link_error_recovery",
    "link_down_counter": "link_downed",
    "link_downed_counter": "link_downed",
    "port_xmit_discard": "port_xmit_discards",
    "excessive_buffer_errors": "excessive_buffer_overrun_errors",
    "vl15_dropped": "VL15_dropped",
    "port_xmit_pkts": "port_xmit_packets",
    "port_rcv_pkts": "port_rcv_packets",
    "port_unicast_xmit_pkts": "unicast_xmit_packets",
    "port_unicast_rcv_pkts": "unicast_rcv_packets",
    "port_multicast_xmit_pkts": "multicast_xmit_packets",
    "port_multicast_rcv_pkts": "multicast_rcv_packets",
}
"""Its names to the canonical ones, where they differ."""

_PLACE = re.compile(r"S[0-9a-f]{16}/N([0-9a-f]{16})(?:/(?:P(\d{1,4})|(\S{1,64})))?", re.ASCII)
_LINK = re.compile(r"Link: (\S{1,200}?)<-{1,2}>(\S{1,200})(?: - |: | )(.*)", re.ASCII)
_ABOUT = re.compile(r"((?:lid=0x[0-9a-f]{1,8} )(?:\w{1,12}=\w{1,20} ){0,4})?(\S{1,300})(?:(?: -)? (.*)|)", re.ASCII)
_COUNTED = re.compile(
    r'"?(\w{1,64})"? .{0,80}?\((difference )?value=(-?\w{1,20}), ?(?:difference allowed )?threshold=(\w{1,20})\)',
    re.ASCII,
)
_TABLED = re.compile(
    r"([a-z]\w{2,63})\s{0,64}: (0x[0-9a-fA-F]{1,16}|\d{1,20}|NA|N/A)\s{0,32}(?:\((.{1,60})\))?\s*", re.ASCII
)
_THRESHOLD = re.compile(r"threshold=(\w{1,20})", re.ASCII)
_BER = re.compile(
    r"\b(Raw|Effective|Symbol) BER(?: value)?\s?[:=]\s?(\d{1,3}(?:\.\d{1,6})?[eE]-?\d{1,3})", re.IGNORECASE
)
_TEMPERATURE = re.compile(r"current temperature: (-?\d{1,4})C?, threshold: (-?\d{1,4})", re.ASCII)
_FIRMWARE = re.compile(
    r"(?:PSID:(\S{1,32}) has|Node has wrong) FW version (\S{1,32}?)(?: while the latest|\. Maximum available)"
    r" FW version .{0,80} is (\S{1,32})",
    re.ASCII,
)
_SPEED = re.compile(
    r"Unexpected (?:(?:actual link )?(speed|width),? )?(?:actual link (?:speed|width) is )?(\S{1,16})"
    r"(?:.{0,300}? final (?:speed|width) should be (\S{1,16}?)\))?"
)
_PM_PORT = re.compile(
    r"Port=(\d{1,5}) Lid=(0x[0-9a-fA-F]{1,6}) GUID=0x([0-9a-fA-F]{1,16})(?: Device=(\d{1,10}))? Port Name=(.*)",
    re.ASCII,
)
_PM_COUNT = re.compile(r"([a-z]\w{2,63})=(0x[0-9a-fA-F]{1,16}|NA|N/A)()\s*", re.ASCII)
_HEADING = re.compile(r"\s*(?:Performance Monitor )?[Cc]ounter\s{0,64}: Value\s*")
_GUID = re.compile(r"\bGUID ?[=:] ?0x([0-9a-fA-F]{16})\b")
_INSIDE = re.compile(r"in port = ([^\s(]{1,200})")
_DETAIL = re.compile(r"(\w{1,12})=(\w{1,20})", re.ASCII)


class Ports:
    """The ports, links and nodes that were told about, each once."""

    def __init__(self) -> None:
        self.by_id: dict[str, Row] = {}
        """All of them, in the order they were first told about."""
        self._counted: Row | None = None
        """Whose counters the next lines are."""
        self._printed: set[str] = set()
        """Its counters that were: one that comes again is another's, whose heading was lost."""
        self._cabled = False
        """Whether they are no counters, but what its cable says of itself."""

    def end(self) -> None:
        """What comes is no more of the port whose counters were told."""
        self._counted = None

    def find(self, text: str) -> str | None:
        """Take what a finding says; returns whom it is about, spelt as its row's id. None: nobody in particular."""
        self._counted = None
        if text.startswith("Link: ") and (link := _LINK.fullmatch(text)) is not None:
            row, what = self._row(_id(link[1])), link[3]
            row.peer = _id(link[2])
        elif "in port = " in text and (inside := _INSIDE.search(text)) is not None:
            row, what = self._row(_id(inside[1])), text
        elif (about := _ABOUT.fullmatch(text)) is not None and "/" in about[2]:
            row, what = self._row(_id(about[2].rstrip(":"))), about[3] or ""
            row.extra |= {name: _detail(name, value) for name, value in _DETAIL.findall(about[1] or "")}
            if not what:
                self._count_for(row)
        else:
            named = _GUID.search(text) if "GUID" in text else None
            return named[1].lower() if named else None
        _tell(row, what)
        if row.peer or row.counters or row.extra or row.ber or row.width:
            self.by_id[row.id] = row
        return row.id

    def count(self, line: str) -> bool:
        """Take a line, without the blanks around it, with one counter of the port that was named above.

        False for any other line.
        """
        if line.startswith("Port=") and (port := _PM_PORT.fullmatch(line)) is not None:
            row = self._row(f"{port[3].lower().zfill(16)}/{port[1]}")
            row.extra |= {"lid": int(port[2], 16), "port_name": port[5]} | ({"devid": int(port[4])} if port[4] else {})
            self._count_for(row)
            self._cabled = port[4] is None
            return True
        if line.endswith("Value") and _HEADING.fullmatch(line):
            if self._printed:
                self._counted = None  # a second table: the line that says whose was lost
            return True
        if self._counted is None:
            return False
        if self._cabled:
            return self._cable(self._counted, line)
        said = _TABLED.fullmatch(line) if ":" in line else _PM_COUNT.fullmatch(line)
        if said is None:
            return False
        if said[1] in self._printed:
            self._counted = None
            return False
        self._printed.add(said[1])
        _keep(self._counted, said[1], said[2], said[3] or "")
        return True

    def _cable(self, row: Row, line: str) -> bool:
        """`PN: MCP1600-E002`, of what is plugged in; a key that comes again is of another port's."""
        name, colon, value = line.partition(":")
        cable = _nest(row, "cable")
        if not colon or not name[:1].isupper() or not name.isalnum() or snake(name) in cable:
            return False
        cable[snake(name)] = None if is_nothing(value) else _quantity(value.strip())
        return True

    def _count_for(self, row: Row) -> None:
        self._counted, self._printed, self._cabled = row, set(), False
        self.by_id[row.id] = row

    def _row(self, name: str) -> Row:
        return self.by_id.get(name) or Row(id=name)


def canonical(name: str) -> str:
    """The registry's name for one of ibdiagnet's, or that itself."""
    return _NAMES.get(name, name)


def _id(name: str) -> str:
    place = _PLACE.fullmatch(name)
    if place is None:
        return name
    port = place[2] or place[3]
    return f"{place[1]}/{port}" if port else place[1]


def _tell(row: Row, what: str) -> None:
    if "threshold=" in what and (counted := _COUNTED.search(what)):
        name, value = canonical(counted[1]), _number(counted[3])
        _nest(row, "thresholds")[name] = _number(counted[4])
        if counted[2]:
            _nest(row, "increased")[name] = value
        else:
            row.counters[name] = value if isinstance(value, int) else None
    for kind, value in _BER.findall(what) if "BER" in what else ():
        row.ber = row.ber or Ber()
        row.ber = Ber(
            **{name: getattr(row.ber, name) for name in ("raw", "effective", "symbol")} | {kind.lower(): ber(value)}
        )
        row.marks += [f"none seen {kind.lower()}"] if no_error_seen(value) else []
    if "temperature" in what and (temperature := _TEMPERATURE.search(what)):
        row.extra |= {"temperature_c": int(temperature[1]), "temperature_threshold_c": int(temperature[2])}
    if "FW version" in what and (firmware := _FIRMWARE.search(what)):
        row.extra |= {"psid": firmware[1]} if firmware[1] else {}
        row.extra |= {"firmware": firmware[2], "latest_firmware": firmware[3]}
    if "Unexpected" in what and (speed := _SPEED.search(what)) and speed[1]:
        if speed[1] == "width":
            row.width = speed[2].upper()
        else:
            row.extra["link_speed"] = _lane(speed[2])
        if "degraded" not in row.marks:
            row.marks.append("degraded")
        if speed[3]:
            row.extra["could_be"] = ", ".join(filter(None, (_text(row.extra.get("could_be")), speed[3].upper())))
            row.extra[f"expected_{speed[1]}"] = speed[3].upper() if speed[1] == "width" else _lane(speed[3])


def _text(said: Said) -> str:
    return said if isinstance(said, str) else ""


def _keep(row: Row, printed: str, value: str, remark: str) -> None:
    name, count = canonical(printed), integer(value)
    row.counters[name] = count
    if count is None:
        row.marks.append(f"unsupported {name}")
    elif "overflow" in remark or (name in COUNTERS and count == COUNTERS[name].maximum(Width.PMA)):
        row.marks.append(f"saturated {name}")
    if limit := _THRESHOLD.search(remark):
        _nest(row, "thresholds")[name] = _number(limit[1])


def _nest(row: Row, name: str) -> dict[str, Said]:
    known = row.extra.get(name)
    if not isinstance(known, dict):
        known = row.extra[name] = {}
    return known


def _detail(name: str, value: str) -> Said:
    """`lid=0x0004`, `dev=4129` as numbers, `guid=0x…` as GUIDs are spelt here."""
    return value.removeprefix("0x").lower().zfill(16) if name == "guid" else _number(value)


def _lane(text: str) -> Said:
    """What a lane carries, Gb/s; `FDR10` is told by its name."""
    lane = number(text)
    return text if lane is None else lane


def _quantity(text: str) -> Said:
    """A cable's length, temperature, class: with its unit as it stands, a bare number as one."""
    return text if text.startswith("0x") else _number(text)


def _number(text: str) -> Said:
    number = integer(text)
    return text if number is None else number
