"""Beside the fabric: what is worst, and what happened last."""

from __future__ import annotations

from collections.abc import Collection, Container

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import EventView, Finding, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of
from fabconsole.tui.drawing import Line, Span, cut, fit, length, right, spread
from fabconsole.tui.waiting import WAITING
from fabconsole.tui.wording import clock, since

Subject = tuple[str, str | None, int | None]
"""Node, what on it, and the NVLink that an event is about."""
_SINCE = 6
_MOST = 100
"""Findings and events that a list holds; the report has the rest."""
_LEAST_RAW = 24
"""Columns below which an event's own words are not begun."""


def worst_lines(
    snapshot: Snapshot, width: int, nodes: Container[str] | None = None, waiting: Collection[str] = ()
) -> tuple[Line, ...]:
    """Findings, the worst first: the thing and its far end, below it the reason. Of `nodes` alone, if given.

    Nodes that only wait for their first answers are one line, not one each.
    """
    found = [
        one
        for one in snapshot.findings
        if (nodes is None or node_of(one.end) in nodes) and (one.end not in waiting or one.health is not Health.UNKNOWN)
    ]
    lines: list[Line] = [_title("WORST", str(len(found)) if found else "", width)]
    for finding in found[:_MOST]:
        lines += _finding(finding, snapshot.at, width)
    reading = sum(nodes is None or name in nodes for name in waiting)
    if reading or not snapshot.nodes:
        whom = f"{reading} node{'s' if reading > 1 else ''} " if reading else ""
        lines.append((Span(fit(f" ? reading {whom}…", width), WAITING),))
    elif not found:
        whole = snapshot.coverage.complete
        said = "nothing that was asked for is wrong" if whole else "nothing so far, and not everything was answered"
        lines.append((Span(fit(f" {said}", width), "dim"),))
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


def event_lines(
    snapshot: Snapshot, width: int, nodes: Container[str] | None = None, places: dict[Subject, str] | None = None
) -> tuple[Line, ...]:
    """What happened, newest first: when, how bad, where, what, how often. On `nodes` alone, if given.

    `places` keeps the addresses of subjects between drawings, which hold while the fabric has its shape.
    """
    places = {} if places is None else places
    seen = [view for view in snapshot.events if nodes is None or any(node in nodes for node in view.nodes)]
    lines: list[Line] = [_title("EVENTS", "", width)]
    if not seen:
        lines.append((Span(" none", "dim"),))
    for view in seen[:_MOST]:
        subject = view.event.node, view.event.subject, view.event.link
        place = places.get(subject)
        if place is None:
            place = places[subject] = event_place(view.event, snapshot)
        lines.append(tuple(part._replace(address=place) for part in event_line(view, width)))
    return tuple(lines)


def event_line(view: EventView, width: int, *, alone: bool = False) -> Line:
    """One line of the timeline. `alone` on its node's page: without the node, and in the log's own words where
    there is room for them.
    """
    event = view.event
    glyph, role = _LOOK[event.severity]
    times = f" ×{view.count} " if view.count > 1 else " "
    head = [Span(f" {clock(event.at)} ", "dim"), Span(glyph, role), Span(" ")]
    if not alone:
        head.append(Span(f"{event.node} ", "strong"))
    room = max(0, width - length(head) - len(times))
    body = [Span(cut(event.headline, room), "text" if event.severity >= Severity.WARN else "dim")]
    left = room - length(body) - 3
    if alone and event.text != event.headline and left >= _LEAST_RAW:
        body.append(Span(f"   {cut(event.text, left)}", "faint"))
    return (*head, *body, Span(" " * (room - length(body))), Span(times, "accent"))


def event_place(event: Event, snapshot: Snapshot) -> str:
    """The address of what an event is about: a GPU, an NVLink or a port where it names one, else its node."""
    node = snapshot.nodes.get(event.node)
    if node is None or event.subject is None:
        return event.node
    place = f"{event.node}/{event.subject}"
    if gpu_of(place) is not None:
        link = f"{place}/nvl{event.link}"
        return link if event.link is not None and snapshot.nvlink(link) is not None else place
    ends = [port.end for port in node.ports if port.end.startswith(place) and port.end[len(place) :][:1] in ("", "/")]
    return ends[0] if len(ends) == 1 else event.node


_LOOK = {
    Severity.OK: (" ", "dim"),
    Severity.INFO: (" ", "dim"),
    Severity.WARN: (Health.WARN.glyph, "warn"),
    Severity.UNKNOWN: (Health.UNKNOWN.glyph, "unknown"),
    Severity.CRIT: (Health.CRIT.glyph, "crit"),
}
"""Glyph and role: what happened whispers unless somebody should look."""


def _title(text: str, number: str, width: int) -> Line:
    return (Span(fit(f" {text} {number}", width), "title"),)
