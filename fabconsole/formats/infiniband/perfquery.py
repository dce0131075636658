"""`perfquery`, plain and `-x`: one port's counters, and in the header what its performance agent can count.

Shapes and masks: rdma-core infiniband-diags/perfquery.c and iba_types.h. A counter that the agent cannot count is
printed as 0 by older versions: believe the mask, not the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from fabconsole.fabric.counters import BY_PMA_NAME
from fabconsole.fabric.printable import printable
from fabconsole.formats.format import Format
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

_HEAD = re.compile(
    r"\s*# (.{1,80}?) ?counters: .*?Lid (\d{1,5}) port (\d{1,3})"
    r"(?: \(CapMask: 0x([0-9A-Fa-f]{1,4})(?: CapMask2: 0x([0-9A-Fa-f]{1,8}))?\))?\s*"
)
_VALUE = re.compile(r"\s*(\w{1,64}):\.*(\d{1,20})\s*")
_SELECT = re.compile(r"\s*(?:PortSelect|CounterSelect2?):\.*(?:0x)?[0-9a-fA-F]{1,16}\s*")
_XMIT_WAIT = 1 << 12  # CapMask: PortCounters has PortXmitWait
_EXTENDED_ERRORS = 1 << 1  # CapMask2: PortCountersExtended has the error counters
_MAXIMUM = (1 << 64) - 1
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One record: a port's counters of one kind."""

    kind: str
    """`Port`, `Port extended`, `PortRcvErrorDetails`, …: what stands before `counters:`."""
    lid: int
    port: int
    """255: the sum of all ports."""
    cap_mask: int | None
    """ClassPortInfo CapabilityMask; None where it is not printed."""
    cap_mask2: int | None
    counts: Mapping[str, int]
    """Canonical name to value; names we do not know stay as printed."""

    @property
    def extended_errors(self) -> bool | None:
        """Whether the agent counts errors in 64 bits; None: not said."""
        return None if self.cap_mask2 is None else bool(self.cap_mask2 & _EXTENDED_ERRORS)

    @property
    def xmit_wait(self) -> bool | None:
        """Whether the agent counts PortXmitWait; None: not said."""
        return None if self.cap_mask is None else bool(self.cap_mask & _XMIT_WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What one run, or several in a row, said."""

    ports: tuple[Port, ...]
    strange: tuple[str, ...] = ()
    """The first lines that were not understood, sanitised."""


def read(text: str) -> Ports:
    """Understand a run's standard output. Never raises."""
    ports: list[Port] = []
    strange: list[str] = []
    counts: dict[str, int] = {}
    for line in text.split("\n"):
        if not line.strip():
            continue
        if head := _HEAD.fullmatch(line):
            counts = {}
            ports.append(_port(head, counts))
        elif ports and _SELECT.fullmatch(line):
            continue
        elif ports and (said := _VALUE.fullmatch(line)) and int(said[2]) <= _MAXIMUM:
            counts[BY_PMA_NAME.get(said[1], said[1])] = int(said[2])
        elif len(strange) < _SHOWN:
            strange.append(printable(line, 120))
    return Ports(ports=tuple(ports), strange=tuple(strange))


def _port(head: re.Match[str], counts: dict[str, int]) -> Port:
    mask, mask2 = (int(text, 16) if text else None for text in (head[4], head[5]))
    return Port(
        kind=printable(head[1], 80), lid=int(head[2]), port=int(head[3]), cap_mask=mask, cap_mask2=mask2, counts=counts
    )


def _reading(paste: Paste) -> Reading:
    said = read(paste.text)
    return Reading(rows=[_row(port) for port in said.ports], unparsed=list(said.strange))


def _row(port: Port) -> Row:
    return Row(id=f"lid{port.lid}/{port.port}", counters=dict(port.counts), extra={"lid": port.lid, "kind": port.kind})


FORMAT = Format(
    name="perfquery",
    family="infiniband",
    commands=("perfquery", "perfquery -x"),
    versions="infiniband-diags 1.5 to rdma-core 57",
    yields="counters of ports",
    signs={r"^\s*# Port .{0,60}counters: .*Lid \d": 100},
    read=_reading,
)
