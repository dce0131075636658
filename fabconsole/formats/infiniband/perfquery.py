"""`perfquery`, with whatever option: a port's counters, and in the header what its performance agent can count.

Shapes and masks: rdma-core infiniband-diags/perfquery.c, libibmad/fields.c and iba_types.h. A counter that the agent
cannot count is printed as 0 by older versions: believe the mask, not the line. A line has no port of its own: where a
header was lost, what follows belongs to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fabconsole.fabric.printable import printable
from fabconsole.formats.infiniband import pma_counters
from fabconsole.formats.reading import Said
from fabconsole.formats.values import snake

_HEAD = re.compile(
    r"[#*\s]{0,8}(\w[\w \-]{0,79}?)(?: ?counters)?: ?(?=Lid |DR path |local )"
    r"(?:Lid (0x[0-9a-fA-F]{1,4}|\d{1,5})\b)?((?: ?Gid \S{1,64})?(?: ?DR path [\w;,\[\] ]{1,300}?)?(?:local)?)"
    r" (?:port (\d{1,3})|all ports)"
    r"(?: ?\(CapMask: ?0x([0-9A-Fa-f]{1,4})(?:,? CapMask2: ?0x([0-9A-Fa-f]{1,8}))?\))?\**"
)
_WAY = re.compile(r"Gid (\S{1,64})|DR path (?:slid \d{1,5}; dlid \d{1,5}; )?([\d,\[\]]{1,300})")
_VALUE = re.compile(r"([A-Za-z]\w{0,63}):([.…\s]*)([^.…\s].*)?")
_NO_COUNTER = re.compile(r"(?:Port|Counter)Select\d{0,2}")
_XMIT_WAIT = 1 << 12  # CapMask: PortCounters has PortXmitWait
_QP1_DROPPED = 1 << 15  # CapMask: QP1Dropped is counted
_WIDE, _WIDE_NO_CASTS = 1 << 9, 1 << 10  # CapMask: PortCountersExtended, with and without unicast and multicast
_EXTENDED_ERRORS = 1 << 1  # CapMask2: PortCountersExtended has the error counters
WHOLE = ("Port", "Port extended")
"""Kinds of records that have a port's counters and no detail of them."""
ALL = 255
"""The port that stands for all of a switch's."""
_SHOWN = 8
_DATA = frozenset({"port_xmit_data", "port_rcv_data", "port_xmit_packets", "port_rcv_packets"})
_CASTS = frozenset(f"{cast}_{way}_packets" for cast in ("unicast", "multicast") for way in ("xmit", "rcv"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One record: a port's counters of one kind."""

    kind: str
    """`Port`, `Port extended`, `PortRcvErrorDetails`, …: what stands before `counters:`; empty: the header was lost."""
    lid: int | None
    """None: not said, or reached by a path."""
    port: int | None
    """255: the sum of all ports."""
    cap_mask: int | None
    """ClassPortInfo CapabilityMask; None where it is not printed."""
    cap_mask2: int | None
    counts: Mapping[str, int]
    """Canonical name to value; names we do not know stay as printed."""
    unknown: tuple[str, ...] = ()
    """Counters whose value is no number."""
    said: dict[str, Said] = field(default_factory=dict)
    """What else stood there: masks as printed, what was selected, and of `PortSamplesControl` every field."""

    @property
    def extended_errors(self) -> bool | None:
        """Whether the agent counts errors in 64 bits; None: not said."""
        return None if self.cap_mask2 is None else bool(self.cap_mask2 & _EXTENDED_ERRORS)

    @property
    def xmit_wait(self) -> bool | None:
        """Whether the agent counts PortXmitWait; None: not said."""
        return None if self.cap_mask is None else bool(self.cap_mask & _XMIT_WAIT)

    @property
    def extended(self) -> bool:
        """Whether its counters have 64 bits: a header of 2010 does not say so."""
        return "extended" in self.kind or (self.kind in ("Port", "") and not _CASTS.isdisjoint(self.counts))

    @property
    def unsupported(self) -> Iterator[str]:
        """Counters printed as 0 that the masks say are not counted."""
        for name, value in self.counts.items():
            if value == 0 and not self._counted(name):
                yield name

    def _counted(self, name: str) -> bool:
        if self.cap_mask is None or self.kind not in WHOLE:
            return True
        wide = self.kind == "Port extended"
        if name in _CASTS:
            return bool(self.cap_mask & _WIDE)
        if name in _DATA:
            return not wide or bool(self.cap_mask & (_WIDE | _WIDE_NO_CASTS))
        if wide and self.extended_errors is False:
            return False
        if name == "port_xmit_wait":
            return bool(self.cap_mask & _XMIT_WAIT)
        return name != "qp1_dropped" or bool(self.cap_mask & _QP1_DROPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What one run, or several in a row, said."""

    ports: tuple[Port, ...]
    strange: tuple[str, ...] = ()
    """The first lines that were not understood, sanitised."""


def read(text: str) -> Ports:
    """Understand a run's standard output. Never raises."""
    listing = Listing()
    listing.read(text.split("\n"))
    return Ports(ports=listing.ports, strange=tuple(printable(line, 120) for line in listing.strange[:_SHOWN]))


@dataclass(slots=True)
class _Record:
    head: re.Match[str] | None
    counts: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)

    def port(self) -> Port:
        head, select = self.head, self.said.get("port_select")
        lid, number, mask, mask2 = (head[2], head[4], head[5], head[6]) if head else (None, None, None, None)
        way = _WAY.search(head[3]) if head and head[3] else None
        said: dict[str, Said] = {"gid": way[1]} if way and way[1] else {"path": way[2]} if way else {}
        said.update({name: f"0x{hexed}" for name, hexed in (("cap_mask", mask), ("cap_mask2", mask2)) if hexed})
        said.update(self.said)
        return Port(
            kind=printable(head[1], 80) if head else "",
            lid=int(lid, 16 if "x" in lid else 10) if lid else None,
            port=int(number) if number else ALL if head else select if isinstance(select, int) else None,
            cap_mask=int(mask, 16) if mask else None,
            cap_mask2=int(mask2, 16) if mask2 else None,
            counts=self.counts,
            unknown=tuple(self.unknown),
            said=said,
        )


def _number(text: str) -> bool:
    """Whether a counter can stand there."""
    return text.isdecimal() and text.isascii() and len(text) <= 20 and int(text) <= pma_counters.MAXIMUM


class Listing:
    """Records as they come, and the lines that are no part of any."""

    def __init__(self) -> None:
        self._records: list[_Record] = []
        self._samples = False
        """The last one is `PortSamplesControl`, which has no counters."""
        self.strange: list[str] = []

    @property
    def ports(self) -> tuple[Port, ...]:
        return tuple(record.port() for record in self._records)

    def read(self, lines: list[str]) -> None:
        for whole in lines:
            line = whole.strip()
            printed, _, rest = line.partition(":")
            text = rest.lstrip(".")
            if text != rest and not self._samples and _number(text) and (name := pma_counters.known(printed)):
                self._record(name).counts[name] = int(text)
            elif line and not self._told(line):
                self.strange.append(whole)

    def _told(self, line: str) -> bool:
        """Whether a line is part of a record, or begins one."""
        said = _VALUE.fullmatch(line)
        if said is not None and self._value(said[1], said[3] or "", dotted="." in said[2] or "…" in said[2]):
            return True
        if head := _HEAD.fullmatch(line):
            self._records.append(_Record(head))
            self._samples = head[1].startswith("PortSamples")
        return head is not None

    def _value(self, printed: str, text: str, *, dotted: bool) -> bool:
        """Whether the line was understood."""
        if _NO_COUNTER.fullmatch(printed) or (dotted and self._samples):
            return self._field(snake(printed), text)
        known = pma_counters.known(printed)
        if not (known or dotted):
            return False
        name = known or printed
        if not _number(text):
            if known:
                self._record(name).unknown.append(name)
            return False
        self._record(name).counts[name] = int(text)
        return True

    def _field(self, name: str, text: str) -> bool:
        if name == "port_select":
            self._selected(text)
        self._record(name).said[name] = int(text) if text.isdecimal() and len(text) < 20 else printable(text, 80)
        return True

    def _record(self, name: str) -> _Record:
        """The record that a line of this name belongs to: one that has it already lost the next one's header."""
        last = self._records[-1] if self._records else None
        if last is None or name in last.counts or name in last.said or name in last.unknown:
            last = _Record(None)
            self._records.append(last)
            self._samples = False
        return last

    def _selected(self, text: str) -> None:
        """`PortSelect` repeats the header's port, or shows that its header was lost."""
        head = self._records[-1].head if self._records else None
        if head is not None and head[4] != text and not (head[4] is None and text == str(ALL)):
            self._records.append(_Record(None))
            self._samples = False
