"""The simulated fabric, alive: wired, its scenario begun, its servers open."""

from __future__ import annotations

import gc
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from fabconsole.sim.doorway import open_doorway
from fabconsole.sim.fabric import Fabric
from fabconsole.sim.ground import Keys, lay_out
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import GATED
from fabconsole.sim.scenario import read_scenario
from fabconsole.sim.scenarios import find_scenario
from fabconsole.sim.server import Servers, raise_descriptor_limit
from fabconsole.sim.wiring import wired


@asynccontextmanager
async def serve(
    folder: Path, *, nodes: int, seed: int, scenario: str, rhythms: Mapping[str, str]
) -> AsyncIterator[Path]:
    """Serve a fabric of `nodes` hosts; gives the path of its inventory, which is written into `folder`.

    The scenario's clock starts when all servers listen. Raises DocumentError or ResourceError where the scenario
    is wrong, SourceError where the fabric is too small for it, OSError where there are not enough addresses.
    """
    raise_descriptor_limit()
    wiring = wired(nodes, seed)
    plan = read_scenario(find_scenario(scenario))
    fabric = Fabric(wiring, plan.effects(wiring, seed), seed)
    keys = Keys.new()
    began, began_at = time.monotonic(), time.time()

    def now() -> float:
        return time.monotonic() - began

    machines = [Machine(fabric, host, now=now, began_at=began_at) for host in wiring.hosts]
    gated = {host for host, manners in fabric.effects.manners.items() if not manners.keys().isdisjoint(GATED)}
    doorway = open_doorway(wiring.hosts, apart=gated)
    servers = Servers()
    inventory = lay_out(
        folder,
        wiring,
        doorway.addresses,
        keys,
        fabric=f"sim-{seed}",
        rhythms=rhythms,
    )
    try:
        dialled = {doorway.addresses[machine.host.name]: machine for machine in machines}
        await servers.open(dialled, doorway.sock, keys.host, keys.client)
        gc.freeze()
        yield inventory
    finally:
        servers.close()
