"""SONiC's `show …`: ports, counters, FEC, PFC, queues, transceivers, LLDP, fans, supplies, temperatures, version.

Tables are python-tabulate's "simple" ones: a rule of dashes under each heading, two blanks at least between cells.
Shapes: sonic-utilities, the scripts that `show` calls and what its tests expect of them.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.switches import sonic_json
from fabconsole.formats.switches.ports import Ports, count
from fabconsole.formats.switches.sonic_cells import put, tell
from fabconsole.formats.switches.table import Table, headed, headings, is_interface, is_rule
from fabconsole.formats.values import integer, snake

_PIECE = re.compile(r"\S+(?: \S+)*")
_NOTE = re.compile(
    r"\s*(?:The rates are calculated within (?P<period_s>\d{1,6}) seconds? period"
    r"|Total entries displayed: *(?P<entries>\d{1,9})"
    r"|Last cached time was (?P<last_cached_time>.+)|(?:Running c|C)ommand: (?P<command>.+)"
    r"|For namespace {0,8}(?P<namespace>[^\s:]{0,40}) {0,8}:|Capability codes:.*|\([A-Z]\) .*\([A-Z]\) .*|Reminder: .*"
    r"|(?P<absent>(?:Fan|PSU|Thermal|Sensor)s? [Nn]ot detected)|(?P<done>Cleared counters)|Docker images:)\s*"
)
_TITLE = re.compile(r"\s*([A-Z][a-z]\w* [^:]{4,80}):\s*")
_BLOCK = re.compile(r"\s*([A-Za-z][\w-]{2,24}\d(?:/\d+)*): {0,8}((?:SFP|Transceiver|Port|CMIS|RJ45|N/A).{0,80})?\s*")
_KEYED = re.compile(r"(\s*)([A-Za-z0-9][^:]{0,90}?) *:(?: +(\S.*)|\s*)")
_DOTTED = re.compile(r"\s*([A-Z][^.]{2,70}?)\.{3,}:? *(\S.*)")
_ALARM = re.compile(r"(?:warning|error|traceback|ibwarn|usage|exception)\b|.*(?:Error|Exception)$", re.IGNORECASE)
_PORT = re.compile(r"\b(?:Ethernet|PortChannel)[\w-]*\d(?:/\d+)*")
_DETAILED = {
    "Total Packets Received Without Errors": "rx_packets",
    "Total Packets Transmitted Successfully": "tx_packets",
}
_DETAILED |= {"Multicast Packets Received": "multicast"}
_SUPPLY = re.compile(r"\s*(PSU ?\d{1,2}) +(NOT PRESENT|OK|NOT OK)\s*")
_IMAGES = re.compile(r"\s*REPOSITORY +TAG +IMAGE ID +SIZE\s*")
_LONGEST = 4096
"""Characters of a value of many lines."""
_FIRST = {"FAN", "Sensor", "PSU", "Parameter"}
_INTERFACE_COLUMNS = {"IFACE", "Interface", "Port", "Port Rx", "Port Tx", "LocalPort"}


class _Scan:
    """One pass over the lines of a text."""

    def __init__(self, paste: Paste, lines: list[str]) -> None:
        self.lines = lines
        self.ports = Ports()
        self.said = Reading()
        self.said.rows = self.ports.rows
        named = _PORT.search(" ".join(paste.commands))
        self._port = named[0] if named else "port"
        self._lone: Row | None = None
        self._table: Table | None = None
        self._title = ""
        self._block: Row | None = None
        self._key = ""
        self._images: Table | None = None
        self._images_said: list[Said] = []
        self._after_blank = False

    def read(self) -> Reading:
        tables, heads = headings(self.lines)
        for at, line in enumerate(self.lines):
            if not line.strip():
                self._after_blank, self._images = True, None
            elif is_rule(line):  # without a heading of its own what stands under it is nobody's
                self._table = tables.get(at)
            elif at not in heads and not self._line(line):
                self.said.unparsed.append(line)
            if line.strip():
                self._after_blank = False
        self._judge()
        return self.said

    def _line(self, line: str) -> bool:
        if "REPOSITORY" in line and _IMAGES.fullmatch(line):
            self._images, self._table = headed(line, ("IMAGE ID",)), None
            return True
        if self._table is not None and self._row(self._table, line):
            return True
        if self._images is not None and len(cells := self._images.left_aligned(line)) == 4 and cells[3]:
            names = ("repository", "tag", "image_id", "size")
            self._images_said.append(dict(zip(names, cells, strict=True)))
            return True
        if (note := _NOTE.fullmatch(line)) is not None:
            return self._note(note)
        if "..." in line and (dotted := _DOTTED.fullmatch(line)) is not None:
            return self._detail(dotted[1], dotted[2].strip())
        if (block := _BLOCK.fullmatch(line)) is not None:
            return self._begin(block[1], block[2] or "")
        return self._keyed(line)

    def _row(self, table: Table, line: str) -> bool:
        pieces = _PIECE.findall(line)
        names = table.names
        if len(pieces) == len(names):
            cells = pieces
        elif self._after_blank or not 1 < len(pieces) < len(names) or not _in_place(table, line):
            return False
        else:
            cells = table.cells(line)
        if not cells[0] or (" " in cells[0] and names[0] in _INTERFACE_COLUMNS):
            return False
        if self._after_blank and names[0] in _INTERFACE_COLUMNS and not is_interface(cells[0]):
            return False
        if names[0] == "Symbol Errors Per Codeword":
            return self._bin(cells[0], cells[-1])
        if names[0] == "Parameter" and self._block is not None:
            return self._measured(self._block, names, cells)
        self._tell(names, cells)
        return True

    def _tell(self, names: tuple[str, ...], cells: list[str]) -> None:
        keys = {next((at for at, name in enumerate(names) if name in _FIRST), 0)}
        row, apart = Row(id=cells[min(keys)]), ""
        if len(names) > 1 and names[1] in {"TxQ", "Priority"}:
            row.id, keys = f"{cells[0]}/{cells[1]}", {0, 1}
            row.extra |= {"port": cells[0], "queue" if names[1] == "TxQ" else "priority": cells[1]}
        elif self._title and names[0] in _INTERFACE_COLUMNS:
            apart = row.extra["table"] = self._title
        direction = {"Port Rx": "rx_", "Port Tx": "tx_"}.get(names[0], "")
        tell(row, ((names[at], cells[at]) for at in range(len(names)) if at not in keys), direction)
        self.ports.add(row, apart)

    def _bin(self, name: str, text: str) -> bool:
        if not name.startswith("BIN"):
            return False
        self._count(name, text)
        return True

    def _count(self, name: str, text: str) -> None:
        """Put a counter down where the port's name is not printed."""
        if self._lone is None or name in self._lone.counters:
            self._lone = self.ports.add(Row(id=self._port, extra={"port": self._port}), name)
        count(self._lone, name, text)

    @staticmethod
    def _measured(block: Row, names: tuple[str, ...], cells: list[str]) -> bool:
        measured: dict[str, Said] = {}
        for name, cell in zip(names[1:], cells[1:], strict=True):
            put(measured, snake(name), cell)
        known = block.extra.setdefault("performance", {})
        if isinstance(known, dict):
            known[snake(cells[0])] = measured
        return True

    def _note(self, note: re.Match[str]) -> bool:
        for key, text in note.groupdict().items():
            if text:
                if key == "absent":
                    self.said.facts[text.split()[0].lower()] = "not detected"
                else:
                    self.said.facts[key] = text if (value := integer(text)) is None else value
        return True

    def _detail(self, name: str, text: str) -> bool:
        if not name.startswith("Time Since"):
            self._count(_DETAILED.get(name, name), text)
        elif self._lone is not None:
            put(self._lone.extra, snake(name), text)
        return True

    def _begin(self, name: str, text: str) -> bool:
        self._table, self._key = None, ""
        row = Row(id=name)
        if text.startswith("SFP EEPROM"):
            row.extra["eeprom"] = text.removeprefix("SFP EEPROM").strip().lower()
        elif text:
            row.extra["note"] = text
        self._block = self.ports.add(row, "module")
        return True

    def _keyed(self, line: str) -> bool:
        keyed = _KEYED.fullmatch(line)
        if keyed is None:
            return self._continued(line)
        indent, key, text = keyed[1], keyed[2], keyed[3] or ""
        if _ALARM.match(key):
            return False
        if self._block is not None and (indent or not self._after_blank):
            self._key = snake(key)
            if text:
                put(self._block.extra, self._key, text)
            return True
        if not text:
            if _TITLE.fullmatch(line):
                self._title = key
                return True
            return False
        self._block = None
        put(self.said.facts, snake(key.replace("SONiC", "Sonic")), text)
        return True

    def _continued(self, line: str) -> bool:
        """The next line of a value that is a list, under its first."""
        if supply := _SUPPLY.fullmatch(line):
            self.ports.add(Row(id=supply[1], extra={"status": supply[2]}))
            return True
        if self._block is None or not line.startswith((" ", "\t")):
            return False
        if not self._key:
            self._block.extra["note"] = line.strip()
            return True
        known = self._block.extra.get(self._key)
        if len(str(known)) > _LONGEST:
            return False
        self._block.extra[self._key] = f"{known}\n{line.strip()}" if isinstance(known, str) else line.strip()
        return True

    def _judge(self) -> None:
        announced = self.said.facts.get("entries")
        told = sum("remote_port_id" in row.extra for row in self.said.rows)
        if isinstance(announced, int) and announced != told:
            self.said.facts["incomplete"] = f"{announced} entries are announced and {told} are told"
        if self._images_said:
            self.said.facts["docker_images"] = self._images_said


