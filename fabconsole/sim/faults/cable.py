"""Cables and modules: a link that flaps, errs, trains too low, is congested or counted to the end long ago.

The kernel says nothing of any of this: mlx5 tells of a link that goes down or up on Ethernet only.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from fabconsole.fabric.counters import known
from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.course import Growth, Spells
from fabconsole.sim.effects import SPEEDS, Effects, Speed, once
from fabconsole.sim.fabric import COLUMNS
from fabconsole.sim.faults.places import far_end, read_end, read_start
from fabconsole.sim.wiring import End, Wiring

_MOST_FLAPS = 1000
_CONGESTED_PER_S = 1.5e6
"""Ticks of waiting: thirty times what the busiest healthy port waits, and half an hour until the counter is full."""


@dataclass(frozen=True, slots=True)
class FlappingCable:
    """The link goes down and comes back, again and again; both ends count it, and symbol errors around it."""

    on: End
    at: float
    every_s: float
    down_s: float
    times: int

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(self.at, f"{self.on.node}/{self.on.port}", "down and up again, at both ends: the cable")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        link = wiring.link_of.get(self.on)
        if link is None:
            return False
        starts = [self.at + flap * self.every_s + dice.uniform(0, 0.2) * self.every_s for flap in range(self.times)]
        spells = Spells((start, start + self.down_s) for start in starts)
        effects.take_down(link, spells)
        for end in (self.on, far_end(wiring, self.on)):
            errors = tuple((start, dice.randrange(15, 90)) for start in starts)
            received = tuple((start, dice.randrange(1, 9)) for start in starts)
            effects.grow(end, Growth("symbol_error", self.at, steps=errors))
            effects.grow(end, Growth("port_rcv_errors", self.at, steps=received))
        return True


@dataclass(frozen=True, slots=True)
class SymbolErrors:
    """One receiver gets bits wrong: its own end counts them, the far end is clean."""

    on: End
    at: float
    per_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(self.at, f"{self.on.node}/{self.on.port}", "receives bad symbols, its far end is clean")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        if self.on not in wiring.link_of:
            return False
        effects.grow(self.on, Growth("symbol_error", self.at, per_s=self.per_s))
        effects.grow(self.on, Growth("port_rcv_errors", self.at, per_s=self.per_s / 12))
        return True


@dataclass(frozen=True, slots=True)
class SlowLink:
    """The link goes down once and comes back trained to less."""

    on: End
    at: float
    speed: Speed

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(
            self.at, f"{self.on.node}/{self.on.port}", f"DEGRADED, at {self.speed.gbps} Gb/s {self.speed.width}X"
        )

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        link = wiring.link_of.get(self.on)
        if link is None:
            return False
        effects.slow[link] = (self.at, self.speed)
        if self.at > 0:
            effects.take_down(link, once(self.at, self.at + 2.0))
        return True


@dataclass(frozen=True, slots=True)
class Congestion:
    """What this end wants to send finds no credits: it waits, and drops what waits too long. No errors."""

    on: End
    at: float
    discards_per_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return Clue(self.at, f"{self.on.node}/{self.on.port}", "CONGESTED: waits, discards, and no errors")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        if self.on not in wiring.link_of:
            return False
        effects.grow(self.on, Growth("port_xmit_wait", self.at, per_s=_CONGESTED_PER_S))
        effects.grow(self.on, Growth("port_xmit_discards", self.at, per_s=self.discards_per_s))
        return True


@dataclass(frozen=True, slots=True)
class OldErrors:
    """A counter that has long held this much, so much perhaps that it has stopped counting."""

    on: End
    counter: str
    count: int

    def clue(self) -> Clue:
        """See `Fault`."""
        counter = known(self.counter)
        full = not counter.wraps and self.count in {counter.maximum(width) for width in counter.bits}
        how = "saturated" if full else f"at {self.count:,}"
        return Clue(-1.0, f"{self.on.node}/{self.on.port}", f"{self.counter} {how}, not growing")

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        if self.on not in wiring.link_of:
            return False
        effects.grow(self.on, Growth(self.counter, -1.0, steps=((-1.0, self.count),)))
        return True


def _flapping(section: Section) -> FlappingCable:
    every_s = section.seconds("every", 15.0, least=1)
    down_s = section.seconds("down", 4.0, least=0.1)
    if down_s >= every_s:
        section.wrong("is not less than every: the link would never be up", "down")
    times = section.integer("times", _MOST_FLAPS, least=1, most=_MOST_FLAPS)
    return FlappingCable(read_end(section), read_start(section), every_s, down_s, times)


def _symbol_errors(section: Section) -> SymbolErrors:
    return SymbolErrors(read_end(section), read_start(section), section.number("per_s", 4.0, least=0.001))


def _slow_link(section: Section) -> SlowLink:
    speed = section.choice("speed", tuple(SPEEDS), "HDR")
    return SlowLink(read_end(section), read_start(section), SPEEDS[speed])


def _congestion(section: Section) -> Congestion:
    return Congestion(read_end(section), read_start(section), section.number("discards_per_s", 20.0, least=0))


def _old_errors(section: Section) -> OldErrors:
    section.require("counter", "count")
    counter = section.choice("counter", COLUMNS, "link_downed")
    return OldErrors(read_end(section), counter, section.integer("count", 0, least=1))


FAULTS = {
    "flapping-cable": _flapping,
    "symbol-errors": _symbol_errors,
    "slow-link": _slow_link,
    "congestion": _congestion,
    "old-errors": _old_errors,
}
