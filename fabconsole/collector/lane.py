"""A shell kept open on one node, in which questions take turns, one in flight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel
from fabconsole.collector.failure import Failure
from fabconsole.collector.flight import NOISE, ROUNDS, UNASKED, Flight
from fabconsole.collector.leftovers import Leftovers
from fabconsole.collector.setback import Setbacks
from fabconsole.collector.understanding import Understood, understand
from fabconsole.collector.way import LaneWay
from fabconsole.platforms.question import Again, Answer, Inquiry
from fabconsole.platforms.shell import Frame
from fabconsole.stream.records import Reason, Record, Unanswered


class Lane:
    """One lane of one node, synchronous; what is asked leads to exactly one record, at once or later."""

    def __init__(
        self,
        inquiries: Mapping[Asking, Inquiry],
        way: LaneWay,
        emit: Callable[[Record], None],
        *,
        prelude: str,
        leftovers: Mapping[str, Leftovers],
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        random: Random,
    ) -> None:
        """`leftovers` by the name of the lane that a question belongs to, wherever it is asked."""
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
        self._leftovers = leftovers
        self._setbacks = Setbacks(inquiries, monotonic, random)

    @property
    def is_idle(self) -> bool:
        """True while nothing is out."""
        return self._flight is None

    def ask(self, asking: Asking) -> None:
        """An asking is due. Where it is out or waits already, within its deadline, that one stands for this one."""
        if (flight := self._flight) is None:
            self._take_off(asking)
        elif flight.late:
            self._emit(self._stuck(flight, asking))
        elif flight.asking is not asking:
            self._queue[asking] = None

    def expire(self, now: float) -> bool:
        """Write off what is out past its deadline. False: nothing is out that could still be late."""
        if (flight := self._flight) is None or flight.late:
            return False
        if now < flight.deadline or flight.is_here:
            return True
        if (channel := self._channel) is not None and channel.is_over:
            channel.drop()  # something that runs on behind its shell holds it open, it may be for ever
            self.ended(channel)
            return self._flight is not None  # what waited behind it is out now, and may be late too
        flight.late = True
        self._emit(flight.overdue(self._clock(), shell_begun=not self._shell_hangs))
        self._way.doubt()
        return self._write_off(flight)

    def _write_off(self, flight: Flight) -> bool:
        """It is late, and what waits behind it is stuck. True: there is still something to wait for."""
        queue, self._queue = self._queue, {}
        for behind in queue:
            self._emit(self._stuck(flight, behind))
        return False

    def begun(self, channel: Channel) -> None:
        """The shell that was asked for is there."""
        self._way.heard()
        self._setbacks.shells.over()
        self._greeting, self._noise = self._prelude, 0
        self._heard.clear()
        for inquiry in self._inquiries.values():
            inquiry.restart()
        if (flight := self._flight) is not None and not flight.late:
            self._send(flight)
        elif flight is not None:
            self._land()  # nothing but the shell was in the way
            for waiting in self._inquiries:
                self._way.soon(waiting)

    def cut(self, failure: Failure) -> None:
        """The connection is gone, and with it the shell and whatever ran in it."""
        queue, self._queue = self._queue, {}
        self._setbacks.over()
        self._give_up(failure)
        for asking in queue:
            self._emit(asking.failed(failure, self._clock()))

    def rest(self) -> None:
        """Ask no longer, and owe no answer."""
        self.close()
        self._heard.clear()
        self._queue.clear()
        self._flight = None

    def close(self) -> None:
        """Give the shell up: it ends when its standard input does."""
        if (channel := self._let_go()) is not None:
            channel.drop()

    def heard(self, channel: Channel, data: bytes) -> None:
        """Bytes from the shell."""
        self._way.heard()
        if channel is self._channel and (flight := self._flight) is not None:
            flight.stamp(len(self._heard), self._clock())
            self._heard += data
            self._read(flight)
        elif channel is self._channel:
            self._noise += len(data)
            if self._noise > NOISE:
                self.close()  # and the next asking is told why

    def ended(self, channel: Channel) -> None:
        """The shell is over, or could not be had."""
        if channel is self._channel:
            self._let_go()
            failure = channel.refusal or Failure(Reason.FAILED, f"the shell that asks {channel.said()}")
            self._setbacks.ended(channel, self._flight, failure)
            self._fail(failure)

    def _stuck(self, flight: Flight, asking: Asking) -> Unanswered:
        """Why `asking`, which is out as `flight` or waits behind it, is not asked."""
        return flight.stuck(asking, self._clock(), shell_begun=not self._shell_hangs)

    @property
    def _shell_hangs(self) -> bool:
        return self._channel is not None and self._channel.hangs

    def _read(self, flight: Flight) -> None:
        asking = flight.asking
        frame = flight.frame(self._heard)
        if isinstance(frame, Failure):
            self._give_up(frame)
        if not isinstance(frame, Frame):
            return
        self._heard.clear()
        match self._leftovers[asking.question.lane].met(asking, frame, self._clock()):
            case None:
                answer = flight.answer(frame, at=self._clock(), our_clock_s=self._monotonic())
                understand(self._inquiries[asking], answer, partial(self._understood, flight, answer))
            case Again():
                self._again(flight)
            case stuck:
                self._fall(flight, stuck)

    def _understood(self, flight: Flight, answer: Answer, reading: Understood) -> None:
        asking = flight.asking
        if flight is not self._flight:
            self._inquiries[asking].restart()  # it was given up meanwhile
        elif flight.late or flight.is_old:
            if (happened := asking.late(reading, answer.at)) is not None:
                self._emit(happened)
            self._land()
            if not flight.late:
                self._way.soon(asking)
        elif isinstance(reading, Again):
            self._again(flight)
        else:
            self._setbacks.of[asking].answered()
            self._emit(asking.answered(reading, answer))
            self._land()
            self._way.answered(asking)

    def _again(self, flight: Flight) -> None:
        if flight.rounds < ROUNDS:
            self._send(flight)
        else:
            self._fail(Failure(Reason.GARBLED, f"what it lists and what it answers did not agree {ROUNDS} times"))

    def _take_off(self, asking: Asking) -> None:
        flight = self._flight = Flight(asking, self._clock(), self._monotonic() + asking.deadline_s)
        self._way.watch(self)
        if self._noise > NOISE:
            self._noise = 0
            self._fail(UNASKED)
        elif (known := self._setbacks.of[asking].failure) is not None:
            self._fail(known)
        elif self._channel is None:
            self._open()
        elif self._channel.session is not None:
            self._send(flight)

    def _open(self) -> None:
        self._channel = Channel(self)
        self._setbacks.shells.open(self._channel, self._way)

    def _send(self, flight: Flight) -> None:
        inquiry, left = self._inquiries[flight.asking], self._leftovers[flight.asking.question.lane]
        said = flight.sent(f"{self._random.getrandbits(64):016x}", inquiry, left)
        greeting, self._greeting = self._greeting, ""
        if self._channel is None or (not self._channel.write(f"{greeting}{said}".encode()) and flight.rounds < ROUNDS):
            self._open()  # else it is over already each time that it has begun, and `ended` tells why

    def _let_go(self) -> Channel | None:
        """The shell is lost, and what is out in it stays behind; the channel that it had."""
        channel, self._channel = self._channel, None
        if channel is not None and channel.session is not None and self._flight is not None:
            asking = self._flight.asking
            self._leftovers[asking.question.lane].lost(asking, channel.session, self._flight.asked_at)
        return channel

    def _give_up(self, failure: Failure) -> None:
        self.close()
        self._fail(failure)

    def _fail(self, failure: Failure) -> None:
        """What is out will not come back: go on with the next."""
        self._heard.clear()
        if self._flight is not None:
            self._fall(self._flight, self._flight.asking.failed(failure, self._clock()))

    def _fall(self, flight: Flight, why: Unanswered) -> None:
        """It ends without an answer: say so, unless its deadline already did."""
        if not flight.late:
            self._emit(why)
        self._land()

    def _land(self) -> None:
        self._flight = None
        if self._queue:
            asking = next(iter(self._queue))
            del self._queue[asking]
            self._take_off(asking)
