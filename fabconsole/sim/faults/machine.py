"""Machines: a switch that dies, an HCA that falls off its bus, a tool that hangs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import FOREVER
from fabconsole.sim.effects import Effects, Hung, Message, once
from fabconsole.sim.faults.hosts import Bout, read_bout
from fabconsole.sim.faults.places import read_hca, read_start, read_switch
from fabconsole.sim.wiring import End, Wiring

_HCA_NAME = re.compile(r"mlx5_(?:[89]|[1-9]\d)")
TOOLS = ("nvidia-smi",)
"""What can hang."""


@dataclass(frozen=True, slots=True)
class DeadSwitch:
    """A switch is gone: from the subnet, and so is every link of it."""

    on: str
    at: float
    until: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(self.at, self.on, "MISSING, and every link to it is down", self.until)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        switch = wiring.switch.get(self.on)
        if switch is None:
            return False
        gone = once(self.at, self.until)
        effects.kill(self.on, gone)
        for link in switch.links.values():
            # Links come back one after the other while the switch boots.
            effects.take_down(link, once(self.at, self.until + dice.uniform(0, 3)))
        return True


@dataclass(frozen=True, slots=True)
class LostHca:
    """An HCA falls off the PCIe bus: its directory is gone, its link is down, its root port says why."""

    on: End
    at: float
    until: float
    back_as: str | None
    """Its name afterwards, where it gets another one."""

    def clue(self) -> Clue:
        """See `Fault`."""
        what = "MISSING: off its PCIe bus; its far end is down"
        back = f"{what}; then back as {self.back_as}" if self.back_as else what
        return Clue(self.at, f"{self.on.node}/{self.on.port}", back, self.until)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        host = wiring.host.get(self.on.node)
        if host is None:
            return False
        hca = next(hca for hca in host.hcas if hca.name == self.on.port)
        effects.lose(self.on, once(self.at, self.until))
        if self.back_as is not None:
            effects.renamed[self.on] = (self.until, self.back_as)
        effects.take_down(hca.link, once(self.at, self.until + 2.0))
        root = f"pcieport {hca.pci.rpartition(':')[0][:-1]}0:01.0"
        effects.say(
            host.name,
            Message(self.at, f"{root}: DPC: containment event, status:0x1f01 source:0x0000", 4),
            Message(
                self.at,
                f"{root}: PCIe Bus Error: severity=Uncorrected (Fatal), type=Inaccessible, (Unregistered Agent ID)",
                3,
            ),
            Message(self.at + 1.4, f"mlx5_core {hca.pci}: poll_health:800:(pid 0): Fatal error 1 detected", 3),
        )
        return True


@dataclass(frozen=True, slots=True)
class HungTool:
    """A tool that does not come back until it is killed; or in D state, where no signal reaches it."""

    bout: Bout
    tool: str
    unkillable: bool

    def clue(self) -> Clue:
        """See `Fault`."""
        if self.unkillable:
            return self.bout.clue(f"{self.tool} is in D state: stuck, and not started again; all else is read")
        return self.bout.clue(f"{self.tool} does not come back, all else is read")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        there = False
        for host, spells in self.bout.of(wiring, dice):
            there = True
            effects.hung[host, self.tool] = Hung(spells, self.unkillable)
        return there


def _end_of(section: Section, at: float) -> float:
    lasts = section.seconds("lasts", None)
    return FOREVER if lasts is None else at + lasts


def _dead_switch(section: Section) -> DeadSwitch:
    at = read_start(section)
    return DeadSwitch(read_switch(section), at, _end_of(section, at))


def _lost_hca(section: Section) -> LostHca:
    at = read_start(section)
    until = _end_of(section, at)
    back_as = section.read("back_as", "a name such as mlx5_8", _hca_name, None)
    if back_as is not None and until == FOREVER:
        section.wrong("needs `lasts`: it would never be back", "back_as")
    return LostHca(read_hca(section), at, until, back_as)


def _hca_name(text: str) -> str:
    if not _HCA_NAME.fullmatch(text):
        raise ValueError(f"{text!r} is no name such as mlx5_8")
    return text


def _hung_tool(section: Section) -> HungTool:
    tool = section.choice("tool", TOOLS, TOOLS[0])
    return HungTool(read_bout(section), tool, unkillable=section.flag("unkillable", default=False))


FAULTS = {"dead-switch": _dead_switch, "lost-hca": _lost_hca, "hung-tool": _hung_tool}
