"""One question to one node: when it was answered, why it was not, and what that makes its age mean."""

from __future__ import annotations

import math

from fabconsole.fabric.health import Health
from fabconsole.fabric.inventory import Expect
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.snapshot import QuestionView
from fabconsole.stream.records import Reason, Unanswered

IN_BAND = "in-band"
"""The question that a sweep of the subnet answers."""
STALE_INTERVALS = 2
UNKNOWN_INTERVALS = 6
_SILENT = "no answer when it was due"
_GPU_TOOLS = frozenset({"gpu", "nvlink"})


class QuestionState:
    """What became of one question's askings."""

    __slots__ = ("answered_at", "failed_at", "failure", "interval_s", "latency_s", "name")

    def __init__(self, name: str, interval_s: float) -> None:
        self.name = name
        self.interval_s = interval_s
        self.answered_at: float | None = None
        self.latency_s: float | None = None
        self.failed_at: float | None = None
        """When the first asking since the last answer failed."""
        self.failure: Unanswered | None = None
        """Why the last asking has no answer; None: it has, or there was none yet."""

    def answered(self, at: float, latency_s: float) -> None:
        """It was answered at `at`."""
        self.answered_at, self.latency_s = at, latency_s
        self.failed_at = self.failure = None

    def failed(self, failure: Unanswered) -> None:
        """It was due and has no answer."""
        self.failed_at = failure.at if self.failed_at is None else self.failed_at
        self.failure = failure
        self.heard(failure.at)

    def heard(self, at: float) -> None:
        """Something came `at`: what seems to be later is of before our clock was put back, and no younger than that."""
        if self.answered_at is not None and self.answered_at > at:
            self.answered_at = at
        if self.failed_at is not None and self.failed_at > at:
            self.failed_at = at

    @property
    def unknown_after_s(self) -> float:
        """What was last read longer ago says nothing of now."""
        return UNKNOWN_INTERVALS * self.interval_s

    @property
    def since(self) -> float | None:
        """Since when it has no answer; where none has failed, when it last had one."""
        return self.answered_at if self.failed_at is None else self.failed_at

    def age_s(self, now: float) -> float | None:
        """Since the last answer."""
        return None if self.answered_at is None else max(0.0, now - self.answered_at)

    def verdict(self, now: float, expect: Expect) -> Verdict:
        """OK, STALE, UNKNOWN, UNTRUSTED or NOT-SUPPORTED, and why."""
        failure, age = self.failure, self.age_s(now)
        if failure is not None and failure.reason is Reason.UNTRUSTED:
            return Verdict(Health.UNTRUSTED, said(failure))
        if failure is not None and self._needless(failure, expect):
            return Verdict(Health.NOT_SUPPORTED, said(failure))
        if age is None:
            return Verdict(Health.UNKNOWN, said(failure) if failure else "not answered yet")
        if age > self.unknown_after_s:
            return Verdict(Health.UNKNOWN, said(failure) if failure else _SILENT)
        if failure is not None or age > STALE_INTERVALS * self.interval_s:
            return Verdict(Health.STALE, said(failure) if failure else _SILENT)
        return OK

    def changes_at(self, now: float) -> float:
        """When its age next means something else, or is a step older: half an interval."""
        if self.answered_at is None:
            return math.inf
        step = self.interval_s / 2
        return self.answered_at + (math.floor(max(0.0, now - self.answered_at) / step) + 1) * step

    def view(self, now: float, verdict: Verdict) -> QuestionView:
        """As the screen shows it."""
        failure = self.failure
        return QuestionView(
            name=self.name,
            health=verdict.health,
            age_s=self.age_s(now),
            latency_s=self.latency_s,
            interval_s=self.interval_s,
            reason=failure.reason if failure else None,
            detail=failure.detail if failure else "",
            since=failure.since if failure else None,
        )

    def _needless(self, failure: Unanswered, expect: Expect) -> bool:
        """No nvidia-smi where no GPU is expected is no fault; one that answered once and is gone is."""
        never = failure.reason is Reason.NO_TOOL and self.name in _GPU_TOOLS and self.answered_at is None
        return never and not expect.gpus and not expect.nvlinks


def said(failure: Unanswered) -> str:
    """A failure in one line: the kind of it, then what was tried and said."""
    reason, detail = failure.reason.value, failure.detail
    return detail if detail.startswith(reason) else f"{reason}: {detail}" if detail else reason
