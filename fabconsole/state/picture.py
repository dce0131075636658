"""What the console asks of the state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from fabconsole.state.snapshot import NodeView, Series, Snapshot

Step = NodeView | Snapshot | None
"""What a snapshot in the making has come to: a node, all of it, or some of what counts over all nodes."""


class Picture(Protocol):
    """What the console asks of the state: a snapshot on its own clock, and a counter's recent growth."""

    def steps(self, now: float) -> Iterator[Step]:
        """The fabric at `now`, last, after the nodes one by one: thousands that fail at once take a second."""
        ...

    def snapshot(self, now: float) -> Snapshot:
        """The same at once; cheap when little changed."""
        ...

    def series(self, end: str, counter: str) -> Series:
        """Growth of one counter of one port or NVLink, as far back as memory goes."""
        ...
