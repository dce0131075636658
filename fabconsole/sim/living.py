"""The simulated fabric, alive: wired, its scenario begun, cut into shards, each of which a process can serve."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fabconsole.sim.doorway import Doorway, open_doorway
from fabconsole.sim.fabric import Fabric
from fabconsole.sim.ground import Keys, lay_out
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import GATED
from fabconsole.sim.scenario import read_scenarios
from fabconsole.sim.server import Servers
from fabconsole.sim.wiring import Host, subnets

HOSTS_A_SHARD = 2048
"""One process answers so many at a demo's rhythms; each may hold several connections, a descriptor each."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Some hosts of the fabric, whose servers one process is. It knows their subnets' whole state at any time."""

    hosts: tuple[tuple[Fabric, Host], ...]
    """Each with the subnet it is in."""
    doorway: Doorway
    keys: Keys
    began: float
    """When the scenario began, by the clock that all processes of this machine have in common."""
    began_at: float
    """Since the epoch."""
    monotonic: Callable[[], float] = time.monotonic

    @property
    def name(self) -> str:
        """`gpu00-00 to gpu511-03`."""
        (_, first), (_, last) = self.hosts[0], self.hosts[-1]
        return f"{first.name} to {last.name}"

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Its servers are open. Raises OSError where an address is taken meanwhile."""
        servers = Servers()
        dialled = {self.doorway.addresses[host.name]: self._machine(fabric, host) for fabric, host in self.hosts}
        try:
            await servers.open(dialled, self.doorway.sock, self.keys.host, self.keys.client)
            yield
        finally:
            servers.close()
            self.doorway.close()

    def _machine(self, fabric: Fabric, host: Host) -> Machine:
        return Machine(fabric, host, now=self._now, began_at=self.began_at)

    def _now(self) -> float:
        return self.monotonic() - self.began


@dataclass(frozen=True, slots=True)
class Living:
    """The whole fabric, not yet served."""

    inventory: Path
    shards: tuple[Shard, ...]


def begin(
    folder: Path, *, nodes: int, seed: int, scenario: str, rhythms: Mapping[str, str], hosts_a_shard: int
) -> Living:
    """Wire a fabric of `nodes` hosts, and write into `folder` what one needs to reach it. Its clock starts now.

    Raises DocumentError or ResourceError where the scenario is wrong, SourceError where the fabric is too small for
    it, OSError where there are not enough addresses.
    """
    wirings = subnets(nodes, seed)
    befallen = read_scenarios(scenario).befall(wirings, seed)
    fabrics = [Fabric(*both, seed, number) for number, both in enumerate(zip(wirings, befallen, strict=True))]
    hosts = [(fabric, host) for fabric in fabrics for host in fabric.wiring.hosts]
    keys = Keys.new()
    began, began_at = time.monotonic(), time.time()
    shards = []
    for first in range(0, nodes, hosts_a_shard):
        of_it = tuple(hosts[first : first + hosts_a_shard])
        doorway = open_doorway([host for _, host in of_it], apart=_gated(fabrics))
        shards.append(Shard(of_it, doorway, keys, began, began_at))
    addresses = {name: address for shard in shards for name, address in shard.doorway.addresses.items()}
    inventory = lay_out(folder, wirings, addresses, keys, fabric=f"sim-{seed}", rhythms=rhythms)
    return Living(inventory, tuple(shards))


def _gated(fabrics: Iterable[Fabric]) -> set[str]:
    """Hosts that must listen for themselves, as their address is shut at times, or has another key."""
    return {
        host
        for fabric in fabrics
        for host, manners in fabric.effects.manners.items()
        if not manners.keys().isdisjoint(GATED)
    }
