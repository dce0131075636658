"""Where records wait for whoever reads the stream, gathered so that a reader is not woken for each of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fabconsole.stream.records import Record

GATHER_S = 0.05
"""How long an ordinary record may wait for company. A wake-up costs more than a record does."""

FULL = 100_000
"""Records that may wait; beyond, nothing is asked until the reader has come, and its ages tell the truth."""


class Outbox:
    """Records on their way out. Belongs to one event loop and one reader."""

    def __init__(self) -> None:
        self._waiting: list[Record] = []
        self._ready = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def put(self, record: Record) -> None:
        """Leave a record for the next batch."""
        self._waiting.append(record)
        if self._timer is None and not self._ready.is_set():
            self._timer = asyncio.get_running_loop().call_later(GATHER_S, self._release)

    def put_now(self, record: Record) -> None:
        """Leave a record that a person waits for: the batch goes at once."""
        self._waiting.append(record)
        self._release()

    @property
    def full(self) -> bool:
        """True while the reader is so far behind that asking more would only pile up."""
        return len(self._waiting) >= FULL

    def close(self) -> None:
        """No record comes any more; what waits is still handed out."""
        self._closed = True
        self._release()

    async def batch(self) -> Sequence[Record]:
        """The next records, in order; empty once closed and drained."""
        await self._ready.wait()
        batch, self._waiting = self._waiting, []
        if not self._closed:
            self._ready.clear()
        return batch

    def _release(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._ready.set()
