"""Short turns of the event loop: of thousands of connections that have something to say at once, a few at a time."""

from __future__ import annotations

import asyncio
import selectors
from collections import deque

MOST = 32
"""Connections that are heard in a turn: some 20 ms. After it timers and keys have theirs."""

Ready = tuple[selectors.SelectorKey, int]


class FewAtATime(selectors.DefaultSelector):
    """A selector that hands out what is ready in portions. Nobody is heard twice before all have been heard once.

    All connections that are lost at the same moment are ready in one turn else: of 10,000, two seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._left: deque[Ready] = deque()

    def select(self, timeout: float | None = None) -> list[Ready]:
        """Of `selectors`. What was ready and has been closed or changed since is looked at anew."""
        found: list[Ready] = []
        while not found:
            if not self._left:
                self._left.extend(super().select(timeout))
                if not self._left:
                    return found
            while self._left and len(found) < MOST:
                key, events = self._left.popleft()
                if self.get_map().get(key.fd) is key:
                    found.append((key, events))
        return found


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop of such turns."""
    return asyncio.SelectorEventLoop(FewAtATime())
