"""When the links of a table went down, further back than any window: what tells a flapping one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Set
from typing import NamedTuple

_KEPT = 256
"""Times a row is remembered to have gone down. Only rows that did are remembered at all."""


class _Down(NamedTuple):
    at: float
    counted: int
    """By how much `link_downed` grew."""
    turned: int
    """1 where its state was Active before, and then was not."""
    over_s: float
    """Since the reading before: it may have gone down at any moment of that."""


class Often(NamedTuple):
    """How often a link went down, and when it last was seen to have."""

    times: int
    last: float
    within_s: float
    """In how long that was at most."""


class Downs:
    """Every time that a reading showed a row to have gone down, by the row's name."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, deque[_Down]] = {}

    def note(self, at: float, counted: Mapping[str, int], turned: Set[str], over_s: Callable[[str], float]) -> None:
        """Take in one reading: by how much each row's counter grew, and which were up before and are not now.

        `over_s` is since when, in seconds, a row had not been read.
        """
        for row in counted.keys() | turned:
            down = _Down(at, counted.get(row, 0), int(row in turned), over_s(row))
            self._rows.setdefault(row, deque(maxlen=_KEPT)).append(down)

    def set_back(self, seconds: float) -> None:
        """Our clock was put back by so much: what happened before is as long ago as it was."""
        for row, downs in self._rows.items():
            self._rows[row] = deque((down._replace(at=down.at - seconds) for down in downs), maxlen=_KEPT)

    def lately(self, now: float, within_s: float) -> Mapping[str, Often]:
        """The rows that went down in the last `within_s` seconds.

        A state that was seen to change and the counter's growth for it may lie a reading apart, so that each is
        summed up by itself and the greater sum counts. What was read after a longer time than that is told of that
        time, and only where nothing shorter is known.
        """
        found: dict[str, Often] = {}
        for row, downs in self._rows.items():
            late = [down for down in downs if down.at > now - within_s]
            timely = [down for down in late if down.over_s <= within_s]
            if late:
                found[row] = _often(timely or late, within_s)
        return found


def _often(downs: Iterable[_Down], within_s: float) -> Often:
    seen = [(down.at, down.turned, down.over_s) for down in downs if down.turned]
    told = [(down.at, down.counted, down.over_s) for down in downs if down.counted]
    decisive = max(seen, told, key=lambda those: sum(times for _, times, _ in those))
    longest = max(over_s for _, _, over_s in decisive)
    return Often(sum(times for _, times, _ in decisive), decisive[-1][0], max(within_s, longest))
