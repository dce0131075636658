"""Beside the fabric: what is worst, and what happened last."""

from __future__ import annotations

from collections.abc import Container

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import EventView, Finding, Snapshot
from fabconsole.tui.addresses import node_of
from fabconsole.tui.drawing import Line, Span, cut, fit, length, right, spread
from fabconsole.tui.wording import clock, since

_SINCE = 6
_MOST = 100
"""Findings and events that a list holds; the report has the rest."""


def worst_lines(snapshot: Snapshot, width: int, nodes: Container[str] | None = None) -> tuple[Line, ...]:
    """Findings, the worst first: the thing and its far end, below it the reason. Of `nodes` alone, if given."""
    found = [one for one in snapshot.findings if nodes is None or node_of(one.end) in nodes]
    lines: list[Line] = [_title("WORST", str(len(found)) if found else "", width)]
    if not found:
        lines.append((Span(" nothing that was asked for is wrong", "dim"),))
    for finding in found[:_MOST]:
        lines += _finding(finding, snapshot.at, width)
    return tuple(lines)


def _finding(finding: Finding, now: float, width: int) -> tuple[Line, Line]:
    role, end = finding.health.value.lower(), finding.end
    tail = (Span(right(since(finding.since, now), _SINCE), "dim", end), Span(" ", "dim", end))
    first: list[Span] = [
        Span(" ", "text", end),
        Span(finding.health.glyph, role, end),
        Span(" ", "text", end),
        Span(end, "strong", end),
    ]
    if finding.peer and width >= 44:
        first += [Span(" ⇄ ", "faint", end), Span(finding.peer, "dim", end)]
        if finding.peer_health is not None and finding.peer_health is not Health.OK:
            first += [Span(" "), Span(finding.peer_health.glyph, finding.peer_health.value.lower())]
    line = tuple(span._replace(address=end) for span in spread(first, tail, width))
    return line, (Span(fit(f"   {finding.reason or finding.health.value}", width), "dim"),)


def event_lines(snapshot: Snapshot, width: int, nodes: Container[str] | None = None) -> tuple[Line, ...]:
    """What happened, newest first: when, where, what, how often. On `nodes` alone, if given."""
    seen = [view for view in snapshot.events if nodes is None or view.event.node in nodes]
    lines: list[Line] = [_title("EVENTS", "", width)]
    if not seen:
        lines.append((Span(" none", "dim"),))
    return (*lines, *(event_line(view, width) for view in seen[:_MOST]))


def event_line(view: EventView, width: int, *, with_node: bool = True) -> Line:
    """One line of the timeline, addressed to its node so that Enter goes there."""
    event = view.event
    role = _ROLE[event.severity]
    times = f" ×{view.count}" if view.count > 1 else ""
    head = [
        Span(f" {clock(event.at)} ", "dim", event.node),
        *([Span(f"{event.node} ", "strong", event.node)] if with_node else []),
    ]
    room = max(0, width - length(head) - len(times))
    body = Span(fit(cut(event.text, room), room) if room else "", role, event.node)
    return (*head, body, Span(times, "accent", event.node))


_ROLE = {
    Severity.OK: "text",
    Severity.INFO: "text",
    Severity.WARN: "degraded",
    Severity.UNKNOWN: "unknown",
    Severity.CRIT: "text",
}


def _title(text: str, number: str, width: int) -> Line:
    return (Span(fit(f" {text} {number}", width), "title"),)
