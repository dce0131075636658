"""The worst list: what is not well in the whole fabric, worst first, one line a trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from fabconsole.fabric.health import Health, Severity
from fabconsole.state import xid_bursts
from fabconsole.state.findings import UNSEEN
from fabconsole.state.outage_lines import by_rack, silent_racks, told
from fabconsole.state.outages import Link, Outages, Trouble, does_not_answer, is_out, node_of
from fabconsole.state.rows import at
from fabconsole.state.snapshot import Finding, NodeView, RackView

_Line = tuple[float, Finding]
"""Rank, the worst highest."""


class WorstList:
    """The order of what is wrong; it remembers at which end each link is named, so that no line jumps about."""

    def __init__(self) -> None:
        self._named: dict[Link, str] = {}
        self._outages = Outages()

    def of(
        self,
        found: Iterable[Finding],
        nodes: Mapping[str, NodeView],
        racks: Iterable[RackView],
        hidden: Set[str],
        now: float,
    ) -> tuple[Finding, ...]:
        """Worst first, then newest; a link whose both ends ail is one line; what is unseen of the
        `hidden` nodes is in a banner already.

        What is MISSING comes before what is down because of it: a link whose far end is MISSING ranks below that. The
        links of a node that is out, and the nodes of a rack that is, are told in its line, which comes first. An
        unsteady link stays in its place while it goes down and comes back.
        """
        ends: dict[Link, list[Finding]] = {}
        alone: list[Finding] = []
        for f in found:
            if f.peer is None:
                alone.append(f)
            else:
                both = replace(f, peer_health=_health_of(nodes, f.peer))
                ends.setdefault(frozenset((f.end, f.peer)), []).append(both)
        links = {link: _joined(those, self._named.get(link)) for link, those in ends.items()}
        self._named = {link: line.end for link, (_, line) in links.items()}
        troubles = {link: Trouble(line, any(map(is_out, ends[link]))) for link, (_, line) in links.items()}
        racks = list(racks)
        alone, folded = self._gathered(xid_bursts.gathered(alone), troubles, nodes, racks, now)
        lines = [line for link, line in links.items() if link not in folded]
        alone = [f for f in alone if not (f.end in hidden and f.health in UNSEEN)]
        lines += map(_ranked, _silent(alone, nodes, racks))
        return tuple(f for _, f in sorted(lines, key=lambda line: (-line[0], -line[1].since, line[1].end)))

    def _gathered(
        self,
        alone: Sequence[Finding],
        links: Mapping[Link, Trouble],
        nodes: Mapping[str, NodeView],
        racks: Iterable[RackView],
        now: float,
    ) -> tuple[list[Finding], Set[Link]]:
        """What has no far end, with the lines of nodes and racks that are out, and the links told in these."""
        own = {f.end: f for f in alone if f.end in nodes and (f.health in UNSEEN or f.health is Health.MISSING)}
        out = self._outages.of(links, own, nodes, now)
        rows = {
            name: told(outage, name, own.get(name), [links[link] for link in its])
            for name, (outage, its) in out.items()
        }
        in_racks = by_rack(rows, racks)
        covered = {name for _, names in in_racks for name in names}
        said = [row.own for row in rows.values()]
        kept = [f for f in alone if not any(f is one for one in said)]
        kept += (line for line, _ in in_racks)
        kept += (row.line for name, row in rows.items() if name not in covered)
        return kept, {link for _, its in out.values() for link in its}


def _silent(alone: Sequence[Finding], nodes: Mapping[str, NodeView], racks: Iterable[RackView]) -> list[Finding]:
    """What has no far end, the hosts of a rack that fell silent together in one line."""
    lost = {f.end: f for f in alone if f.end in nodes and not f.under and does_not_answer(nodes[f.end], f)}
    silent = silent_racks(lost, nodes, racks)
    told = {id(one) for rack in silent for one in rack.under}
    return [*silent, *(f for f in alone if id(f) not in told)]


def _ranked(finding: Finding) -> _Line:
    return _held(finding.health.rank, finding) if finding.unsteady else (_rank(finding), finding)


def _rank(finding: Finding) -> float:
    """What stands for others comes before what is as bad, what follows from something else after it."""
    if finding.health is Health.DOWN and finding.peer_health is Health.MISSING:
        return Health.MISSING.rank - 0.5
    if finding.under and (finding.health in (Health.DOWN, Health.MISSING) or finding.echoes):
        return Health.DOWN.rank + 0.5
    return finding.health.rank


def _health_of(nodes: Mapping[str, NodeView], end: str) -> Health | None:
    """Health of a far end; None where it is none of our ports."""
    view = nodes.get(node_of(end))
    port = at(view.ports, end) if view else None
    return port.health if port else None


def _joined(ends: Sequence[Finding], named: str | None) -> _Line:
    """A link's findings as one, told of the end it was `named` by before, else of the worse one."""
    found = sorted(ends, key=_rank, reverse=True)
    worst = found[0]
    rank = _rank(worst)
    main = next((f for f in found if f.end == named and worst.health is not Health.MISSING), worst)
    unsteady = next((f for f in (main, *found) if f.unsteady and worst.health is not Health.MISSING), None)
    reason = unsteady.reason if unsteady else "; ".join(_reasons(found, main))
    line = replace(main, health=worst.health, reason=reason, since=min(f.since for f in found))
    return (rank, line) if unsteady is None else _held(rank, line)


def _held(rank: float, finding: Finding) -> _Line:
    """The line of a link that goes down and comes back: it looks the same, in its place, at either moment."""
    calm = replace(finding, unsteady=True, peer_health=_calm(finding.peer_health))
    if finding.health.severity is Severity.CRIT:
        return max(rank, Health.DOWN.rank), replace(calm, health=Health.CRIT)
    return rank, calm


def _calm(health: Health | None) -> Health | None:
    return Health.CRIT if health is Health.DOWN else health


def _reasons(found: Sequence[Finding], main: Finding) -> Iterator[str]:
    """Why, the worst first; what both ends say alike once, and what the far end alone says with its name."""
    alike = Counter(finding.reason for finding in found)
    for finding in found:
        if finding.end == main.end:
            yield finding.reason
        elif alike[finding.reason] == 1:
            yield f"{finding.end}: {finding.reason}"
