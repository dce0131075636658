"""How the leaves of a subnet hang together, by how many scalable units it has.

Up to 8 units every leaf (64 ports, 32 down, 32 up) reaches every spine: two tiers. More want a third: the leaves of
one rail, of up to 32 units, share as many spines, 32 ports down and 32 up; the spines that are k-th in their groups
share the k-th set of cores. NVIDIA's DGX SuperPOD reference architecture counts the same: 32 units have 256 leaves,
256 spines and 128 cores, 64 have 512, 512 and 256.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

RAILS = 8
SWITCH_PORTS, UPLINKS = 64, 32
_UNITS_OF_TWO_TIERS, _UNITS_A_GROUP = 8, 32


class Trunk(NamedTuple):
    """A cable between two switches: the end nearer to the hosts first."""

    near: str
    near_port: int
    far: str
    far_port: int


@dataclass(slots=True)
class Tiers:
    """The switches of a subnet and the cables between them."""

    leaves: list[str]
    spines: list[str]
    cores: list[str] = field(default_factory=list)
    trunks: list[Trunk] = field(default_factory=list)


def leaf_name(unit: int, rail: int) -> str:
    """The leaf of a rail in a unit: `leaf09` is that of rail 0 in unit 1."""
    return _name("leaf", unit * RAILS + rail)


def tiers(units: int, first_unit: int = 0) -> Tiers:
    """Of `units` scalable units; the fabric's `first_unit` of them are in other subnets, and so are their switches."""
    leaves = [leaf_name(first_unit + unit, rail) for unit in range(units) for rail in range(RAILS)]
    if units <= _UNITS_OF_TWO_TIERS:
        spines = [_name("spine", first_unit * RAILS + number) for number in range(len(leaves) // 2)]
        return Tiers(leaves, spines, trunks=_spread(leaves, spines))
    return _three(units, first_unit, leaves)


def _three(units: int, first_unit: int, leaves: list[str]) -> Tiers:
    spines = [_name("spine", first_unit * RAILS + number) for number in range(len(leaves))]
    made = Tiers(leaves, spines)
    groups: list[list[str]] = []
    for block in range(0, units, _UNITS_A_GROUP):
        of_block = range(block, min(block + _UNITS_A_GROUP, units))
        for rail in range(RAILS):
            first = block * RAILS + rail * len(of_block)
            group = spines[first : first + len(of_block)]
            made.trunks += _spread([leaf_name(first_unit + unit, rail) for unit in of_block], group)
            groups.append(group)
    for place in range(max(map(len, groups))):
        alike = [group[place] for group in groups if place < len(group)]
        first = first_unit * RAILS // 2 + len(made.cores)
        cores = [_name("core", first + number) for number in range(len(alike) // 2)]
        made.trunks += _spread(alike, cores)
        made.cores += cores
    return made


def _spread(lower: list[str], upper: list[str]) -> list[Trunk]:
    """Every uplink of `lower`, in turn to each of `upper`."""
    taken = dict.fromkeys(upper, 0)
    trunks = []
    for number, near in enumerate(lower):
        for uplink in range(UPLINKS):
            far = upper[(number * UPLINKS + uplink) % len(upper)]
            taken[far] += 1
            trunks.append(Trunk(near, SWITCH_PORTS - UPLINKS + uplink + 1, far, taken[far]))
    return trunks


def _name(tier: str, number: int) -> str:
    return f"{tier}{number + 1:02d}"
