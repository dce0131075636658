"""What of the fabric a view rests on, counted by question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from fabconsole.fabric.health import Health
from fabconsole.state.question_state import IN_BAND
from fabconsole.state.snapshot import Coverage, NodeView, QuestionCoverage, QuestionView


def coverage(inventory: Iterable[str], nodes: Mapping[str, NodeView], switches: Collection[str]) -> Coverage:
    """Nodes are the inventory's. In-band counts the switches that are known, before there are any the hosts asked."""
    names = [name for name in inventory if name in nodes]
    firsts = [(nodes[name], first_question(nodes[name])) for name in names]
    in_band = [(view.name, q) for view in nodes.values() for q in view.questions if q.name == IN_BAND]
    sweeping = [q for name, q in in_band if not switches or name in switches]
    asked: dict[str, list[QuestionView]] = {}
    for view in nodes.values():
        for question in view.questions:
            if question.name != IN_BAND and question.health is not Health.NOT_SUPPORTED:
                asked.setdefault(question.name, []).append(question)
    if sweeping:
        asked[IN_BAND] = sweeping
    return Coverage(
        nodes=len(names),
        polled=sum(1 for _, first in firsts if first is not None and first.health is Health.OK),
        oldest_s=_oldest(view.age_s for view, _ in firsts),
        questions={name: _counted(questions) for name, questions in asked.items()},
    )


def first_question(view: NodeView) -> QuestionView | None:
    """The question that is asked most often: whether a node is polled at all."""
    return min(view.questions, key=lambda question: question.interval_s, default=None)


def _counted(questions: list[QuestionView]) -> QuestionCoverage:
    return QuestionCoverage(
        asked=len(questions),
        answered=sum(1 for question in questions if question.health is Health.OK),
        oldest_s=_oldest(question.age_s for question in questions),
    )


def _oldest(ages: Iterable[float | None]) -> float | None:
    return max((age for age in ages if age is not None), default=None)
