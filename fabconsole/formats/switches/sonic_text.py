"""SONiC's `show …` as text: tables, notes between them, and counters of a port whose name is not printed."""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.switches.interface_prose import HEAD, Prose
from fabconsole.formats.switches.ports import Ports, count
from fabconsole.formats.switches.sonic_blocks import Blocks
from fabconsole.formats.switches.sonic_cells import put, tell
from fabconsole.formats.switches.table import Table, headed, headings, is_interface, is_prompt, is_rule
from fabconsole.formats.values import integer, snake

_PIECE = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"\s{2,}|\t")
_NOTE = re.compile(
    r"\s*(?:The rates are calculated within (?P<period_s>\d{1,6}) seconds? period"
    r"|Total entries displayed: *(?P<entries>\d{1,9})"
    r"|Last cached time was (?P<last_cached_time>.+)|(?:Running c|C)ommand: (?P<command>.+)"
    r"|For namespace {0,8}(?P<namespace>[^\s:]{0,40}) {0,8}:|Capability codes:.*|\([A-Z]\) .*\([A-Z]\) .*|Reminder: .*"
    r"|(?P<absent>(?:Fan|PSU|Thermal|Sensor)s? [Nn]ot detected)|(?P<done>Cleared counters)|Docker images:"
    r"|Changed polling interval to (?P<polling_interval_ms>\d{1,9}) ?ms)\s*"
)
_DOTTED = re.compile(r"\s*([A-Z][^.]{2,70}?)\.{3,}:? *(\S.*)")
_PORT = re.compile(r"\b(?:Ethernet|PortChannel)[\w-]*\d(?:/\d+)*")
_DETAILED = {
    "Total Packets Received Without Errors": "rx_packets",
    "Total Packets Transmitted Successfully": "tx_packets",
}
_DETAILED |= {"Multicast Packets Received": "multicast"}
_IMAGES = re.compile(r"\s*REPOSITORY +TAG +IMAGE ID +SIZE\s*")
_FIRST = frozenset({"FAN", "Sensor", "PSU", "Parameter"})
_INTERFACE_COLUMNS = frozenset(
    {"IFACE", "Interface", "Port", "Port Rx", "Port Tx", "LocalPort", "PORT", "QUEUE"} | {"Interface Name", "Sub port"}
)
_SECOND = {"TxQ": "queue", "Priority": "priority", "PORT": "port"}
"""Columns that together with the first one name a row."""
_PARENTS = {"ASIC": "asic"}


class Scan:
    """One pass over the lines of a text: tables, notes, and lists of counters."""

    def __init__(self, paste: Paste, lines: list[str]) -> None:
        self.lines = lines
        self.ports = Ports()
        self.said = Reading()
        self.said.rows = self.ports.rows
        named = _PORT.search(" ".join(paste.commands))
        self._port = named[0] if named else "port"
        self._lone: Row | None = None
        self._table: Table | None = None
        self._blocks = Blocks(self.ports, self.said)
        self._prose: Prose | None = None
        self._images: Table | None = None
        self._images_said: list[Said] = []
        self._after_blank = False

    def read(self) -> Reading:
        """What was said; never raises."""
        tables, heads = headings(self.lines)
        for at, line in enumerate(self.lines):
            if not line or line.isspace():
                self._after_blank, self._images = True, None
                continue
            if "--" in line and is_rule(line):  # without a heading of its own what stands under it is nobody's
                self._end_prose()
                self._table = tables.get(at)
            elif at not in heads and not self._line(line):
                self.said.unparsed.append(line)
            self._after_blank = False
        self._end_prose()
        self._judge()
        return self.said

    def _end_prose(self) -> None:
        if self._prose is not None:
            self.ports.add(self._prose.row)
            self._prose = None

    def _line(self, line: str) -> bool:
        if "REPOSITORY" in line and _IMAGES.fullmatch(line):
            self._images, self._table = headed(line, ("IMAGE ID",)), None
            return True
        if self._table is not None and self._row(self._table, line):
            return True
        return self._apart(line)

    def _apart(self, line: str) -> bool:
        """A line that is no row of a table."""
        if " line protocol is " in line and (head := HEAD.fullmatch(line)):
            self._end_prose()
            self._prose, self._table, self._blocks.row = Prose(head), None, None
            return True
        if self._prose is not None and self._prose.line(line):
            return True
        if self._images is not None and len(cells := self._images.left_aligned(line)) == 4 and cells[3]:
            names = ("repository", "tag", "image_id", "size")
            self._images_said.append(dict(zip(names, cells, strict=True)))
            return True
        if (note := _NOTE.fullmatch(line)) is not None:
            return self._note(note)
        if "..." in line and (dotted := _DOTTED.fullmatch(line)) is not None:
            return self._detail(dotted[1], dotted[2].strip())
        if is_prompt(line):
            self._end_prose()
            self._table = None
            return True
        module = self._blocks.row
        read = self._blocks.line(line, self._after_blank)
        if self._blocks.row is not None and self._blocks.row is not module:
            self._table = None
        return read

    def _row(self, table: Table, line: str) -> bool:
        pieces = _GAP.split(line.strip())
        names = table.names
        if len(pieces) == len(names):
            cells = pieces
        elif not table.ruled and "Description" in names:  # which may be blank
            cells = table.left_aligned(line)
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
        if names[0] == "Parameter" and self._blocks.row is not None:
            return self._blocks.measured(names, cells)
        self._tell(names, cells)
        return True

    def _tell(self, names: tuple[str, ...], cells: list[str]) -> None:
        keys, kind = _keys(names)
        row, apart = Row(id="/".join([cells[at] for at in keys])), ""
        if kind:
            row.extra |= {_PARENTS.get(names[0], "port"): cells[keys[0]], kind: cells[keys[1]]}
        elif self._blocks.title and names[0] in _INTERFACE_COLUMNS:
            apart = row.extra["table"] = self._blocks.title
        elif names[0] == "QUEUE" and ":" in cells[0]:
            row.extra["port"], _, row.extra["queue"] = cells[0].rpartition(":")
        tell(row, names, cells, keys)
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


@lru_cache(maxsize=256)
def _keys(names: tuple[str, ...]) -> tuple[tuple[int, ...], str]:
    """Which columns name a row; and, where there are two, what the second one is."""
    if len(names) > 1 and names[1] in _SECOND and (names[1] != "PORT" or names[0] in _PARENTS):
        return (0, 1), _SECOND[names[1]]
    return (next((at for at, name in enumerate(names) if name in _FIRST), 0),), ""
