"""What the simulated fabric is made of: hosts in racks, leaves and spines, and which port hangs on which.

A rail-optimised fat tree as DGX SuperPOD's reference architecture draws it: a scalable unit is 32 hosts in 8 racks;
HCA i of each of them hangs on the leaf of rail i of that unit; every leaf (64 ports, 32 down, 32 up) reaches every
spine. All names, GUIDs and addresses follow from the number of hosts and the seed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

HOSTS_A_RACK, HOSTS_A_UNIT, RAILS = 4, 32, 8
SWITCH_PORTS, UPLINKS = 64, 32
NVLINKS = 18

_HCA_OUI, _SWITCH_OUI = 0x946DAE, 0xFC6A1C
_HCA_BUSES = (0x19, 0x3C, 0x4D, 0x5E, 0x9B, 0xBC, 0xCC, 0xDC)
_GPU_BUSES = (0x1B, 0x43, 0x52, 0x61, 0x9D, 0xC3, 0xD1, 0xDF)


class End(NamedTuple):
    """One end of a link: `gpu00-00`, `mlx5_3` of a host; `leaf01`, `7` of a switch."""

    node: str
    port: str


@dataclass(frozen=True, slots=True)
class Hca:
    """One HCA of a host; each has one port."""

    name: str
    guid: int
    """Node GUID, and port GUID too, as on ConnectX-7."""
    pci: str
    lid: int
    link: int
    """Number of its link."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU of a host."""

    index: int
    uuid: str
    pci: str
    serial: int


@dataclass(frozen=True, slots=True)
class Host:
    """One GPU host."""

    name: str
    index: int
    hcas: tuple[Hca, ...]
    gpus: tuple[Gpu, ...]
    boot_id: str
    machine_id: str
    uptime_s: float
    """When the simulation starts."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One unmanaged switch."""

    name: str
    guid: int
    lid: int
    links: Mapping[int, int]
    """Port number to link; a port without one was never cabled."""


@dataclass(frozen=True, slots=True)
class Link:
    """A cable: the end nearer to the hosts first."""

    near: End
    far: End

    @property
    def ends(self) -> tuple[End, End]:
        """Both, the nearer first."""
        return self.near, self.far


@dataclass(frozen=True)
class Wiring:
    """The whole fabric."""

    hosts: tuple[Host, ...]
    switches: tuple[Switch, ...]
    links: tuple[Link, ...]
    """Host links first, host by host: HCA i of host h has number 8 h + i."""

    @cached_property
    def host(self) -> Mapping[str, Host]:
        """By name."""
        return {host.name: host for host in self.hosts}

    @cached_property
    def switch(self) -> Mapping[str, Switch]:
        """By name."""
        return {switch.name: switch for switch in self.switches}

    @cached_property
    def link_of(self) -> Mapping[End, int]:
        """Either end to the number of its link."""
        return {end: number for number, link in enumerate(self.links) for end in (link.near, link.far)}


def host_name(index: int) -> str:
    """`gpu03-01`: the second host of rack 3."""
    return f"gpu{index // HOSTS_A_RACK:02d}-{index % HOSTS_A_RACK:02d}"


def rack_name(index: int) -> str:
    """The rack of host `index`."""
    return f"r{index // HOSTS_A_RACK:02d}"


def wired(nodes: int, seed: int) -> Wiring:
    """A fabric of `nodes` hosts. 64 hosts: 16 leaves, 8 spines, 1024 links."""
    units = -(-nodes // HOSTS_A_UNIT)
    leaves, spines = units * RAILS, units * RAILS // 2
    dice = Random(f"wiring {seed}")
    host_links = [
        Link(End(host_name(index), f"mlx5_{rail}"), End(_leaf(index // HOSTS_A_UNIT, rail), _down_port(index)))
        for index in range(nodes)
        for rail in range(RAILS)
    ]
    links = host_links + _trunks(leaves, spines)
    hosts = tuple(_host(index, dice, first_lid=1 + leaves + spines) for index in range(nodes))
    names = [f"spine{number + 1:02d}" for number in range(spines)] + [
        f"leaf{number + 1:02d}" for number in range(leaves)
    ]
    return Wiring(hosts=hosts, switches=_switches(names, links), links=tuple(links))


def _leaf(unit: int, rail: int) -> str:
    return f"leaf{unit * RAILS + rail + 1:02d}"


def _down_port(host: int) -> str:
    return str(host % HOSTS_A_UNIT + 1)


def _trunks(leaves: int, spines: int) -> list[Link]:
    taken = dict.fromkeys(range(spines), 0)
    trunks = []
    for leaf in range(leaves):
        for uplink in range(UPLINKS):
            spine = (leaf * UPLINKS + uplink) % spines
            taken[spine] += 1
            near = End(f"leaf{leaf + 1:02d}", str(SWITCH_PORTS - UPLINKS + uplink + 1))
            trunks.append(Link(near, End(f"spine{spine + 1:02d}", str(taken[spine]))))
    return trunks


def _switches(names: list[str], links: list[Link]) -> tuple[Switch, ...]:
    ports: dict[str, dict[int, int]] = {name: {} for name in names}
    for number, link in enumerate(links):
        for end in (link.near, link.far):
            if end.node in ports:
                ports[end.node][int(end.port)] = number
    return tuple(
        Switch(
            name=name,
            guid=_SWITCH_OUI << 40 | 0x0300 << 24 | (0xB00000 + 0x40 * number),
            lid=number + 1,
            links=ports[name],
        )
        for number, name in enumerate(names)
    )


def _host(index: int, dice: Random, first_lid: int) -> Host:
    return Host(
        name=host_name(index),
        index=index,
        hcas=tuple(
            Hca(
                name=f"mlx5_{rail}",
                guid=_HCA_OUI << 40 | 0x0300 << 24 | (0xC00000 + 16 * (RAILS * index + rail)),
                pci=f"0000:{bus:02x}:00.0",
                lid=first_lid + RAILS * index + rail,
                link=RAILS * index + rail,
            )
            for rail, bus in enumerate(_HCA_BUSES)
        ),
        gpus=tuple(
            Gpu(
                index=gpu,
                uuid=f"GPU-{uuid.UUID(int=dice.getrandbits(128), version=4)}",
                pci=f"0000:{bus:02x}:00.0",
                serial=1650000000000 + dice.randrange(10**9),
            )
            for gpu, bus in enumerate(_GPU_BUSES)
        ),
        boot_id=str(uuid.UUID(int=dice.getrandbits(128), version=4)),
        machine_id=f"{dice.getrandbits(128):032x}",
        uptime_s=round(dice.uniform(4, 60) * 86400, 2),
    )
