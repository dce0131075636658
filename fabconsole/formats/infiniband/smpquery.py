"""`smpquery`: what the subnet management agent of a node says of it, of its ports and of their tables.

A node's description is printed without saying whose it is, a switch's external port without its LID: rows are called
by whom was asked, as far as that is printed.
"""

from __future__ import annotations

import re

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.complaints import complaint, is_typed
from fabconsole.formats.infiniband.lanes import generation_of, rate_gbps
from fabconsole.formats.infiniband.smp_record import MLNX, NODE, PORT, Record, heading, headless, named_value
from fabconsole.formats.infiniband.smp_table import Tables
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Row, Said
from fabconsole.formats.values import integer

_INTRODUCTION = re.compile(r"((?:Initial |Peer )?(?:(?:Switch|CA/RT|CA) )?PortInfo|After \w{1,40} set):")
_BIT = re.compile(r"(Is[A-Z]\w{1,60})", re.ASCII)
_REMARK = re.compile(r"Port is already in \w{1,20} state|Disable may be irreversible")
_VIOLATIONS = {"MkeyViolations", "PkeyViolations", "QkeyViolations"}
_VIOLATIONS_MAXIMUM = 0xFFFF
_NONE_ACTIVE = {"Down", "NoChange"}


def read(paste: Paste) -> Reading:
    """Understand one query's answer, or several in a row, ibportstate's too. Never raises."""
    said = _Answers()
    for line in paste.lines:
        if line and not line.isspace():
            said.take(line)
    return said.whole()


class _Answers:
    """What was read so far, and of which record the next line is."""

    def __init__(self) -> None:
        self._said = Reading()
        self._records: list[Record] = []
        self._tables = Tables()
        self._record: Record | None = None
        self._field = ""
        self._when = ""

    def take(self, line: str) -> None:
        plain = line.strip()
        if (value := named_value(plain)) is not None:
            self._keep(*value)
        elif (begun := heading(plain)) is not None:
            begun.when = self._when
            self._field = ""
            self._record = None if self._tables.begin(begun) else begun
            if self._record is not None:
                self._records.append(self._record)
        elif (introduction := _INTRODUCTION.fullmatch(plain)) is not None:
            self._when, self._record = introduction[1], None
        elif self._record is not None and self._field and (bit := _BIT.fullmatch(plain)) is not None:
            self._record.bits.setdefault(self._field, []).append(bit[1])
        elif not self._tables.take(plain):
            self._remark(line)

    def whole(self) -> Reading:
        self._tables.end()
        rows = [_row(record) for record in self._records]
        _join(rows)
        self._said.rows = rows + self._tables.rows
        described = [row.id for row in rows if row.extra["record"] == "Node Description"]
        if len(described) == 1:
            self._said.facts["node_description"] = described[0]
        return self._said

    def _keep(self, name: str, value: str) -> None:
        if name == "Node Description":
            self._records.append(Record(kind=name, fields={name: value}))
            self._record = None
            return
        if self._record is None or not self._record.takes(name):
            self._record = headless(name)
            self._records.append(self._record)
        self._record.fields[name] = value
        self._field = name

    def _remark(self, line: str) -> None:
        if _REMARK.fullmatch(line.strip()) is not None:
            self._said.events.append(Entry(at=None, kind="remark", text=line.strip(), severity=Severity.WARN))
        elif (entry := complaint(line)) is not None:
            self._said.events.append(entry)
        elif not is_typed(line):
            self._said.unparsed.append(line)


def _row(record: Record) -> Row:
    if record.kind == "Node Description":
        description = record.fields[record.kind]
        return Row(id=description, extra={"record": record.kind, "node": description})
    extra: dict[str, Said] = {"record": record.kind or "fields"}
    extra |= {name: text for name, text in (("when", record.when), ("destination", record.destination)) if text}
    row = Row(id=record.id, extra=extra | record.told(), marks=[] if record.destination else ["heading missing"])
    if record.kind == NODE and (guid := record.fields.get("Guid", "")).startswith("0x"):
        row.id = guid[2:].lower().zfill(16)
    if record.kind == PORT:
        _tell_link(row, record.fields)
    return row


