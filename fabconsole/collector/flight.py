"""The asking that is out in a lane, and what has come back of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from fabconsole.collector.asking import Asking
from fabconsole.collector.failure import NOT_BEGUN, Failure
from fabconsole.collector.leftovers import Leftovers
from fabconsole.platforms.question import Answer, Inquiry
from fabconsole.platforms.shell import Frame, framed, unframe
from fabconsole.stream.records import Reason, Unanswered

ROUNDS = 4
"""How often one asking may ask again at once (list, then values) before it is taken for a reader gone astray."""

NOISE = 1 << 16
"""Bytes that a shell may say besides its answers before it is closed: a node that floods us is heard no longer."""

UNASKED = Failure(Reason.OVERFLOW, f"its shell says more than {NOISE:,} bytes unasked; closed")

STAMP_S = 0.01
"""Pieces of an answer that arrive closer together than this share one stamp."""

HELD_UP_S = 1.0
"""An answer so long after its deadline that nobody wrote off: it was us that something held up, a stop or a sleeping
machine. It may have been read at any moment of that."""


@dataclass(slots=True, eq=False)
class Flight:
    """One asking under way. Ends with an answer, or with its shell."""

    asking: Asking
    asked_at: float
    """Seconds since the epoch when it was first sent."""
    deadline: float
    """On our steady clock."""
    nonce: str = ""
    rounds: int = 0
    """How often it was sent: list, then values."""
    late: bool = False
    """Its deadline has passed and it is written off; the lane stays blocked until it is back."""
    is_here: bool = False
    """Its answer came and is being read: what is late from now on is us."""
    is_old: bool = False
    """What came says nothing of now."""
    searched: int = 0
    """Bytes that have been looked through for the frame."""
    stamps: list[tuple[int, float]] = field(default_factory=list)
    """(offset into what was heard, our clock) of each piece."""

    def sent(self, nonce: str, inquiry: Inquiry, left: Leftovers) -> str:
        """It goes out, once more: what is said to the shell."""
        self.nonce = nonce
        self.rounds += 1
        self.is_here = False
        self.searched = 0
        self.stamps.clear()
        text = inquiry.text()
        text += "" if text.endswith("\n") or not text else "\n"
        return text + framed(nonce, self.asking.question.name, left.call(inquiry.call()))

    def stamp(self, offset: int, at: float) -> None:
        """A piece has come. Bounded: a node that sends single bytes fills no list."""
        if not self.stamps or at - self.stamps[-1][1] > STAMP_S:
            self.stamps.append((offset, at))

    def frame(self, heard: bytearray) -> Frame | Failure | None:
        """What is framed in all that was heard since it was sent; None: not complete; a Failure: nor will it be."""
        asking = self.asking
        if len(heard) > asking.question.cap_bytes:
            return Failure(Reason.OVERFLOW, f"more than {asking.question.cap_bytes:,} bytes of answer; cut off")
        try:
            frame = unframe(heard, self.nonce, asking.question.name, self.searched)
        except ValueError as error:
            said = f"{error}; something else writes into our shell (a profile, a banner?)"
            return Failure(Reason.GARBLED, said)
        self.searched = len(heard)
        return UNASKED if frame is not None and len(heard) - len(frame.body) > NOISE else frame

    def answer(self, frame: Frame, *, at: float, our_clock_s: float) -> Answer:
        """The answer in a frame that is here now; `our_clock_s` stands in for a node without an uptime."""
        self.is_here, self.is_old = True, our_clock_s > self.deadline + HELD_UP_S
        return Answer(
            body=frame.body,
            status=frame.status,
            asked_at=self.asked_at,
            at=at,
            clock_s=our_clock_s if frame.clock_s is None else frame.clock_s,
            boot_id=frame.boot_id,
            stamps=self._stamps(frame),
        )

    def overdue(self, now: float, *, shell_begun: bool) -> Unanswered:
        """That its deadline has passed."""
        if not shell_begun:
            return self.stuck(self.asking, now, shell_begun=False)
        return self.asking.unanswered(Reason.TIMEOUT, f"no answer within {self.asking.deadline_s:g} s", now)

    def stuck(self, asking: Asking, now: float, *, shell_begun: bool) -> Unanswered:
        """Why `asking`, this one or one behind it, is not asked. Without an age, so that many nodes which hang alike
        are one failure.
        """
        if not shell_begun:
            detail = NOT_BEGUN
        elif self.asking is asking:
            detail = "asked and not back; not asked again before it is"
        else:
            detail = f"waits behind {self.asking.question.name}, which is not back"
        return asking.unanswered(Reason.STUCK, detail, now, since=self.asked_at)

    def _stamps(self, frame: Frame) -> tuple[tuple[int, float], ...]:
        """Arrival times by offset into the body; none for an answer that came in one piece."""
        if len(self.stamps) == 1:
            return ()
        trailer = len(f"\n\x03{self.nonce} {self.asking.question.name} {frame.status}\n")
        start = frame.end - trailer - len(frame.body)
        return tuple((max(0, offset - start), at) for offset, at in self.stamps if offset <= frame.end)
