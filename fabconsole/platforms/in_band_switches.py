"""Switches from the tools' words: one table a switch, and of each port whether its counters are known.

A port that `ibqueryerrors` left out is clean only where its switch was asked and answered: there is a summary, it hides
nothing, it counts as many switches as `iblinkinfo` saw and no more bad ports than have lines, and no failed query names
the port. Else an active port is unread (its last reading grows stale), and a port that is down keeps its state and has
no counters.

Which counters were read, 64-bit or plain, `ibqueryerrors` shows by how it prints a value. Where a switch is clean and
nothing is printed, its ClassPortInfo masks decide, which `perfquery` prints; where they are not known either, plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED, Kind, Table, Width
from fabconsole.formats.infiniband import ibqueryerrors, perfquery
from fabconsole.formats.infiniband.iblinkinfo import Link
from fabconsole.stream.records import Peer, SwitchReading

Counts = np.ndarray[tuple[int, int], np.dtype[np.uint64]]
Quality = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

COLUMNS = (
    "symbol_error",
    "link_error_recovery",
    "link_downed",
    "port_rcv_errors",
    "port_rcv_remote_physical_errors",
    "port_rcv_switch_relay_errors",
    "port_xmit_discards",
    "port_xmit_constraint_errors",
    "port_rcv_constraint_errors",
    "local_link_integrity_errors",
    "excessive_buffer_overrun_errors",
    "VL15_dropped",
    "port_xmit_wait",
)
"""What `ibqueryerrors` looks at (rdma-core ibqueryerrors.c: SymbolErrorCounter to VL15Dropped, and PortXmitWait)."""

_WAIT = COLUMNS.index("port_xmit_wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What one run of `ibqueryerrors` looked at."""

    errors: ibqueryerrors.Errors
    failures: tuple[ibqueryerrors.Failure, ...]
    switches: int
    """How many switches there are to look at."""

    @property
    def whole(self) -> bool:
        """Every switch was asked and every query answered."""
        return self._told and self._all and self.errors.summary is not None and not self.errors.summary.failures

    @property
    def _told(self) -> bool:
        return self.errors.summary is not None and self.errors.summary.hides_nothing and self.errors.whole

    @property
    def _all(self) -> bool:
        return self.errors.summary is not None and self.errors.summary.nodes >= self.switches

    def clean(self, lid: int, port: int, *, named: bool) -> bool:
        """Whether a port without a line was read as zero. `named`: its switch has lines of other ports."""
        summary = self.errors.summary
        if summary is None or not self._told or not (named or self._all):
            return False
        if len(self.failures) < summary.failures:
            return False
        return not any(failed.lid == lid and failed.port in (port, 255) for failed in self.failures)


