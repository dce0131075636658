"""How large a fabric must be to have the place of every fault of a scenario."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from fabconsole.sim.effects import Effects
from fabconsole.sim.faults import Fault
from fabconsole.sim.wiring import HOSTS_A_SUBNET, MOST_NODES, Wiring, wired

_SMALLEST = 32


def missing(faults: Sequence[Fault], subnets: Sequence[Wiring]) -> list[Fault]:
    """Those whose place this fabric has not got."""
    return [fault for fault in faults if not any(_befalls(fault, subnet) for subnet in subnets)]


def least_nodes(faults: Sequence[Fault], most_nodes: int = MOST_NODES) -> int | None:
    """How many nodes it takes; None where no fabric has all the places. What one has, every larger one has too.

    `most_nodes` are whole subnets.
    """
    sizes = range(1, HOSTS_A_SUBNET + 1)
    lacking = list(faults)
    for subnet in range(most_nodes // HOSTS_A_SUBNET):

        def has(nodes: int, subnet: int = subnet, sought: Sequence[Fault] = lacking) -> bool:
            return not missing(sought, [_probed(nodes, subnet)])

        enough = _SMALLEST
        while enough < HOSTS_A_SUBNET and not has(enough):
            enough *= 2
        if has(enough):
            return subnet * HOSTS_A_SUBNET + sizes[bisect_left(sizes, True, hi=enough - 1, key=has)]
        lacking = missing(lacking, [_probed(enough, subnet)])
    return None


def _befalls(fault: Fault, subnet: Wiring) -> bool:
    return fault.befall(subnet, Effects(), Random(0))


@lru_cache(maxsize=16)
def _probed(nodes: int, subnet: int) -> Wiring:
    """Scenarios are asked for one after the other, and small fabrics have the places of most."""
    return wired(nodes, 0, subnet)
