"""lldpd's neighbours (`lldpctl`, `lldpcli show neighbors`), as text, key by key and as JSON, and SONiC's table of them.

Grammar: lldpd src/client/display.c and text_writer.c, kv_writer.c, json_writer.c; sonic-utilities scripts/lldpshow.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.host.lldp_json import neighbours
from fabconsole.formats.host.lldp_key_value import KEY_VALUE, KeyValue
from fabconsole.formats.host.lldp_neighbour import Neighbour
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import integer

_INTERFACE = re.compile(r"\s*Interface:\s+([^\s,]{1,64})(.*)")
_HEAD = re.compile(r"(via|RID|Time):\s*((?:[^,]|,(?=\s*\d))*)")
_LINE = re.compile(r"(\s*)(\S[^:]{0,40}):(?:\s+(.*?))?\s*")
_TITLE = re.compile(
    r"\s*(?:-{5,}|=+|LLDP (?:neighbors|interfaces|statistics|Global .{0,32})(?:\s.{0,32})?:?|"
    r"Local chassis:?|Capability codes: .*)\s*"
)
_TABLE = re.compile(r"\s*LocalPort\s+RemoteDevice\s+RemotePortID\s+Capability\s+RemotePortDescr\s*")
_TABLE_REST = re.compile(r"\s*(?:Capability codes:.*|[-\s]{5,}|Total entries displayed:\s*(\d{1,6})\s*)")
_VLAN = re.compile(r"(\d{1,4})(?:, pvid: (yes|no))?(?:,? (\S.{0,63}))?")
_SECTIONS = frozenset({"Chassis", "Port", "LLDP-MED", "Unknown TLVs", "Inventory", "MDI Power", "Custom TLVs"})
_NAMES = {"Time": "age", "MgmtIface": "mgmt_iface"}


class _Text:
    """Reads the text form; a description may go on, indented, on further lines."""

    def __init__(self, reading: Reading) -> None:
        self.found: list[Neighbour] = []
        self._reading = reading
        self._section = ""
        self._describes = ""
        self._depth = 0
        self._flat = False

    def line(self, line: str) -> None:
        if said := _INTERFACE.fullmatch(line):
            self._begin(said[1])
            for name, value in _HEAD.findall(said[2]):
                self.found[-1].keep(_NAMES.get(name, name), value.strip())
            return
        said = _LINE.fullmatch(line)
        depth = len(line) - len(line.lstrip())
        if self._describes and depth > self._depth + 4:
            self._goes_on(line.strip())
            return
        self._describes = ""
        known = said is not None and self._known(said[2])
        self._flat |= known and not depth  # a mail took the indentation away
        if said is None or not (known or depth or self._flat):
            if not _TITLE.fullmatch(line):
                self._reading.unparsed.append(line)
            return
        if not self.found:
            self._begin("local chassis" if said[2] == "Chassis" else "interface")
        self._say(said[2].strip(), said[3] or "", depth)

    def _begin(self, interface: str) -> None:
        self.found.append(Neighbour(interface))
        self._section = self._describes = ""

    @staticmethod
    def _known(key: str) -> bool:
        return key in _SAID or key in _SECTIONS or key in {"TTL", "VLAN", "Capability"}

    def _say(self, key: str, value: str, depth: int) -> None:
        neighbour = self.found[-1]
        if key in _SECTIONS:
            self._section = key
            if value:
                neighbour.keep(key, value)
        elif said := _SAID.get(key):
            said(neighbour, value)
            self._describes, self._depth = (key, depth) if key in {"SysDescr", "PortDescr"} else ("", 0)
        elif key == "Capability":
            kind, _, enabled = value.rpartition(", ")
            med = self._section in {"LLDP-MED", "Inventory"}
            neighbour.capability(kind, enabled, "lldp_med_capabilities" if med else "capabilities")
        elif key == "VLAN":
            vlan = _VLAN.fullmatch(value)
            neighbour.vlan(vlan[1] if vlan else value, vlan[3] if vlan else None, vlan[2] if vlan else None)
        else:
            neighbour.keep(_NAMES.get(key, key), value, "" if self._section in {"Chassis", "Port"} else self._section)

    def _goes_on(self, text: str) -> None:
        neighbour = self.found[-1]
        if self._describes == "PortDescr":
            neighbour.port_descr = f"{neighbour.port_descr}\n{text}"
        else:
            neighbour.extra["system_description"] = f"{neighbour.extra.get('system_description')}\n{text}"


def _identifier(value: str) -> tuple[str, str]:
    kind, _, rest = value.partition(" ")
    return (kind, rest.strip()) if rest else ("", kind)


def _sys_name(one: Neighbour, value: str) -> None:
    one.name = value or None


def _port_descr(one: Neighbour, value: str) -> None:
    one.port_descr = value


_SAID = {
    "ChassisID": lambda one, value: one.chassis(*_identifier(value)),
    "SysName": _sys_name,
    "SysDescr": lambda one, value: one.keep("system_description", value),
    "MgmtIP": lambda one, value: one.management(value),
    "PortID": lambda one, value: one.port(*_identifier(value)),
    "PortDescr": _port_descr,
}


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    if '"lldp"' in paste.text or '"interface"' in paste.text:
        said = documents(paste.text)
        reading.unparsed = said.rest
        found = [neighbour for document in said.found for neighbour in neighbours(document)]
        if said.cut:
            reading.facts["incomplete"] = "the text ends before its JSON does"
    else:
        found = _of_lines(paste, reading)
    rows = [neighbour.row() for neighbour in found]
    reading.rows = rows + reading.rows
    if reading.rows or '"lldp"' in paste.text or "LLDP neighbors:" in paste.text:
        reading.facts["neighbors"] = sum(row.peer is not None for row in reading.rows)
    total = reading.facts.get("total_entries")
    if isinstance(total, int) and total != len(reading.rows):
        reading.facts["incomplete"] = f"{total} neighbours are announced, {len(reading.rows)} stand here"
    return reading


def _of_lines(paste: Paste, reading: Reading) -> list[Neighbour]:
    text, keys = _Text(reading), KeyValue()
    columns: list[int] = []
    descr = False
    for line in paste.lines:
        if not line.strip():
            continue
        if said := KEY_VALUE.fullmatch(line):
            keys.say(said[1], said[2], said[3].strip())
            descr = said[2] == "chassis.descr"
        elif descr and not line.startswith("lldp."):
            extra = keys.found[-1].extra
            extra["system_description"] = f"{extra.get('system_description')}\n{line.strip()}"
        elif _TABLE.fullmatch(line):
            columns = [word.start() for word in re.finditer(r"\S+", line)]
        elif columns:
            _of_table(line, columns, reading)
        else:
            text.line(line)
    return keys.found + text.found


def _of_table(line: str, columns: list[int], reading: Reading) -> None:
    if said := _TABLE_REST.fullmatch(line):
        if said[1]:
            reading.facts["total_entries"] = integer(said[1])
        return
    bounds = [*columns, len(line) + 1]
    cells = [line[bounds[at] : bounds[at + 1]].strip() for at in range(len(columns))]
    if not cells[0] or " " in cells[0] or any(line[at - 1 : at].strip() for at in columns[1:]):
        reading.unparsed.append(line)
        return
    peer = f"{cells[1]}/{cells[2]}" if cells[1] else cells[2]
    extra = {"peer_node": cells[1], "peer_port": cells[2], "capability_codes": cells[3], "port_descr": cells[4]}
    reading.rows.append(Row(id=cells[0], peer=peer or None, extra={name: said or None for name, said in extra.items()}))


FORMAT = Format(
    name="lldp",
    family="host",
    commands=(
        "lldpcli -f json",
        "lldpctl",
        "lldpcli show neighbors",
        "lldpctl -f keyvalue",
        "show lldp neighbors",
        "show lldp table",
        "net show lldp json",
    ),
    versions="lldpd 0.7 to 1.0.19, Cumulus 3.7, SONiC",
    yields="the neighbour, its port and addresses, of each interface",
    signs={
        r"^[ \t]*LLDP neighbors:\s*$": 100,
        r"^[ \t]*Interface:\s+\S+, via: \S": 100,
        r"^[ \t]*(?:ChassisID|PortID):\s+(?:mac|ifname|local|ip|ifalias)\s": 100,
        r"^[ \t]*lldp\.\S{1,32}\.(?:via|chassis|port|rid)\b": 100,
        r'"lldp"\s*:\s*[\[{]': 60,
        r'"(?:chassis|mgmt-ip)"\s*:': 60,
        r"^[ \t]*LocalPort\s+RemoteDevice\s+RemotePortID": 100,
    },
    read=alone(_reading),
)
