"""Snapshots made by hand: the shape of a real fabric, with whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Mark, Severity, worst
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import NvlinkState, PortState
from fabconsole.state.picture import Step
from fabconsole.state.snapshot import (
    Banner,
    Coverage,
    EventView,
    Finding,
    NodeView,
    NvlinkView,
    PortView,
    QuestionCoverage,
    QuestionView,
    RackView,
    Series,
    Snapshot,
)

NOON = 1_767_268_800.0
"""2026-01-01 12:00:00 Z."""

UP = PortState(state="Active", phys_state="LinkUp", rate_gbps=400.0, width="4X", generation="NDR")
DOWN = PortState(state="Down", phys_state="Polling")
QUIET = ("symbol_error", "link_downed", "link_error_recovery", "port_rcv_errors", "port_xmit_wait")


def port(end: str, health: Health = Health.OK, **changes: object) -> PortView:
    """A port that counts nothing, with what is different about it."""
    plain = PortView(
        end=end,
        node=end.partition("/")[0],
        state=DOWN if health in (Health.DOWN, Health.EXPECTED_DOWN) else UP,
        health=health,
        reason="" if health is Health.OK else f"made {health.value}",
        peer=None,
        counters=dict.fromkeys(QUIET, 0),
        rates=dict.fromkeys(QUIET, 0.0),
        marks={},
        age_s=1.2,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def nvlink(end: str, health: Health = Health.OK, **changes: object) -> NvlinkView:
    """An NVLink that is up and counts nothing, with what is different about it."""
    node, gpu, link = end.split("/")
    counted = ("replay", "recovery", "crc")
    plain = NvlinkView(
        end=end,
        node=node,
        gpu=int(gpu[3:]),
        link=int(link[3:]),
        state=NvlinkState(state="up", speed_gbs=26.562, gpu_uuid=f"GPU-{gpu}", gpu_name="H100"),
        health=health,
        reason="" if health is Health.OK else f"made {health.value}",
        counters=dict.fromkeys(counted, 0),
        rates=dict.fromkeys(counted, 0.0),
        marks={},
        age_s=12.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def questions(health: Health = Health.OK) -> tuple[QuestionView, ...]:
    """What a GPU host is asked."""
    return tuple(
        QuestionView(name=name, health=health, age_s=1.2, latency_s=0.084, interval_s=interval, reason=None)
        for name, interval in (("hca", 5.0), ("gpu", 30.0), ("nvlink", 30.0), ("log", 5.0))
    )


def host(
    name: str,
    rack: str,
    *,
    rails: int = 8,
    gpus: int = 8,
    links: int = 18,
    ports: Mapping[str, PortView] = {},
    nvlinks: Mapping[str, NvlinkView] = {},
    health: Health | None = None,
    peers: Mapping[str, str] = {},
) -> NodeView:
    """A GPU host; `ports` and `nvlinks` are what is different, by address."""
    own_ports = tuple(
        ports.get(end) or port(end, peer=peers.get(end)) for end in (f"{name}/mlx5_{rail}/1" for rail in range(rails))
    )
    own_links = tuple(
        nvlinks.get(end) or nvlink(end)
        for end in (f"{name}/gpu{gpu}/nvl{link}" for gpu in range(gpus) for link in range(links))
    )
    return NodeView(
        name=name,
        rack=rack,
        platform="linux-gpu",
        health=health or worst([Health.OK, *(p.health for p in own_ports), *(x.health for x in own_links)]),
        reason="",
        age_s=1.2,
        error=None,
        uptime_s=41 * 86400.0,
        facts={"gpus": str(gpus), "driver": "570.86.15", "gpu0.name": "NVIDIA H100 80GB HBM3"},
        questions=questions(),
        ports=own_ports,
        nvlinks=own_links,
        expect=Expect(hcas=rails, gpus=gpus, nvlinks=links, rate_gbps=400.0),
    )


def silent(name: str, rack: str, health: Health = Health.UNKNOWN) -> NodeView:
    """A host that never answered."""
    return NodeView(
        name=name,
        rack=rack,
        platform="linux-gpu",
        health=health,
        reason="never answered",
        age_s=None,
        error="no route to host",
        uptime_s=None,
        facts={},
        questions=(),
        ports=(),
        nvlinks=(),
        expect=Expect(hcas=8, gpus=8, nvlinks=18),
    )


def switch(name: str, peers: Iterable[str | None], rack: str | None = None, **bad: Health) -> NodeView:
    """A switch seen in-band, a port to each of `peers`; `p3=Health.WARN` makes its port 3 so."""
    ports = tuple(
        port(
            f"{name}/{number}",
            bad.get(f"p{number}", Health.OK if peer else Health.EXPECTED_DOWN),
            peer=peer,
            age_s=24.0,
        )
        for number, peer in enumerate(peers, start=1)
    )
    return NodeView(
        name=name,
        rack=rack,
        platform="switch",
        health=worst(p.health for p in ports if p.health is not Health.EXPECTED_DOWN),
        reason="",
        age_s=24.0,
        error=None,
        uptime_s=None,
        facts={"guid": "b8cef60300aa0001"},
        questions=(),
        ports=ports,
        nvlinks=(),
        expect=Expect(),
    )


def snapshot(
    nodes: Iterable[NodeView],
    *,
    at: float = NOON,
    fabric: str = "east-1",
    rows: Mapping[str, str] = {},
    events: tuple[EventView, ...] = (),
    findings: tuple[Finding, ...] = (),
    banners: tuple[Banner, ...] = (),
) -> Snapshot:
    """The fabric of some nodes; those in no rack stand in the last one."""
    by_name = {node.name: node for node in nodes}
    racks: dict[str, list[str]] = {}
    for node in by_name.values():
        racks.setdefault(node.rack or "switches", []).append(node.name)
    views = tuple(
        RackView(
            name=name,
            row=rows.get(name),
            pod=None,
            nodes=tuple(inside),
            health=worst(by_name[node].health for node in inside),
            faults=sum(by_name[node].health.severity >= Severity.WARN for node in inside),
        )
        for name, inside in racks.items()
    )
    polled = sum(node.age_s is not None for node in by_name.values() if node.platform != "switch")
    asked = sum(node.platform != "switch" for node in by_name.values())
    return Snapshot(
        fabric=fabric,
        at=at,
        interval_s=5.0,
        severity=max((node.health.severity for node in by_name.values()), default=Severity.UNKNOWN),
        coverage=Coverage(
            nodes=asked,
            polled=polled,
            oldest_s=1.2,
            questions={
                name: QuestionCoverage(asked=asked, answered=polled, oldest_s=1.2)
                for name in ("hca", "gpu", "nvlink", "log")
            },
        ),
        racks=views,
        nodes=by_name,
        events=events,
        findings=findings or findings_of(by_name.values(), at),
        banners=banners,
    )


def findings_of(nodes: Iterable[NodeView], at: float) -> tuple[Finding, ...]:
    """One for everything that is not well, the worst first."""
    bad = [
        Finding(
            end=thing.end, health=thing.health, reason=thing.reason, since=at - 170, peer=getattr(thing, "peer", None)
        )
        for node in nodes
        for thing in (*node.ports, *node.nvlinks)
        if thing.health.severity >= Severity.WARN
    ]
    bad += [
        Finding(end=node.name, health=node.health, reason=node.reason, since=at - 170)
        for node in nodes
        if node.health in (Health.UNKNOWN, Health.STALE, Health.UNTRUSTED)
    ]
    return tuple(sorted(bad, key=lambda finding: -finding.health.rank))


def event(node: str, text: str, *, at: float = NOON - 30, kind: str = "state", count: int = 1) -> EventView:
    """Something that happened."""
    said = Event(at=at, node=node, kind=kind, severity=Severity.CRIT, text=text)
    return EventView(event=said, first_at=at - 60, count=count)


@cache
def east(racks: int = 16, hosts: int = 4) -> Snapshot:
    """Racks of hosts on eight rails of leaves and four spines, with a fault of every sort."""
    peers: dict[str, str] = {}
    for number in range(racks * hosts):
        name = f"gpu{number // hosts:02}-{number % hosts:02}"
        for rail in range(8):
            peers[f"{name}/mlx5_{rail}/1"] = f"leaf{rail:02}/{number + 1}"
    flap = "gpu03-02/mlx5_5/1"
    slow = "gpu02-01/mlx5_3/1"
    different = {
        flap: port(
            flap,
            Health.CRIT,
            peer=peers.get(flap),
            reason="flapping: 4 downs in 10 min",
            counters=dict.fromkeys(QUIET, 0) | {"symbol_error": 65535, "link_downed": 4, "port_rcv_errors": 12},
            rates=dict.fromkeys(QUIET[1:], 0.0) | {"link_downed": 4 / 600, "port_rcv_errors": 0.2},
            marks={"symbol_error": Mark.SATURATED},
        ),
        slow: port(
            slow,
            Health.WARN,
            peer=peers.get(slow),
            reason="2.9 symbol errors/min, limit 1/h",
            counters=dict.fromkeys(QUIET, 0) | {"symbol_error": 410},
            rates=dict.fromkeys(QUIET, 0.0) | {"symbol_error": 0.048, "port_xmit_wait": 4.2e6},
        ),
        "gpu05-00/mlx5_7/1": port("gpu05-00/mlx5_7/1", Health.DOWN, peer="leaf07/21", reason="down, phys Polling"),
        "gpu06-03/mlx5_1/1": port("gpu06-03/mlx5_1/1", Health.DEGRADED, peer="leaf01/28", reason="200 of 400 Gb/s"),
        "gpu07-02/mlx5_2/1": port("gpu07-02/mlx5_2/1", Health.MISSING, peer=None, reason="expected 8 HCAs, 7 there"),
        "gpu08-01/mlx5_4/1": port(
            "gpu08-01/mlx5_4/1", Health.CONGESTED, peer="leaf04/34", reason="waits 31 % of the time"
        ),
    }
    sick = "gpu02-01/gpu3/nvl7"
    links = {
        sick: nvlink(
            sick,
            Health.WARN,
            reason="recovery +3 in 21 min (505 ever)",
            counters={"replay": 8, "recovery": 505, "crc": 0},
            rates={"replay": 0.0, "recovery": 3 / 1260, "crc": 0.0},
        ),
        "gpu09-00/gpu6/nvl2": nvlink(
            "gpu09-00/gpu6/nvl2",
            Health.CRIT,
            reason="inactive, Xid 74 at 11:58",
            state=NvlinkState(state="inactive", speed_gbs=None),
        ),
    }
    nodes: list[NodeView] = []
    for rack in range(racks):
        for place in range(hosts):
            name = f"gpu{rack:02}-{place:02}"
            if (rack, place) == (4, 1):
                nodes.append(silent(name, f"r{rack:02}"))
                continue
            made = host(name, f"r{rack:02}", ports=different, nvlinks=links, peers=peers)
            if (rack, place) == (10, 3):
                made = replace(
                    made,
                    health=Health.STALE,
                    reason="no answer for 14 s, every 5 s",
                    age_s=14.0,
                    error="timed out",
                    ports=tuple(replace(p, health=Health.STALE, age_s=14.0) for p in made.ports),
                )
            nodes.append(made)
    for rail in range(8):
        ends = [f"gpu{n // hosts:02}-{n % hosts:02}/mlx5_{rail}/1" for n in range(racks * hosts)]
        bad = {"p15": Health.CRIT} if rail == 5 and len(ends) > 15 else {}
        nodes.append(switch(f"leaf{rail:02}", [*ends, *(f"spine{s:02}/{rail + 1}" for s in range(4)), None], **bad))
    nodes += [switch(f"spine{s:02}", [f"leaf{rail:02}/{racks * hosts + s + 1}" for rail in range(8)]) for s in range(4)]
    events = (
        event("gpu03-02", "mlx5_5 port 1: link down", at=NOON - 9, count=4),
        event("gpu09-00", "Xid 74 gpu6: NVLink error, link 2 inactive", at=NOON - 120, kind="xid"),
        event("gpu02-01", "Xid 149 gpu3: link 7, nonfatal recovery", at=NOON - 148, kind="xid", count=3),
        event("leaf05", "port 15 went down", at=NOON - 170),
    )
    return snapshot(nodes, events=events, rows={f"r{n:02}": "ab"[n // 8 % 2] for n in range(racks)})


@dataclass
class Still:
    """A picture that shows what it is given."""

    now: Snapshot

    def steps(self, now: float) -> Iterator[Step]:
        """All of it at once."""
        yield self.snapshot(now)

    def snapshot(self, now: float) -> Snapshot:
        """The one it holds, whatever the time."""
        return self.now

    def series(self, end: str, counter: str) -> Series:
        """A burst on whatever grows; flat elsewhere."""
        rising = [0.0, 0.0, 1.0, 0.0, 3.0, 9.0, 27.0, 12.0, 4.0, None, 2.0, 0.0]
        bad = end == "gpu03-02/mlx5_5/1"
        return Series(
            at=[self.now.at - 5.0 * step for step in range(12, 0, -1)],
            growth=rising if bad else [0.0] * 12,
        )
