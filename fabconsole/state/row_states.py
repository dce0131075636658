"""What the rows of a table say of themselves, and which of them say something else than before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fabconsole.fabric.table import NvlinkState, PortState

State = PortState | NvlinkState
_UP = ("Active", "ActiveDefer")
_UNTOLD = (None, "unknown")


@dataclass(frozen=True, slots=True)
class Turn:
    """A row that says something else of itself than before."""

    row: str
    before: State
    after: State

    @property
    def is_down(self) -> bool:
        """True where it was up, and no longer is."""
        return self.before.state == "Active" and self.after.state not in (*_UP, *_UNTOLD)


class Changes(NamedTuple):
    """What an answer changed."""

    turns: Sequence[Turn] = ()
    strangers: Sequence[int] = ()
    """Rows that are other devices now."""
    relabelled: bool = False
    """True where any row got or lost its identity, or has another."""


class RowStates:
    """The state of each row as last said; also which rows never were up, and what was said before a silence."""

    __slots__ = ("_asleep", "_untold", "said")

    def __init__(self) -> None:
        self.said: tuple[State, ...] = ()
        """One a row."""
        self._asleep: frozenset[str] = frozenset()
        self._untold: dict[str, State] = {}
        """Rows that do not tell their state now: what they told last."""

    def settle(self, names: Sequence[str], order: Sequence[int], said: tuple[State, ...]) -> Changes:
        """Take an answer in: what is `said` of the rows numbered by `order`; `names` are all rows'."""
        states = list(self.said)
        turns: list[Turn] = []
        strangers: list[int] = []
        woken: list[str] = []
        relabelled = False
        for row, now in zip(order, said, strict=True):
            was = states[row]
            if now is was:
                continue
            states[row] = now
            if now.state in ("Active", "up"):
                woken.append(names[row])
            if was.state != now.state and (turn := self._turned(names[row], was, now)):
                turns.append(turn)
            if _identity(was) != _identity(now):
                relabelled = True
                if _identity(was) is not None and _identity(now) is not None:
                    strangers.append(row)
        self.said = said if order == range(len(states)) else tuple(states)
        self._asleep = self._asleep.difference(woken)
        return Changes(turns, strangers, relabelled)

    def was_up(self, name: str) -> bool:
        """True for a row that was Active or up at least once."""
        return name not in self._asleep

    @property
    def any_was_up(self) -> bool:
        """True where any row ever was."""
        return len(self._asleep) < len(self.said)

    def rearranged(self, before: Sequence[str], names: Sequence[str], nothing: State) -> None:
        """The rows are these now; of those that were not there `before`, `nothing` is known."""
        old = dict(zip(before, self.said, strict=True))
        self.said = tuple(old.get(name, nothing) for name in names)
        self._asleep = self._asleep.union(name for name in names if name not in old)

    def _turned(self, name: str, was: State, now: State) -> Turn | None:
        """A silence between two states is none: what is told after it is held against what was told before."""
        if now.state in _UNTOLD:
            if was.state in _UNTOLD:
                return None
            self._untold[name] = was
            return Turn(name, was, now)
        before = self._untold.pop(name, was)
        return None if before.state in (*_UNTOLD, now.state) else Turn(name, before, now)


def _identity(state: State) -> str | None:
    return state.port_guid if isinstance(state, PortState) else state.gpu_uuid
