"""What a platform is: the questions it asks, as shell text, and how each answer is read.

Nothing here does I/O. The collector sends `Inquiry.text()` into a shell channel through `shell.framed`, and
hands the answer back; the simulation reads the same text and must answer the same bytes as a real shell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from fabconsole.fabric.event import Event
from fabconsole.fabric.inventory import Node, Poll
from fabconsole.fabric.table import Table
from fabconsole.stream.records import Reason, Sweep


class Rhythm(StrEnum):
    """How often a question is asked; the seconds are the inventory's."""

    FAST = "fast"
    SLOW = "slow"
    IN_BAND = "in-band"
    FOLLOW = "follow"
    """Not asked again and again: a channel stays open and lines arrive. Its pulse is the slow rhythm."""

    def interval_s(self, poll: Poll) -> float:
        """Seconds from one asking to the next (of a followed one: from one pulse to the next)."""
        return {"fast": poll.fast_s, "in-band": poll.in_band_s}.get(self.value, poll.slow_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back between a question's two frames."""

    body: bytes
    status: int
    """Exit status of the question's shell function."""
    asked_at: float
    """Seconds since the epoch, by our clock, when it was sent."""
    at: float
    """The same, when the last byte was there."""
    clock_s: float
    """The node's uptime when it began to answer."""
    boot_id: str | None
    stamps: tuple[tuple[int, float], ...] = ()
    """(offset into `body`, our clock) of each piece as it arrived, for answers that take long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer, understood."""

    tables: tuple[Table, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    sweep: Sweep | None = None
    """Of an in-band question; goes on the stream in place of a Sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer that tells why there is none."""

    reason: Reason
    detail: str


class Again(StrEnum):
    """Ask once more, now: the inquiry needs another round (list first, then values)."""

    NOW = "now"


@runtime_checkable
class Inquiry(Protocol):
    """One question to one node, with what it must remember between askings."""

    def text(self) -> str:
        """Shell text to send: function definitions not sent yet to this shell, one a line, no blank line.

        Empty when all have been sent.
        """
        ...

    def call(self) -> str:
        """The shell words to run this time, such as ``fc_hca``; output goes to the frame."""
        ...

    def read(self, answer: Answer) -> Reading | Refusal | Again:
        """Understand an answer. Never raises, whatever the bytes."""
        ...

    def restart(self) -> None:
        """The shell is a new one: send definitions again. Identity and last values may be kept."""
        ...


class Follower(Protocol):
    """A followed question: a script whose lines keep coming."""

    def script(self) -> str:
        """Shell text to exec now; resumes after what has been seen. Ends by itself when its stdin closes."""
        ...

    def look(self) -> str:
        """The same for a node that has no channel to follow on: words that say what is new, not without end, and stop.

        What there is beyond that is said the next time.
        """
        ...

    def feed(self, data: bytes, at: float) -> tuple[Event, ...]:
        """Events in the complete lines so far. Never raises."""
        ...

    def ended(self, status: int | None, at: float) -> Refusal | None:
        """The script ended: why the log cannot be followed, or None to start it again."""
        ...

    @property
    def caught_up(self) -> bool:
        """True once the history before now has been read, so that silence means silence."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something to ask a kind of node, again and again."""

    name: str
    """hca, gpu, nvlink, log, in-band: what coverage counts by."""
    rhythm: Rhythm
    lane: str
    """Questions of one lane share a shell channel and wait for each other: fast, slow, in-band, log."""
    deadline_s: float | None
    """None: the inventory's `poll.timeout`."""
    cap_bytes: int
    """An answer longer than this is cut off."""


class Platform(Protocol):
    """A kind of node."""

    @property
    def name(self) -> str:
        """As the inventory's `platform:` spells it."""
        ...

    def questions(self, node: Node) -> tuple[Question, ...]:
        """What to ask this node, given its roles."""
        ...

    def inquiry(self, question: Question, node: Node) -> Inquiry | Follower:
        """A fresh one; a FOLLOW question's is a Follower, every other's an Inquiry."""
        ...