def _in_place(table: Table, line: str) -> bool:
    """Whether every piece of a line stands under one heading."""
    return all(
        sum(min(piece.end(), one.end) > max(piece.start(), one.start) for one in table.columns) == 1
        for piece in _PIECE.finditer(line)
    )


def _reading(paste: Paste) -> Reading:
    if sonic_json.looks_like(paste.text):
        found = documents(paste.text)
        said = _Scan(paste, found.rest).read()
        sonic_json.read(found, said)
        return said
    return _Scan(paste, paste.lines).read()


FORMAT = Format(
    name="sonic",
    family="switches",
    commands=(
        "show interfaces counters",
        "portstat",
        "intfutil",
        "queuestat",
        "pfcstat",
        "watermarkstat",
        "sfpshow",
        "show interfaces counters fec-stats",
        "show interfaces transceiver eeprom",
        "show pfc counters",
        "show queue counters",
        "show platform psustatus",
    ),
    versions="SONiC, sonic-utilities of 2019 to 2025",
    yields="ports, their state, counters, FEC and PFC, queues, transceivers, neighbours; fans, supplies, temperatures",
    signs={
        r"^ *IFACE +STATE +(?:RX_|TX_|FEC_)": 100,
        r"^ *IFACE +(?:BIN0|RX_|TX_|STATE|FEC_|TRIM)": 100,
        r"^ *Interface +Lanes +Speed +MTU ": 100,
        r"^ *Interface +Oper +Admin +Alias ": 100,
        r"^ *Interface +(?:Auto-Neg Mode|LT Oper|FEC Oper) ": 100,
        r"^ *Port (?:Rx|Tx) +PFC0": 100,
        r"^ *Port +(?:TxQ +Counter/pkts|Priority +RX Pause)": 100,
        r"^ *Port +(?:UC|MC|PG|ALL)\d": 100,
        r"^ *Port +(?:Presence|Low-power Mode|Error Status) *$": 100,
        r"^ *LocalPort +RemoteDevice +RemotePortID": 100,
        r"^\S+: SFP EEPROM": 100,
        r"^ *(?:Tx fault flag on media lane|CMIS State \(SW\))": 100,
        r"^SONiC Software Version:": 100,
        r"^SONiC OS Version:": 60,
        r"^ *(?:Drawer +LED +)?FAN +Speed +Direction": 100,
        r"^ *Sensor +(?:Temperature|Voltage|Current) +High TH": 100,
        r"^ *PSU +(?:Model +Serial|Status *$)": 100,
        r"^ *Symbol Errors Per Codeword +Codewords": 100,
        r"^Packets Received 64 Octets\.": 60,
        r"^(?:In|E)gress (?:shared pool|headroom)": 60,
        r'"(?:RX_OK|RX_BPS|FEC_CORR|FEC_PRE_BER|totalpacket|Counter/pkts)" *:': 100,
        r'"(?:led_status|High TH|Crit High TH)" *:': 60,
        r"^ *Sub port interface +Speed": 100,
    },
    read=_reading,
)
