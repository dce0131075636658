"""Counters that somebody has cleared: of a port, of a host, of a switch, of everything."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults.hosts import read_times
from fabconsole.sim.faults.places import EVERYWHERE, read_any
from fabconsole.sim.wiring import End, Wiring


@dataclass(frozen=True, slots=True)
class Cleared:
    """`perfquery -R` or `ibclearcounters`, by somebody else: what was counted is gone, and is no new error."""

    on: str
    times: tuple[float, ...]

    def clue(self) -> Clue:
        """See `Fault`."""
        again = ", again and again" if len(self.times) > 1 else ""
        return Clue(self.times[0], self.on, f"counters cleared{again}: reset, not well")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        ends: list[End | None] = [None]  # not one by one: there may be half a million
        if self.on != EVERYWHERE:
            ends = [end for link in wiring.links for end in link.ends if _is_at(end, self.on)]
        for end in ends:
            for at in self.times:
                effects.clear(end, at)
        return bool(ends)


def _is_at(end: End, place: str) -> bool:
    return place in (end.node, f"{end.node}/{end.port}")


def _cleared(section: Section) -> Cleared:
    return Cleared(read_any(section), read_times(section))


FAULTS = {"cleared-counters": _cleared}
