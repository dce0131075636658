"""Standard output as `rich` prints on it: text as it is, and an error where nobody reads it."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from rich.console import Console

_WIDE = 200


def paper_width() -> int | None:
    """The terminal's width; into a pipe or a file, wide enough that a line of the table is a line of text."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE


class Paper(Console):
    """Prints what a node said as it stands: no markup, no highlighting."""

    def __init__(self, width: int | None = None) -> None:
        super().__init__(markup=False, highlight=False, width=width)

    def on_broken_pipe(self) -> NoReturn:
        """Of rich, which would exit by 1: that is a warning of the fabric's."""
        raise BrokenPipeError
