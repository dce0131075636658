"""A shell kept open on one node, in which questions take turns, one in flight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Protocol

from fabconsole.collector.asking import Asking, understood
from fabconsole.collector.channel import Channel
from fabconsole.collector.failure import Failure
from fabconsole.collector.flight import Flight
from fabconsole.collector.waiting import Waiting
from fabconsole.platforms.question import Again, Answer, Inquiry
from fabconsole.platforms.shell import STILL_RUNNING, framed, traced, unframe, unless
from fabconsole.stream.records import Reason, Record

ROUNDS = 4
"""How often one asking may ask again at once (list, then values) before it is taken for a reader gone astray."""

NOISE = 1 << 16
"""Bytes that a shell may say unasked before it is closed: a node that floods us is heard no longer."""


class Way(Protocol):
    """What a lane needs of its node's session."""

    def open_shell(self, lane: Lane) -> None:
        """Begin to open a shell channel; `opened` or `not_opened` of the lane follows."""
        ...

    def heard(self) -> None:
        """Something came from the node: it lives."""
        ...

    def answered(self, asking: Asking) -> None:
        """A question has its answer."""
        ...

    def watch(self, waiting: Waiting) -> None:
        """Have `expire` called at every slot until it says that nothing is waited for."""
        ...

    def doubt(self) -> None:
        """A deadline has passed: find out whether the connection itself still answers."""
        ...


