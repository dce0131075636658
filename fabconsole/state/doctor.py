"""What each node can be asked, why not what it cannot, and what would mend it: decided from a snapshot alone.

The facts `account.*` in it are what the nodes said of our account; without them a remedy is told in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fabconsole.fabric.health import Health
from fabconsole.fabric.node_sets import folded
from fabconsole.state import prescription
from fabconsole.state.remedies import EVERYTHING, PRINTED, REMEDIES, SLOWER_LOG, unseen
from fabconsole.state.snapshot import NodeView, QuestionView, Snapshot
from fabconsole.stream.records import FAR_SIDE, Reason

ACCOUNT = "account"
"""The question of `doctor` itself: none that the fabric rests on."""
_CLOCK_S = 2.0
_SLOW_S = 1.0
_INCOMPLETE = 3
_UNTOLD = "not answered while we asked"
_LONG = 60
"""Columns of a folded node set that are read at a glance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that cannot be asked, alike on all of `nodes`."""

    reason: Reason
    nodes: tuple[str, ...]
    questions: tuple[str, ...]
    said: Mapping[str, tuple[str, ...]]
    """What was said, and on which of them; sanitised."""
    steps: tuple[str, ...]
    """To be typed as root on each of them; empty where only `advice` helps."""
    here: tuple[str, ...] = ()
    """To be typed where we are, one for each of them whose own console shows the key that it offers."""

    @property
    def glyph(self) -> str:
        """The reason's."""
        return REMEDIES[self.reason].glyph

    @property
    def advice(self) -> str:
        """What to do, in a line; it names no other place to look, since this is the one."""
        return REMEDIES[self.reason].advice.removesuffix(PRINTED)

    @property
    def unseen(self) -> str:
        """What it costs in sight."""
        return EVERYTHING if self.reason in FAR_SIDE else unseen(self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What `doctor` says."""

    fabric: str
    at: float
    nodes: int
    answered: Mapping[str, tuple[int, int]]
    """Question to how many of the nodes that should answer it have."""
    limits: tuple[Limit, ...]
    """Those of whole nodes first, then by how many nodes each is of."""
    remarks: tuple[str, ...]
    """What stands in nobody's way, and is worth knowing."""

    @property
    def exit_code(self) -> int:
        """0: everything can be asked; 3, as `snapshot` has it for what is incomplete."""
        return _INCOMPLETE if self.limits else 0

    @property
    def reached(self) -> int:
        """Nodes that let us in."""
        return self.nodes - sum(len(limit.nodes) for limit in self.limits if limit.reason in FAR_SIDE)


class _Kind(NamedTuple):
    """What makes two nodes' limits one."""

    reason: Reason
    questions: tuple[str, ...]
    steps: tuple[str, ...]


def diagnosis(snapshot: Snapshot) -> Diagnosis:
    """Of the inventory's nodes as they were last asked."""
    nodes = [view for view in snapshot.nodes.values() if view.rack is not None]
    alike: dict[_Kind, list[tuple[str, str]]] = {}
    for view in nodes:
        for reason, questions in _limits(view):
            names = tuple(one.name for one in questions)
            said = next((one.detail for one in questions if one.reason is reason), "") or _UNTOLD
            kind = _Kind(reason, names, prescription.steps(reason, names, said, view.facts))
            alike.setdefault(kind, []).append((view.name, said))
    limits = [
        Limit(**kind._asdict(), nodes=tuple(name for name, _ in found), said=_by_text(found), here=_here(kind, found))
        for kind, found in alike.items()
    ]
    limits.sort(key=lambda limit: (limit.reason not in FAR_SIDE, -len(limit.nodes), limit.nodes))
    return Diagnosis(
        fabric=snapshot.fabric,
        at=snapshot.at,
        nodes=len(nodes),
        answered=_answered(nodes),
        limits=tuple(limits),
        remarks=tuple(_remarks(nodes)),
    )


def _by_text(found: Sequence[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Texts that differ in the address alone are one; what is said of one node keeps it."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for name, said in found:
        texts.setdefault(said.partition(" · ")[0], []).append((name, said))
    return {
        (alike[0][1] if len(alike) == 1 else text): tuple(name for name, _ in alike) for text, alike in texts.items()
    }


def _here(kind: _Kind, found: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    if kind.reason is not Reason.UNTRUSTED:
        return ()
    return tuple(step for _, said in found if (step := prescription.accepted(said)))


def _answered(nodes: Iterable[NodeView]) -> Mapping[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for question in (question for view in nodes for question in view.questions):
        if question.name != ACCOUNT and question.health is not Health.NOT_SUPPORTED:
            answered, asked = counts.get(question.name, (0, 0))
            counts[question.name] = (answered + _is_answered(question), asked + 1)
    return counts


def _unanswered(view: NodeView) -> Mapping[Reason, list[QuestionView]]:
    """By reason; a connection that fails is one failure, whichever questions met it."""
    found: dict[Reason, list[QuestionView]] = {}
    for question in view.questions:
        if not _is_answered(question) and not _is_needless(question) and question.name != ACCOUNT:
            found.setdefault(question.reason or Reason.TIMEOUT, []).append(question)
    lost = next((reason for reason in found if reason in FAR_SIDE), None)
    if lost is None:
        return found
    return {lost: [one for one in view.questions if one.name != ACCOUNT and not _is_needless(one)]}


def _is_needless(question: QuestionView) -> bool:
    return question.health is Health.NOT_SUPPORTED


def _limits(view: NodeView) -> Iterator[tuple[Reason, Sequence[QuestionView]]]:
    """What comes too late is told of each question: of many nodes nearly every combination of them would be there."""
    for reason, questions in _unanswered(view).items():
        if reason in (Reason.TIMEOUT, Reason.STUCK):
            yield from ((reason, [question]) for question in questions)
        else:
            yield reason, questions


def _is_answered(question: QuestionView) -> bool:
    """Whether it can be asked. One that was answered, and then not in time, can be."""
    late = question.age_s is not None and question.reason in (None, Reason.TIMEOUT)
    return question.health is Health.OK or late


def _remarks(nodes: Sequence[NodeView]) -> Iterator[str]:
    needless: dict[str, list[str]] = {}
    hosts: dict[str, list[str]] = {}
    polled: dict[str, list[str]] = {}
    for view in nodes:
        if why := view.facts.get("log.polled"):
            polled.setdefault(why.partition(" · ")[0], []).append(view.name)
        names = ", ".join(question.name for question in view.questions if question.health is Health.NOT_SUPPORTED)
        needless.setdefault(names, []).append(view.name)
        hosts.setdefault(view.facts.get("account.host", ""), []).append(view.name)
    for questions, which in needless.items():
        if questions:
            yield f"{named(which)}: {questions} not there, and not expected"
    for why, which in polled.items():
        yield f"{named(which)}: {SLOWER_LOG}: {why}; raise MaxSessions (10 is usual)"
    for host, which in hosts.items():
        if host and len(which) > 1:
            yield f"{named(which)}: all call themselves {host}; do their addresses lead to one machine?"
    if off := {view.name: ahead for view in nodes if abs(ahead := _ahead_s(view)) > _CLOCK_S + _took_s(view)}:
        worst = max(off, key=lambda name: abs(off[name]))
        yield f"{named(tuple(off))}: clock not ours, {worst} by {off[worst]:+.0f} s; `chronyc tracking` there says why"
    if slow := {view.name: took for view in nodes if (took := _took_s(view)) > _SLOW_S}:
        worst = max(slow, key=lambda name: slow[name])
        yield f"{named(tuple(slow))}: slow to say who we are, {worst} took {slow[worst]:.1f} s; a directory server?"


def named(nodes: Sequence[str]) -> str:
    """Nodes folded, and how many where that is not seen: `gpu[00-03] (4)`. A set that fills lines is told by one."""
    names = folded(nodes)
    if len(names) > _LONG:
        return f"{len(nodes)} nodes, {nodes[0]} among them"
    return names + (f" ({len(nodes)})" if len(nodes) > 1 else "")


def _ahead_s(view: NodeView) -> float:
    return float(view.facts.get("account.clock-ahead-s", 0))


def _took_s(view: NodeView) -> float:
    return max((q.latency_s or 0.0 for q in view.questions if q.name == ACCOUNT), default=0.0)
