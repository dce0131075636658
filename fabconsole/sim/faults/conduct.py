"""Hosts that misbehave towards who asks them: frozen, cut off, flooding, hostile. Their links and GPUs are well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from random import Random

from fabconsole.fabric.document import Section
from fabconsole.sim.adornment import ADORNMENT
from fabconsole.sim.clue import Clue
from fabconsole.sim.effects import Effects, Message
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
    "unclosing-host": (Manner.UNCLOSING, "d: no command ends there; what is asked is answered"),
    "breaking-host": (Manner.BREAKING, "breaks off in the middle of its answers"),
    "garbling-host": (Manner.GARBLING, "its answers are garbled"),
    "forging-host": (Manner.FORGING, "forges ends and beginnings of answers: none is taken for one"),
    "unreadable-log": (Manner.NO_LOG, "its kernel log may not be read"),
    "no-umad": (Manner.NO_UMAD, "may not open umad: in-band, another host takes over"),
    "full-disk": (Manner.FULL_DISK, "its disk is full: every question is answered, mlxlink is not"),
    "hostile-names": (Manner.ADORNED, "escapes and markup in every name it tells, none is obeyed"),
}
"""The word of a scenario to what the host does, and what shows of it."""
_HARMLESS = (Manner.FORGING, Manner.UNCLOSING, Manner.FULL_DISK)
_HOSTILE = f"NVRM: Xid (PCI:{{bus}}): 31, pid=21840, name={ADORNMENT}, Ch 00000028, intr 00000000. MMU Fault"
"""A process may call itself anything."""


@dataclass(frozen=True, slots=True)
class Misconduct:
    """Some hosts have one manner for a while."""

    bout: Bout
    manner: Manner
    shows: str
    late_s: float

    def clue(self) -> Clue:
        """See `Fault`."""
        return self.bout.clue(self.shows)._replace(shows=self.manner not in _HARMLESS)

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """See `Fault`."""
        there = False
        for host, spells in self.bout.of(wiring, dice):
            there = True
            effects.behave(host, self.manner, spells)
            if self.manner is Manner.LATE:
                effects.lateness[host] = self.late_s
            if self.manner is Manner.ADORNED:
                effects.say(host, Message(spells.spells[0][0], _HOSTILE.format(bus=wiring.host[host].gpus[0].bus)))
        return there


def _misconduct(manner: Manner, shows: str, section: Section) -> Misconduct:
    late_s = section.seconds("by", LATE_S) if manner is Manner.LATE else 0.0
    return Misconduct(read_bout(section), manner, shows, late_s)


FAULTS = {word: partial(_misconduct, manner, shows) for word, (manner, shows) in _SHOWS.items()}
