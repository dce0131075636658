"""An event loop of short turns, whose threads nobody waits for as it ends."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from fabconsole.cli.turns import new_loop

_THREADS = 32
"""More than asyncio has on few cores: threads that hang keep nothing else waiting, a line for the audit log, say."""

_SWITCH_S = 0.0002
"""How long a thread that reads a long answer keeps the event loop waiting at a time; Python's 0.005 adds up to what an
eye sees, for a key comes back to the loop several times on its way to its cell."""

Result = TypeVar("Result")


class _Threads(ThreadPoolExecutor):
    """For what has no other way to wait: a name that is looked up, a file on a server; each may hang for minutes."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Of ThreadPoolExecutor, which would wait for those that hang."""
        super().shutdown(wait=False, cancel_futures=True)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run`, but that it ends when `main` does."""

    sys.setswitchinterval(_SWITCH_S)

    async def with_threads() -> Result:
        asyncio.get_running_loop().set_default_executor(_Threads(_THREADS))
        return await main

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(with_threads())
