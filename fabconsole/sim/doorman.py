"""Keeps the doors of hosts that misbehave: who is let in, who is thrown out, who is not heard, at its time."""

from __future__ import annotations

import asyncio
import math
from typing import Protocol

from fabconsole.sim.gate import Gate, Passage
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import PARTING, Manner


class Doors(Protocol):
    """Everybody who is connected to one host."""

    def turn_deaf(self) -> None:
        """Read nothing more of them."""

    def listen_again(self) -> None:
        """Read what they have said meanwhile."""

    def hang_up(self) -> None:
        """End every connection."""


class Doorman:
    """Of one host. Looks at the host's manners whenever one of them begins or ends."""

    def __init__(self, machine: Machine, gate: Gate | None, doors: Doors) -> None:
        """Without a gate of its own the host is dialled where all are, and is never in a `GATED` manner."""
        self._machine = machine
        self._gate = gate
        self._doors = doors
        self._was: set[Manner] | None = None
        """None: nobody has come yet, and the gate was opened as is right now."""
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Arrange what is so now, then sleep until the next change."""
        machine = self._machine
        now = machine.now()
        is_ = {manner for manner in machine.manners if machine.behaves(manner)}
        was = is_ if self._was is None else self._was
        self._was = is_
        if (is_ - was).intersection(PARTING):
            self._doors.hang_up()
        if machine.silent_until() is not None:
            self._doors.turn_deaf()
        else:
            self._doors.listen_again()
        if self._gate is not None:
            self._gate.turn(_passage(is_), again=Manner.REKEYED in is_ ^ was)
        next_ = min((spells.next_change(now) for spells in machine.manners.values()), default=math.inf)
        if math.isfinite(next_):
            # A millisecond late, so that it is surely so by then.
            self._timer = asyncio.get_running_loop().call_later(max(0.0, next_ - machine.now()) + 0.001, self.begin)

    def end(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()


def _passage(manners: set[Manner]) -> Passage:
    if Manner.REFUSING in manners:
        return Passage.SHUT
    return Passage.CHOKED if Manner.CUT in manners else Passage.OPEN
