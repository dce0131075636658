"""Python's search for circles of objects that nobody needs: done while nobody waits for a key to be answered."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fabconsole.fabric.clock import elapsed

QUIET_S = 3.0
"""After no key for so long the next one is likely not to come within a tenth of a second."""
WARM_S = 15.0
"""After so long most of what lives long is there."""
EVERY_S = 300.0
"""From one search to the next. What is in circles meanwhile is some hundred kB; 5 kB a node that was lost."""
AT_LAST_S = 1800.0
"""So long a person who never stops typing can put it off."""

_NEVER = 1 << 30


class Leisure:
    """When everything is looked through that is new: 25 ms with 500 nodes, 0.1 s with 2,000, and nothing else runs.

    Python would do so by itself every five seconds there. What lives shortly it goes on looking through, at once: that
    takes 5 ms. What was found to be of use is not looked at again: given up, it is freed all the same, unless it is in
    a circle by then.
    """

    def __init__(self, monotonic: Callable[[], float] = elapsed) -> None:
        self._monotonic = monotonic
        self._thresholds = gc.get_threshold()
        self._pressed_at = self._looked_at = monotonic()
        self._every_s = WARM_S

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Meanwhile everything is looked through when it is `due`, and only then."""
        gc.set_threshold(*self._thresholds[:2], _NEVER)
        try:
            yield
        finally:
            gc.set_threshold(*self._thresholds)

    def settle(self) -> None:
        """Look everything through; what is there now has come to stay."""
        gc.collect()
        gc.freeze()

    def pressed(self) -> None:
        """A key was pressed."""
        self._pressed_at = self._monotonic()

    @property
    def due(self) -> bool:
        """Whether now is the moment."""
        now = self._monotonic()
        waited = now - self._looked_at
        return waited >= AT_LAST_S or (waited >= self._every_s and now - self._pressed_at >= QUIET_S)

    def use(self) -> None:
        """Look everything through where it is due."""
        if self.due:
            self.settle()
            self._looked_at, self._every_s = self._monotonic(), EVERY_S
