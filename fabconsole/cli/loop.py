"""An event loop whose threads nobody waits for as it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_THREADS = 32
"""More than asyncio has on few cores: threads that hang keep nothing else waiting, a line for the audit log, say."""

Result = TypeVar("Result")


class _Threads(ThreadPoolExecutor):
    """For what has no other way to wait: a name that is looked up, a file on a server; each may hang for minutes."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Of ThreadPoolExecutor, which would wait for those that hang."""
        super().shutdown(wait=False, cancel_futures=True)


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """`asyncio.run`, but that it ends when `main` does."""

    async def with_threads() -> Result:
        asyncio.get_running_loop().set_default_executor(_Threads(_THREADS))
        return await main

    return asyncio.run(with_threads())