class Lane:
    """One lane of one node. Synchronous: it is called by the slot wake-up and by its channel.

    What is asked leads to exactly one record, at once or later.
    """

    def __init__(
        self,
        inquiries: Mapping[Asking, Inquiry],
        way: Way,
        emit: Callable[[Record], None],
        *,
        prelude: str,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        random: Random,
    ) -> None:
        self._inquiries = inquiries
        self._way = way
        self._emit = emit
        self._prelude = prelude
        self._greeting = ""
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        self._channel: Channel | None = None
        self._flight: Flight | None = None
        self._queue: dict[Asking, None] = {}
        self._heard = bytearray()
        self._noise = 0
        self._session: int | None = None
        self._untraced = False
        self._behind: dict[Asking, tuple[int, float]] = {}
        """What was out when its shell was lost: that shell's session, and when it was asked."""

    def ask(self, asking: Asking) -> None:
        """An asking is due. Where it is out or waits already, within its deadline, that one stands for this one."""
        flight = self._flight
        if flight is None:
            self._take_off(asking)
        elif flight.late:
            self._stuck(asking, flight)
        elif flight.asking is not asking:
            self._queue[asking] = None

    def expire(self, now: float) -> bool:
        """Write off what is out past its deadline. False: nothing is out that could still be late."""
        flight = self._flight
        if flight is None or flight.late:
            return False
        if now < flight.deadline:
            return True
        flight.late = True
        limit = f"no answer within {flight.asking.deadline_s:g} s"
        self._emit(flight.asking.unanswered(Reason.TIMEOUT, limit, self._clock()))
        queue, self._queue = self._queue, {}
        for asking in queue:
            self._stuck(asking, flight)
        self._way.doubt()
        return False

    def opened(self, channel: Channel) -> None:
        """The shell that was asked for is there."""
        self._channel = channel
        self._greeting = self._prelude
        self._session = None
        self._untraced = True
        self._heard.clear()
        self._noise = 0
        for inquiry in self._inquiries.values():
            inquiry.restart()
        flight = self._flight
        if flight is not None and flight.late:
            self._land()
        elif flight is not None:
            self._send(flight)

    def not_opened(self, failure: Failure) -> None:
        """The shell that was asked for cannot be had, though the connection stands."""
        self._lost(failure)

    def cut(self, failure: Failure) -> None:
        """The connection is gone, and with it the shell and whatever ran in it."""
        self._channel = None
        queue, self._queue = self._queue, {}
        self._lost(failure)
        for asking in queue:
            self._emit(asking.failed(failure, self._clock()))

    def close(self) -> None:
        """Give the shell up: it ends when its standard input does."""
        if self._channel is not None:
            self._channel.drop()
            self._channel = None

    def heard(self, channel: Channel, data: bytes) -> None:
        """Bytes from the shell."""
        self._way.heard()
        if channel is not self._channel:
            return
        flight = self._flight
        if flight is None:
            self._noise += len(data)
            if self._noise > NOISE:
                self.close()
            return
        flight.stamp(len(self._heard), self._clock())
        self._heard += data
        if self._untraced:
            self._session = traced(self._heard)
            self._untraced = self._session is None
        self._read(flight)

    def ended(self, channel: Channel) -> None:
        """The shell is over. A lost connection is told of by `cut`, which knows why."""
        if channel is self._channel:
            self._channel = None
            if not channel.cut:
                self._lost(Failure(Reason.FAILED, f"the shell that asks {channel.said()}"))

    def _read(self, flight: Flight) -> None:
        asking = flight.asking
        if len(self._heard) > asking.question.cap_bytes:
            self.close()
            self._lost(Failure(Reason.OVERFLOW, f"more than {asking.question.cap_bytes:,} bytes of answer; cut off"))
            return
        try:
            frame = unframe(self._heard, flight.nonce, asking.question.name, flight.searched)
        except ValueError as error:
            self.close()
            self._lost(Failure(Reason.GARBLED, f"{error}; something else writes into our shell (a profile, a banner?)"))
            return
        if frame is None:
            flight.searched = len(self._heard)
            return
        self._untraced = False
        self._heard.clear()
        behind = self._behind.pop(asking, None)
        if behind is not None and frame.status == STILL_RUNNING and not frame.body:
            self._behind[asking] = behind
            self._stuck_behind(flight, behind[1])
            return
        self._understand(flight, flight.answer(frame, at=self._clock(), our_clock_s=self._monotonic()))

    def _understand(self, flight: Flight, answer: Answer) -> None:
        asking = flight.asking
        reading = understood(self._inquiries[asking], answer)
        if flight.late:
            happened = asking.late(reading, answer.at)
            if happened is not None:
                self._emit(happened)
            self._land()
        elif isinstance(reading, Again):
            self._again(flight)
        else:
            self._emit(asking.answered(reading, answer))
            self._land()
            self._way.answered(asking)

    def _again(self, flight: Flight) -> None:
        if flight.rounds >= ROUNDS:
            self._lost(Failure(Reason.GARBLED, f"what it lists and what it answers did not agree {ROUNDS} times"))
            return
        self._send(flight)

    def _take_off(self, asking: Asking) -> None:
        flight = Flight(asking, self._clock(), self._monotonic() + asking.deadline_s)
        self._flight = flight
        self._way.watch(self)
        if self._channel is None:
            self._way.open_shell(self)
        else:
            self._send(flight)

    def _send(self, flight: Flight) -> None:
        asking = flight.asking
        flight.sent(f"{self._random.getrandbits(64):016x}")
        inquiry = self._inquiries[asking]
        text = inquiry.text()
        if text and not text.endswith("\n"):
            text += "\n"
        call = inquiry.call()
        behind = self._behind.get(asking)
        line = framed(flight.nonce, asking.question.name, call if behind is None else unless(behind[0], call))
        greeting, self._greeting = self._greeting, ""
        if self._channel is None or not self._channel.write(f"{greeting}{text}{line}".encode()):
            self._channel = None
            self._way.open_shell(self)

    def _lost(self, failure: Failure) -> None:
        """What is out will not come back: say so, unless its deadline already did, and go on with the next."""
        flight = self._flight
        self._heard.clear()
        if flight is not None:
            if self._session is not None:
                self._behind[flight.asking] = (self._session, flight.asked_at)
            if not flight.late:
                self._emit(flight.asking.failed(failure, self._clock()))
            self._land()

    def _stuck_behind(self, flight: Flight, since: float) -> None:
        if not flight.late:
            detail = "was asked before the connection was lost, and still runs there; not asked again before it is over"
            self._emit(flight.asking.unanswered(Reason.STUCK, detail, self._clock(), since=since))
        self._land()

    def _land(self) -> None:
        self._flight = None
        if self._queue:
            asking = next(iter(self._queue))
            del self._queue[asking]
            self._take_off(asking)

    def _stuck(self, asking: Asking, flight: Flight) -> None:
        now = self._clock()
        self._emit(asking.unanswered(Reason.STUCK, flight.stuck(asking, now), now, since=flight.asked_at))
