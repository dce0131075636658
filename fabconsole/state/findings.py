"""What is wrong on one node and since when, one line a thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import groupby

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.judge import NO_RATE_YET, Verdict
from fabconsole.state.roll_up import Own
from fabconsole.state.rows import chosen, question_of
from fabconsole.state.snapshot import Finding, NodeView, NvlinkView, PortView

_FOLD = 3
"""More NVLinks of one GPU than this that ail alike are one line."""
UNSEEN = frozenset({Health.STALE, Health.UNKNOWN, Health.UNTRUSTED})
"""How a thing is when it was not seen."""


class Onsets:
    """Since when each thing is as bad as it is."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, tuple[Severity, float]]] = {}

    def dated(self, node: str, found: Mapping[str, Finding]) -> tuple[Finding, ...]:
        """A node's findings by what they are about, each since it first was this bad.

        What eased keeps its onset; what is not here is well.
        """
        if not found:
            self._nodes.pop(node, None)
            return ()
        before = self._nodes.get(node, {})
        now = {what: _onset(before.get(what), finding) for what, finding in found.items()}
        self._nodes[node] = now
        return tuple(replace(finding, since=now[what][1]) for what, finding in found.items())


def findings_of(view: NodeView, own: Iterable[Own], onsets: Onsets, now: float) -> tuple[Finding, ...]:
    """What is wrong on one node: the node itself, its ports, its NVLinks. A node is as bad as the worst of them."""
    if view.health.severity < Severity.WARN:
        return onsets.dated(view.name, {})
    ports, nvlinks = tuple(_ports(view, now)), tuple(_nvlinks(view, now))
    counted = {what for what, rows in (("hcas", ports), ("gpus", nvlinks)) if _any_missing(rows)}
    themselves = _node(view, (one for one in own if one.what not in counted), now)
    return onsets.dated(view.name, {**dict(themselves), **{row.end: row for row in (*ports, *nvlinks)}})


def _any_missing(rows: Iterable[Finding]) -> bool:
    """True where those that are too few are told one by one."""
    return any(row.health is Health.MISSING for row in rows)


def _node(view: NodeView, own: Iterable[Own], now: float) -> Iterator[tuple[str, Finding]]:
    """The node itself; what several of its questions have in common is said once."""
    told: set[Verdict] = set()
    for one in own:
        verdict = one.verdict
        if verdict.health.severity >= Severity.WARN and verdict not in told:
            told.add(verdict)
            since = now if one.since is None else one.since
            end = f"{view.name}/{one.place}" if one.place else view.name
            yield one.what, Finding(end=end, health=verdict.health, reason=verdict.reason, since=since)


def _ports(view: NodeView, now: float) -> Iterator[Finding]:
    """Faults one by one, each with its far end; ports that were not seen for one reason together."""
    unseen: dict[tuple[Health, str], list[PortView]] = {}
    for port in chosen(view.ports, partial(_told_apart, view, question_of(view.ports))):
        if port.health in UNSEEN:
            unseen.setdefault((port.health, port.reason), []).append(port)
        else:
            found = _finding(port, port.unsteady or port.reason, now, port.peer)
            yield replace(found, unsteady=True) if port.unsteady else found
    for alike in unseen.values():
        more = f", and {len(alike) - 1} more ports" if len(alike) > 1 else ""
        yield _finding(alike[0], f"{alike[0].reason}{more}", now, alike[0].peer)


def _nvlinks(view: NodeView, now: float) -> Iterator[Finding]:
    ailing = sorted(
        chosen(view.nvlinks, partial(_told_apart, view, question_of(view.nvlinks))),
        key=lambda link: (link.gpu, link.health.rank, link.reason, link.link),
    )
    for (gpu, _, _), alike in groupby(ailing, key=lambda link: (link.gpu, link.health, link.reason)):
        group = list(alike)
        for link in group if len(group) <= _FOLD else group[:1]:
            more = f", and {len(group) - 1} more of gpu{gpu}" if len(group) > _FOLD else ""
            yield _finding(link, f"{link.reason}{more}", now)


def _onset(before: tuple[Severity, float] | None, finding: Finding) -> tuple[Severity, float]:
    worse = before is None or (finding.health.severity > before[0] and not finding.unsteady)
    return finding.health.severity, finding.since if worse or before is None else before[1]


def _finding(row: PortView | NvlinkView, reason: str, now: float, peer: str | None = None) -> Finding:
    return Finding(end=row.end, health=row.health, reason=reason, since=now - (row.age_s or 0.0), peer=peer)


def _told_apart(view: NodeView, question: Verdict, row: Verdict) -> bool:
    """True for a fault of the row's own: not what it has from its node or from the `question` that feeds it, nor the
    wait for a second reading.
    """
    if row.health.severity < Severity.WARN or row.reason == NO_RATE_YET.reason:
        return False
    if row.health in UNSEEN and row.health is question.health:
        return False
    return not (row.health is Health.MISSING and view.health is Health.MISSING and row.reason == view.reason)
