"""A log that cannot be followed, asked for as any other question: what is new in it, each time."""

from __future__ import annotations

from fabconsole.platforms.question import Answer, Follower, Reading, Refusal


class Polled:
    """See `question.Inquiry`. What it has read it knows by the follower, which goes on from there."""

    def __init__(self, follower: Follower, why: str) -> None:
        """`why` it cannot be followed, for an operator."""
        self._follower = follower
        self._facts = {"log.polled": why}

    def text(self) -> str:
        """Nothing is sent beforehand."""
        return ""

    def call(self) -> str:
        """Resumes after what has been read."""
        return self._follower.look()

    def read(self, answer: Answer) -> Reading | Refusal:
        """The events in it. Those of an answer that came too late are told all the same, and not asked for again."""
        events = self._follower.feed(answer.body + b"\n", answer.at)
        refusal = self._follower.ended(answer.status, answer.at)
        return refusal if refusal is not None else Reading(events=events, facts=self._facts)

    def restart(self) -> None:
        """Every call is whole in itself."""
