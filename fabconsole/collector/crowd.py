"""Logins at one machine: few at a time, and tried again soon where it has too many under way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from fabconsole.collector.connection import Connection, NotConnectedError
from fabconsole.collector.ramp import Ramp

AT_ONE = 2
"""Logins under way at one machine. A bastion with `MaxStartups 2:50:4` drops every second login beyond two; others use
it too."""

TRIES = 5
AGAIN_S = 0.2
"""Seconds before the second try, doubled before each further one: five in some three seconds."""


class Crowd:
    """Who logs in where. Belongs to one event loop."""

    def __init__(self, *, hold_s: float, random: Random) -> None:
        """A login that takes longer than `hold_s`, since a person is asked, keeps nobody waiting."""
        self._hold_s = hold_s
        self._random = random
        self._ramps: dict[str, Ramp] = {}

    async def admitted(self, target: str, login: Callable[[], Awaitable[Connection]]) -> Connection:
        """What `login` comes to, when it is its turn at `target`. Raises NotConnectedError.

        Whoever waits for it is not told of a try that was turned away before SSH began, only of the last.
        """
        ramp = self._ramps.setdefault(target, Ramp(AT_ONE, self._hold_s))
        for tried in range(1, TRIES):
            try:
                async with ramp.place():
                    return await login()
            except NotConnectedError as error:
                if not error.failure.crowded:
                    raise
            await asyncio.sleep(AGAIN_S * 2 ** (tried - 1) * self._random.uniform(0.5, 1.0))
        async with ramp.place():
            return await login()
