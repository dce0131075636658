"""The worst list: what is not well in the whole fabric, worst first, one line a trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.findings import UNSEEN
from fabconsole.state.snapshot import Finding

Link = frozenset[str]
"""Both ends' addresses."""
_Line = tuple[float, Finding]
"""Rank, the worst highest."""


class WorstList:
    """The order of what is wrong; it remembers at which end each link is named, so that no line jumps about."""

    def __init__(self) -> None:
        self._named: dict[Link, str] = {}

    def of(
        self, found: Iterable[Finding], health_of: Callable[[str], Health | None], hidden: Set[str]
    ) -> tuple[Finding, ...]:
        """Worst first, then newest; a link whose both ends ail is one line; what is unseen of the
        `hidden` nodes is in a banner already.

        What is MISSING comes before what is down because of it: a link whose far end is MISSING ranks below that,
        and the links of a node that is MISSING are counted in its line, which comes first. An unsteady link stays in
        its place while it goes down and comes back.
        """
        both = [
            replace(f, peer_health=health_of(f.peer)) if f.peer else f
            for f in found
            if not (f.end in hidden and f.health in UNSEEN)
        ]
        lines: list[_Line] = []
        links: dict[Link, list[_Line]] = {}
        for rank, finding in _gathered(both):
            if finding.peer is None:
                lines.append(_held(rank, finding) if finding.unsteady else (rank, finding))
            else:
                links.setdefault(frozenset((finding.end, finding.peer)), []).append((rank, finding))
        joined = {link: _joined(ends, self._named.get(link)) for link, ends in links.items()}
        self._named = {link: finding.end for link, (_, finding) in joined.items()}
        lines += joined.values()
        return tuple(f for _, f in sorted(lines, key=lambda line: (-line[0], -line[1].since, line[1].end)))


def _joined(ends: Sequence[_Line], named: str | None) -> _Line:
    """A link's findings as one, told of the end it was `named` by before, else of the worse one."""
    ranked = sorted(ends, key=lambda line: -line[0])
    found = [finding for _, finding in ranked]
    rank, worst = ranked[0]
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


def _node_of(end: str) -> str:
    return end.partition("/")[0]
