"""Reboots and clocks: a host that was told to restart, a clock that jumps there and back."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.effects import Effects, once
from fabconsole.sim.faults.hosts import Bout, read_bout
from fabconsole.sim.journal import HCA_AFTER_S, HCA_APART_S
from fabconsole.sim.manner import Manner
from fabconsole.sim.wiring import End, Host, Wiring

_LASTS_S = 60.0
KERNEL_S = 12.0
"""From the kernel's start to sshd's: the firmware takes the rest of a reboot."""
_TRAINS_S = 2.0


@dataclass(frozen=True, slots=True)
class Reboot:
    """Hosts go down in order and come back: another boot, counters at zero, HCAs one after the other."""

    bout: Bout

    def clue(self) -> Clue:
        """See `Fault`."""
        return self.bout.clue("reboots: refused for a while, then another boot, its counters from zero")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        there = False
        for name, spells in self.bout.of(wiring, dice):
            there = True
            effects.behave(name, Manner.REFUSING, spells)
            for start, end in spells.spells:
                restart(wiring.host[name], effects, start, max(start, end - KERNEL_S))
        return there


def restart(host: Host, effects: Effects, down: float, started: float) -> None:
    """A host's HCAs are gone from `down` on, its kernel starts anew, and they come back one after the other."""
    effects.boot(host.name, started)
    for number, hca in enumerate(host.hcas):
        end, probed = End(host.name, hca.name), started + HCA_AFTER_S + HCA_APART_S * number
        effects.lose(end, once(down, probed))
        effects.take_down(hca.link, once(down, probed + _TRAINS_S))
        effects.clear(end, probed)


@dataclass(frozen=True, slots=True)
class JumpingClock:
    """A host's clocks go ahead and come back: what it counted since cannot be told from what they say."""

    bout: Bout
    by_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return self.bout.clue(f"its clock is {self.by_s:g} s ahead, then is not; its counters count on")._replace(
            shows=False
        )

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        there = False
        for name, spells in self.bout.of(wiring, dice):
            there = True
            effects.jumps[name] = (spells, self.by_s)
        return there


def _reboot(section: Section) -> Reboot:
    bout = read_bout(section, lasts_s=_LASTS_S)
    if any(end - start <= KERNEL_S for start, end in bout.spells.spells):
        section.wrong(f"is too short: a kernel alone takes {KERNEL_S:g} s", "lasts")
    return Reboot(bout)


def _jumping(section: Section) -> JumpingClock:
    return JumpingClock(read_bout(section), section.seconds("by", 3600.0))


FAULTS = {"reboot": _reboot, "jumping-clock": _jumping}
