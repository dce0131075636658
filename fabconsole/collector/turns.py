"""Where each of a node's questions is asked: in which lane's shell, or by following."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fabconsole.collector import following, lane
from fabconsole.collector.asking import Asking
from fabconsole.collector.following import Following
from fabconsole.collector.lane import Lane
from fabconsole.collector.shared import Shared
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

Turn = Lane | Following


class Way(lane.Way, following.Way, Protocol):
    """What lanes and followed questions need of their node's session."""


def turns(asked: Mapping[Asking, Inquiry | Follower], way: Way, shared: Shared) -> Mapping[Asking, Turn]:
    """A node's questions by where they are asked. Questions of one lane share one shell and take turns in it."""
    lanes: dict[str, dict[Asking, Inquiry]] = {}
    found: dict[Asking, Turn] = {}
    often = [asking.interval_s for asking, reader in asked.items() if isinstance(reader, Inquiry)]
    for asking, reader in asked.items():
        if isinstance(reader, Inquiry):
            lanes.setdefault(asking.question.lane, {})[asking] = reader
        else:
            found[asking] = _following(asking, reader, way, shared, quiet_s=min(often, default=0.0) + shared.connect_s)
    for name, inquiries in lanes.items():
        found |= dict.fromkeys(inquiries, _lane(name, inquiries, way, shared))
    return found


def _lane(name: str, inquiries: Mapping[Asking, Inquiry], way: Way, shared: Shared) -> Lane:
    return Lane(
        inquiries,
        way,
        shared.emit,
        prelude=_PRELUDES.get(name, _STAMPED),
        clock=shared.clock,
        monotonic=shared.monotonic,
        random=shared.random,
    )


def _following(asking: Asking, follower: Follower, way: Way, shared: Shared, *, quiet_s: float) -> Following:
    def tell(record: Record) -> None:
        """A line of the log is what a person waits for; a pulse may wait for company."""
        (shared.outbox.put_now if isinstance(record, Happened) else shared.emit)(record)

    return Following(
        asking,
        follower,
        way,
        tell,
        quiet_s=quiet_s,
        clock=shared.clock,
        monotonic=shared.monotonic,
        random=shared.random,
    )
