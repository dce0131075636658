"""What a host's clocks say: when it booted, which boot this is, how far its clocks have jumped."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from dataclasses import dataclass

from fabconsole.sim.effects import Effects
from fabconsole.sim.wiring import Host


@dataclass(frozen=True, slots=True)
class HostClock:
    """Of one host; `t` is seconds since the simulation began."""

    host: Host
    effects: Effects

    @property
    def boots(self) -> tuple[float, ...]:
        """When its kernel started, each time, the first long ago."""
        return (-self.host.uptime_s, *self.effects.boots.get(self.host.name, ()))

    def booted(self, t: float) -> int:
        """Which boot this is at `t`; 0 is the one that the simulation found."""
        again = self.effects.boots.get(self.host.name)
        return bisect_right(again, t) if again else 0

    def boot_id(self, t: float) -> str:
        """As /proc/sys/kernel/random/boot_id says it."""
        boot = self.booted(t)
        return str(uuid.uuid5(uuid.UUID(self.host.boot_id), str(boot))) if boot else self.host.boot_id

    def uptime_s(self, t: float) -> float:
        """As /proc/uptime says it."""
        boot = self.booted(t)
        started = self.effects.boots[self.host.name][boot - 1] if boot else -self.host.uptime_s
        return t - started + self.ahead_s(t)

    def ahead_s(self, t: float) -> float:
        """By how much both of its clocks are ahead of what they should say."""
        jumps = self.effects.jumps.get(self.host.name)
        return jumps[1] if jumps is not None and jumps[0].covers(t) else 0.0
