"""Slow decline: a link whose bit errors double and double, then recovers, then flaps, then is dead."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import FOREVER, Growth, Spells
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults.places import far_end, read_end, read_start
from fabconsole.sim.wiring import End, Wiring

_STEP_S = 2.0
_FIRST_PER_S, _DOUBLINGS = 0.2, 10
_RECOVERS, _FLAPS = 0.5, 0.8
"""Shares of the way after which the link trains anew now and then, and goes down for seconds."""
_FLAP_EVERY_S, _FLAP_S = 12.0, 2.5


@dataclass(frozen=True, slots=True)
class Decline:
    """One receiver hears worse and worse: symbol errors, then recoveries, then flaps, then nothing."""

    on: End
    at: float
    over_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        dies = f"symbol errors that double, then recoveries, then flaps; dead after {self.over_s:g} s"
        return Clue(self.at, f"{self.on.node}/{self.on.port}", dies)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        link = wiring.link_of.get(self.on)
        if link is None:
            return False
        effects.grow(self.on, Growth("symbol_error", self.at, steps=tuple(self._errors())))
        recovers = tuple((when, 1) for when in self._times(_RECOVERS, _FLAP_EVERY_S / 3, dice))
        for end in (self.on, far_end(wiring, self.on)):
            effects.grow(end, Growth("link_error_recovery", self.at, steps=recovers))
        effects.grow(self.on, Growth("port_rcv_errors", self.at, steps=tuple((when, 7) for when, _ in recovers)))
        flaps = [(when, when + _FLAP_S) for when in self._times(_FLAPS, _FLAP_EVERY_S, dice)]
        effects.take_down(link, Spells([*flaps, (self.at + self.over_s, FOREVER)]))
        return True

    def _errors(self) -> list[tuple[float, int]]:
        steps, carried = [], 0.0
        for step in range(int(self.over_s / _STEP_S)):
            carried += _FIRST_PER_S * _STEP_S * 2 ** (_DOUBLINGS * step * _STEP_S / self.over_s)
            steps.append((self.at + step * _STEP_S, int(carried)))
            carried -= int(carried)
        return steps

    def _times(self, share: float, every_s: float, dice: Random) -> list[float]:
        """About every `every_s` seconds from `share` of the way on, to its end."""
        times, when = [], self.at + share * self.over_s
        while when < self.at + self.over_s:
            times.append(when)
            when += every_s * dice.uniform(0.8, 1.2)
        return times


def _decline(section: Section) -> Decline:
    return Decline(read_end(section), read_start(section), section.seconds("over", 180.0, least=20))


FAULTS = {"declining-cable": _decline}
