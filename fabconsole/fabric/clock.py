"""Time that nobody sets: ages, deadlines and rates are told by it, whatever happens to the system's clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

STEP_S = 5.0
"""From here on the system's clock was set; less is its being wrong by a little, and being slowly mended."""

_SLICE_S = 0.005
_STEPS = 8
"""Turns of the event loop between two slices: a key takes about so many from the terminal to its cell, and would wait
for a slice before each."""
_CLOCK = getattr(
    time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC
)  # where there is no such clock, on macOS, the other is it


def elapsed() -> float:
    """Seconds since some moment, those in which the machine slept included.

    `time.monotonic` leaves those out: after a night in a bag everything would be as young as before it.
    """
    return time.clock_gettime(_CLOCK)


class SteadyClock:
    """Seconds since the epoch: the system's time when it was made, and what has passed since.

    The system's own may be set at any moment, by an hour. Put back it would make an old reading young, and put forward
    it would forget what happened in the last hour.
    """

    def __init__(self, wall: Callable[[], float] = time.time, passed: Callable[[], float] = elapsed) -> None:
        self._wall = wall
        self._passed = passed
        self._began = wall() - passed()

    def __call__(self) -> float:
        return self._began + self._passed()

    @property
    def told(self) -> tuple[str, ...]:
        """A sentence for an operator where the system's clock was set meanwhile."""
        step_s = self._wall() - self()
        if abs(step_s) < STEP_S:
            return ()
        way = "forward" if step_s > 0 else "back"
        return (f"this machine's clock was put {way} by {abs(step_s):,.0f} s: times here are by what it was before",)


class Slices:
    """Long work in slices, so that a key never waits for the end of it."""

    def __init__(self, slice_s: float = _SLICE_S) -> None:
        self._slice_s = slice_s
        self._began = elapsed()

    async def breathe(self) -> None:
        """Between two pieces: let others go on where these have taken long enough."""
        if elapsed() - self._began > self._slice_s:
            for _ in range(_STEPS):
                await asyncio.sleep(0)
            self._began = elapsed()
