"""`nvidia-imex-ctl`: who of an IMEX domain is ready and connected to whom (`-N`, `-N -j`), one daemon's state (`-q`).

Forms: the connectivity table with its legend, and the same as JSON. A letter is told by the legend's word. Source:
NVIDIA's IMEX guide; drivers 560 to 590.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from fabconsole.fabric.health import Severity
from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.nvidia.complaints import typed
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Row, Said

_DAEMON = (
    "INITIALIZING|STARTING_AUTH_SERVER|WAITING_FOR_PEERS|WAITING_FOR_RECOVERY|INIT_GPU|READY|SHUTTING_DOWN|UNAVAILABLE"
)
_STATE = re.compile(_DAEMON)
_OF_HOST = re.compile(rf"([A-Za-z0-9][A-Za-z0-9._-]{{0,252}}): {{1,8}}({_DAEMON})")
"""A daemon's answer as a cluster shell prints it: a line a host."""

_WRONG = re.compile(
    r"(?:Failed|Unable|Could not|Cannot|Error|ERROR|Connection|Timed out|Timeout)\b.{0,300}"
    r"|.{0,80}[Cc]onnection refused.{0,80}"
    r"|.{0,60}nvidia-imex-ctl: (?:command )?not found.{0,40}"
)
_LEGEND = {
    "I": "invalid",
    "N": "never connected",
    "R": "recovering",
    "D": "disconnected",
    "A": "authenticating",
    "C": "connected",
    "!A!": "authentication error",
    "!V!": "version mismatch",
    "!M!": "node map mismatch",
}
_LEGEND_LINE = re.compile(r"(?:[A-Z]|![A-Z]!) - .{1,120}|Connectivity Table Legend:|Nodes:")
_STAMP = re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d(?:\.\d{1,6})?")
_NODE = re.compile(r"Node #(\d{1,4})\s+(\S.{0,400})")
_PARTS = re.compile(r"\s+-\s+|\s{2,}")
_HOST = re.compile(r"[0-9a-fA-F.:]{2,45}|[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_BESIDE = re.compile(r"(\S{1,255}) \((\S{1,255})\)")
_DOMAIN = re.compile(r"Domain State:\s*(\S{1,40})")
_HEAD = re.compile(r"Nodes From\\To((?:\s+\d{1,4}){1,1024})")
_CELLS = re.compile(r"(\d{1,4})((?:\s+(?:[A-Z]|![A-Z]!)){1,1024})")


class _Domain:
    """A domain's answer, line by line."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._nodes: dict[str, Row] = {}
        self._columns: list[str] = []

    def line(self, line: str) -> None:
        """Take one in."""
        facts = self.reading.facts
        if node := _NODE.fullmatch(line):
            self._node(int(node[1]), node[2], line)
        elif self._columns and (cells := _CELLS.fullmatch(line)):
            self._connections(cells[1], cells[2].split(), line)
        elif head := _HEAD.fullmatch(line):
            self._columns = head[1].split()
        elif domain := _DOMAIN.fullmatch(line):
            facts["domain_state"] = domain[1]
        elif _STATE.fullmatch(line):
            facts["daemon_state"] = line
        elif _STAMP.fullmatch(line):
            facts["timestamp"] = line
        elif answer := _OF_HOST.fullmatch(line):
            self.reading.rows.append(Row(id=answer[1], state=answer[2]))
        elif _LEGEND_LINE.fullmatch(line) or typed(line):
            pass
        elif _WRONG.fullmatch(line):
            self.reading.events.append(Entry(at=None, kind="imex", text=line, severity=Severity.UNKNOWN))
        else:
            self.reading.unparsed.append(line)

    def _named(self, number: str) -> Row:
        row = self._nodes.get(number)
        if row is None:
            row = self._nodes[number] = Row(id=f"node{int(number)}")
            self.reading.rows.append(row)
        return row

    def _node(self, number: int, said: str, line: str) -> None:
        if str(number) in self._nodes and "host" in self._nodes[str(number)].extra:
            self._nodes, self._columns = {}, []  # another answer begins
        row = self._named(str(number))
        if "*" in said:
            row.extra["local"] = True
        for part in _PARTS.split(said.replace("*", "  ").strip(" -")):
            self._part(row, part.strip(" -"), line)

    def _part(self, row: Row, part: str, line: str) -> None:
        if not part:
            return
        if row.state is None and _STATE.fullmatch(part):
            row.state = part
        elif part.lower().startswith("version:"):
            version = part.partition(":")[2].strip()
            row.extra["version"] = None if values.is_nothing(version) else version
        elif part.lower().startswith("hostname:"):
            named = part.partition(":")[2].strip()
            row.extra["hostname"] = None if values.is_nothing(named) else named
        elif beside := _BESIDE.fullmatch(part):
            row.extra["host"], row.extra["hostname"] = beside[1], beside[2]
        elif "host" not in row.extra and _HOST.fullmatch(part):
            row.extra["host"] = part
        elif "hostname" not in row.extra and (_HOST.fullmatch(part.strip("()")) or values.is_nothing(part)):
            row.extra["hostname"] = None if values.is_nothing(part) else part.strip("()")
        elif row.state is None and part.isupper():
            row.state = part
        else:
            self.reading.unparsed.append(line)

    def _connections(self, number: str, cells: list[str], line: str) -> None:
        if number not in self._columns or len(cells) != len(self._columns):
            self.reading.unparsed.append(line)
            return
        told: dict[str, Said] = {
            f"node{int(peer)}": _LEGEND.get(cell, cell) for peer, cell in zip(self._columns, cells, strict=True)
        }
        self._named(number).extra["connections"] = told


def _json(said: Any, reading: Reading) -> bool:
    if not isinstance(said, dict) or not isinstance(said.get("nodes"), dict):
        return False
    for number, node in sorted(said["nodes"].items(), key=lambda pair: (len(str(pair[0])), str(pair[0]))):
        if not isinstance(node, dict):
            reading.unparsed.append(f"{number}: {node}"[:200])
            continue
        row = Row(id=f"node{number}", state=_text(node.get("status")))
        for key, value in node.items():
            if key == "connections" and isinstance(value, dict):
                row.extra["connections"] = {f"node{peer}": _connected(one) for peer, one in value.items()}
            elif key != "status":
                name = "hostname" if key == "hostName" else values.snake(str(key))
                row.extra[name] = None if isinstance(value, str) and values.is_nothing(value) else value
        reading.rows.append(row)
    for key, value in said.items():
        if key != "nodes":
            reading.facts["domain_state" if key == "status" else values.snake(str(key))] = value
    return True


def _text(said: Any) -> str | None:
    return said if isinstance(said, str) else None


def _connected(said: Any) -> Said:
    status = said.get("status") if isinstance(said, dict) else said
    return status.lower().replace("_", " ") if isinstance(status, str) else None


def _read(paste: Paste) -> Reading:
    reading = Reading()
    lines = paste.lines
    if "{" in paste.text:
        said = documents(paste.text)
        lines = [*said.rest]
        lines += [str(one)[:200] for one in said.found if not _json(one, reading)]
        if said.cut:
            reading.facts["incomplete"] = "the JSON ends before its end"
    domain = _Domain(reading)
    for line in lines:
        if line := line.strip():
            domain.line(line)
    _count(reading)
    return reading


def _count(reading: Reading) -> None:
    if not reading.rows:
        return
    reading.facts["nodes"] = len(reading.rows)
    reading.facts["ready"] = sum(row.state == "READY" for row in reading.rows)
    links: Counter[str] = Counter()
    for row in reading.rows:
        told = row.extra.get("connections")
        links.update(str(one) for one in told.values()) if isinstance(told, dict) else None
    if links:
        reading.facts["connections"] = dict(links)
    versions = sorted({str(row.extra["version"]) for row in reading.rows if row.extra.get("version")})
    if versions:
        reading.facts["versions"] = list(versions)


FORMAT = Format(
    name="nvidia-imex",
    family="nvidia",
    commands=("nvidia-imex-ctl -N", "nvidia-imex-ctl -N -j", "nvidia-imex-ctl -q", "nvidia-imex-ctl"),
    versions="IMEX 560 to 590",
    yields="nodes of the domain, who is connected to whom, versions, the domain's state",
    signs={
        r"Connectivity Table Legend:|^[ \t]{0,40}Nodes From\\To\s": 100,
        r"^[ \t]{0,40}Node #\d{1,4}\s.{1,200}- (?:READY|UNAVAILABLE|INIT|WAITING|SHUTTING|STARTING)": 100,
        r"^[ \t]{0,40}Domain State: \S": 60,
        r'"status"\s{0,4}:\s{0,4}"(?:CONNECTED|INVALID|NEVER_CONNECTED|DISCONNECTED)"': 100,
        rf"^(?:[A-Za-z0-9][\w.-]{{0,80}}: )?(?:{_DAEMON})\s*$": 40,
        r"^(?:Failed|Unable|Error).{0,120}nvidia-imex": 40,
    },
    read=_read,
)
