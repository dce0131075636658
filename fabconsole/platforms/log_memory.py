"""Which lines of a log have been counted already, so that reading it again counts none twice."""

from __future__ import annotations

from array import array
from collections import deque

import numpy as np

from fabconsole.formats.logs.dmesg import RingLine
from fabconsole.formats.logs.journal import JournalLine

LINES_KEPT = 4096
"""Of a ring's lines those with stamps within `RingMemory.SKEW_S` of the last, or without any."""


class JournalMemory:
    """By cursor: every entry of a journal has its own, for good.

    Their hashes are kept, one after the other: the cursors themselves, in a set, would be 1 MB of every node whose
    kernel says a few thousand lines a day. To look among them takes 5 µs.
    """

    def __init__(self) -> None:
        self.cursor: str | None = None
        """The entry to resume after."""
        self._seen = array("q")
        self._next = 0
        """Where the oldest is, which the next one takes the place of."""

    def take(self, entry: JournalLine) -> bool:
        """Whether an entry is new; it is not any more."""
        key = hash(entry.cursor)
        if np.any(np.frombuffer(self._seen, dtype=np.int64) == key):
            return False
        if len(self._seen) < LINES_KEPT:
            self._seen.append(key)
        else:
            self._seen[self._next] = key
            self._next = (self._next + 1) % LINES_KEPT
        self.cursor = entry.cursor
        return True


class RingMemory:
    """By stamp, and by the last lines themselves: a ring buffer has nothing better.

    A line older than the last one by more than `SKEW_S` has been there before; one nearer, when it was seen as it
    stands. Lines without any stamp go by their text alone.
    """

    SKEW_S = 1.0
    """Lines of different processors may stand in the ring out of order by this much."""

    def __init__(self) -> None:
        self._boot_id: str | None = None
        self._last_s = float("-inf")
        self._recent: deque[tuple[float, int]] = deque()
        self._texts: dict[int, None] = {}
        # Hashes of the texts: a line may be long, and thousands are kept.

    def booted(self, boot_id: str | None) -> None:
        """The ring belongs to this boot; another one makes all its lines new."""
        if boot_id is None or boot_id != self._boot_id:
            self._last_s = float("-inf")
            self._recent.clear()
            self._texts.clear()
        self._boot_id = boot_id

    def take(self, line: RingLine, text: str) -> bool:
        """Whether a line is new; it is not any more. Lines of one reading come in the order of their stamps."""
        stamp = line.at if line.since_boot_s is None else line.since_boot_s
        key = hash(text)
        if key in self._texts:
            return False
        if stamp is not None and stamp < self._last_s - self.SKEW_S:
            return False
        self._texts[key] = None
        if stamp is None:
            if len(self._texts) > LINES_KEPT:
                del self._texts[next(iter(self._texts))]
            return True
        self._last_s = max(self._last_s, stamp)
        self._recent.append((stamp, key))
        while self._recent[0][0] < self._last_s - self.SKEW_S or len(self._recent) > LINES_KEPT:
            self._texts.pop(self._recent.popleft()[1], None)
        return True
