"""Records of a small fabric, built in a line or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.inventory import Expect, InBand, Inventory, Node, Rack
from fabconsole.fabric.table import ABSENT, PRESENT, UNSUPPORTED, Kind, NvlinkState, PortState, Table, Width
from fabconsole.fabric.thresholds import Rule, Thresholds
from fabconsole.state.fabric import FabricState
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView
from fabconsole.stream.records import (
    Asked,
    Happened,
    Opening,
    Peer,
    Reason,
    Sample,
    SubnetManager,
    Sweep,
    SwitchReading,
    Unanswered,
)

START = 1_000_000.0
NO_COUNTER = -1
"""Stands for a value that was not there."""
CANNOT_COUNT = -2
"""Stands for a value that the node says it cannot count."""

RULES = Thresholds(
    rules={
        rule.counter: rule
        for rule in (
            Rule(counter="symbol_error", warn_per_s=0.0, crit_per_s=10.0),
            Rule(counter="link_downed", crit_per_s=0.0),
            Rule(counter="port_xmit_wait", warn_per_s=1000.0),
            Rule(counter="recovery", warn_per_s=0.0),
            Rule(counter="replay", warn_per_s=1.0),
        )
    }
)
MASTER = SubnetManager(lid=1, guid="5e", activity=1, priority=0, state="Master")
CLEAN = {"symbol_error": 0, "link_downed": 0, "port_xmit_wait": 0, "port_xmit_data": 0}
QUIET = {"replay": 0, "recovery": 0, "crc": 0}
ASKED = (Asked("hca", 5.0), Asked("gpu", 30.0), Asked("nvlink", 30.0), Asked("log", 30.0))


def table(
    kind: Kind,
    source: Width,
    counts: Mapping[str, Mapping[str, int]],
    states: Mapping[str, PortState | NvlinkState],
    unread: Sequence[str] = (),
) -> Table:
    """Rows of counters; a state a row."""
    rows = tuple(counts)
    columns = tuple(dict.fromkeys(name for row in counts.values() for name in row))
    values = np.zeros((len(rows), len(columns)), np.uint64)
    quality = np.full((len(rows), len(columns)), ABSENT, np.uint8)
    for i, row in enumerate(rows):
        for j, name in enumerate(columns):
            value = counts[row].get(name, NO_COUNTER)
            quality[i, j] = {NO_COUNTER: ABSENT, CANNOT_COUNT: UNSUPPORTED}.get(value, PRESENT)
            values[i, j] = max(0, value)
    said = tuple(states[row] for row in rows)
    return Table(
        kind=kind,
        source=source,
        rows=rows,
        columns=columns,
        values=values,
        quality=quality,
        states=said,  # type: ignore[arg-type]
        unread=tuple(unread),
    )


def active(guid: str | None = None, rate: float = 400.0, width: str = "4X", could_be: str | None = None) -> PortState:
    return PortState(
        state="Active", phys_state="LinkUp", rate_gbps=rate, width=width, port_guid=guid, could_be=could_be
    )


DOWN = PortState(state="Down", phys_state="Polling")
UP = NvlinkState(state="up", speed_gbs=26.562)
INACTIVE = NvlinkState(state="inactive")


class Lab:
    """A fabric whose clock is ours: every node booted at `START` and answers when told to."""

    def __init__(
        self,
        *nodes: str,
        expect: Expect | None = None,
        in_band: Sequence[str] = (),
        thresholds: Thresholds = RULES,
        asked: Sequence[Asked] = ASKED,
        racks: Mapping[str, Sequence[str]] | None = None,
        expects: tuple[tuple[str, Expect], ...] = (),
    ) -> None:
        self.now = START
        self.state = FabricState()
        placed = racks or {"r00": nodes}
        of = {name: rack for rack, names in placed.items() for name in names}
        self.inventory = Inventory(
            fabric="east-1",
            racks=tuple(Rack(name=rack, nodes=tuple(names)) for rack, names in placed.items()),
            nodes={
                name: Node(
                    name=name,
                    rack=of[name],
                    address=f"10.0.0.{number}",
                    expect=expect or Expect(),
                    in_band=InBand() if name in in_band else None,
                )
                for number, name in enumerate(of)
            },
            expects=expects,
        )
        self.asked = {
            name: (*asked, Asked("in-band", 60.0)) if name in in_band else tuple(asked) for name in of if name in nodes
        }
        self.boots = dict.fromkeys(of, "boot-1")
        self.booted_at = dict.fromkeys(of, START - 1000)
        self.state.apply(Opening(at=START, inventory=self.inventory, thresholds=thresholds, asked=self.asked))

    def wait(self, seconds: float) -> Lab:
        self.now += seconds
        return self

    def answer(
        self, node: str, question: str, *tables: Table, facts: dict[str, str] | None = None, latency_s: float = 0.1
    ) -> None:
        self.state.apply(
            Sample(
                node=node,
                question=question,
                at=self.now,
                latency_s=latency_s,
                clock_s=self.now - self.booted_at[node],
                boot_id=self.boots[node],
                tables=tables,
                facts=facts or {},
            )
        )

    def ports(
        self,
        node: str,
        counts: Mapping[str, Mapping[str, int]] | None = None,
        states: Mapping[str, PortState] | None = None,
        *,
        unread: Sequence[str] = (),
        source: Width = Width.SYSFS,
    ) -> None:
        """The node answers `hca`; every port is Active unless `states` says else."""
        counts = {"mlx5_0/1": CLEAN} if counts is None else counts
        said = {row: active(f"{node}-{row}") for row in counts} | dict(states or {})
        self.answer(node, "hca", table(Kind.PORTS, source, counts, said, unread))

    def nvlinks(
        self,
        node: str,
        counts: Mapping[str, Mapping[str, int]] | None = None,
        states: Mapping[str, NvlinkState] | None = None,
    ) -> None:
        """The node answers `nvlink`; every link is up unless `states` says else."""
        counts = {"gpu0/nvl0": QUIET} if counts is None else counts
        said = dict.fromkeys(counts, UP) | dict(states or {})
        self.answer(node, "nvlink", table(Kind.NVLINKS, Width.NVIDIA_SMI, counts, said))

    def rest(self, node: str, gpus: int = 0) -> None:
        """The node answers `gpu` and `log`."""
        self.answer(node, "gpu", facts={"gpus": str(gpus)})
        self.answer(node, "log")

    def all_well(self, *nodes: str, nvlinks: bool = True) -> None:
        """Nodes answer everything, twice, and nothing is wrong."""
        for pause in (0.0, 5.0):
            self.wait(pause)
            for node in nodes:
                self.ports(node)
                if nvlinks:
                    self.nvlinks(node)
                else:
                    self.answer(node, "nvlink")
                self.rest(node)

    def silent(self, node: str, question: str, reason: Reason = Reason.TIMEOUT, detail: str = "") -> None:
        self.state.apply(Unanswered(node=node, question=question, at=self.now, reason=reason, detail=detail))

    def log(self, node: str, *events: Event) -> None:
        self.state.apply(Happened(node=node, at=self.now, events=events))

    def sweep(
        self,
        node: str,
        *switches: SwitchReading,
        complete: bool = True,
        remark: str = "",
        sm: SubnetManager | None = MASTER,
        sm_unasked: str = "",
        subnet: str = "subnet",
    ) -> None:
        self.state.apply(
            Sweep(
                node=node,
                at=self.now,
                latency_s=2.0,
                boot_id=self.boots[node],
                subnet=subnet,
                switches=switches,
                sm=sm,
                sm_unasked=sm_unasked,
                complete=complete,
                remark=remark,
            )
        )

    def switch(
        self,
        name: str,
        counts: Mapping[str, Mapping[str, int]],
        states: Mapping[str, PortState] | None = None,
        peers: Mapping[str, Peer] | None = None,
        *,
        guid: str = "",
        node: str = "h0",
        unread: Sequence[str] = (),
    ) -> SwitchReading:
        said = {row: active() for row in counts} | dict(states or {})
        return SwitchReading(
            guid=guid or f"{sum(name.encode()):016x}",
            description=name,
            lid=7,
            clock_s=self.now - self.booted_at[node],
            table=table(Kind.PORTS, Width.PMA_EXTENDED, counts, said, unread),
            peers=tuple((peers or {}).get(row) for row in counts),
        )

    def node(self, name: str) -> NodeView:
        return self.state.snapshot(self.now).nodes[name]

    def port(self, end: str) -> PortView:
        port = self.state.snapshot(self.now).port(end)
        assert port is not None, f"no port {end}"
        return port

    def nvlink(self, end: str) -> NvlinkView:
        link = self.state.snapshot(self.now).nvlink(end)
        assert link is not None, f"no NVLink {end}"
        return link


def xid(node: str, at: float, code: int = 74, severity: Severity = Severity.CRIT, link: int | None = 3) -> Event:
    return Event(
        at=at,
        node=node,
        kind="xid",
        severity=severity,
        code=code,
        subject="gpu3",
        link=link,
        text="NVLink: fatal error detected on link 3",
        meaning="NVLink error",
        action="see the peer",
    )
