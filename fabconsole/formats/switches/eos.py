"""Arista EOS's `show …`, as text: ports, counters, optics, neighbours, version, temperatures, fans, supplies.

`| json` of the same commands is read by `eos_json`.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.intent import noted
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone
from fabconsole.formats.switches import eos_json, port_status
from fabconsole.formats.switches.ailments import named
from fabconsole.formats.switches.eos_blocks import Blocks
from fabconsole.formats.switches.eos_inventory import Inventory
from fabconsole.formats.switches.eos_tables import legend, numbers, queue, rates, ruled, supply
from fabconsole.formats.switches.interface_prose import HEAD, Prose
from fabconsole.formats.switches.ports import Ports
from fabconsole.formats.switches.table import Table, headed, headings, is_prompt, is_rule

_RATES = re.compile(r"\s*Port +Name +Intvl +In Mbps .*")
_NEIGHBOURS = re.compile(r"\s*Port +Neighbor Device ID +Neighbor Port ID +TTL\s*")
_COUNTS = re.compile(r"\s*(?:Port|Interface) +(?:[A-Z][A-Za-z-]{0,24} +){0,12}[A-Z][A-Za-z -]{0,24}\s*")
_TITLE = re.compile(r"\s*((?:Supervisor|Linecard|Fabric|Switchcard|PowerSupply|Power supply|Card)\w* ?\d{0,3}):\s*")
_QUEUE_LINES = frozenset({"Class", "Egress Queue Counters", "Ingress Queue Counters"})
"""Over a table of queues, and the second line of its heading."""
_SUPPLIES = re.compile(r"\s*Supply +Model +Capacity ")


class _Scan:
    """One pass over the lines of a text."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.ports = Ports()
        self.said = Reading(rows=self.ports.rows)
        self._blocks = Blocks(self.ports, self.said)
        self._inventory = Inventory(self.ports, self.said)
        self._prose: Prose | None = None
        self._table: Table | None = None
        self._kind = ""
        self._title = ""

    def read(self) -> Reading:
        tables, heads = headings(self.lines)
        for at, line in enumerate(self.lines):
            if "--" in line and is_rule(line):
                self._open(tables.get(at), self._ruled_kind(at, heads), at in tables)
            elif at in heads:
                continue
            elif not line or line.isspace():
                self._end_prose()
                self._blocks.blank()
            elif not self._line(line):
                self.said.unparsed.append(line)
        self._end_prose()
        self._blocks.end()
        return self.said

    def _ruled_kind(self, at: int, heads: set[int]) -> str:
        """Supplies have more words in their heading than columns: their lines are told by what stands in them."""
        if self._inventory.open:
            self._inventory.head(self.lines[at - 1] if at else "")
            return "inventory"
        return "supplies" if at - 1 in heads and _SUPPLIES.match(self.lines[at - 1]) else "ruled"

    def _open(self, table: Table | None, kind: str, headed_by: bool) -> None:
        if table is None and not headed_by and self._kind in {"numbers", "neighbours", "ruled"}:
            return  # a rule between the ports and their sum
        self._table, self._kind = table, kind
        self._end_prose()

    def _line(self, line: str) -> bool:
        if " is " in line and (head := HEAD.fullmatch(line)):
            self._end_prose()
            self._prose, self._table = Prose(head), None
            self._inventory.close()
            return True
        if self._prose is not None and self._prose.line(line):
            return True
        if legend(line, self.said) or self._heading(line) or self._row(line) or self._titled(line):
            return True
        if is_prompt(line):
            self._end_prose()
            self._table = None
            self._inventory.close()
            return True
        return False

    def _titled(self, line: str) -> bool:
        if ":" in line and (title := _TITLE.fullmatch(line)):
            self._title = title[1]
            return True
        if "System " in line and self._inventory.title(line):
            self._table = None
            return True
        return line.strip() in _QUEUE_LINES or self._blocks.line(line)

    def _heading(self, line: str) -> bool:
        if not line.lstrip().startswith(("Port", "Interface")):
            return False
        self._inventory.close()
        if port_status.HEADING.fullmatch(line):
            self._table, self._kind = headed(line), "status"
        elif "OutEnqPkts" in line or "DropPrec" in line:
            self._table, self._kind = headed(line), "queues"
        elif _RATES.fullmatch(line):
            self._table, self._kind = headed(line, ("In Mbps", "In Kpps", "Out Mbps", "Out Kpps")), "rates"
        elif _NEIGHBOURS.fullmatch(line):
            self._table, self._kind = headed(line, ("Neighbor Device ID", "Neighbor Port ID")), "neighbours"
        elif _COUNTS.fullmatch(line):
            self._table, self._kind = headed(line, ("Out Kpps",)), "numbers"
        else:
            return False
        return True

    def _row(self, line: str) -> bool:
        if self._table is None:
            return False
        if self._kind == "inventory":
            if "System has" in line:
                return False
            return self._inventory.row(self._table, line)
        if self._kind == "queues":
            row = queue(self._table, line)
        elif self._kind == "status":
            row = port_status.read(self._table, line)
        elif self._kind == "rates":
            row = rates(self._table, line)
        elif self._kind == "numbers":
            row = numbers(self._table, line)
        elif self._kind == "supplies":
            row = supply(line)
        else:
            row = ruled(self._table, line, self._title)
        if row is None:
            return False
        self.ports.add(row)
        return True

    def _end_prose(self) -> None:
        if self._prose is not None:
            self.ports.add(self._prose.row)
            self._prose = None


