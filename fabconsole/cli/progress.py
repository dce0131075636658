"""A line on the terminal that says how far `snapshot` is, and is gone before anything is printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from fabconsole.state.polling import Progress

_EVERY_S = 0.25


class ProgressLine:
    """Writes over itself, at most four times a second, and holds back while somebody is asked on the same terminal."""

    def __init__(self, out: TextIO, clock: Callable[[], float], is_asking: Callable[[], bool]) -> None:
        self._out = out
        self._clock = clock
        self._is_asking = is_asking
        self._last = -_EVERY_S

    def show(self, progress: Progress) -> None:
        """The cursor stays at the line's beginning: whatever is said next is written over it."""
        now = self._clock()
        if now - self._last >= _EVERY_S and not self._is_asking():
            self._last = now
            self._write(f"{progress.done}/{progress.nodes} nodes done · {progress.answers}/{progress.wanted} answers")

    def remove(self) -> None:
        """Leave the line as it was."""
        self._write("")

    def _write(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}\r")
        self._out.flush()


@contextmanager
def progress(
    clock: Callable[[], float], is_asking: Callable[[], bool], out: TextIO | None = None
) -> Iterator[Callable[[Progress], None] | None]:
    """What to tell of progress on standard error; None where that is no terminal."""
    out = sys.stderr if out is None else out
    if not out.isatty():
        yield None
        return
    line = ProgressLine(out, clock, is_asking)
    try:
        yield line.show
    finally:
        line.remove()