def _tell_link(row: Row, fields: dict[str, str]) -> None:
    """State, width and rate: the last of the active speeds that is one is the speed (IBTA 14.2.5.6)."""
    state, physical = fields.get("LinkState"), fields.get("PhysLinkState")
    row.state, row.phys_state = _known(state), _known(physical)
    for name in _VIOLATIONS & fields.keys():
        count = integer(fields[name])
        row.counters[name] = count
        row.marks += [f"unknown {name}"] if count is None else []
        row.marks += [f"saturated {name}"] if count == _VIOLATIONS_MAXIMUM else []
        del row.extra[_SNAKE[name]]
    if state is None or state in _NONE_ACTIVE:
        return
    width = fields.get("LinkWidthActive", "")
    row.width = width if width.endswith("X") else None
    for name in ("LinkSpeedExtActive2", "LinkSpeedExtActive", "LinkSpeedActive"):
        if name == "LinkSpeedActive" and name in fields and _is_half(fields):
            row.marks.append("unknown rate_gbps")
        elif (generation := generation_of(fields.get(name, ""))) is not None:
            row.rate_gbps, row.extra["generation"] = rate_gbps(row.width, generation), generation
            return


def _is_half(fields: dict[str, str]) -> bool:
    """Whether the extended speed was printed and is lost: a faster link has its 10 Gbps beside it (IBTA 14.2.5.6)."""
    extended = any(name.startswith("LinkSpeedExt") for name in fields)
    return "LinkSpeedExtActive" not in fields and (extended or "LinkSpeedSupported" not in fields)


_SNAKE = {name: f"{name.removesuffix('Violations').lower()}_violations" for name in _VIOLATIONS}


def _known(state: str | None) -> str | None:
    return None if state is None or state == "NoChange" or state.startswith("?") else state


def _join(rows: list[Row]) -> None:
    """A port and the one behind its link, which ibportstate prints after it, name each other.

    That a link's speed is FDR10, which it calls QDR's, only the vendor's record tells.
    """
    near: Row | None = None
    for row in rows:
        kind = row.extra["record"]
        if kind == MLNX and near is not None and near.id == row.id and near.extra.get("generation") == "QDR":
            near.extra["generation"] = "FDR10" if row.extra.get("link_speed_active") == "0x01" else "QDR"
        if kind != PORT or not row.extra.get("destination"):
            continue
        if near is not None and row.extra.get("when") == "Peer PortInfo":
            near.peer, row.peer = row.id, near.id
        near = row


FORMAT = Format(
    name="smpquery",
    family="infiniband",
    commands=("smpquery", "smpquery portinfo", "smpquery nodeinfo", "smpquery nodedesc", "smpquery switchinfo"),
    versions="infiniband-diags 1.5 to rdma-core 57",
    yields="nodes, ports, switches and tables as their agents tell them",
    signs={
        r"^[ \t]*#? ?(?:Node|Switch) info: (?:Lid|DR path) ": 100,
        r"^[ \t]*#? ?(?:MLNX ext )?Port info(?: Extended)?: (?:Lid|DR path) ": 80,
        r"^[ \t]*#? ?(?:SL2VL table|(?:No )?VLArbitration tables.{0,8}): ": 100,
        r"^[ \t]*Node Description:\.": 100,
        r"^smpquery: iberror: ": 100,
        r"^[ \t]*\d{1,5} (?:pkeys|guids) capacity for this port": 100,
        r"^[ \t]*(?:LinkState|PhysLinkState|NodeType|LinearFdbCap|LinkSpeedExtActive|LinkWidthActive):\.\.": 30,
    },
    read=read,
)
