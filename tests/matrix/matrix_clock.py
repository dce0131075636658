"""A host's uptime and boot id in our hands: a steady clock that jumps, a machine that has booted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from matrix_host import Host

TICK_S = 0.02


@dataclass
class Clock:
    """What a host believes of the time since it booted."""

    host: Host
    offset_s: float = 0.0
    """On top of this machine's own uptime."""

    def booted(self) -> None:
        """It has booted just now: its uptime begins anew, and it has another boot id."""
        self.offset_s = 5.0 - _uptime_s()
        (self.host.root / "boot_id").write_text(f"{uuid4()}\n")
        self.host.mount("--bind", "/mnt/boot_id", "/proc/sys/kernel/random/boot_id")

    def tell(self) -> None:
        """In place and of one length, so that nobody reads half of it."""
        with self.file.open("r+") as file:
            file.write(f"{_uptime_s() + self.offset_s:016.2f} 0.00\n")

    @property
    def file(self):
        return self.host.root / "uptime"


@asynccontextmanager
async def clock_of(host: Host) -> AsyncIterator[Clock]:
    """A clock in place of a host's own, for as long as this lasts."""
    clock = Clock(host)
    clock.file.touch()
    clock.tell()
    host.mount("--bind", "/mnt/uptime", "/proc/uptime")

    async def tick() -> None:
        while True:
            clock.tell()
            await asyncio.sleep(TICK_S)

    ticking = asyncio.create_task(tick())
    try:
        yield clock
    finally:
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)


def _uptime_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)
