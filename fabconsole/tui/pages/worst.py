"""The worst list: what is not well, the worst first."""

from __future__ import annotations

from collections.abc import Collection, Container
from functools import partial

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Finding, Snapshot
from fabconsole.tui.addresses import node_of
from fabconsole.tui.drawing import Line, Span, fit, right, spread, told, within
from fabconsole.tui.waiting import WAITING
from fabconsole.tui.wording import filter_said, since

_SINCE = 6
_BESIDE = 44
"""Columns from which a link's two ends stand beside each other; else the far one comes before the reason."""
_MOST = 100
"""Findings that a list holds; the report has the rest."""


def worst_lines(
    snapshot: Snapshot,
    width: int,
    nodes: Container[str] | None = None,
    waiting: Collection[str] = (),
    filtered: str = "",
    *,
    height: int = 0,
) -> tuple[Line, ...]:
    """Findings, the worst first: the thing and its far end, below it the reason, in full where `height` lines have
    room for it. Of `nodes` and their links alone, if given, which the text `filtered` let through.

    Nodes that only wait for their first answers are one line, not one each.
    """
    found = [
        one
        for one in snapshot.findings
        if _touches(one, nodes) and (one.end not in waiting or one.health is not Health.UNKNOWN)
    ]
    lines: list[Line] = [(Span(fit(f" WORST {len(found) or ''}{filter_said(filtered)}", width), "title"),)]
    lines += told([partial(_finding, finding, snapshot.at, width) for finding in found[:_MOST]], height - 1)
    reading = sum(nodes is None or name in nodes for name in waiting)
    if reading or not snapshot.nodes:
        whom = f"{reading} node{'s' if reading > 1 else ''} " if reading else ""
        lines.append((Span(fit(f" ? reading {whom}…", width), WAITING),))
    elif not found:
        whole = snapshot.coverage.complete if nodes is None else _are_answered(snapshot, nodes)
        said = "nothing that was asked for is wrong" if whole else "nothing so far, and not everything was answered"
        said = "nothing here that the filter lets through" if filtered else said
        lines.append((Span(fit(f" {said}", width), "dim"),))
    return tuple(lines)


def _are_answered(snapshot: Snapshot, nodes: Container[str]) -> bool:
    """True when of these nodes too every question that they can answer has its answer."""
    return all(
        node.error is None and all(q.reason is None or q.health is Health.NOT_SUPPORTED for q in node.questions)
        for node in snapshot.nodes.values()
        if node.name in nodes
    )


def _touches(finding: Finding, nodes: Container[str] | None) -> bool:
    """True where either end is on `nodes`, or of anything told with it: a link whose both ends ail is told once."""
    ends = (end for end in (finding.end, finding.peer) if end)
    return nodes is None or any(node_of(end) in nodes for end in ends) or any(_touches(f, nodes) for f in finding.under)


def _finding(finding: Finding, now: float, width: int, most: int) -> list[Line]:
    role, end = finding.health.value.lower(), finding.end
    tail = [Span(right(since(finding.since, now), _SINCE), "dim"), Span(" ")]
    first = [Span(" "), Span(finding.health.glyph, role), Span(" "), Span(end, "strong")]
    reason, far = finding.reason or finding.health.value, finding.peer_health
    if finding.peer and width < _BESIDE:
        reason = f"⇄ {finding.peer} · {reason}"
    elif finding.peer:
        first += [Span(" ⇄ ", "faint"), Span(finding.peer, "dim")]
        if far is not None and far is not Health.OK:
            first += [Span(" "), Span(far.glyph, far.value.lower())]
    line = tuple(span._replace(address=end) for span in spread(first, tail, width))
    why = within(f"   {reason}", width - 1, 3, most)
    return [line, *((Span(fit(part, width), "dim"),) for part in why)]
