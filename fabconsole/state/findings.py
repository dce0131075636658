"""The worst list: what is not well, since when, worst first, one line a thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.judge import NO_RATE_YET, Verdict
from fabconsole.state.roll_up import Own
from fabconsole.state.rows import chosen
from fabconsole.state.snapshot import Finding, NodeView, NvlinkView, PortView

_FOLD = 3
"""More NVLinks of one GPU than this that ail alike are one line."""
_UNSEEN = frozenset({Health.STALE, Health.UNKNOWN, Health.UNTRUSTED})


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


def ordered(
    found: Iterable[Finding], health_of: Callable[[str], Health | None], hidden: Mapping[str, Collection[str]]
) -> tuple[Finding, ...]:
    """Worst first, then newest; a link whose both ends ail is one line; `hidden` nodes are in a banner already.

    What is MISSING comes before what is down because of it: a link whose far end is MISSING ranks below that, and
    the links of a node that is MISSING are counted in its line, which comes first.
    """
    both = [
        replace(f, peer_health=health_of(f.peer)) if f.peer else f
        for f in found
        if not (f.end in hidden and f.health in _UNSEEN)
    ]
    lines = sorted(_gathered(both), key=lambda line: (-line[0], -line[1].since, line[1].end))
    told: set[str] = set()
    kept: list[Finding] = []
    for _, finding in lines:
        if finding.peer is not None and finding.peer in told:
            continue
        told.add(finding.end)
        kept.append(finding)
    return tuple(kept)


def _gathered(found: Sequence[Finding]) -> Iterator[tuple[float, Finding]]:
    """Each finding with its rank; the links of a missing node are told with it."""
    missing = {finding.end for finding in found if finding.health is Health.MISSING}
    followers = [f for f in found if f.health is Health.DOWN and f.peer_health is Health.MISSING]
    gone = (_node_of(f.peer) for f in followers if f.peer is not None and f.peer not in missing)
    links = Counter(node for node in gone if node in missing)
    for finding in found:
        if finding.end in links and finding.health is Health.MISSING:
            many = links[finding.end]
            down = f"{many} links to it are down" if many > 1 else "the link to it is down"
            yield Health.DOWN.rank + 0.5, replace(finding, reason=f"{finding.reason}; {down}")
        elif finding.health is Health.DOWN and finding.peer_health is Health.MISSING:
            if finding.peer in missing or _node_of(finding.peer or "") not in links:
                yield Health.MISSING.rank - 0.5, finding
        else:
            yield finding.health.rank, finding


def _any_missing(rows: Iterable[Finding]) -> bool:
    """True where those that are too few are told one by one."""
    return any(row.health is Health.MISSING for row in rows)


def _node_of(end: str) -> str:
    return end.partition("/")[0]


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
    for port in chosen(view.ports, partial(_told_apart, view)):
        if port.health in _UNSEEN:
            unseen.setdefault((port.health, port.reason), []).append(port)
        else:
            yield _finding(port, port.reason, now, port.peer)
    for alike in unseen.values():
        more = f", and {len(alike) - 1} more ports" if len(alike) > 1 else ""
        yield _finding(alike[0], f"{alike[0].reason}{more}", now, alike[0].peer)


def _nvlinks(view: NodeView, now: float) -> Iterator[Finding]:
    ailing = sorted(
        chosen(view.nvlinks, partial(_told_apart, view)),
        key=lambda link: (link.gpu, link.health.rank, link.reason, link.link),
    )
    for (gpu, _, _), alike in groupby(ailing, key=lambda link: (link.gpu, link.health, link.reason)):
        group = list(alike)
        for link in group if len(group) <= _FOLD else group[:1]:
            more = f", and {len(group) - 1} more of gpu{gpu}" if len(group) > _FOLD else ""
            yield _finding(link, f"{link.reason}{more}", now)


def _onset(before: tuple[Severity, float] | None, finding: Finding) -> tuple[Severity, float]:
    worse = before is None or finding.health.severity > before[0]
    return finding.health.severity, finding.since if worse or before is None else before[1]


def _finding(row: PortView | NvlinkView, reason: str, now: float, peer: str | None = None) -> Finding:
    return Finding(end=row.end, health=row.health, reason=reason, since=now - (row.age_s or 0.0), peer=peer)


def _told_apart(view: NodeView, row: Verdict) -> bool:
    """True for a fault of the row's own: not what it has from its node, nor the wait for a second reading."""
    if row.health.severity < Severity.WARN or row.reason == NO_RATE_YET.reason:
        return False
    if row.health in _UNSEEN and any(q.health is row.health for q in view.questions):
        return False
    return not (row.health is Health.MISSING and view.health is Health.MISSING and row.reason == view.reason)
