"""What was not read often enough yet and has not failed: unknown, and no cause for alarm."""

from __future__ import annotations

from fabconsole.fabric.health import Health
from fabconsole.state.judge import NO_RATE_YET, Verdict
from fabconsole.state.rows import Row, verdicts_of
from fabconsole.state.snapshot import NodeView, QuestionView

WAITING = "waiting"
"""Role of what waits: it says that it is unknown, without raising its voice."""

_READING = frozenset({NO_RATE_YET.reason, "not answered yet"})
"""The state's words for it; a test holds them against the state itself."""


def row_waits(row: Row | Verdict) -> bool:
    """True for a port or NVLink, or the verdict on one, that lacks its first or second reading alone."""
    return row.health is Health.UNKNOWN and row.reason in _READING


def node_waits(node: NodeView) -> bool:
    """True where everything unknown of a node only waits for an answer that is not overdue."""
    return (
        node.health is Health.UNKNOWN
        and node.error is None
        and all(map(_question_waits, node.questions))
        and not any(map(_is_overdue, verdicts_of(node.ports)))
        and not any(map(_is_overdue, verdicts_of(node.nvlinks)))
    )


def _is_overdue(verdict: Verdict) -> bool:
    return verdict.health is Health.UNKNOWN and not row_waits(verdict)


def _question_waits(question: QuestionView) -> bool:
    answered = question.health in (Health.OK, Health.NOT_SUPPORTED)
    return answered or (question.health is Health.UNKNOWN and question.age_s is None and question.reason is None)