@dataclass(slots=True)
class Switch:
    """What is remembered of one switch between sweeps."""

    guid: str
    caps: perfquery.Port | None = None
    """Its performance agent's masks; None: not known."""
    tries: int = 0
    """How often they were asked for."""
    width: Width | None = None
    """As its values were last printed."""
    links: tuple[Link, ...] = ()
    rows: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)
    """Every row it ever had."""
    peers: tuple[Peer | None, ...] = ()
    columns: tuple[str, ...] = COLUMNS
    values: Counts | None = None
    """As last handed out: while nothing moved the fold is to know it, and keeps one reading of many."""
    quality: Quality | None = None

    def reading(
        self, links: Sequence[Link], covered: Covered, node: ibqueryerrors.Node | None, clock_s: float
    ) -> SwitchReading:
        """This sweep's table. `links` has at least one link."""
        ports = node.ports if node is not None else {}
        kept = tuple(link for link in links if _known(link, covered, ports, named=node is not None))
        self._shape(kept)
        self.seen.update(_row(link.port) for link in links)
        self._name(ports.values())
        values, quality = self._values(ports), self._quality(covered, ports, named=node is not None)
        if self.values is None or not np.array_equal(values, self.values):
            self.values = values
        if self.quality is None or not np.array_equal(quality, self.quality):
            self.quality = _shared(quality.tobytes(), quality.shape)
        table = Table(
            kind=Kind.PORTS,
            source=self._source(ports.values()),
            rows=self.rows,
            columns=self.columns,
            values=self.values,
            quality=self.quality,
            states=tuple(link.state for link in kept),
            unread=tuple(sorted(self.seen.difference(self.rows), key=int)),
        )
        first = links[0]
        return SwitchReading(
            guid=self.guid,
            description=first.description,
            lid=first.lid or None,
            clock_s=clock_s,
            table=table,
            peers=self.peers,
        )

    def _shape(self, kept: tuple[Link, ...]) -> None:
        """Keep the same row names while the ports are the same: the fold then knows that nothing moved."""
        if len(kept) == len(self.links) and all(a is b for a, b in zip(kept, self.links, strict=True)):
            return
        rows = tuple(_row(link.port) for link in kept)
        self.rows = self.rows if rows == self.rows else rows
        self.peers = tuple(_peer(link) for link in kept)
        self.links = kept

    def _name(self, ports: Iterable[ibqueryerrors.Port]) -> None:
        named = {name for port in ports for name in port.counts}
        if more := sorted(named.difference(self.columns)):
            self.columns = (*self.columns, *more)

    def _source(self, ports: Iterable[ibqueryerrors.Port]) -> Width:
        for port in ports:
            self.width = Width.PMA_EXTENDED if port.extended else Width.PMA
        if self.width is not None:
            return self.width
        return Width.PMA_EXTENDED if self.caps is not None and self.caps.extended_errors else Width.PMA

    def _values(self, ports: Mapping[int, ibqueryerrors.Port]) -> Counts:
        shape = len(self.rows), len(self.columns)
        if not any(port.counts for port in ports.values()):
            return _zeros(shape)
        values = np.zeros(shape, np.uint64)
        for row, link in enumerate(self.links):
            if port := ports.get(link.port):
                for name, value in port.counts.items():
                    values[row, self.columns.index(name)] = value
        return values

    def _quality(self, covered: Covered, ports: Mapping[int, ibqueryerrors.Port], *, named: bool) -> Quality:
        quality = np.full((len(self.rows), len(self.columns)), ABSENT, np.uint8)
        read = [link.port in ports or covered.clean(link.lid, link.port, named=named) for link in self.links]
        quality[np.array(read, np.bool_), : len(COLUMNS)] = PRESENT
        if self.caps is not None and self.caps.xmit_wait is False:
            quality[:, _WAIT] = np.where(quality[:, _WAIT] == PRESENT, UNSUPPORTED, ABSENT)
        for row, link in enumerate(self.links):
            for name in ports[link.port].counts if link.port in ports else ():
                quality[row, self.columns.index(name)] = PRESENT
        return quality


@lru_cache(maxsize=64)  # most switches have counted nothing, and are of few models
def _zeros(shape: tuple[int, int]) -> Counts:
    return np.zeros(shape, np.uint64)


@lru_cache(maxsize=1024)  # and most are read alike
def _shared(quality: bytes, shape: tuple[int, int]) -> Quality:
    return np.frombuffer(quality, np.uint8).reshape(shape)


@lru_cache(maxsize=1024)  # every switch has a port 1: its name is there once
def _row(port: int) -> str:
    return str(port)


def _known(link: Link, covered: Covered, ports: Mapping[int, ibqueryerrors.Port], *, named: bool) -> bool:
    """Whether a port's reading says anything: its counters, or that it is down."""
    return link.port in ports or link.state.state == "Down" or covered.clean(link.lid, link.port, named=named)


def _peer(link: Link) -> Peer | None:
    far = link.far
    if far is None:
        return None
    return Peer(port_guid=far.guid or "", port=far.port, description=far.description, lid=far.lid or None)
