"""Ask every question a number of times, then stop: what `snapshot` rests on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from fabconsole.fabric.clock import elapsed
from fabconsole.state.fabric import FabricState
from fabconsole.state.question_state import IN_BAND
from fabconsole.stream.records import FAR_SIDE, Asked, Opening, Reason, Record, Sample, Sweep, Unanswered
from fabconsole.stream.source import Source

FOLLOWED = "log"
"""A followed question has no polls: it is there once it has caught up."""
_SLACK_S = 60.0
"""Beyond the polls themselves: connecting, backing off, a tool that takes its time."""
_HOPELESS = frozenset(
    {
        *FAR_SIDE,
        Reason.STUCK,
        Reason.NO_TOOL,
        Reason.NO_PERMISSION,
        Reason.NO_LOG,
        Reason.NO_UMAD,
        Reason.NO_SUDO,
        Reason.ADOPTED,
    }
)  # asking again soon changes nothing; the rest (a deadline missed, an answer garbled) may pass

_FOR_A_RATE = 2
"""Readings, without which a port that is well would end as UNKNOWN."""

Pair = tuple[str, str]
"""Node and question."""


class Progress(NamedTuple):
    """How far the asking is."""

    done: int
    """Nodes that were asked everything as often as is wanted, or are given up."""
    nodes: int
    answers: int
    """Outcomes, of as many as are wanted."""
    wanted: int


class Tally:
    """Which questions still lack outcomes.

    A question that was answered, but less than twice because an asking failed between, is asked on: one deadline
    missed at the start is no reason to say of a healthy port that it has no rate.
    """

    def __init__(self, polls: int, tries: int = 0) -> None:
        """`tries`: how often a question without any answer is asked at least."""
        self._polls = polls
        self._tries = tries
        self._wanted: dict[Pair, int] = {}
        self._had: Counter[Pair] = Counter()
        self._read: Counter[Pair] = Counter()
        self._hopeless: set[Pair] = set()
        self._sweepers: frozenset[str] = frozenset()

    def open(self, asked: Mapping[str, Sequence[Asked]]) -> None:
        """These questions are asked from now on."""
        self._wanted = {
            (node, one.question): 1 if one.question == FOLLOWED else self._polls
            for node, questions in asked.items()
            for one in questions
        }

    def count(self, record: Record) -> None:
        """Take in one record's outcome, if it is one."""
        if not isinstance(record, Sample | Unanswered | Sweep):
            return
        pair = (record.node, IN_BAND if isinstance(record, Sweep) else record.question)
        if isinstance(record, Unanswered) and record.reason is Reason.WAITING:
            self._hopeless.discard(pair)  # a person is asked, and decides what becomes of it
            return
        self._had[pair] += 1
        self._read[pair] += not isinstance(record, Unanswered)
        if isinstance(record, Unanswered) and record.reason in _HOPELESS:
            self._hopeless.add(pair)
        else:
            self._hopeless.discard(pair)

    @property
    def waiting(self) -> list[Pair]:
        """Questions that have too few outcomes and may still get them."""
        swept = not self._tries and any(
            self._enough(pair, wanted) for pair, wanted in self._wanted.items() if pair[1] == IN_BAND
        )
        return [
            pair
            for pair, wanted in self._wanted.items()
            if not self._enough(pair, wanted) and pair not in self._hopeless and not (swept and pair[1] == IN_BAND)
        ]

    @property
    def progress(self) -> Progress:
        """How far it is."""
        nodes = {node for node, _ in self._wanted}
        done = nodes - {node for node, _ in self.waiting}
        had = sum(min(self._had[pair], wanted) for pair, wanted in self._wanted.items())
        return Progress(len(done), len(nodes), had, sum(self._wanted.values()))

    def _enough(self, pair: Pair, wanted: int) -> bool:
        read, had = self._read[pair], self._had[pair]
        return had >= wanted and (had >= self._tries if read == 0 else read >= min(wanted, _FOR_A_RATE))


async def observed(
    source: Source,
    state: FabricState,
    polls: int,
    clock: Callable[[], float] = elapsed,
    tell: Callable[[Progress], None] | None = None,
    *,
    tries: int = 0,
) -> None:
    """Apply records until each question was asked `polls` times and, if answered, has a rate; or has no hope of it.
    One that has no answer is asked `tries` times, if that is more.

    A question whose node cannot be reached or whose tool is not there is given up as soon as the others are done.
    `clock` counts seconds; after the polls' own time and a minute the rest is left as it is: unknown. `tell` is called
    after every batch of records.

    Raises SourceError where the source cannot start.
    """
    tally = Tally(polls, tries)
    stream = source.records()
    patience = _SLACK_S
    started = clock()
    while (batch := await _next(stream, started + patience - clock())) is not None:
        for record in batch:
            state.apply(record)
            if isinstance(record, Opening):
                tally.open(record.asked)
                patience = _SLACK_S + polls * _longest(record.asked.values())
            tally.count(record)
        if tell is not None:
            tell(tally.progress)
        if not tally.waiting:
            return


async def _next(stream: AsyncIterator[Sequence[Record]], patience_s: float) -> Sequence[Record] | None:
    """The next batch; None where the stream ended or nothing came in time."""
    try:
        async with asyncio.timeout(max(0.0, patience_s)):
            return await anext(stream, None)
    except TimeoutError:
        return None


def _longest(asked: Iterable[Sequence[Asked]]) -> float:
    return max((one.interval_s for questions in asked for one in questions), default=0.0)
