"""When the links of a table went down, further back than any window: what tells a flapping one."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import NamedTuple

_KEPT = 256
"""Times a row is remembered to have gone down, 32 bytes each. Only rows that did so lately are remembered at all."""


class _Down(NamedTuple):
    at: float
    counted: float
    """By how much `link_downed` grew."""
    turned: float
    """1 where its state was Active before, and then was not."""
    over_s: float
    """Since the reading before: it may have gone down at any moment of that."""


_FIELDS = len(_Down._fields)


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
        self._rows: dict[str, array[float]] = {}
        """Downs in a row's order, one after the other, field by field."""

    def note(self, at: float, counted: Mapping[str, int], turned: Set[str], over_s: Callable[[str], float]) -> None:
        """Take in one reading: by how much each row's counter grew, and which were up before and are not now.

        `over_s` is since when, in seconds, a row had not been read.
        """
        for row in counted.keys() | turned:
            downs = self._rows.setdefault(row, array("d"))
            downs.extend(_Down(at, counted.get(row, 0), row in turned, over_s(row)))
            del downs[: -_KEPT * _FIELDS]

    def set_back(self, seconds: float) -> None:
        """Our clock was put back by so much: what happened before is as long ago as it was."""
        for downs in self._rows.values():
            for field in range(0, len(downs), _FIELDS):
                downs[field] -= seconds

    def lately(self, now: float, within_s: float) -> Mapping[str, Often]:
        """The rows that went down in the last `within_s` seconds; what was before is forgotten.

        A state that was seen to change and the counter's growth for it may lie a reading apart, so that each is
        summed up by itself and the greater sum counts. What was read after a longer time than that is told of that
        time, and only where nothing shorter is known.
        """
        if not self._rows:
            return _NOTHING
        found: dict[str, Often] = {}
        for row, downs in list(self._rows.items()):
            late = [down for down in _read(downs) if down.at > now - within_s]
            if not late:
                del self._rows[row]
                continue
            del downs[: -len(late) * _FIELDS]
            timely = [down for down in late if down.over_s <= within_s]
            found[row] = _often(timely or late, within_s)
        return found


_NOTHING: Mapping[str, Often] = {}


def _read(downs: array[float]) -> Iterator[_Down]:
    return (_Down(*downs[start : start + _FIELDS]) for start in range(0, len(downs), _FIELDS))


def _often(downs: Iterable[_Down], within_s: float) -> Often:
    seen = [(down.at, down.turned, down.over_s) for down in downs if down.turned]
    told = [(down.at, down.counted, down.over_s) for down in downs if down.counted]
    decisive = max(seen, told, key=lambda those: sum(times for _, times, _ in those))
    longest = max(over_s for _, _, over_s in decisive)
    return Often(int(sum(times for _, times, _ in decisive)), decisive[-1][0], max(within_s, longest))
