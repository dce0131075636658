"""Faults of all kinds at places and times that the dice choose, each over after a while: what a soak lives through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import Spells
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults import Fault
from fabconsole.sim.faults.cable import FlappingCable
from fabconsole.sim.faults.conduct import Misconduct
from fabconsole.sim.faults.counters import Cleared
from fabconsole.sim.faults.domain import HotSwitch, PowerLoss
from fabconsole.sim.faults.gpu import Xid
from fabconsole.sim.faults.hosts import Bout, Hosts
from fabconsole.sim.faults.machine import TOOLS, DeadSwitch, HungTool, LostHca
from fabconsole.sim.faults.places import EVERYWHERE, read_start
from fabconsole.sim.faults.reboot import JumpingClock, Reboot
from fabconsole.sim.manner import Manner
from fabconsole.sim.misconduct import LATE_S
from fabconsole.sim.wiring import End, Wiring, rack_name

_LEAST_S, _MOST_S = 15.0, 90.0
"""How long each lasts: a kernel alone takes twelve seconds."""
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when one of them is to be, as often as it is asked another one."""

    wiring: Wiring
    dice: Random
    at: float
    until: float

    def host(self) -> str:
        """Any."""
        return self.dice.choice(self.wiring.hosts).name

    def hca(self) -> End:
        """Any."""
        host = self.dice.choice(self.wiring.hosts)
        return End(host.name, self.dice.choice(host.hcas).name)

    def switch(self) -> str:
        """Any."""
        return self.dice.choice(self.wiring.switches).name

    def bout(self) -> Bout:
        """On any host."""
        return Bout(Hosts((self.host(),), 0.0), Spells([(self.at, self.until)]), 0.0)


_KINDS: tuple[Callable[[Place], Fault], ...] = (
    *(lambda place: Misconduct(place.bout(), place.dice.choice(list(Manner)), "", LATE_S) for _ in range(6)),
    lambda place: HungTool(place.bout(), TOOLS[0], unkillable=place.dice.random() < 0.5),
    lambda place: Reboot(place.bout()),
    lambda place: JumpingClock(place.bout(), place.dice.uniform(1, 7200)),
    lambda place: FlappingCable(place.hca(), place.at, every_s=8.0, down_s=3.0, times=place.dice.randrange(1, 6)),
    lambda place: LostHca(place.hca(), place.at, place.until, back_as=None),
    lambda place: DeadSwitch(place.switch(), place.at, place.until),
    lambda place: HotSwitch(place.switch(), place.at, place.until, discards_per_s=20.0),
    lambda place: PowerLoss(rack_name(place.dice.choice(place.wiring.hosts).index), place.at, place.until),
    lambda place: Xid(place.host(), place.dice.randrange(8), place.dice.choice((31, 48, 63, 94, 119)), place.at),
    lambda place: Cleared(place.dice.choice((place.host(), place.switch(), EVERYWHERE)), (place.at,)),
)


@dataclass(frozen=True, slots=True)
class Chaos:
    """So many faults a minute for so long, of every kind, on anything."""

    at: float
    over_s: float
    per_min: float

    def clue(self) -> Clue:
        """See `Fault`."""
        what = f"{self.per_min:g} faults a minute for {self.over_s / 60:g} min, of every kind, on anything"
        return Clue(self.at, EVERYWHERE, what)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        for _ in range(max(1, round(self.per_min * self.over_s / 60))):
            at = self.at + dice.uniform(0, self.over_s)
            place = Place(wiring, dice, at, at + dice.uniform(_LEAST_S, _MOST_S))
            dice.choice(_KINDS)(place).befall(wiring, effects, dice)
        return True


def _chaos(section: Section) -> Chaos:
    over_s = section.seconds("over", 1800.0)
    per_min = section.number("per_min", 12.0, least=0.01)
    if per_min * over_s / 60 > _MOST:
        section.wrong(f"is more than {_MOST:,} faults in all: write less, or a shorter `over`", "per_min")
        per_min = 1.0
    return Chaos(read_start(section), over_s, per_min)


FAULTS = {"chaos": _chaos}
