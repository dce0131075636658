"""What is wrong with a node: everything under it and about it, the loudest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health
from fabconsole.fabric.table import Kind
from fabconsole.state import judge
from fabconsole.state.host import Host
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.port_rows import renamed
from fabconsole.state.question_state import said
from fabconsole.state.rows import Judged
from fabconsole.state.scale import all_well
from fabconsole.stream.records import FAR_SIDE, Unanswered

_NOTHING_THERE = Verdict(Health.UNKNOWN, "no HCA and no GPU to be seen; if that is right, say `expect: {hcas: 0}`")
_ANSWERED = frozenset({Health.OK, Health.NOT_SUPPORTED})
_NOT_SINCE = "not answered since it is reached again"


@dataclass(frozen=True, slots=True)
class Own:
    """One thing about a node itself, not about one of its ports or NVLinks."""

    what: str
    """questions, connection, hcas, gpus, sm, sweep, events: the same thing keeps its name while its words change."""
    verdict: Verdict
    since: float | None = None
    """Since when, as far as it is known."""
    place: str | None = None
    """What on the node it is about, where that can be gone to: `gpu3`."""
    echoes: tuple[Event, ...] = ()
    """Of NVLink bursts, on this node."""
    root: str | None = None
    """Where the burst began, where this is but its echo."""


Verdicts = Mapping[str, Verdict]
"""Question to what its age and failure mean."""


def of_questions(host: Host, verdicts: Verdicts) -> Own:
    """All that its questions leave unseen, as one thing: one unanswered question is enough for a node not to be OK.

    Where the connection fails, every question does: that is said alone, as it was last said, until anything else is.
    """
    unseen = {name: verdict for name, verdict in verdicts.items() if verdict.health not in _ANSWERED}
    if not unseen:
        return Own("questions", OK)
    failures = {name: failure for name in unseen if (failure := host.questions[name].failure) is not None}
    lost = [failure for failure in failures.values() if failure.reason in FAR_SIDE]
    health = judge.worse(*unseen.values()).health
    latest = max(lost, key=lambda failure: failure.at, default=None)
    if latest is not None and host.lost_since is not None and not _reached_since(latest, failures.values()):
        return Own("connection", Verdict(health, said(latest)), host.lost_since)
    alike: dict[str, list[str]] = {}
    for name, verdict in sorted(unseen.items(), key=lambda item: -item[1].health.rank):
        alike.setdefault(_word(failures.get(name), verdict), []).append(name)
    reason = "; ".join(f"{', '.join(names)}: {_in_full(words, names, failures)}" for words, names in alike.items())
    onsets = [since for name in unseen if (since := host.questions[name].since) is not None]
    return Own("questions", Verdict(health, reason), min(onsets, default=None))


def _reached_since(lost: Unanswered, failures: Iterable[Unanswered]) -> bool:
    """Whether a question failed on the connection itself after the last one that failed for want of one."""
    return any(failure.reason not in FAR_SIDE and failure.at > lost.at for failure in failures)


def _word(failure: Unanswered | None, verdict: Verdict) -> str:
    """What failed alike has the same one. That there was no connection is over where this is asked."""
    if failure is None:
        return verdict.reason
    return _NOT_SINCE if failure.reason in FAR_SIDE else failure.reason.value


def _in_full(words: str, names: Sequence[str], failures: Mapping[str, Unanswered]) -> str:
    """What failed alike, with the details where they are the same."""
    if words == _NOT_SINCE:
        return words
    told = {said(failures[name]) for name in names if name in failures}
    return told.pop() if len(told) == 1 else words


def of_counts(host: Host, verdicts: Verdicts) -> Iterator[Own]:
    """HCAs and GPUs fewer than `expect` says, or than there were."""
    hca = host.questions.get("hca")
    if hca is not None and hca.answered_at is not None and verdicts["hca"].health is not Health.UNKNOWN:
        moved = any(True for block in host.tables(Kind.PORTS) for _ in renamed(block))
        there = host.most_hcas if moved and host.expect.hcas is None else host.expect.hcas
        for verdict in judge.fewer("HCAs", len(host.hcas), there):
            yield Own("hcas", verdict, hca.answered_at)
    if host.gpus is not None and verdicts.get("gpu", OK).health is not Health.UNKNOWN:
        expected = host.most_gpus if host.expect.gpus is None else host.expect.gpus
        gpu = host.questions.get("gpu")
        for verdict in judge.fewer("GPUs", host.gpus, expected):
            yield Own("gpus", verdict, gpu.answered_at if gpu else None)


def of_nothing(host: Host) -> Iterator[Own]:
    """That there is nothing to be well: no port, no GPU, and no `expect` that says it should be so."""
    hca = host.questions.get("hca")
    if hca is None or hca.answered_at is None or host.gpus or (host.expect.hcas, host.expect.gpus) != (None, None):
        return
    if not any(block.rows for kind in Kind for block in host.tables(kind)):
        yield Own("empty", _NOTHING_THERE, hca.answered_at)


def of_rows(judged: Judged[object]) -> Iterator[Verdict]:
    """The loudest of a node's ports or NVLinks, and how many are like it."""
    verdicts = judged.verdicts
    if not verdicts:
        return
    if verdicts is all_well(len(verdicts)):
        yield OK
        return
    loudest = max(range(len(verdicts)), key=lambda number: verdicts[number].health.rank)
    health = verdicts[loudest].health
    if health is Health.OK:
        yield OK
    elif health.severity:
        alike = sum(1 for verdict in verdicts if verdict.health is health) - 1
        more = f" (and {alike} more)" if alike else ""
        yield Verdict(health, f"{judged.name(loudest)}: {verdicts[loudest].reason}{more}")


def error(host: Host, verdicts: Verdicts) -> str | None:
    """Why last due askings have no answer; None: they have."""
    names: dict[str, list[str]] = {}
    for name, question in host.questions.items():
        if question.failure is not None and verdicts[name].health is not Health.NOT_SUPPORTED:
            names.setdefault(said(question.failure), []).append(name)
    if not names:
        return None
    if len(names) == 1 and len(next(iter(names.values()))) == len(host.questions):
        return next(iter(names))
    return "; ".join(f"{', '.join(which)}: {text}" for text, which in names.items())
