"""What a text said, in one shape whatever tool printed it: rows, events, facts, and what was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity

Said: TypeAlias = "str | int | float | bool | list[Said] | tuple[Said, ...] | Mapping[str, Said] | None"
"""A value of `extra` or `facts`: whatever JSON can hold. None: the tool says that it does not know."""


@dataclass(frozen=True, slots=True)
class Ber:
    """Bit error ratios. None: not said, or none seen yet, which a mark of the row tells apart; never 0 for either."""

    raw: float | None = None
    """Before forward error correction."""
    effective: float | None = None
    """After it."""
    symbol: float | None = None


@dataclass(slots=True, kw_only=True)
class Row:
    """One port, NVLink, GPU, module, node: a thing that the text tells about. None and empty: does not apply."""

    id: str
    """What the tool calls it, in the console's spelling: `mlx5_0/1`, `gpu3/nvl7`, `swp17`, `0c42a10300b31234/5`."""
    state: str | None = None
    """As the tool means it: IBTA's Down, Initialize, Armed, Active for InfiniBand; up, down, inactive, unknown."""
    phys_state: str | None = None
    rate_gbps: float | None = None
    """Of the whole link, one way. None where it is down: what a tool prints then is stale (IBTA C14-24.2.1)."""
    width: str | None = None
    """Active lanes, "1X" to "12X"."""
    counters: dict[str, int | float | None] = field(default_factory=dict)
    """Canonical name (see `fabric.counters`) or the printed one, to its value; None: the tool cannot count it, or
    what stood there was not understood, which `marks` tells apart."""
    ber: Ber | None = None
    peer: str | None = None
    """The far end, spelt like an id."""
    marks: list[str] = field(default_factory=list)
    """What to know before a value is believed: `saturated NAME`, `unsupported NAME`, `unknown NAME`, `sum`, …"""
    extra: dict[str, Said] = field(default_factory=dict)
    """Whatever else was said of it, by names in lower case with underscores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of a log or a listing, with its stamp as far as that goes."""

    at: str | None
    """ISO 8601, with a zone only where the stamp says one. None: no stamp, no year, or time since boot."""
    kind: str
    """xid, sxid, mlx5, aer, sm, state, log, fabric-manager, …"""
    text: str
    node: str | None = None
    code: int | None = None
    severity: Severity | None = None
    link: int | None = None
    action: str | None = None
    subject: str | None = None
    """What it is about: a PCI address, a device, a GUID."""
    meaning: str | None = None
    stamp: str | None = None
    """As printed, where `at` cannot hold it."""
    since_boot_s: float | None = None

    @classmethod
    def of(cls, event: Event, at: str | None, *, stamp: str | None = None, since_boot_s: float | None = None) -> Entry:
        """An event whose time is told by a stamp."""
        return cls(
            at=at,
            kind=event.kind,
            text=event.text,
            node=event.node or None,
            code=event.code,
            severity=event.severity,
            link=event.link,
            action=event.action,
            subject=event.subject,
            meaning=event.meaning,
            stamp=stamp,
            since_boot_s=since_boot_s,
        )


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a text said."""

    rows: list[Row] = field(default_factory=list)
    events: list[Entry] = field(default_factory=list)
    facts: dict[str, Said] = field(default_factory=dict)
    """What stands once: driver, firmware, totals, what is incomplete and why."""
    unparsed: list[str] = field(default_factory=list)
    """Every line, or part of one, that was not understood, as it stood."""
