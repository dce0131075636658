"""The door of each jump host: one connection for all where it asks a person, else as many as are wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from random import Random
from typing import Protocol

from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.crowd import Crowd
from fabconsole.collector.failure import Failure
from fabconsole.collector.hops import Hop
from fabconsole.collector.keyring import Keyring
from fabconsole.collector.options import Dial
from fabconsole.collector.prompts import Prompts
from fabconsole.collector.second_factor import GRACE_S, SecondFactor
from fabconsole.stream.records import Reason

Way = tuple[Hop, ...]
"""The hops up to and with one of them."""


class Waiter(Protocol):
    """Whoever dials a way, and is told while a person is asked for it."""

    def waits(self, failure: Failure) -> None:
        """Nothing comes of it before a person has answered; this is what to say meanwhile."""
        ...


class Gates:
    """How each hop is entered. Belongs to one event loop.

    A hop that asked for a second factor is entered once, and its one connection carries every node behind it: at the
    price of one core of its sshd for all of them, and of OpenSSH's 16,384 channels a connection. To ask one person
    five times at once for a thousand nodes would cost more, and lock the account at some sites.
    """

    def __init__(
        self, keyring: Keyring, prompts: Prompts, *, deadline_s: float, random: Random, grace_s: float = GRACE_S
    ) -> None:
        self._keyring = keyring
        self._prompts = prompts
        self._deadline_s = deadline_s
        self._grace_s = grace_s
        self._crowd = Crowd(hold_s=deadline_s, random=random)
        self._plain: set[Way] = set()
        """Those that let us in without asking, last time."""
        self._shared: dict[Way, Connection] = {}
        self._entering: dict[Way, asyncio.Future[Failure | None]] = {}
        """Ways that somebody is just finding out about; what came of it: the failure, for all who wait for it."""
        self._waiters: dict[Way, list[Waiter]] = {}
        self._told: dict[Way, Failure] = {}

    def is_shared(self, connection: Connection) -> bool:
        """Whether others may hold it too."""
        return any(connection is shared for shared in self._shared.values())

    def close(self) -> None:
        """Leave those that are shared, also where no way goes through them just now."""
        for connection in self._shared.values():
            connection.close()

    async def enter(self, waiter: Waiter, way: Way, dial: Dial, through: Connection | None) -> Connection:
        """A connection to the last hop of a way. Raises NotConnectedError."""
        while True:
            if (shared := self._shared.get(way)) is not None and not shared.is_closed:
                return shared
            if way in self._plain:
                if (connection := await self._plainly(way, dial, through)) is not None:
                    return connection
            elif way in self._entering:
                failure = await self._joined(waiter, way)
                if failure is not None:
                    raise NotConnectedError(failure)
            else:
                return await self._first(waiter, way, dial, through)

    async def _plainly(self, way: Way, dial: Dial, through: Connection | None) -> Connection | None:
        """As one of many; None where it has begun to ask."""
        factor = SecondFactor(self._prompts, "", lambda: None, is_refused=True)
        try:
            return await self._login(dial, through, factor)
        except NotConnectedError:
            if not factor.is_asked:
                raise
            self._plain.discard(way)
            return None

    async def _joined(self, waiter: Waiter, way: Way) -> Failure | None:
        """Wait for whoever is entering; where they failed, why."""
        self._waiters[way].append(waiter)
        if way in self._told:
            waiter.waits(self._told[way])
        return await asyncio.shield(self._entering[way])

    async def _first(self, waiter: Waiter, way: Way, dial: Dial, through: Connection | None) -> Connection:
        entering = self._entering[way] = asyncio.get_running_loop().create_future()
        self._waiters[way] = [waiter]
        failure: Failure | None = None
        try:
            return await self._asked(way, dial, through)
        except NotConnectedError as error:
            failure = error.failure
            raise
        finally:
            del self._entering[way], self._waiters[way]
            self._told.pop(way, None)
            entering.set_result(failure)

    async def _asked(self, way: Way, dial: Dial, through: Connection | None) -> Connection:
        """Enter, and ask for what it asks for. A login that asked and came to nothing is not repeated before the
        operator wants it: a telephone that rings every minute of the night is answered by a mistake at last.
        """
        of = f"jump host {dial.target}"
        waits = Failure(Reason.WAITING, f"waiting for the second factor of {of}")
        while True:
            factor = SecondFactor(self._prompts, of, lambda: self._tell(way, waits), grace_s=self._grace_s)
            try:
                connection = await self._login(dial, through, factor)
            except NotConnectedError as error:
                if not factor.is_asked:
                    raise
                why = factor.withheld or error.failure.said
                self._tell(way, Failure(Reason.JUMP, f"{of} waits for its second factor, not given: {why}"))
                await self._prompts.put_off(of, why)
                continue
            if factor.is_asked:
                self._shared[way] = connection
            else:
                self._plain.add(way)
            return connection

    async def _login(self, dial: Dial, through: Connection | None, factor: SecondFactor) -> Connection:
        def login() -> Awaitable[Connection]:
            return self._keyring.connected(dial, through=through, deadline_s=self._deadline_s, factor=factor)

        return await self._crowd.admitted(dial.target, login)

    def _tell(self, way: Way, failure: Failure) -> None:
        self._told[way] = failure
        for waiter in self._waiters[way]:
            waiter.waits(failure)
