"""What happened: one line an event, each the way to all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from functools import partial

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.silence import SESSION
from fabconsole.state.snapshot import EventView, Snapshot
from fabconsole.tui.addresses import event_address, event_key, gpu_of, node_of, rack_named
from fabconsole.tui.drawing import Line, Span, clipped, cut, fit, length, told, wrapped
from fabconsole.tui.wording import clock, filter_said

Subject = tuple[str, str | None, int | None]
"""Node, what on it, and the NVLink that an event is about."""
_MOST = 100
"""Events that a list holds; the report has the rest."""
_INDENT = 12
"""Columns of the time and the glyph, under which nothing else stands."""
_NARROW = 60
"""Columns below which what happened is hardly ever said in one line: rather fewer events than only their names."""
_LEAST_RAW = 24
"""Columns below which an event's own words are not begun."""
LOOK = {
    Severity.OK: (" ", "dim"),
    Severity.INFO: (" ", "dim"),
    Severity.WARN: (Health.WARN.glyph, "warn"),
    Severity.UNKNOWN: (Health.UNKNOWN.glyph, "unknown"),
    Severity.CRIT: (Health.CRIT.glyph, "crit"),
}
"""Glyph and role: what happened whispers unless somebody should look."""


def event_lines(
    snapshot: Snapshot,
    width: int,
    nodes: Container[str] | None = None,
    places: dict[Subject, str] | None = None,
    filtered: str = "",
    *,
    height: int = 0,
) -> tuple[Line, ...]:
    """What happened, newest first: when, how bad, where, what, how often, in full where `height` lines have room for
    it. On `nodes` alone, if given, which the text `filtered` let through.

    `places` keeps the addresses of subjects between drawings, which hold while the fabric has its shape.
    """
    places = {} if places is None else places
    seen = snapshot.events if nodes is None else tuple(of_nodes(snapshot.events, nodes))
    lines: list[Line] = [(Span(fit(f" EVENTS{filter_said(filtered)}", width), "title"),)]
    if not seen:
        lines.append((Span(" none", "dim"),))
    items: list[Callable[[int], list[Line]]] = []
    for view in seen[:_MOST]:
        subject = view.event.node, view.event.subject, view.event.link
        place = places.get(subject)
        if place is None:
            place = places[subject] = event_place(view.event, snapshot)
        items.append(partial(_event, view, place, width))
    return (*lines, *told(items, height - len(lines), 2 if width < _NARROW else 1))


def of_nodes(views: Iterable[EventView], nodes: Container[str]) -> Iterator[EventView]:
    """The events of some nodes; one that is told of another node or of a rack is opened: no stranger is named."""
    for view in views:
        is_rack = rack_named(view.event.node) is not None
        if all(node in nodes for node in view.also) if is_rack else view.event.node in nodes:
            yield view
        elif view.under:
            yield from of_nodes(view.under, nodes)
        elif any(node in nodes for node in view.also):
            yield view


def _event(view: EventView, place: str, width: int, most: int) -> list[Line]:
    """One event of the list; what does not fit beside its head stands under it."""
    times = _times(view)
    room = width - len(times.text)
    lines = wrapped([*_head(view, alone=False), _said(view)], room, _INDENT) if most > 1 else []
    if len(lines) < 2:
        return [_addressed(event_line(view, width), place, view)]
    first = (*lines[0], Span(" " * (room - length(lines[0]))), times)
    under = lines[1:most]
    if len(lines) > most:
        under[-1] = (*clipped(under[-1], width - 2), Span(" …", "dim"))
    return [_addressed(first, place, view), *under]


def own_events(snapshot: Snapshot, mine: list[EventView], width: int) -> tuple[Line, ...]:
    """`mine` on the page of what they happened to: without its name, in the log's own words where there is room."""
    return (
        (Span(" EVENTS", "title"), Span("" if mine else "  none", "dim")),
        *(_addressed(event_line(view, width, alone=True), event_place(view.event, snapshot), view) for view in mine),
    )


def event_line(view: EventView, width: int, *, alone: bool = False) -> Line:
    """One line of the timeline; `alone` without the node."""
    event, head, times = view.event, _head(view, alone=alone), _times(view)
    room = max(0, width - length(head) - len(times.text))
    said = _said(view)
    said = said._replace(text=cut(said.text, room))
    left = room - length([said])
    if not alone:
        return (*head, said, Span(" " * left), times)
    raw = event.text if event.text != event.headline and left >= _LEAST_RAW else ""
    return (*head, said, times, Span(fit(f"  {raw}", left), "faint"))


def _head(view: EventView, *, alone: bool) -> list[Span]:
    glyph, role = LOOK[view.event.severity]
    head = [Span(f" {clock(view.event.at)} ", "dim"), Span(glyph, role), Span(" ")]
    return head if alone else [*head, Span(f"{view.event.node} ", "strong")]


def _said(view: EventView) -> Span:
    return Span(view.headline, "text" if view.event.severity >= Severity.WARN else "dim")


def _times(view: EventView) -> Span:
    return Span(f" ×{view.count} " if view.count > 1 else " ", "accent")


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


def event_at(address: str, snapshot: Snapshot) -> EventView | None:
    """The event of a line; None where it is no event's, or went out of the timeline."""
    key = event_key(address)
    if key is None:
        return None
    mine = _opened(view for view in snapshot.events if node_of(address) in view.nodes)
    return next((view for view in mine if _key(view) == key), None)


def _opened(views: Iterable[EventView]) -> Iterator[EventView]:
    """Events, each before those that are told with it."""
    for view in views:
        yield view
        yield from _opened(view.under)


def _addressed(line: Line, place: str, view: EventView) -> Line:
    address = event_address(place, _key(view))
    return tuple(span._replace(address=address) for span in line)


def _key(view: EventView) -> str:
    """Tells an event from the others of its node; the same while it is folded again and again."""
    event = view.event
    return f"{view.first_at} {event.kind if event.kind == SESSION else event.headline}"
