"""An event loop whose time passes only while it has nothing to do: an hour of polling takes as long as its CPU does."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")

_THREAD_S = 0.01
"""Real seconds to wait for a thread at a time; no virtual time passes meanwhile."""
_LONG_S = 0.2
"""Virtual seconds that are not passed before what was said to a socket had time to come out of the other."""
_UNDER_WAY_S = 0.01
"""Real seconds for that: of a busy machine the kernel hands on what is said on loopback a moment later."""
_TURN_S = 1e-5
"""Virtual seconds that a turn of the loop takes: one without any would be waited out for ever."""
_DEAD_S = 30.0
"""Real seconds without anything to do, ever, after which nobody will come."""


class _Selector(selectors.DefaultSelector):
    """Waits for nothing but sockets and threads; where these are quiet, the loop's time is put forward."""

    pass_time: Callable[[float], None]
    threads: Callable[[], int]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.pass_time(_TURN_S)
        ready = super().select(0)
        if timeout == 0:
            return ready
        while not ready and self.threads():
            ready = super().select(_THREAD_S)
        if not ready and timeout is not None and timeout > _LONG_S:
            ready = super().select(_UNDER_WAY_S)
        if ready:
            return ready
        if timeout is None:
            ready = super().select(_DEAD_S)
            assert ready, "nothing is due and nobody will say anything"
            return ready
        self.pass_time(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Real sockets, between ends that are both in this loop, in time that is not."""

    def __init__(self) -> None:
        selector = _Selector()
        super().__init__(selector)
        self._now = 0.0
        self._threads = 0
        selector.pass_time = self._pass
        selector.threads = lambda: self._threads

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._now

    def run_in_executor(self, executor: Executor | None, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """As of asyncio; while it runs time stands still."""
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: asyncio.Future[Any]) -> None:
        self._threads -= 1

    def _pass(self, seconds: float) -> None:
        self._now += seconds


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """`asyncio.run` in virtual time; what the loop would only have logged fails."""
    complaints: list[Mapping[str, Any]] = []
    loop = VirtualLoop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        done = runner.run(main(loop))
    assert not complaints, complaints[0]
    return done
