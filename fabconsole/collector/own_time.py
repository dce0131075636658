"""A node's own time: what passes while we are too busy to listen is not held against it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

STEP_S = 0.05
"""Of a countdown. What we come late to a step is not counted; twenty timers a second are what that costs."""


class Countdown:
    """Calls back when so many seconds have been lived through in steps, each of which counts as itself however late
    we are: a thousand handshakes at once, or another program that has the processor.
    """

    def __init__(self, seconds: float, over: Callable[[], None]) -> None:
        self._left_s = seconds
        self._over = over
        self._timer: asyncio.TimerHandle | None = None

    def go_on(self) -> None:
        """Count from here on."""
        step_s = min(STEP_S, self._left_s)
        self._timer = asyncio.get_running_loop().call_later(step_s, self._step, step_s)

    def pause(self) -> None:
        """What passes now counts no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def last(self, seconds: float) -> None:
        """Have so many left."""
        self._left_s = seconds

    def _step(self, step_s: float) -> None:
        self._left_s -= step_s
        if self._left_s > 0:
            self.go_on()
        else:
            self._over()


class OwnTime:
    """A deadline in a node's own time, for the parts of an attempt that are the node's."""

    def __init__(self, seconds: float) -> None:
        self._countdown = Countdown(seconds, self._over)
        self._deadline: asyncio.Timeout | None = None

    @asynccontextmanager
    async def counts(self) -> AsyncIterator[None]:
        """What happens inside is the node's to do, and takes of its time. Raises TimeoutError when that is over."""
        async with asyncio.timeout(None) as self._deadline:
            self._countdown.go_on()
            try:
                yield
            finally:
                self._countdown.pause()

    def last(self, seconds: float) -> None:
        """Have so many left: something else than a machine is waited for."""
        self._countdown.last(seconds)

    def _over(self) -> None:
        if self._deadline is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time())
