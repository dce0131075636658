"""The kernel log of a Linux host, read back over this boot and then followed; each line counts once.

After a reconnect the journal is resumed by its cursor, which reaches into the end of an earlier boot too; a ring buffer
by the last lines seen, which a new boot id makes worthless. The ring's stamps leave out the time a host was suspended:
what it says after that is told as early as `dmesg -T` would tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from secrets import token_hex

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.inventory import Node
from fabconsole.fabric.printable import printable
from fabconsole.formats.logs import dmesg, journal, kernel_log
from fabconsole.formats.logs.dmesg import RingLine
from fabconsole.formats.logs.journal import JournalLine
from fabconsole.platforms import kernel_log_text
from fabconsole.platforms.log_memory import JournalMemory, RingMemory
from fabconsole.platforms.question import Question, Refusal, Rhythm
from fabconsole.platforms.tool import words
from fabconsole.stream.records import Reason

QUESTION = Question(name="log", rhythm=Rhythm.FOLLOW, lane="log", deadline_s=20.0, cap_bytes=1 << 20)
"""The cap: 600 lines of history are 270 kB of a journal (700 where it is too old for `--output-fields`); the whole ring
of a kernel is 256 kB on most hosts."""

_LONGEST = 1 << 16
_AHEAD_S = 3600.0
"""A stamp this far in the future of the node's own clock is none: believed, it would make all later lines old ones."""
_WRONG_S = 5.0
"""A node's clock that is off by more is wrong: by it, what happened just now may be long past, and colour nothing."""
_LATE_S = 60.0
"""A followed line comes as it is said: one that is off by more is stamped by a clock that was set since the hello."""
_MOST_HISTORY = 2 * QUESTION.cap_bytes
"""Bytes kept until history is over, though a node may take long and never say so; the script lets far less through."""
_A_LINE = 512
"""Bytes that a line kept costs besides its text."""
_STRANGE_EVERY_S = 60.0

