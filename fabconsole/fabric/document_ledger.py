"""What is wrong with one file so far: every mistake once, told together at the end."""

from __future__ import annotations

from collections.abc import Callable

from fabconsole.fabric.errors import DocumentError, Problem
from fabconsole.fabric.printable import printable

_MAX_VISITS = 500_000
"""Values read from one document: aliases of aliases cannot blow it up beyond that."""


class Ledger:
    """The problems of one file being read."""

    def __init__(self, file: str) -> None:
        self.file = printable(file)
        self._problems: dict[Problem, None] = {}
        self._last: list[Callable[[], None]] = []
        self._visits = 0

    def wrong(self, line: int, key: str, message: str) -> None:
        """Write down a problem. Said twice (through an alias, say), it is kept once."""
        self._problems[Problem(self.file, line, printable(key), printable(message))] = None

    def at_last(self, check: Callable[[], None]) -> None:
        """Something that can be checked only when everything has been read."""
        self._last.append(check)

    def spend(self, visits: int) -> bool:
        """Count values about to be read. False, and a problem, once they are absurdly many."""
        self._visits += visits
        if self._visits <= _MAX_VISITS:
            return True
        self.wrong(0, "", "unfolds to absurdly many values through its aliases: write fewer")
        return False

    def close(self) -> None:
        """Check what was left to the end. Raises DocumentError with every problem, if there is any."""
        for check in self._last:
            check()
        if self._problems:
            raise DocumentError(tuple(self._problems))
