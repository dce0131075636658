"""What NX-OS and CNOS print: tables between two rules from edge to edge, prose of ports, `name is value` of optics."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches import environment, port_status
from fabconsole.formats.switches.framed_rows import READERS, kind
from fabconsole.formats.switches.interface_prose import HEAD, Prose
from fabconsole.formats.switches.optics_prose import Optics
from fabconsole.formats.switches.ports import Ports, far_end, typed
from fabconsole.formats.switches.table import Table, headed, headings, is_prompt, is_rule
from fabconsole.formats.values import snake

_COUNTS = re.compile(r"\s*(?:Port|Interface) +(?:[A-Z][\w-]{2,20} +){0,8}[A-Z][\w-]{2,20}\s*")
_NEIGHBOURS = re.compile(r"\s*Device ID +Local Intf +Hold-time +Capability +Port ID\s*")
_FIRST = {"Port", "Interface", "Ethernet Interface", "Port-channel Interface", "Device ID", "Ethernet", "Port-channel"}
_NEIGHBOUR_KEYS = re.compile(r"(?:warning|error|traceback|ibwarn|connection)\b", re.IGNORECASE)
_CAPABILITIES = re.compile(r"\s*(?:Capability codes:|\([A-Z]\) .*\([A-Z]\)|Note: \+\+).*")
_LONGEST = 4096
"""Characters of a value of many lines."""
_TOTAL = re.compile(r"\s*Total entries displayed: *(\d{1,6})\s*")
_NEIGHBOUR = re.compile(
    r"\s{0,80}(\S.{0,80}?)?\s{1,80}((?:Eth|mgmt|Po)\S{1,16}) +(\d{1,5})"
    r"(?: +([A-Z](?:,?[A-Z]){0,7}))?(?: +(\S(?:.*\S)?))?\s*"
)
_INTERFACE_HEAD = re.compile(r"\s{0,4}Interface ([A-Za-z]\S{1,30}\d\S{0,10})\s*")
_KEYED = re.compile(r"\s*([A-Z][^:]{2,40}): ?(.*)")


class Scan:
    """One pass over the lines of a text."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.ports = Ports()
        self.said = Reading(rows=self.ports.rows)
        self._prose: Prose | None = None
        self._optics = Optics(self.ports)
        self._table: Table | None = None
        self._kind = ""
        self._begun = ""
        self._key = ""
        self._neighbour: Row | None = None
        self._about_environment = False

    def read(self) -> Reading:
        tables, heads = headings(self.lines)
        for at, line in enumerate(self.lines):
            if is_rule(line):
                self._open(tables.get(at))
            elif at in heads:
                if self._optics.open:  # it has rules within
                    self._optics.line(line)
            elif not line.strip():
                self._end()
            elif not self._line(line):
                self.said.unparsed.append(line)
        self._end()
        self._optics.end()
        self._judge()
        return self.said

    def _open(self, table: Table | None) -> None:
        if table is None:
            return  # the upper rule of a frame, or one within the optics
        if self._optics.open and table.names[0] not in _FIRST and not environment.is_heading(table.names):
            return
        self._end()
        self._optics.end()
        self._table, self._kind = table, kind(table)
        self._about_environment = self._kind == "environment"

    def _line(self, line: str) -> bool:
        if " is " in line and (head := HEAD.fullmatch(line)):
            self._end()
            self._optics.end()
            self._prose, self._table = Prose(head), None
            return True
        if self._table is not None and self._row(self._table, line):
            return True
        if self._prose is not None and self._prose.line(line):
            return True
        return self._heading(line) or self._optics.line(line) or self._other(line)

    def _heading(self, line: str) -> bool:
        """A heading whose rules were lost."""
        if not line.lstrip().startswith(("Port", "Interface", "Device ID")):
            return False
        if port_status.HEADING.fullmatch(line):
            self._table, self._kind = headed(line), "status"
        elif _NEIGHBOURS.fullmatch(line):
            self._table, self._kind = headed(line, ("Device ID", "Local Intf", "Port ID")), "neighbours"
        elif _COUNTS.fullmatch(line) and not self._optics.open:
            self._table, self._kind = headed(line), "counts"
        else:
            return False
        return True

    def _other(self, line: str) -> bool:
        if is_prompt(line):
            self._about_environment = False
            return True
        if _CAPABILITIES.fullmatch(line):
            return True
        if environment.title(line):
            self._end()
            self._optics.end()
            self._table, self._about_environment = None, True
            return True
        if self._about_environment and self._neighbour is None and environment.fact(line, self.said.facts):
            return True
        if total := _TOTAL.fullmatch(line):
            self.said.facts["entries"] = int(total[1])
            return True
        if head := _INTERFACE_HEAD.fullmatch(line):
            self._end()
            self._optics.end()
            self._prose, self._table = Prose.named(head[1]), None
            return True
        keyed = _KEYED.fullmatch(line)
        if keyed is not None:
            return self._neighbour_said(keyed[1], keyed[2].strip())
        return self._continued(line)

    def _continued(self, line: str) -> bool:
        """What a neighbour says of itself may have several lines."""
        if self._neighbour is None or self._key not in {"system_description", "tac_support"}:
            return False
        told = self._neighbour.extra.get("system_description")
        if len(str(told)) > _LONGEST:
            return False
        self._neighbour.extra["system_description"] = f"{told}\n{line.strip()}"
        return True

    def _neighbour_said(self, name: str, text: str) -> bool:
        """`show lldp neighbors detail`: a block of `Name: value` that begins with the chassis."""
        key = snake(name)
        if key == "chassis_id":
            self._end()
            self._neighbour = Row(id="")
        if self._neighbour is None or _NEIGHBOUR_KEYS.match(name):
            return False
        self._key = key
        self._neighbour.extra[key] = typed(text)
        if key == "local_port_id":
            self._neighbour.id = text
        return True

    def _row(self, table: Table, line: str) -> bool:
        if self._kind == "neighbours":
            return self._neighboured(line)
        row = READERS[self._kind](table, line)
        if row is None:
            return False
        self.ports.add(row)
        return True

    def _neighboured(self, line: str) -> bool:
        """A long name stands on a line of its own, its port on the next."""
        text = f"{self._begun}  {line.strip()}" if self._begun else line
        found = _NEIGHBOUR.fullmatch(text)
        if found is None or not found[1]:
            words = line.split()
            if len(words) == 1 and not self._begun:
                self._begun = words[0]
                return True
            return False
        self._begun = ""
        row = Row(id=found[2], extra={"hold_time_s": int(found[3]), "capability": found[4]})
        far_end(row, found[1], found[5] or "")
        self.ports.add(row)
        return True

    def _end(self) -> None:
        if self._prose is not None:
            self.ports.add(self._prose.row)
            self._prose = None
        if self._neighbour is not None:
            extra = self._neighbour.extra
            name = str(extra.get("system_name") or extra.get("chassis_id") or "")
            far_end(self._neighbour, name, str(extra.get("port_id") or ""))
            self.ports.add(self._neighbour)
            self._neighbour = None

    def _judge(self) -> None:
        announced = self.said.facts.get("entries")
        told = sum(row.peer is not None for row in self.said.rows)
        if isinstance(announced, int) and announced != told:
            self.said.facts["incomplete"] = f"{announced} entries are announced and {told} are told"
