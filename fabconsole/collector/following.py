"""A followed question: a channel whose lines keep coming, and a pulse that says silence means silence."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fabconsole.collector.allowance import Allowance
from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel
from fabconsole.collector.failure import NOT_BEGUN, Failure
from fabconsole.collector.ramp import backoff_s
from fabconsole.collector.way import FollowingWay
from fabconsole.platforms.question import Follower
from fabconsole.stream.records import Happened, Reason, Record, Sample, Unanswered

STOOD_S = 60.0
"""A script that ran this long ended for a reason of its own; it is begun again without a growing delay."""

MOST_PER_S = 1 << 14
"""Bytes a second that a log may say on and on, on top of a question's cap at once: some 35 lines of a journal or 150 of
a ring, at 20 µs each. What a log says beyond is not lost: of what came meanwhile the history has the last Xids."""

CALM_S = 5.0
"""A log that flooded is well again when it has been followed for so long, and half of its allowance is left."""


class Following:
    """One followed question of one node. Synchronous, as `Lane` is.

    Events are told at once. At each pulse there is exactly one record: a `Sample` without tables where the
    channel is open, the history has been read and the node has been heard lately; else why not.
    """

    def __init__(
        self,
        asking: Asking,
        follower: Follower,
        way: FollowingWay,
        emit: Callable[[Record], None],
        *,
        quiet_s: float,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        random: Random,
    ) -> None:
        """`quiet_s` is how long the node may be silent in all its lanes before an echo is asked for."""
        self._asking = asking
        self._follower = follower
        self._way = way
        self._emit = emit
        self._quiet_s = quiet_s
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        self._channel: Channel | None = None
        self._trouble: Failure | None = None
        self._pulse_at: float | None = None
        self._deadline = 0.0
        self._began = 0.0
        self._attempts = 0
        self._again_at: float | None = None
        self._allowed = self._allowance()
        self._asked_at = 0.0
        """When its channel was asked for, by our clock."""
        self._overdue = False
        """The last pulse was given up before the history was read."""

    def start(self) -> None:
        """Begin to follow: the connection is there."""
        if self._channel is not None:
            return
        self._again_at = None
        self._asked_at, self._began = self._clock(), self._monotonic()
        self._allowed = self._allowance()
        self._channel = Channel(self)
        self._way.open(self._channel)

    def ask(self, asking: Asking) -> None:
        """The pulse is due. Where one is waited for already, within its deadline, that one stands for this one."""
        if self._pulse_at is not None:
            return
        if self._trouble is not None and not self._calm:
            self._emit(self._asking.failed(self._trouble, self._clock()))
            if self._again_at is None:
                self.start()
        else:
            self._trouble = None
            self._pulse_at = self._clock()
            self._deadline = self._monotonic() + self._asking.deadline_s
            self._way.watch(self)
            self._beat()

    def expire(self, now: float) -> bool:
        """Give up a pulse that is late, and begin an ended script again."""
        if self._again_at is not None and now >= self._again_at:
            self.start()
        if self._pulse_at is not None and now >= self._deadline:
            self._pulse_at = None
            self._overdue = True
            self._emit(self._why_overdue())
            self._way.doubt()
        return self._pulse_at is not None or self._again_at is not None

    def alive(self) -> None:
        """The connection has just answered an echo."""
        self._beat()

    def begun(self, channel: Channel) -> None:
        """The shell is there that the script takes the place of."""
        self._way.heard()
        if self._trouble is not None and self._trouble.reason is not Reason.OVERFLOW:
            self._trouble = None
        channel.write(f"{self._follower.script()}\n".encode())

    def heard(self, channel: Channel, data: bytes) -> None:
        """Lines, or pieces of them."""
        self._way.heard()
        if not self._allowed.spend(len(data), self._monotonic()):
            self._flooded()
            return
        at = self._clock()
        try:
            events = self._follower.feed(data, at)
        except Exception as error:  # the contract says it never raises; shown as FAILED, in its own question
            self._give_up(Failure(Reason.FAILED, f"its log broke the reader: {type(error).__name__}: {error}"))
            return
        if events:
            self._emit(Happened(node=self._asking.node, at=at, events=events))
        if self._overdue and self._follower.caught_up:
            self._overdue = False
            self._way.soon(self._asking)
        self._beat()

    def ended(self, channel: Channel) -> None:
        """The script is over, or could not be begun."""
        if channel is not self._channel:
            return
        self._channel = None
        if channel.session is None and channel.refusal is not None:
            self._begin_later(Reason.NO_SHELL)
            self._in_trouble(channel.refusal)
            return
        refusal = self._follower.ended(channel.status, self._clock())
        if refusal is not None and channel.refusal is None:
            self._begin_later(refusal.reason)
            self._in_trouble(Failure(refusal.reason, refusal.detail))
            return
        stood = self._monotonic() - self._began
        self._attempts = 0 if stood > STOOD_S else self._attempts
        self._begin_later(Reason.FAILED)
        if channel.refusal is not None:
            self._in_trouble(channel.refusal)
        elif stood < STOOD_S:
            self._in_trouble(Failure(Reason.FAILED, f"the log's reader {channel.said()}; begun again"))

    def cut(self, failure: Failure) -> None:
        """The node's connection is gone."""
        self._answer(failure)
        self.rest()

    def rest(self) -> None:
        """Follow no longer, and owe no answer."""
        self.close()
        self._again_at = self._pulse_at = None
        self._trouble = None
        self._attempts = 0

    def close(self) -> None:
        """Stop following: the script ends when its standard input does."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.drop()

    @property
    def _calm(self) -> bool:
        """Whether a log that flooded is followed again, and says little."""
        if self._channel is None or self._channel.session is None or not self._follower.caught_up:
            return False
        now = self._monotonic()
        return now - self._began >= min(CALM_S, self._asking.interval_s) and self._allowed.share(now) > 0.5

    def _flooded(self) -> None:
        self._attempts = 0 if self._monotonic() - self._began > STOOD_S else self._attempts
        self._begin_later(Reason.OVERFLOW)
        self._way.soon(self._asking)  # the next pulse may be long in coming, and the last one said that all is well
        said = f"the log says more than {self._asking.question.cap_bytes:,} bytes, or {MOST_PER_S:,} a second on and on"
        self._give_up(Failure(Reason.OVERFLOW, f"{said}; its last Xids are read again now and then"))

    def _allowance(self) -> Allowance:
        return Allowance(self._asking.question.cap_bytes, MOST_PER_S)

    def _begin_later(self, reason: Reason) -> None:
        self._attempts += 1
        self._again_at = self._monotonic() + backoff_s(self._attempts, reason, self._random)
        self._way.watch(self)

    def _why_overdue(self) -> Unanswered:
        at = self._clock()
        if self._channel is not None and self._channel.hangs:
            return self._asking.unanswered(Reason.STUCK, NOT_BEGUN, at, since=self._asked_at)
        begun = self._channel is not None and self._channel.session is not None
        what = "the log's history has not been read" if begun else "no channel for the log is open"
        return self._asking.unanswered(Reason.TIMEOUT, f"{what} within {self._asking.deadline_s:g} s", at)

    def _beat(self) -> None:
        """Answer a waiting pulse, if it can be answered truly."""
        if self._pulse_at is None or self._channel is None or self._channel.session is None:
            return
        if not self._follower.caught_up:
            return
        if self._way.quiet_s() > self._quiet_s:
            self._way.doubt()
            return
        asked_at, self._pulse_at = self._pulse_at, None
        now = self._clock()
        self._emit(
            Sample(
                node=self._asking.node,
                question=self._asking.question.name,
                at=now,
                latency_s=now - asked_at,
                clock_s=self._monotonic(),
            )
        )

    def _give_up(self, failure: Failure) -> None:
        self.close()
        self._in_trouble(failure)

    def _in_trouble(self, failure: Failure) -> None:
        """Not followed until the next pulse, which is told why."""
        self._trouble = failure
        self._answer(failure)

    def _answer(self, failure: Failure) -> None:
        """Answer a waiting pulse, if there is one, with why it is not felt."""
        if self._pulse_at is not None:
            self._pulse_at = None
            self._emit(self._asking.failed(failure, self._clock()))
