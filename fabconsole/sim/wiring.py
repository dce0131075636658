"""What the simulated fabric is made of: hosts in racks, switches, and which port hangs on which.

A rail-optimised fat tree as DGX SuperPOD's reference architecture draws it: a scalable unit is 32 hosts in 8 racks;
HCA i of each of them hangs on the leaf of rail i of that unit; how the leaves hang together, `trunks` says. A subnet
has 64 units at most: more hosts have several subnets, as LIDs end at 49,151. All names, GUIDs and addresses follow
from the number of hosts and the seed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

from fabconsole.sim.trunks import RAILS as RAILS
from fabconsole.sim.trunks import SWITCH_PORTS as SWITCH_PORTS
from fabconsole.sim.trunks import leaf_name, tiers

HOSTS_A_RACK, HOSTS_A_UNIT, HOSTS_A_SUBNET = 4, 32, 2048
MOST_NODES = 16_384
"""The largest fabric that is laid out: 131,072 GPUs in eight subnets."""
NVLINKS = 18

_HCA_OUI, _SWITCH_OUI = 0x946DAE, 0xFC6A1C
_HCA_BUSES = (0x19, 0x3C, 0x4D, 0x5E, 0x9B, 0xBC, 0xCC, 0xDC)
_GPU_BUSES = (0x1B, 0x43, 0x52, 0x61, 0x9D, 0xC3, 0xD1, 0xDF)
_MOST_SWITCHES = 1280
"""Of a subnet."""


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

    @property
    def bus(self) -> str:
        """As NVIDIA's driver names it in the kernel log: its PCI address without the function."""
        return self.pci.removesuffix(".0")


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

    def other(self, end: End) -> End:
        """The end that is not `end`."""
        return self.far if end == self.near else self.near


@dataclass(frozen=True)
class Wiring:
    """One subnet: the whole fabric, unless that is very large."""

    hosts: tuple[Host, ...]
    switches: tuple[Switch, ...]
    links: tuple[Link, ...]
    """Host links first, host by host: HCA i of the subnet's h-th host has number 8 h + i."""

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


def subnets(nodes: int, seed: int) -> tuple[Wiring, ...]:
    """A fabric of `nodes` hosts, however many. 10,000 hosts: five subnets, 6,288 switches, 240,000 links."""
    return tuple(
        wired(min(HOSTS_A_SUBNET, nodes - first), seed, subnet)
        for subnet, first in enumerate(range(0, nodes, HOSTS_A_SUBNET))
    )


def wired(nodes: int, seed: int, subnet: int = 0) -> Wiring:
    """A subnet of up to 2,048 hosts, the fabric's first unless another is meant.

    64 hosts: 16 leaves, 8 spines, 1024 links.
    """
    first = subnet * HOSTS_A_SUBNET
    indices = range(first, first + nodes)
    dice = Random(f"wiring {seed} {subnet}" if subnet else f"wiring {seed}")
    made = tiers(-(-nodes // HOSTS_A_UNIT), first // HOSTS_A_UNIT)
    host_links = [
        Link(End(host_name(index), f"mlx5_{rail}"), End(leaf_name(index // HOSTS_A_UNIT, rail), _down_port(index)))
        for index in indices
        for rail in range(RAILS)
    ]
    trunks = [Link(End(one.near, str(one.near_port)), End(one.far, str(one.far_port))) for one in made.trunks]
    links = host_links + trunks
    names = made.spines + made.leaves + made.cores
    hosts = tuple(_host(index, dice, first, first_lid=1 + len(names)) for index in indices)
    return Wiring(hosts=hosts, switches=_switches(names, links, subnet), links=tuple(links))


def _down_port(host: int) -> str:
    return str(host % HOSTS_A_UNIT + 1)


def _switches(names: list[str], links: list[Link], subnet: int) -> tuple[Switch, ...]:
    ports: dict[str, dict[int, int]] = {name: {} for name in names}
    for number, link in enumerate(links):
        for end in (link.near, link.far):
            if end.node in ports:
                ports[end.node][int(end.port)] = number
    return tuple(
        Switch(
            name=name,
            guid=_SWITCH_OUI << 40 | 0x0300 << 24 | (0xB00000 + 0x40 * (_MOST_SWITCHES * subnet + number)),
            lid=number + 1,
            links=ports[name],
        )
        for number, name in enumerate(names)
    )


def _host(index: int, dice: Random, first: int, first_lid: int) -> Host:
    return Host(
        name=host_name(index),
        index=index,
        hcas=tuple(
            Hca(
                name=f"mlx5_{rail}",
                guid=_HCA_OUI << 40 | 0x0300 << 24 | (0xC00000 + 16 * (RAILS * index + rail)),
                pci=f"0000:{bus:02x}:00.0",
                lid=first_lid + RAILS * (index - first) + rail,
                link=RAILS * (index - first) + rail,
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
