"""The way to the terminal: one that stops reading or is gone holds up nothing but itself."""

from __future__ import annotations

import os
import select
import sys
from contextlib import suppress

from textual.drivers.linux_driver import LinuxDriver

_BEHIND = 24
"""Pieces that may wait for the terminal. Textual would let 30 wait, and then the whole console for the terminal."""
_PARTING_S = 1.0
"""How long a terminal that does not read is waited for as the console leaves it."""


class Outlet:
    """A terminal to write to. What is said to one that is gone is lost, and no error: whoever writes must go on.

    Unbuffered: Python could not end while a thread that hangs in a write holds the lock of a buffer.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, text: str) -> int:
        """Of a text file; waits for a terminal that does not read."""
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:  # somebody who shares it has made it so
                select.select([], [self._descriptor], [])
            except OSError:
                break
        return len(text)

    def flush(self) -> None:
        """Of a text file: nothing waits here."""


class TerminalDriver(LinuxDriver):
    """Textual's own, which dies of a terminal that is gone and stops the event loop for one that does not read."""

    missed = False
    """True where something was not said because the terminal did not read: its screen has to be drawn anew."""

    def start_application_mode(self) -> None:
        """Of Textual."""
        if sys.__stderr__ is not None:
            self._file = Outlet(sys.__stderr__.fileno())  # type: ignore[assignment]  # all that its writer needs
        self.missed = False
        super().start_application_mode()  # type: ignore[no-untyped-call]

    @property
    def waiting(self) -> int:
        """Pieces that the terminal has not read yet."""
        # Textual has no public way to ask, and to wait in its queue is to hear no signal any more.
        return 0 if self._writer_thread is None else self._writer_thread._queue.qsize()

    def write(self, data: str) -> None:
        """Say something, unless the terminal is far behind: then all of it is drawn anew, later."""
        self.missed = self.missed or self.waiting >= _BEHIND
        if not self.missed and self._writer_thread is not None:
            self._writer_thread.write(data)

    def stop_application_mode(self) -> None:
        """Of Textual. There is room for what gives the terminal back, whatever was missed before."""
        self.missed = False
        super().stop_application_mode()

    def close(self) -> None:
        """Let what was said be read; not for ever."""
        writer = self._writer_thread
        if writer is not None and self.waiting <= _BEHIND:
            writer._queue.put(None)
            writer.join(_PARTING_S)

    def _run_input_thread(self) -> None:
        with suppress(OSError):  # the terminal is gone; see `Terminal.check`
            self.run_input_thread()
