"""What there is to be found of one fault, in words: when it begins, where, and what shows there."""

from __future__ import annotations

from typing import NamedTuple


class Clue(NamedTuple):
    """One line of what a demo tells when one leaves it."""

    at: float
    """Seconds since the simulation began; negative: before."""
    where: str
    """As the console writes the place: `gpu03-02/mlx5_5`."""
    what: str

    @property
    def when(self) -> str:
        """`37 min before`, `before`, `from 6 s`."""
        if self.at > 0:
            return f"from {self.at:g} s"
        return "before" if self.at > -60 else f"{-self.at / 60:.0f} min before"
