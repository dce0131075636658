"""What there is to be found of one fault, in words: when it begins, where, and what shows there."""

from __future__ import annotations

import math
from typing import NamedTuple


class Clue(NamedTuple):
    """One line of what a demo tells when one leaves it."""

    at: float
    """Seconds since the simulation began; negative: before."""
    where: str
    """As the console writes the place: `gpu03-02/mlx5_5`."""
    what: str
    until: float = math.inf
    """When all is well again, as `at`."""
    shows: bool = True
    """False: it does no harm, so there is nothing to be seen of it."""

    @property
    def when(self) -> str:
        """`37 min before`, `before`, `from 6 s`."""
        if self.at > 0:
            return f"from {self.at:g} s"
        return "before" if self.at > -60 else f"{-self.at / 60:.0f} min before"

    @property
    def told(self) -> str:
        """What shows, and after how long all is well again by itself."""
        lasts_s = self.until - self.at
        if math.isinf(lasts_s):
            return self.what
        span = f"{lasts_s:g} s" if lasts_s % 60 else f"{lasts_s / 60:g} min"
        return f"{self.what}; well again after {span}"
