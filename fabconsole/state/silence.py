"""When a node stopped answering, why, and when it answered again: told as events, by the records' own times."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.inventory import Node
from fabconsole.state.question_state import said
from fabconsole.stream.records import FAR_SIDE, Reason, Unanswered

SESSION = "session"
"""The kind of these events. They colour nothing: how a node is now is judged by its questions."""

_SILENT = FAR_SIDE | {Reason.TIMEOUT, Reason.STUCK}
"""Nothing came. The other reasons are answers, if not the ones that were wanted."""
_DIALLED = re.compile(r" · (\S+)$")


class Silence:
    """The open spells of one node's silence: one of the whole node, and one of each question."""

    __slots__ = ("_lost", "_unanswered")

    def __init__(self) -> None:
        self._lost: tuple[float, Reason] | None = None
        """Since when the node is not reached, and why not, as last said."""
        self._unanswered: dict[str, float] = {}
        """Question to since when it alone is not answered."""

    @property
    def lost_since(self) -> float | None:
        """Since when the node is not reached; None: it is, or was last."""
        return self._lost[0] if self._lost else None

    def failed(self, node: Node, failure: Unanswered, *, before: bool) -> Sequence[Event]:
        """A due question has no answer; `before` it had one. Only what begins a spell is an event.

        That a tool was never there is none: nothing happened.
        """
        question, reason, lost = failure.question, failure.reason, self._lost
        if reason in FAR_SIDE:
            if lost is not None and lost[1] is reason:
                return ()
            self._lost = (lost[0] if lost else failure.at, reason)
            self._unanswered.clear()
            what = "stops answering" if before and lost is None else "does not answer"
        elif question not in self._unanswered and (before or reason in _SILENT):
            self._unanswered[question] = failure.at
            what = f"no answer to {question}"
        else:
            return ()
        return (_event(node, failure.at, Severity.UNKNOWN, f"{what}: {_told(node, failure)}"),)

    def answered(self, node: Node, question: str, at: float) -> Sequence[Event]:
        """A question was answered at `at`; the first one answered ends the silence of a whole node."""
        if self._lost is None and not self._unanswered:
            return ()
        since, lost = self._unanswered.pop(question, None), self._lost
        self._lost = None
        if lost is not None:
            return (_event(node, at, Severity.INFO, f"answers again after {_lasted(at - lost[0])}"),)
        if since is not None:
            return (_event(node, at, Severity.INFO, f"answers {question} again after {_lasted(at - since)}"),)
        return ()


def _event(node: Node, at: float, severity: Severity, text: str) -> Event:
    return Event(at=at, node=node.name, kind=SESSION, severity=severity, text=text)


def _told(node: Node, failure: Unanswered) -> str:
    """The failure without the address that was dialled, where that is the node's own: the event names the node."""
    words, dialled = said(failure), _DIALLED.search(failure.detail)
    if dialled and (node.address in dialled[1] or node.name in dialled[1]):
        return words.removesuffix(dialled[0])
    return words


def _lasted(seconds: float) -> str:
    for size, unit in ((7200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / (size / 2):.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
