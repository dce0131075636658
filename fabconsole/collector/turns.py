"""Where each of a node's questions is asked: in which lane's shell, or by following; or all of them in one shell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from fabconsole.collector.asking import Asking
from fabconsole.collector.following import Following
from fabconsole.collector.lane import Lane
from fabconsole.collector.leftovers import Leftovers
from fabconsole.collector.one_by_one import OneByOne
from fabconsole.collector.polled import Polled
from fabconsole.collector.rests import Rests
from fabconsole.collector.shared import Shared
from fabconsole.collector.way import FollowingWay, LaneWay
from fabconsole.platforms.question import Follower, Inquiry
from fabconsole.platforms.shell import PRELUDE, SPARING, WATCHED, WHOLE
from fabconsole.stream.records import Happened, Record

_PRELUDES = {
    "fast": PRELUDE + SPARING + WHOLE,  # no question of it starts a tool, so none needs a watch
    "slow": PRELUDE + SPARING + WATCHED + WHOLE,
}
"""First words into the shell of a lane in which nobody asks when a piece of an answer came."""

_STAMPED = PRELUDE + SPARING + WATCHED
"""The same for every other lane."""

APART_S, APART_MOST_S = 60.0, 900.0
"""Until all have shells of their own again, where no connection was to be had for them: doubles from the first to the
most. It may have been a moment's crowd (`MaxStartups`); where it was not, each try is a line in the sshd's log."""

Turn = Lane | Following


class Way(LaneWay, FollowingWay, Protocol):
    """What lanes and followed questions need of their node's session."""


class Turns:
    """A node's questions. Those of one lane share one shell and take turns in it.

    Where a node has one session for everything, and no second connection is to be had, all of them take turns in that
    one, and the log, which cannot be followed then, is asked for like the others. An Xid comes at the rhythm of the
    question there; so this is the last resort, and not what is done wherever `MaxSessions` is 1.
    """

    def __init__(self, asked: Mapping[Asking, Inquiry | Follower], way: Way, shared: Shared) -> None:
        self._asked = asked
        self._way = way
        self._shared = shared
        self._leftovers = {asking.question.lane: Leftovers() for asking in asked}
        self._rests = Rests(asked, shared.emit, clock=shared.clock, monotonic=shared.monotonic, random=shared.random)
        self._apart = self._each_apart()
        self._together: Lane | None = None
        self._tries = 0
        """How often there was no room for all in a row."""
        self._changes_at = 0.0
        """When they shall be apart again, while they are not; else since when they are."""

    @property
    def one_by_one(self) -> bool:
        """Whether all share one session."""
        return self._together is not None

    def start(self) -> None:
        """All of them apart: the connection is there, or it is time to see whether there is room for them again."""
        if self._together is not None:
            self._together.rest()
        self._together, self._changes_at = None, self._shared.monotonic()
        for turn in self.followings():
            turn.start()
        self._all_soon()

    def join(self, why: str) -> None:
        """There is one session for all of them, and no second connection. Nothing that was out is told as failed: it is
        asked again at once.
        """
        if self._together is not None:
            return
        for turn in self.every():
            turn.rest()
        inquiries = {
            asking: reader if isinstance(reader, Inquiry) else Polled(reader, why)
            for asking, reader in self._asked.items()
        }
        self._together = self._lane(OneByOne, _STAMPED, inquiries)
        now = self._shared.monotonic()
        self._tries = 1 if now - self._changes_at > APART_MOST_S else self._tries + 1
        self._changes_at = now + min(APART_S * 2.0 ** (self._tries - 1), APART_MOST_S)
        self._all_soon()

    def ask(self, asking: Asking) -> None:
        """A question is due."""
        together = self._together
        if together is not None and together.is_idle and self._shared.monotonic() >= self._changes_at:
            self.start()
        turn = self.place(asking)
        if isinstance(turn, Following) or not self._rests.tells(asking):
            turn.ask(asking)

    def place(self, asking: Asking) -> Turn:
        """Where a question is asked now."""
        return self._apart[asking] if self._together is None else self._together

    def every(self) -> Iterable[Turn]:
        """Every lane and every followed channel that is in use, once."""
        return dict.fromkeys(self._apart.values()) if self._together is None else (self._together,)

    def followings(self) -> Iterable[Following]:
        """The followed channels among them."""
        return (turn for turn in self.every() if isinstance(turn, Following))

    def _all_soon(self) -> None:
        for asking in self._asked:
            self._way.soon(asking)

    def _each_apart(self) -> Mapping[Asking, Turn]:
        lanes: dict[str, dict[Asking, Inquiry]] = {}
        found: dict[Asking, Turn] = {}
        often = [asking.interval_s for asking, reader in self._asked.items() if isinstance(reader, Inquiry)]
        for asking, reader in self._asked.items():
            if isinstance(reader, Inquiry):
                lanes.setdefault(asking.question.lane, {})[asking] = reader
            else:
                quiet_s = min(often, default=0.0) + self._shared.connect_s
                found[asking] = self._following(asking, reader, quiet_s=quiet_s)
        for name, inquiries in lanes.items():
            found |= dict.fromkeys(inquiries, self._lane(Lane, _PRELUDES.get(name, _STAMPED), inquiries))
        return found

    def _lane(self, kind: type[Lane], prelude: str, inquiries: Mapping[Asking, Inquiry]) -> Lane:
        return kind(
            inquiries,
            self._way,
            self._rests.take,
            prelude=prelude,
            leftovers=self._leftovers,
            clock=self._shared.clock,
            monotonic=self._shared.monotonic,
            random=self._shared.random,
        )

    def _following(self, asking: Asking, follower: Follower, *, quiet_s: float) -> Following:
        shared = self._shared

        def tell(record: Record) -> None:
            """A line of the log is what a person waits for; a pulse may wait for company."""
            (shared.outbox.put_now if isinstance(record, Happened) else shared.emit)(record)

        return Following(
            asking,
            follower,
            self._way,
            tell,
            quiet_s=quiet_s,
            clock=shared.clock,
            monotonic=shared.monotonic,
            random=shared.random,
        )
