"""All that is told in short elsewhere of one thing: an event in every word, a reason without an ellipsis, a command
with every node that it is run on.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.node_sets import folded
from fabconsole.state.snapshot import EventView, Finding, Snapshot
from fabconsole.tui.addresses import place_of
from fabconsole.tui.diagnosis import Choice, Job, Run
from fabconsole.tui.drawing import Line, Span, fit, plain, right, wrapped
from fabconsole.tui.pages.counted import End, counters_of, is_zero
from fabconsole.tui.pages.events import LOOK, event_at, event_place
from fabconsole.tui.pages.selection import selection
from fabconsole.tui.readings import exact, growth, unit
from fabconsole.tui.wording import clock, moment

_LABEL = 10
_ANY_WIDTH = 100_000
_MOST = 100
"""Events that followed from one; the report has the rest."""


class Row(NamedTuple):
    """One thing that is told, and the word before it."""

    label: str
    said: Line


def whole(snapshot: Snapshot, address: str | None, waiting: Container[str] = ()) -> tuple[Row, ...]:
    """Everything on what is at `address`; nothing where there is nothing."""
    if address is None:
        return ()
    view = event_at(address, snapshot)
    if view is not None:
        return tuple(_of_event(view, snapshot))
    place = place_of(address)
    first, second = selection(snapshot, place, _ANY_WIDTH, waiting)
    found = [finding for finding in _under(snapshot.findings) if finding.end == place]
    return (
        Row("as of", (Span(f"{moment(snapshot.at, snapshot.at)} Z, and does not change", "dim"),)),
        Row("what", first[1:]),
        Row("why", second[1:]),
        *(row for finding in found for row in _of_finding(finding, snapshot.at, plain([second]))),
        *_of_counters(snapshot.port(place) or snapshot.nvlink(place)),
    )


def whole_choice(choice: Choice) -> tuple[Row, ...]:
    """What would be run, on what, and what to look for in its answer."""
    rows = [
        Row("what", (Span(choice.command.title, "strong"), Span(f"  {choice.command.kind}", "dim"))),
        Row("runs", (Span(choice.preview(), "accent"),)),
    ]
    rows += [Row("on", (Span(choice.targets.removeprefix("on "), "warn"),))] if choice.targets else []
    about = " ".join(choice.command.about.split())
    return (*rows, *([Row("look for", (Span(about),))] if about else []))


def whole_job(job: Job) -> tuple[Row, ...]:
    """What was run, and how it ended where: what went wrong first."""
    runs = sorted(job.runs.values(), key=lambda run: (run.is_well, run.finished is None))
    alike: dict[str, list[Run]] = {}
    for run in runs:
        alike.setdefault(run.outcome if len(runs) == 1 else run.ending, []).append(run)
    order = runs[0].order
    by = f"{order.node} $ " if len(runs) == 1 else ""
    return (
        Row("what", (Span(job.command.title, "strong"), Span(f"  {job.command.kind}", "dim"))),
        Row("ran", (Span(f"{by}{order.command}", "accent"),)),
        *(Row("on", _ended(said, some)) for said, some in alike.items()),
    )


def _ended(said: str, runs: Sequence[Run]) -> Line:
    many = f"{len(runs)} nodes: {folded(run.order.node for run in runs)}" if len(runs) > 1 else runs[0].address
    role = "dim" if runs[0].is_well or runs[0].finished is None else "warn"
    return Span(many, "strong"), Span("  "), Span(said, role)


def whole_lines(rows: Sequence[Row], width: int) -> tuple[Line, ...]:
    """Rows in as many lines as they take."""
    return tuple(
        line
        for row in rows
        for line in wrapped((Span(fit(f" {row.label}", _LABEL), "dim"), *row.said), width - 1, _LABEL)
    )


def _of_event(view: EventView, snapshot: Snapshot) -> Iterator[Row]:
    event = view.event
    glyph, role = LOOK[event.severity]
    severity = f"{glyph} {event.severity.name} ".lstrip()
    yield Row("what", (Span(severity, role), Span(" "), Span(view.headline, "strong")))
    place = event_place(event, snapshot)
    yield Row("where", (Span(place, "strong"), *_beside(event, place)))
    yield Row("when", (Span(f"{moment(event.at, snapshot.at)} Z"), *_times(view, snapshot.at)))
    if event.action and event.action != "none":
        yield Row("do", (Span(event.action, "accent"),))
    if event.text != event.headline:
        yield Row("said", (Span(event.text),))
    if view.also:
        yield Row("on", (Span(folded(view.nodes)),))
    for number, one in enumerate(list(_followed(view))[:_MOST]):
        yield Row("" if number else "with it", _told_after(one))


def _told_after(view: EventView) -> Line:
    glyph, role = LOOK[view.event.severity]
    head = Span(f"{clock(view.event.at)} ", "dim"), Span(f"{glyph} ", role), Span(f"{view.event.node} ", "strong")
    return *head, Span(view.headline, "dim")


def _followed(view: EventView) -> Iterator[EventView]:
    """All that an event's line stands for, each before what it stands for in turn."""
    for one in view.under:
        yield one
        yield from _followed(one)


