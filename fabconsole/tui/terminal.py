"""The terminal under the console, which may go before the console does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from fabconsole.tui.driver import TerminalDriver

_PARTING_S = 6
"""How long leaving may take; writing to a terminal that is gone can hang."""
_ASKED_TO_LEAVE = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
"""The last two come from elsewhere: their keys are the console's own while it runs."""


def stop() -> bool:
    """Stop as ctrl-z stops any program; False where nobody would wake us.

    A console that is all there is in a window of tmux has no shell behind it: stopped, it could only be killed.
    """
    try:
        shell = os.getppid()
        waits = os.getsid(shell) == os.getsid(0) and os.getpgid(shell) != os.getpgrp()
    except OSError:
        return False
    if waits:
        os.kill(os.getpid(), signal.SIGTSTP)
    return waits


class Terminal:
    """Tells when it is time to leave: on a hangup, on request, or when the terminal went without a word.

    And when it is time to draw anew, for a terminal that did not read for a while.

    It also lets go of the terminal while the console is stopped, and takes it up again. Textual does the latter on
    any SIGCONT: after a SIGSTOP, which nobody hears, there were two readers of one terminal, the console hung as it
    was left, and the shell got no echo.
    """

    def __init__(self, leave: Callable[[int], None], driver: TerminalDriver, redraw: Callable[[], object]) -> None:
        """`leave` is called with the exit code, a shell's 128 and the signal's number. Needs a running loop."""
        self._loop = asyncio.get_running_loop()
        self._leaving = False
        self._leave = leave
        self._driver = driver
        self._redraw = redraw
        self._let_go = False
        self._input = sys.__stdin__.fileno() if sys.__stdin__ is not None and sys.__stdin__.isatty() else None
        for number in _ASKED_TO_LEAVE:  # not by the event loop, which would not hear of it while something holds it up
            signal.signal(number, self._go)
        signal.signal(signal.SIGTSTP, self._sleep)
        signal.signal(signal.SIGCONT, self._wake)

    def check(self) -> None:
        """Leave where there is no terminal any more, although nobody was told: under nohup, say."""
        if self._input is not None and not os.isatty(self._input):
            self._go(signal.SIGHUP)
        elif self._driver.missed and not self._driver.waiting:
            self._driver.missed = False
            self._redraw()

    def close(self) -> None:
        """The console has left: signals do again what they do to any program."""
        for number in _ASKED_TO_LEAVE:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    def _sleep(self, _number: int, _frame: FrameType | None) -> None:
        self._driver.suspend_application_mode()
        self._let_go = True
        os.kill(os.getpid(), signal.SIGSTOP)

    def _wake(self, _number: int, _frame: FrameType | None) -> None:
        if not self._let_go:
            self._driver.suspend_application_mode()
        self._let_go = False
        self._driver.resume_application_mode()
        self._loop.call_soon_threadsafe(self._redraw)  # not here: a signal may come in the middle of anything

    def _go(self, number: int, _frame: FrameType | None = None) -> None:
        if not self._leaving:
            self._leaving = True
            signal.alarm(_PARTING_S)
            self._loop.call_soon_threadsafe(self._leave, 128 + number)