def _reading(paste: Paste) -> Reading:
    if eos_json.looks_like(paste.text):
        found = documents(paste.text)
        said = _Scan(found.rest).read()
        eos_json.read(found, said)
        return named(noted(said))
    return named(noted(_Scan(paste.lines).read()))


FORMAT = Format(
    name="eos",
    family="switches",
    commands=(
        "show interfaces",
        "show interfaces status",
        "show interfaces counters errors",
        "show interfaces phy detail",
        "show interfaces transceiver",
        "show lldp neighbors detail",
        "show environment temperature",
        "show inventory",
    ),
    aliases=("eos-json",),
    versions="EOS 4.15 to 4.33, text and JSON",
    yields="ports, their state, counters, FEC, optics; neighbours; version, temperatures, fans, supplies",
    signs={
        r"(?<!--\n)^ *Port +Name +Status +Vlan +Duplex +Speed +Type": 100,
        r"^ *(?:Et|Ma)\d[\d/]* .{10,90} (?:a-full|unconf|a-\d+G|full) ": 60,
        r"is .{2,24}, line protocol is \w{2,12} \([a-z]+\)$": 100,
        r"uni-link: ": 100,
        r"^ *Port +Neighbor Device ID +Neighbor Port ID +TTL": 100,
        r"^Number of table (?:inserts|deletes|age-outs) ": 60,
        r"^If device is externally calibrated": 100,
        r"^A2D readouts \(if they differ\)": 100,
        r"^ *Port +\(Celsius\)": 100,
        r"^Interface \S+ detected \d+ LLDP neighbors:": 100,
        r"^ *Arista (?:DCS|v?c?EOS)": 100,
        r"^Software image version: ": 60,
        r"^System (?:temperature|cooling) status is: ": 100,
        r"^ *Supply +Model +Capacity ": 100,
        r"^ *Port +(?:InOctets|OutOctets|FCS +Align|InDiscards|In Mbps)": 100,
        r"^ *Port +Name +Intvl +In Mbps": 100,
        r"^ *Current System Time: ": 60,
        r"^ *PHY state +link": 100,
        r"^ *System has \d+ (?:power supply|transceiver) slots": 100,
        r"^ *Port +Traffic +DropPrec +DestType": 100,
        r"^ *(?:FEC (?:un)?corrected codewords|PCS RX link status|MAC Rx Local Fault) ": 60,
        r"^Maximum (?:module|slot) power \(W\):": 100,
        r'"(?:interfaceStatus|interfaceStatuses|lineProtocolStatus|interfaceCounters|interfacePhyStatuses)" *:': 100,
        r'"(?:interfaceErrorCounters|lldpNeighbors|phyStatuses|vendorSn|tablesLastChangeTime|inUcastPkts)" *:': 100,
        r'"(?:bootupTimestamp|tempSensors|powerSupplySlots|systemStatus|fanTraySlots|inBpsRate)" *:': 60,
        r'"modelName" *: *"(?:DCS|v?c?EOS)': 100,
    },
    read=alone(_reading),
)
