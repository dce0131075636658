"""What is wrong on one node and since when, one line a thing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import NamedTuple

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.judge import NO_RATE_YET, Verdict
from fabconsole.state.roll_up import Own
from fabconsole.state.rows import chosen, question_of
from fabconsole.state.snapshot import Finding, NodeView, NvlinkView, PortView

_FOLD = 3
"""More NVLinks of one GPU than this that ail alike are one line."""
UNSEEN = frozenset({Health.STALE, Health.UNKNOWN, Health.UNTRUSTED})
"""How a thing is when it was not seen."""


class Ill(NamedTuple):
    """How bad a thing is now, and since when it is known to be."""

    severity: Severity
    since: float
    is_unsteady: bool = False


class Onsets:
    """Since when each thing is as bad as it is."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, tuple[Severity, float]]] = {}

    def of(self, node: str, found: Mapping[str, Ill]) -> Mapping[str, float]:
        """Since when each of a node's things is this bad.

        What eased keeps its onset; what is not here is well.
        """
        before = self._nodes.pop(node, {})
        now = {what: _onset(before.get(what), ill) for what, ill in found.items()}
        if now:
            self._nodes[node] = now
        return {what: since for what, (_, since) in now.items()}

    def keep(self, nodes: Collection[str]) -> None:
        """Forget nodes that are no more."""
        self._nodes = {name: things for name, things in self._nodes.items() if name in nodes}


def findings_of(view: NodeView, own: Iterable[Own], onsets: Onsets, now: float) -> tuple[Finding, ...]:
    """What is wrong on one node: the node itself, its ports, its NVLinks. A node is as bad as the worst of them."""
    if view.health.severity < Severity.WARN:
        onsets.of(view.name, {})
        return ()
    ports = tuple(chosen(view.ports, partial(_told_apart, view, question_of(view.ports))))
    nvlinks = tuple(chosen(view.nvlinks, partial(_told_apart, view, question_of(view.nvlinks))))
    counted = {what for what, rows in (("hcas", ports), ("gpus", nvlinks)) if _any_missing(rows)}
    themselves = dict(_node(view, (one for one in own if one.what not in counted), now))
    ill = {what: Ill(finding.health.severity, finding.since) for what, finding in themselves.items()}
    ill |= {port.end: Ill(port.health.severity, now - (port.age_s or 0.0), bool(port.unsteady)) for port in ports}
    ill |= {link.end: Ill(link.health.severity, now - (link.age_s or 0.0)) for link in nvlinks}
    since = onsets.of(view.name, ill)
    said = (replace(finding, since=since[what]) for what, finding in themselves.items())
    return (*said, *_ports(ports, since), *_nvlinks(nvlinks, since))


def _any_missing(rows: Iterable[PortView | NvlinkView]) -> bool:
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
            codes = tuple(event.code for event in one.echoes if event.code is not None)
            yield (
                one.what,
                Finding(
                    end=end, health=verdict.health, reason=verdict.reason, since=since, echoes=codes, echo_of=one.root
                ),
            )


def _ports(ports: Iterable[PortView], since: Mapping[str, float]) -> Iterator[Finding]:
    """Faults one by one, each with its far end; ports that were not seen for one reason together."""
    unseen: dict[tuple[Health, str], list[PortView]] = {}
    for port in ports:
        if port.health in UNSEEN:
            unseen.setdefault((port.health, port.reason), []).append(port)
        else:
            found = _finding([port], port.unsteady or port.reason, since, port.peer)
            yield replace(found, unsteady=True) if port.unsteady else found
    for alike in unseen.values():
        more = f", and {len(alike) - 1} more port{'s' if len(alike) > 2 else ''}" if len(alike) > 1 else ""
        yield _finding(alike, f"{alike[0].reason}{more}", since, alike[0].peer)


def _nvlinks(links: Iterable[NvlinkView], since: Mapping[str, float]) -> Iterator[Finding]:
    ailing = sorted(links, key=lambda link: (link.gpu, link.health.rank, link.reason, link.link))
    for (gpu, _, _), alike in groupby(ailing, key=lambda link: (link.gpu, link.health, link.reason)):
        group = list(alike)
        if len(group) > _FOLD:
            yield _finding(group, f"{group[0].reason}, and {len(group) - 1} more of gpu{gpu}", since)
        else:
            yield from (_finding([link], link.reason, since) for link in group)


def _onset(before: tuple[Severity, float] | None, ill: Ill) -> tuple[Severity, float]:
    if before is None or (ill.severity > before[0] and not ill.is_unsteady):
        return ill.severity, ill.since
    return ill.severity, before[1]


def _finding(
    alike: Sequence[PortView | NvlinkView], reason: str, since: Mapping[str, float], peer: str | None = None
) -> Finding:
    """One line of one row, or of several that are alike: it is named by the first and is as old as the oldest."""
    first = alike[0]
    return Finding(
        end=first.end, health=first.health, reason=reason, since=min(since[row.end] for row in alike), peer=peer
    )


def _told_apart(view: NodeView, question: Verdict, row: Verdict) -> bool:
    """True for a fault of the row's own: not what it has from its node or from the `question` that feeds it, nor the
    wait for a second reading.
    """
    if row.health.severity < Severity.WARN or row.reason == NO_RATE_YET.reason:
        return False
    if row.health in UNSEEN and row.health is question.health:
        return False
    return not (row.health is Health.MISSING and view.health is Health.MISSING and row.reason == view.reason)
