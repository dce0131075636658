"""Our own mistakes: they cost what they are in, are told in a banner, and the log file has why."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from fabconsole.fabric.printable import printable

log = logging.getLogger(__name__)

DRAWING = "a part of this page cannot be drawn: esc goes back"
LOOKING = "the picture stands still: nothing newer can be shown"

_SAID = 80


class Defects:
    """What is broken now. In an incident a page that cannot be drawn must not take the others away."""

    def __init__(self) -> None:
        self._now: dict[str, str] = {}

    @property
    def told(self) -> tuple[str, ...]:
        """A line for each, for an operator."""
        return tuple(f"{doing}; {why}; the log file has more" for doing, why in self._now.items())

    @contextmanager
    def contained(self, doing: str) -> Iterator[None]:
        """Keep an exception from going further; it is in the log once, however often it comes again."""
        try:
            yield
        except Exception as error:
            why = f"{type(error).__name__}: {printable(str(error), _SAID)}"
            if self._now.get(doing) != why:
                log.exception(doing)
            self._now[doing] = why
        else:
            self._now.pop(doing, None)
