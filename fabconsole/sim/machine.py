"""One simulated host: its place in the fabric, its clock, its dice, and what it has rendered already."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from random import Random
from typing import TypeVar

from fabconsole.sim.act import Stuck
from fabconsole.sim.adornment import adorned
from fabconsole.sim.clock import HostClock
from fabconsole.sim.course import FOREVER, Spells
from fabconsole.sim.fabric import Fabric
from fabconsole.sim.manner import SILENT, Manner
from fabconsole.sim.wiring import End, Hca, Host

T = TypeVar("T")
_FIRST_SESSION = 4242


class Machine:
    """What programs on one host may know."""

    def __init__(self, fabric: Fabric, host: Host, *, now: Callable[[], float], began_at: float) -> None:
        """`now` gives seconds since the simulation began, which was at `began_at` seconds since the epoch."""
        self.fabric = fabric
        self.host = host
        self.clock = HostClock(host, fabric.effects)
        self.now = now
        self.began_at = began_at
        self.dice = Random(f"machine {host.name}")
        self._sessions = _FIRST_SESSION
        self._kept: dict[int, float] = {}
        self._rendered: dict[Hashable, tuple[Hashable, object]] = {}

    @property
    def hcas(self) -> tuple[Hca, ...]:
        """The HCAs that are on the bus now, by the names that they have now."""
        fabric, host, t = self.fabric, self.host, self.now()
        if not fabric.effects.lost:
            return host.hcas
        there = tuple(hca for hca in host.hcas if not fabric.is_lost(End(host.name, hca.name), t))
        if not fabric.effects.renamed:
            return there
        named = (replace(hca, name=fabric.name_of(End(host.name, hca.name), t)) for hca in there)
        return tuple(sorted(named, key=lambda hca: hca.name))

    @property
    def uptime_s(self) -> float:
        """As /proc/uptime says it."""
        return self.clock.uptime_s(self.now())

    @property
    def boot_id(self) -> str:
        """As /proc says it."""
        return self.clock.boot_id(self.now())

    def wall(self, t: float) -> float:
        """Seconds since the epoch at `t`, by the host's clock."""
        return self.began_at + t + self.clock.ahead_s(t)

    @property
    def manners(self) -> Mapping[Manner, Spells]:
        """How it ever misbehaves, and when."""
        return self.fabric.effects.manners.get(self.host.name, {})

    def spells(self, manner: Manner) -> Spells | None:
        """When it has this manner; None where it never has."""
        return self.manners.get(manner)

    def behaves(self, manner: Manner) -> bool:
        """Whether it has this manner now."""
        spells = self.manners.get(manner)
        return spells is not None and spells.covers(self.now())

    def silent_until(self) -> float | None:
        """When it will read and say something again; None where it does now."""
        now = self.now()
        ends = [
            spells.until(now)
            for manner in SILENT
            if (spells := self.manners.get(manner)) is not None and spells.covers(now)
        ]
        return max(ends) if ends else None

    def tells(self, name: str) -> str:
        """A name as this host tells it: a hostile one has its own way with it."""
        return adorned(self.fabric.effects, self.host.name, name, self.now()) if self.manners else name

    def hangs(self, tool: str) -> float | None:
        """For how many seconds `tool`, started now, does not come back; None where it does at once."""
        hung, now = self.fabric.effects.hung.get((self.host.name, tool)), self.now()
        if hung is None or not hung.spells.covers(now):
            return None
        return Stuck(hung.spells.until(now) - now) if hung.unkillable else FOREVER

    def new_session(self) -> int:
        """The process id of a shell that begins."""
        self._sessions += 1
        return self._sessions

    def keep(self, session: int, until: float) -> None:
        """A process of this session stays until then, whatever is done to it."""
        self._kept[session] = until

    def keeps(self, session: int) -> bool:
        """Whether a process of this session is still there."""
        return self.now() < self._kept.get(session, -FOREVER)

    def takes(self, least_s: float, most_s: float) -> float:
        """Seconds that something takes this time."""
        return self.dice.uniform(least_s, most_s)

    def once(self, name: Hashable, state: Hashable, render: Callable[[], T]) -> T:
        """`render()`, or what it gave last time while `state` is the same."""
        kept = self._rendered.get(name)
        if kept is None or kept[0] != state:
            kept = (state, render())
            self._rendered[name] = kept
        return kept[1]  # type: ignore[return-value]  # one name, one type