def _beside(event: Event, place: str) -> tuple[Span, ...]:
    """What it names that is not in the address: a PCI device, a switch's link."""
    parts = place.split("/")
    subject = None if event.subject in parts else event.subject
    link = None if event.link is None or f"nvl{event.link}" in parts else f"link {event.link}"
    named = ", ".join(part for part in (subject, link) if part)
    return (Span(f"  {named}", "dim"),) if named else ()


def _times(view: EventView, now: float) -> tuple[Span, ...]:
    if view.count == 1:
        return ()
    return (Span(f"  the last of {view.count} since {moment(view.first_at, now)} Z", "accent"),)


def _of_finding(finding: Finding, now: float, said: str) -> Iterator[Row]:
    if finding.reason and finding.reason not in said:
        yield Row("and", (Span(finding.reason),))
    yield Row("since", (Span(f"{moment(finding.since, now)} Z"),))
    if finding.peer:
        health = finding.peer_health
        end = (Span(finding.peer, "strong"), Span("  "))
        yield Row("far end", end if health is None else (*end, *_worded(health)))
    for number, one in enumerate(_under(finding.under)):
        yield Row("" if number else "with it", _told_with(one))


def _under(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Lines of the worst list, each before what it stands for."""
    for one in findings:
        yield one
        yield from _under(one.under)


def _told_with(finding: Finding) -> Line:
    """One of the things that a line of the worst list stands for."""
    far = f" ⇄ {finding.peer}" if finding.peer else ""
    role = finding.health.value.lower()
    return Span(finding.health.glyph, role), Span(f" {finding.end}{far}", "strong"), Span(f"  {finding.reason}", "dim")


def _of_counters(thing: End | None) -> Iterator[Row]:
    """Whatever counted anything by its whole name, to the last digit; what counted nothing by name alone."""
    names = [] if thing is None else counters_of([thing])
    if thing is None or not names:
        return
    absent = [name for name in names if thing.marks.get(name) is Mark.UNSUPPORTED]
    zero = [name for name in names if is_zero([thing], name)]
    rows = [
        (f"{name} {unit(name)}".rstrip(), exact(thing, name), growth(thing, name))
        for name in names
        if name not in absent and name not in zero
    ]
    longest = max((cell_len(name) for name, _, _ in rows), default=0)
    room = max((cell_len(value) for _, value, _ in rows), default=0)
    for number, (name, value, grown) in enumerate(rows):
        said = Span(f"{fit(name, longest)}  {right(value, room)}  ")
        yield Row("" if number else "counted", (said, grown))
    if zero:
        yield Row("zero", (Span(" · ".join(zero), "dim"),))
    if absent:
        yield Row("lacks", (Span(" · ".join(absent), "dim"),))


def _worded(health: Health) -> tuple[Span, ...]:
    return (Span(f"{health.glyph} {health.value}", health.value.lower()),)
