"""What befalls many at once: a rack without power, a hot switch, an NVLink domain that one GPU tears down.

The words of Xid 144 to 150: NVIDIA's Xid catalogue, as the driver of NVLink 5 systems prints them.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import Growth
from fabconsole.sim.effects import Effects, Message, NvlinkId, once
from fabconsole.sim.faults.gpu import wants_reset
from fabconsole.sim.faults.hosts import read_spells
from fabconsole.sim.faults.places import far_end, read_nvlink, read_rack, read_start, read_switch
from fabconsole.sim.faults.reboot import KERNEL_S, restart
from fabconsole.sim.manner import Manner
from fabconsole.sim.wiring import HOSTS_A_RACK, NVLINKS, End, Gpu, Wiring, rack_name

_DOMAIN_HOSTS = 8
_SPREAD_S = 3.0
"""From the root's word to the last victim's."""
_CULPRIT_PER_S, _VICTIM_PER_S = 2e6, 8e5
"""Ticks of waiting: what is healthy waits fifty thousand at most."""
_STATUS = "0x00000000 0x00000000 0x00000000 0x00000000"


@dataclass(frozen=True, slots=True)
class PowerLoss:
    """A rack has no power: its hosts do not answer, and no leaf sees them."""

    on: str
    at: float
    until: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(self.at, self.on, "no power: its hosts are gone at once, their leaf ports down", self.until)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        hosts = [host for host in wiring.hosts if rack_name(host.index) == self.on]
        for host in hosts:
            effects.behave(host.name, Manner.CUT, once(self.at, self.until))
            restart(host, effects, self.at, self.until - KERNEL_S)
        return len(hosts) == HOSTS_A_RACK


@dataclass(frozen=True, slots=True)
class HotSwitch:
    """A switch that cannot pass on what it is sent: its ports wait and drop, whoever sends to it waits."""

    on: str
    at: float
    until: float
    discards_per_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        what = "CONGESTED: its ports wait and drop; those that send to it wait, and drop nothing"
        return Clue(self.at, self.on, what, self.until)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        switch = wiring.switch.get(self.on)
        if switch is None:
            return False
        for port in switch.links:
            own = End(self.on, str(port))
            waits = dice.uniform(0.6, 1.0)
            drops = self.discards_per_s * waits
            effects.grow(own, Growth("port_xmit_wait", self.at, per_s=_CULPRIT_PER_S * waits, until=self.until))
            effects.grow(own, Growth("port_xmit_discards", self.at, per_s=drops, until=self.until))
            victim = far_end(wiring, own)
            effects.grow(victim, Growth("port_xmit_wait", self.at, per_s=_VICTIM_PER_S * waits, until=self.until))
        return True


@dataclass(frozen=True, slots=True)
class XidBurst:
    """An NVLink of one GPU fails (149, Fatal), and every other GPU of its domain complains of it (145, Nonfatal)."""

    on: NvlinkId
    at: float

    def clue(self) -> Clue:
        """See `Fault`."""
        victims = _DOMAIN_HOSTS * 8 - 1
        return Clue(
            self.at,
            f"{self.on.host}/gpu{self.on.gpu}/nvl{self.on.link}",
            f"Xid 149, the root; 145 on {victims} others is its echo",
        )

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        root = wiring.host.get(self.on.host)
        if root is None:
            return False
        first = root.index - root.index % _DOMAIN_HOSTS - wiring.hosts[0].index
        hosts = wiring.hosts[first : first + _DOMAIN_HOSTS]
        for host in hosts:
            for gpu in host.gpus:
                if (host.name, gpu.index) == (self.on.host, self.on.gpu):
                    effects.say(host.name, *_root(gpu, self.on.link, self.at))
                else:
                    after_s = dice.uniform(0.05, _SPREAD_S)
                    effects.say(host.name, _echo(gpu, dice.randrange(NVLINKS), self.at + after_s))
        effects.break_off(self.on, once(self.at))
        return len(hosts) == _DOMAIN_HOSTS


def _root(gpu: Gpu, link: int, at: float) -> tuple[Message, ...]:
    said = f"149, NETIR_LINK_EVT Fatal XC0 i0 Link {link:02d} (0x004505c6 0x00000000 {_STATUS})"
    return Message(at, f"NVRM: Xid (PCI:{gpu.bus}): {said}"), wants_reset(gpu, at + 0.09)


def _echo(gpu: Gpu, link: int, at: float) -> Message:
    said = f"145, RLW_SRC_TRACK Nonfatal XC1 i0 Link {link:02d} (0x040988e2 0x00000008 {_STATUS})"
    return Message(at, f"NVRM: Xid (PCI:{gpu.bus}): {said}")


def _power(section: Section) -> PowerLoss:
    start, end = read_spells(section, lasts_s=300.0).spells[0]
    if end - start <= KERNEL_S:
        section.wrong(f"is too short: a kernel alone takes {KERNEL_S:g} s", "lasts")
    return PowerLoss(read_rack(section), start, end)


def _hot(section: Section) -> HotSwitch:
    start, end = read_spells(section).spells[0]
    return HotSwitch(read_switch(section), start, end, section.number("discards_per_s", 20.0, least=0))


def _burst(section: Section) -> XidBurst:
    return XidBurst(NvlinkId(*read_nvlink(section)), read_start(section))


FAULTS = {"rack-power": _power, "hot-switch": _hot, "xid-burst": _burst}
