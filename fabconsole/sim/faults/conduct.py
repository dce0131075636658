"""Hosts that misbehave towards who asks them: frozen, cut off, flooding, hostile. Their links and GPUs are well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults.hosts import Bout, read_bout
from fabconsole.sim.manner import Manner
from fabconsole.sim.misconduct import LATE_S
from fabconsole.sim.wiring import Wiring

_SHOWS: Mapping[str, tuple[Manner, str]] = {
    "frozen-host": (Manner.FROZEN, "stale, then unknown"),
    "cut-host": (Manner.CUT, "stale, then unknown: no packet gets through"),
    "refusing-host": (Manner.REFUSING, "connection refused: sshd is gone"),
    "locked-account": (Manner.LOCKED, "lets nobody in: the account is locked there"),
    "changed-host-key": (Manner.REKEYED, "UNTRUSTED: another host key than the known one"),
    "late-host": (Manner.LATE, "answers seconds late"),
    "trickling-host": (Manner.TRICKLING, "says one byte a second"),
    "flooding-host": (Manner.FLOODING, "its answers do not end"),
    "noisy-host": (Manner.NOISY, "talks unasked, without end"),
    "unclosing-host": (Manner.UNCLOSING, "never says that a command has ended"),
    "breaking-host": (Manner.BREAKING, "breaks off in the middle of its answers"),
    "garbling-host": (Manner.GARBLING, "its answers are garbled"),
    "forging-host": (Manner.FORGING, "forges ends of answers in its answers, and is read right all the same"),
}
"""The word of a scenario to what the host does, and what shows of it."""


@dataclass(frozen=True, slots=True)
class Misconduct:
    """Some hosts have one manner for a while."""

    bout: Bout
    manner: Manner
    shows: str
    late_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return self.bout.clue(self.shows)._replace(shows=self.manner is not Manner.FORGING)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        there = False
        for host, spells in self.bout.of(wiring, dice):
            there = True
            effects.behave(host, self.manner, spells)
            if self.manner is Manner.LATE:
                effects.lateness[host] = self.late_s
        return there


def _misconduct(manner: Manner, shows: str, section: Section) -> Misconduct:
    late_s = section.seconds("by", LATE_S) if manner is Manner.LATE else 0.0
    return Misconduct(read_bout(section), manner, shows, late_s)


FAULTS = {word: partial(_misconduct, manner, shows) for word, (manner, shows) in _SHOWS.items()}
