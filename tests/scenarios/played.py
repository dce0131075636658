"""A scenario played whole, in virtual time: the simulated hosts behind their SSH servers, the collector, the fold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from itertools import islice, zip_longest
from pathlib import Path
from random import Random

from virtual_time import VirtualLoop, run

from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.sim.effects import Effects, NvlinkId
from fabconsole.sim.fabric import Fabric
from fabconsole.sim.living import begin
from fabconsole.sim.wiring import End, Wiring
from fabconsole.state.fabric import FabricState
from fabconsole.state.snapshot import Snapshot
from fabconsole.stream.records import Record

BEGAN_AT = 1_790_000_000.0
SEED = 1
RHYTHMS = {"fast": "5s", "slow": "10s", "in_band": "20s", "timeout": "4s"}
BYSTANDERS = 3
"""Hosts without a fault that are polled as well."""


@dataclass
class Played:
    """What is known at an instant, and what is true then."""

    fabric: Fabric
    inventory: Inventory
    state: FabricState = field(default_factory=FabricState)
    began_at: float = 0.0
    now: float = 0.0
    """Seconds since the epoch."""
    heard: list[Record] = field(default_factory=list)
    """Since the last instant, in order."""

    @property
    def t(self) -> float:
        """Seconds since the scenario began."""
        return max(0.0, self.now - self.began_at)

    def snapshot(self) -> Snapshot:
        """What the console would show."""
        return self.state.snapshot(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is played: for so long, looked at so often, on a fabric of so many hosts."""

    scenario: str
    nodes: int = 64
    seconds: float
    every_s: float = 1.0


def play(piece: Piece, look: Callable[[Played], None], folder: Path) -> None:
    """Play a scenario, polling the hosts that it touches and a few more, and look at every instant."""
    run(lambda loop: _play(loop, piece, look, folder))


def clock_of(loop: VirtualLoop) -> Callable[[], float]:
    """Seconds since the epoch by the loop's time."""
    return lambda: BEGAN_AT + loop.time()


@asynccontextmanager
async def served(loop: VirtualLoop, folder: Path, *, nodes: int, scenario: str) -> AsyncIterator[tuple[Path, Fabric]]:
    """A fabric of one shard behind its servers, in the loop's time; gives its inventory and its state."""
    living = begin(folder, nodes=nodes, seed=SEED, scenario=scenario, rhythms=RHYTHMS, hosts_a_shard=nodes)
    shard = replace(living.shards[0], began=loop.time(), began_at=clock_of(loop)(), monotonic=loop.time)
    async with shard.served():
        yield living.inventory, shard.hosts[0][0]


async def _play(loop: VirtualLoop, piece: Piece, look: Callable[[Played], None], folder: Path) -> None:
    clock = clock_of(loop)
    async with served(loop, folder, nodes=piece.nodes, scenario=piece.scenario) as (path, fabric):
        polled = chosen(read_inventory(path, platforms=names()), touched(fabric.effects, fabric.wiring))
        played = Played(fabric, polled, began_at=clock())
        source = Collector(polled, read_thresholds(), clock=clock, monotonic=loop.time, random=Random(SEED))

        async def hear() -> None:
            async for batch in source.records():
                for record in batch:
                    played.state.apply(record)
                    played.heard.append(record)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hear())
            while played.t < piece.seconds:
                await asyncio.sleep(piece.every_s)
                played.now = clock()
                look(played)
                played.heard.clear()
            await source.aclose()


def chosen(inventory: Inventory, wanted: set[str]) -> Inventory:
    """The inventory with the wanted hosts, those of the in-band role and a few more."""
    others = [name for name, node in inventory.nodes.items() if name not in wanted and node.in_band is None]
    kept = wanted | {name for name, node in inventory.nodes.items() if node.in_band} | set(others[:BYSTANDERS])
    racks = tuple(replace(rack, nodes=tuple(name for name in rack.nodes if name in kept)) for rack in inventory.racks)
    return replace(
        inventory,
        racks=tuple(rack for rack in racks if rack.nodes),
        nodes={name: node for name, node in inventory.nodes.items() if name in kept},
    )


def touched(effects: Effects, wiring: Wiring, most: int = 12) -> set[str]:
    """Hosts that something of the scenario is on, or on the far end of: of every kind of effect some."""
    kinds = []
    for each in fields(effects):
        value = getattr(effects, each.name)
        places = value if isinstance(value, Mapping | Sequence | set) else ()
        kinds.append(dict.fromkeys(host for place in places for host in _hosts_at(place, wiring)))
    in_turn = (host for turn in zip_longest(*kinds) for host in turn if host is not None)
    return set(islice(dict.fromkeys(in_turn), most))


def _hosts_at(place: object, wiring: Wiring) -> Iterator[str]:
    match place:
        case int():
            ends = wiring.links[place].ends
            yield from (end.node for end in ends if end.node in wiring.host)
        case NvlinkId():
            yield place.host
        case End() | (str(), *_):
            if place[0] in wiring.host:
                yield place[0]
            elif isinstance(place, End) and (link := wiring.link_of.get(place)) is not None:
                yield from _hosts_at(link, wiring)
        case str() if place in wiring.host:
            yield place
        case _:
            return
