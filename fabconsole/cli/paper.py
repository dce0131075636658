"""Standard output as `rich` prints on it: text as it is, and an error where nobody reads it."""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console


class Paper(Console):
    """Prints what a node said as it stands: no markup, no highlighting."""

    def __init__(self, width: int | None = None) -> None:
        super().__init__(markup=False, highlight=False, width=width)

    def on_broken_pipe(self) -> NoReturn:
        """Of rich, which would exit by 1: that is a warning of the fabric's."""
        raise BrokenPipeError
