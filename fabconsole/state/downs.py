"""When the links of a table went down, further back than any window: what tells a flapping one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from fabconsole.fabric.thresholds import Flapping

_KEPT = 256
"""Times a row is remembered to have gone down. Only rows that did are remembered at all."""


class _Down(NamedTuple):
    at: float
    counted: int
    """By how much `link_downed` grew."""
    turned: int
    """1 where its state was Active before, and then was not."""


class Downs:
    """Every time that a reading showed a row to have gone down, by the row's name."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, deque[_Down]] = {}

    def note(self, at: float, counted: Mapping[str, int], turned: Set[str]) -> None:
        """Take in one reading: by how much each row's counter grew, and which were up before and are not now."""
        for row in counted.keys() | turned:
            down = _Down(at, counted.get(row, 0), int(row in turned))
            self._rows.setdefault(row, deque(maxlen=_KEPT)).append(down)

    def flapping(self, rule: Flapping, now: float) -> Mapping[str, int]:
        """How often each row went down by `rule`; those that did so less often are not here.

        A state that was seen to change and the counter's growth for it may lie a reading apart, so that each is
        summed up by itself and the greater sum counts.
        """
        found = {row: _times(downs, now - rule.within_s) for row, downs in self._rows.items()}
        return {row: times for row, times in found.items() if times >= rule.downs}


def _times(downs: Iterable[_Down], since: float) -> int:
    recent = [down for down in downs if down.at > since]
    return max(sum(down.counted for down in recent), sum(down.turned for down in recent))
