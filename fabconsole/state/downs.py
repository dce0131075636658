"""When the links of a table went down, further back than any window: what tells a flapping one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

_KEPT = 256
"""Times a row is remembered to have gone down. Only rows that did are remembered at all."""


class _Down(NamedTuple):
    at: float
    counted: int
    """By how much `link_downed` grew."""
    turned: int
    """1 where its state was Active before, and then was not."""


class Often(NamedTuple):
    """How often a link went down, and when it last was seen to have."""

    times: int
    last: float


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

    def since(self, moment: float) -> Mapping[str, Often]:
        """The rows that went down after `moment`.

        A state that was seen to change and the counter's growth for it may lie a reading apart, so that each is
        summed up by itself and the greater sum counts.
        """
        found = ((row, [down for down in downs if down.at > moment]) for row, downs in self._rows.items())
        return {row: _often(downs) for row, downs in found if downs}


def _often(downs: Iterable[_Down]) -> Often:
    seen = [(down.at, down.turned) for down in downs if down.turned]
    told = [(down.at, down.counted) for down in downs if down.counted]
    decisive = max(seen, told, key=lambda those: sum(times for _, times in those))
    return Often(sum(times for _, times in decisive), decisive[-1][0])
