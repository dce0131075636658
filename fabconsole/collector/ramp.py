"""How connections are begun: a few at a time, and so that every rack shows something early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from heapq import heappop, heappush
from itertools import count, zip_longest
from random import Random
from typing import NamedTuple

from fabconsole.collector.own_time import Countdown
from fabconsole.fabric.inventory import Inventory
from fabconsole.stream.records import Reason

AT_ONCE = 32
"""Handshakes under way at a time: each costs some 3 ms of our CPU, and a bastion has its MaxStartups."""

HOLD_S = 1.0
"""How long a handshake may hold its place, in seconds of the node's own time: one that takes longer waits for a sick
node and costs us nothing. By ours, a busy machine would give its places back, and be busier."""

KNOCKS = 256
"""Nodes that are knocked at, at a time: those that are dead keep a fifth of them for four seconds each."""

FIRST_S, CAP_S = 1.0, 30.0
"""Backoff of a lost connection, in seconds: doubles from the first to the cap."""

STOOD_S = 30.0
"""A connection that stood this long was a good one: the next backoff starts small again."""

LOOK_AGAIN_S = 0.5
"""Before the second look at a login that ended without a word; a machine whose sshd was killed has closed its port by
then.
"""

SLOWLY = {
    Reason.REFUSED: (30.0, 300.0),
    Reason.LOCKED: (10.0, 60.0),
    Reason.EXPIRED: (10.0, 60.0),
    Reason.NO_JOB: (10.0, 60.0),
    Reason.UNTRUSTED: (10.0, 60.0),
    Reason.NO_SHELL: (1.0, 60.0),
    Reason.OVERFLOW: (1.0, 60.0),
    Reason.FAILED: (1.0, 60.0),
    Reason.NO_LOG: (1.0, 60.0),
    Reason.NO_SUDO: (1.0, 60.0),
    Reason.JUMP: (30.0, 30.0),
    Reason.WAITING: (10.0, 10.0),
}
"""The same where trying again mends nothing by itself: a refused key may lock an account, the others wait for a person
or a job. Of a shell that does not begin, or ends, the first may have met a busy machine, a flood may have been one
answer, and each try at a log that may not be read is a line in another.
Behind a jump host, or where a person is asked, whoever waits is woken when there is news."""


class Places:
    """So many places; a free one goes to whoever has the lowest number of those that wait."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._came = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    async def take(self, number: int) -> None:
        """Wait for a place."""
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (number, next(self._came), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Leave a place to another."""
        while self._waiting:
            *_, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


class Ramp:
    """Places for handshakes at work. A place is given back when the handshake ends, or after `hold_s` of the node's own
    time.
    """

    def __init__(self, at_once: int = AT_ONCE, hold_s: float = HOLD_S, knocks: int = KNOCKS) -> None:
        self._places = Places(at_once)
        self._knocks = Places(knocks)
        self._hold_s = hold_s

    @asynccontextmanager
    async def place(self, number: int = 0) -> AsyncIterator[None]:
        """Wait for a place and hold it; the lowest number goes first."""
        await self._places.take(number)
        with self._held():
            yield

    @asynccontextmanager
    async def answered(self, knock: Callable[[], Awaitable[None]], number: int = 0) -> AsyncIterator[None]:
        """Hold a place once `knock` has come back, which costs next to nothing: a dead node takes nobody's place."""
        await self._knocks.take(number)
        try:
            await knock()
            await self._places.take(number)
        finally:
            self._knocks.give_back()
        with self._held():
            yield

    @contextmanager
    def _held(self) -> Iterator[None]:
        held = True

        def give_back() -> None:
            nonlocal held
            if held:
                held = False
                self._places.give_back()

        countdown = Countdown(self._hold_s, give_back)
        countdown.go_on()
        try:
            yield
        finally:
            countdown.pause()
            give_back()


class Entrance(NamedTuple):
    """One node's way up the ramp."""

    ramp: Ramp
    number: int
    """Its place in the order of connecting."""


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