_REFUSALS = {
    "permission": Refusal(reason=Reason.NO_LOG, detail="neither the journal nor dmesg may be read"),
    "absent": Refusal(reason=Reason.NO_TOOL, detail="there is neither a journal nor dmesg to read the kernel log with"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of history, waiting for its turn."""

    at: float
    entry: JournalLine | RingLine
    text: str


class KernelLog:
    """Follows one node's log. See `kernel_log_text` for the lines, and `question.Follower`."""

    def __init__(self, node: Node, nonce: Callable[[], str] = lambda: token_hex(8)) -> None:
        self._node = node.name
        self._become = words(node.become)
        self._new_nonce = nonce
        self._journal, self._ring = JournalMemory(), RingMemory()
        self._marker, self._rest = b"", b""
        self._source = ""
        self._history: list[_Line] | None = None
        self._room = 0
        """Bytes left for history."""
        self._dropping = False
        self._boot_at: float | None = None
        self._wrong_s = 0.0
        """How far the node's clock is ahead of ours, where it is wrong."""
        self._skew_s = 0.0
        """The same, where it is not: onsets are told by it."""
        self._oldest = float("-inf")
        self._refusal: Refusal | None = None
        self._caught_up = False
        self._strange: list[str] = []
        self._told_strange_at = float("-inf")

    @property
    def caught_up(self) -> bool:
        """True once history has been read, so that silence means silence."""
        return self._caught_up

    def script(self) -> str:
        """What to execute now; resumes after the last line taken in."""
        nonce = self._new_nonce()
        self._marker, self._rest, self._dropping = f"\x02{nonce} ".encode(), b"", False
        self._source, self._history = "", None
        self._refusal, self._caught_up = None, False
        return kernel_log_text.command(nonce, self._journal.cursor, self._become)

    def look(self) -> str:
        """What to call for a look at what is new, where it cannot be followed."""
        return self.script().removeprefix("exec ") + f" {kernel_log_text.LOOK}"

    def feed(self, data: bytes, at: float) -> tuple[Event, ...]:
        """Events of the lines that are complete now. History is told at once, in order, when it is over."""
        events: list[Event] = []
        for line in self._complete(data):
            if line.startswith(self._marker):
                events += self._told(line[len(self._marker) :].decode("ascii", "replace").split(), at)
            elif line and self._source and (said := self._understood(line, at)) is not None:
                if self._history is None:
                    events += self._taken([said])
                elif self._room > 0:
                    self._room -= len(line) + _A_LINE
                    self._history.append(said)
                else:
                    self._strange.append(f"history beyond {_MOST_HISTORY:,} bytes")
        return (*events, *self._not_understood(at))

    def ended(self, status: int | None, at: float) -> Refusal | None:
        """Why there is nothing to follow; None where the script had been following, and shall again."""
        if self._refusal is not None or self._caught_up:
            return self._refusal
        said = "was ended" if status is None else f"ended with status {status}"
        return Refusal(reason=Reason.FAILED, detail=f"reading the kernel log {said} before its history was read")

    def _complete(self, data: bytes) -> Iterator[bytes]:
        """The lines that are complete now. One that is too long is dropped up to its end: its tail is no line."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._dropping or len(line) > _LONGEST:
                self._dropping = False
                self._strange.append(f"a line of more than {_LONGEST} bytes")
            else:
                yield line
        if self._dropping or len(self._rest) > _LONGEST:
            self._rest, self._dropping = b"", True

    def _told(self, said: Sequence[str], at: float) -> list[Event]:
        """One of the script's own lines."""
        match said:
            case ["boot", boot_id, uptime, epoch]:
                up_s, now = _seconds(uptime), _seconds(epoch)
                skew_s = now - at if now else 0.0
                self._wrong_s = skew_s if abs(skew_s) > _WRONG_S else 0.0
                self._skew_s = skew_s - self._wrong_s
                self._boot_at = now - up_s if up_s and now else None
                self._oldest = at + self._skew_s - kernel_log_text.HISTORY_S
                self._ring.booted(None if boot_id == "-" else boot_id)
            case ["none", why]:
                self._refusal = _REFUSALS.get(why, _REFUSALS["absent"])
            case ["journal" | "ring" as source]:
                self._source, self._history, self._room = source, [], _MOST_HISTORY
            case ["live", cursor]:
                return self._live(cursor)
            case _:
                self._strange.append(" ".join(said))
        return []

    def _live(self, cursor: str) -> list[Event]:
        history, self._history = self._history or [], None
        self._caught_up = True
        events = self._taken(sorted((line for line in history if line.at >= self._oldest), key=lambda line: line.at))
        if self._source == "journal" and not events and cursor != "-":
            self._journal.cursor = cursor
        return events

    def _understood(self, line: bytes, at: float) -> _Line | None:
        """A line and its onset, by the node's clock unless that is wrong; not before the epoch, not in the future."""
        now = at + self._skew_s
        if self._source == "ring":
            text = line.decode("utf-8", "replace")
            stamped = dmesg.line(text)
            wall = stamped.wall(self._boot_at) if self._boot_at is not None else stamped.at
            told = now if wall is None else wall - self._wrong_s
            if told > now + _AHEAD_S:
                stamped = RingLine(None, None, stamped.message)
            return _Line(max(0.0, min(told, now)), stamped, text)
        entry = journal.entry(line)
        if entry is None:
            self._strange.append(printable(line, 120))
            return None
        told = entry.at - self._wrong_s
        if self._history is None and abs(now - told) > _LATE_S:
            told = now
        return _Line(max(0.0, min(told, now)), entry, entry.message)

    def _taken(self, lines: Sequence[_Line]) -> list[Event]:
        """Events of those lines that are new."""
        events = []
        for line in lines:
            entry = line.entry
            new = self._journal.take(entry) if isinstance(entry, JournalLine) else self._ring.take(entry, line.text)
            event = kernel_log.event(entry.message, self._node, line.at) if new else None
            if event is not None:
                events.append(event)
        return events

    def _not_understood(self, at: float) -> list[Event]:
        """What could not be read, at most once a minute."""
        if not self._strange or at - self._told_strange_at < _STRANGE_EVERY_S:
            del self._strange[1000:]
            return []
        count, first = len(self._strange), self._strange[0]
        self._strange, self._told_strange_at = [], at
        return [
            Event(
                at=at,
                node=self._node,
                kind="log",
                severity=Severity.INFO,
                text=f"{count} lines of the kernel log were not understood, such as: {printable(first, 160)}",
            )
        ]


def _seconds(text: str) -> float | None:
    """A number of seconds, also where `date` knows no fraction and leaves `%N` standing."""
    try:
        value = float(text.removesuffix(".%N"))
    except ValueError:
        return None
    return value if 0 < value < 1e11 else None
