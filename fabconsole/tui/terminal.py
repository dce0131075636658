"""The terminal under the console, which may go before the console does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable

_PARTING_S = 6
"""How long leaving may take; writing to a terminal that is gone can hang."""
_ASKED_TO_LEAVE = (signal.SIGHUP, signal.SIGTERM)


class Terminal:
    """Tells when it is time to leave: on a hangup, on request, or when the terminal went without a word."""

    def __init__(self, leave: Callable[[int], None]) -> None:
        """`leave` is called with the exit code, a shell's 128 and the signal's number. Needs a running loop."""
        self._leave = leave
        self._input = sys.__stdin__.fileno() if sys.__stdin__ is not None and sys.__stdin__.isatty() else None
        for number in _ASKED_TO_LEAVE:
            asyncio.get_running_loop().add_signal_handler(number, self._go, number)

    def check(self) -> None:
        """Leave where there is no terminal any more, although nobody was told: under nohup, say."""
        if self._input is not None and not os.isatty(self._input):
            self._go(signal.SIGHUP)

    def _go(self, number: int) -> None:
        signal.alarm(_PARTING_S)
        self._leave(128 + number)
