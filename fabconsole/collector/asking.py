"""One question to one node over time, and the record that each of its askings ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fabconsole.collector.failure import MOST_SAID, Failure
from fabconsole.fabric.inventory import Node, Poll
from fabconsole.fabric.printable import printable
from fabconsole.platforms.question import Again, Answer, Follower, Inquiry, Question, Reading, Refusal
from fabconsole.stream.records import Happened, Reason, Record, Sample, Unanswered


@dataclass(slots=True, eq=False)
class Asking:
    """A question as one node is asked it. Compared by identity."""

    node: str
    question: Question
    interval_s: float
    deadline_s: float

    def answered(self, reading: Reading | Refusal, answer: Answer) -> Record:
        """The record of an answer that came in time."""
        if isinstance(reading, Refusal):
            return self.unanswered(reading.reason, reading.detail, answer.at)
        if reading.sweep is not None:
            return reading.sweep
        return Sample(
            node=self.node,
            question=self.question.name,
            at=answer.at,
            latency_s=answer.at - answer.asked_at,
            clock_s=answer.clock_s,
            boot_id=answer.boot_id,
            tables=reading.tables,
            events=reading.events,
            facts=reading.facts,
        )

    def late(self, reading: Reading | Refusal | Again, at: float) -> Happened | None:
        """What is kept of an answer that came after its deadline: what happened, and no values.

        Its values were read at a moment nobody knows between the asking and now, so a rate made of them could
        be many times too high. The inquiry has read the answer all the same: node and inquiry must agree on
        what was sent last.
        """
        if not isinstance(reading, Reading):
            return None
        events = reading.events + (reading.sweep.events if reading.sweep else ())
        return Happened(node=self.node, at=at, events=events) if events else None

    def unanswered(self, reason: Reason, detail: str, at: float, since: float | None = None) -> Unanswered:
        """The record of an asking that has no answer."""
        return Unanswered(
            node=self.node,
            question=self.question.name,
            at=at,
            reason=reason,
            detail=printable(detail, MOST_SAID),
            since=since,
        )

    def failed(self, failure: Failure, at: float) -> Unanswered:
        """The same, where the way to the node is to blame."""
        return self.unanswered(failure.reason, failure.detail, at)


def askings(
    node: Node,
    poll: Poll,
    questions: Callable[[Node], Sequence[Question]],
    inquiry: Callable[[Question, Node], Inquiry | Follower],
) -> Mapping[Asking, Inquiry | Follower]:
    """What one node is asked, each question with what reads its answers."""
    return {
        Asking(
            node=node.name,
            question=question,
            interval_s=question.rhythm.interval_s(poll),
            deadline_s=poll.timeout_s if question.deadline_s is None else question.deadline_s,
        ): inquiry(question, node)
        for question in questions(node)
    }
