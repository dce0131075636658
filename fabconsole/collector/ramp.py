"""How connections are begun: a few at a time, and so that every rack shows something early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import zip_longest
from random import Random

from fabconsole.fabric.inventory import Inventory
from fabconsole.stream.records import Reason

AT_ONCE = 32
"""Handshakes under way at a time: each costs some 3 ms of our CPU, and a bastion has its MaxStartups."""

HOLD_S = 1.0
"""How long a handshake may hold its place. One that takes longer waits for a sick node and costs us nothing."""

FIRST_S, CAP_S = 1.0, 30.0
"""Backoff of a lost connection, in seconds: doubles from the first to the cap."""

STOOD_S = 30.0
"""A connection that stood this long was a good one: the next backoff starts small again."""

SLOWLY = {
    Reason.REFUSED: (30.0, 300.0),
    Reason.LOCKED: (10.0, 60.0),
    Reason.EXPIRED: (10.0, 60.0),
    Reason.NO_JOB: (10.0, 60.0),
    Reason.UNTRUSTED: (10.0, 60.0),
    Reason.NO_SHELL: (1.0, 60.0),
    Reason.JUMP: (30.0, 30.0),
    Reason.WAITING: (10.0, 10.0),
}
"""The same where trying again mends nothing by itself: a refused key may lock an account, the others wait for a person
or a job. Of a shell that does not begin the first may have met a busy machine.
Behind a jump host, or where a person is asked, whoever waits is woken when there is news."""


class Ramp:
    """Places for handshakes under way. A place is given back when the handshake ends, or after `HOLD_S`."""

    def __init__(self, at_once: int = AT_ONCE, hold_s: float = HOLD_S) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._hold_s = hold_s

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place and hold it."""
        await self._places.acquire()
        held = True

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                self._places.release()

        timer = asyncio.get_running_loop().call_later(self._hold_s, give_back)
        try:
            yield
        finally:
            timer.cancel()
            give_back()


def racks_first(inventory: Inventory) -> Sequence[str]:
    """Node names in the order to connect: the first of every rack, then the second of every rack, and so on."""
    ranks = zip_longest(*(rack.nodes for rack in inventory.racks))
    ordered = [name for rank in ranks for name in rank if name is not None and name in inventory.nodes]
    hung = set(ordered)
    return [*ordered, *(name for name in inventory.nodes if name not in hung)]


def backoff_s(attempt: int, reason: Reason, random: Random) -> float:
    """Seconds to wait before attempt number `attempt` + 1, counted from 1, with a jitter of a half."""
    first, cap = SLOWLY.get(reason, (FIRST_S, CAP_S))
    return float(min(cap, first * 2 ** min(attempt - 1, 16)) * random.uniform(0.5, 1.0))
