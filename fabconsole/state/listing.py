"""A snapshot as a table for the terminal: what is wrong first, what is well folded into one line."""

from __future__ import annotations

from collections.abc import Iterator

import humanize
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.node_sets import folded
from fabconsole.state.remedies import REMEDIES
from fabconsole.state.report import known_nvlinks, moment, severity
from fabconsole.state.silence import SESSION
from fabconsole.state.snapshot import Coverage, EventView, NodeView, Snapshot
from fabconsole.stream.records import Reason

_COLOUR = {Severity.OK: "green", Severity.INFO: "cyan", Severity.WARN: "yellow", Severity.UNKNOWN: "magenta",
           Severity.CRIT: "red"}  # fmt: skip
_EVENTS = 12
_FINDINGS = 40
_RACKS = 3


def render(snapshot: Snapshot) -> RenderableType:
    """Header and coverage, banners, the worst list, nodes alike in one line, recent events."""
    parts: list[RenderableType] = [_header(snapshot)]
    parts += [Text(f"! {banner.text}", style="bold red") for banner in snapshot.banners]
    parts += [Text(f"  note: {warning}", style="yellow") for warning in snapshot.warnings]
    if snapshot.findings:
        parts.append(_findings(snapshot))
    parts.append(_nodes(snapshot))
    if in_the_way := _in_the_way(snapshot):
        parts.append(_remedies(in_the_way))
    if events := _news(snapshot):
        parts.append(_events(events))
    return Group(*parts)


def _header(snapshot: Snapshot) -> Text:
    style = f"bold {_COLOUR[snapshot.severity]}"
    return Text.assemble(
        (snapshot.fabric or "no fabric", "bold"),
        f"  {moment(int(snapshot.at))}  ",
        (severity(snapshot.severity), style),
        f"  {coverage_line(snapshot.coverage)}",
    )


def coverage_line(coverage: Coverage) -> str:
    """Answered of asked, by question: `498/504 nodes · hca 498/504 · nvlink 471/504`."""
    counts = [f"{coverage.polled}/{coverage.nodes} nodes"]
    counts += [f"{name} {q.answered}/{q.asked}" for name, q in coverage.questions.items()]
    return " · ".join(counts)


def _findings(snapshot: Snapshot) -> Table:
    table = _table("worst", "", "where", "rack", "", "why", "far end", "since")
    for finding in snapshot.findings[:_FINDINGS]:
        peer = finding.peer or ""
        if finding.peer_health is not None:
            peer = f"{finding.peer_health.glyph} {peer}"
        node = snapshot.nodes.get(finding.end.partition("/")[0])
        table.add_row(
            *_word(finding.health, finding.end, node.rack if node else None),
            Text(finding.reason),
            Text(peer),
            Text(_ago(snapshot.at - finding.since)),
        )
    if len(snapshot.findings) > _FINDINGS:
        table.add_row("", Text(f"and {len(snapshot.findings) - _FINDINGS} more"))
    return table


def _nodes(snapshot: Snapshot) -> Table:
    table = _table("nodes", "", "node", "rack", "", "why", "ports", "NVLinks", "answered")
    alike: dict[tuple[Health, str], list[NodeView]] = {}
    for view in sorted(snapshot.nodes.values(), key=lambda view: -view.health.rank):
        ails = view.health.severity >= Severity.WARN
        alike.setdefault((view.health, view.reason if ails else ""), []).append(view)
    for (health, reason), views in alike.items():
        names = folded(view.name for view in views)
        many = f"{len(views)} nodes" if len(views) > 1 or not reason else ""
        why = ": ".join(part for part in (many, reason) if part)
        racks = _racks(list(dict.fromkeys(view.rack for view in views if view.rack is not None)))
        table.add_row(*_word(health, names, racks), Text(why), *_sizes(views))
    return table


def _in_the_way(snapshot: Snapshot) -> dict[Reason, dict[str, None]]:
    """Why questions have no answer, and of which nodes."""
    found: dict[Reason, dict[str, None]] = {}
    for view in snapshot.nodes.values():
        for question in view.questions:
            if question.reason is not None and question.health is not Health.NOT_SUPPORTED:
                found.setdefault(question.reason, {})[view.name] = None
    return found


def _remedies(in_the_way: dict[Reason, dict[str, None]]) -> Table:
    table = _table("not answered", "", "why", "nodes", "what to do")
    for reason, nodes in in_the_way.items():
        remedy = REMEDIES[reason]
        table.add_row(Text(remedy.glyph), Text(reason.value), Text(folded(nodes)), Text(remedy.advice))
    return table


def _racks(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _RACKS else f"{len(names)} racks"


def _sizes(views: list[NodeView]) -> Iterator[Text]:
    yield Text(f"{sum(len(view.ports) for view in views)}")
    links = sum(len(view.nvlinks) for view in views)
    read = sum(len(known_nvlinks(view)) for view in views)
    yield Text(f"{links}" if read == links else f"{read} of {links} read")
    ages = [view.age_s for view in views if view.age_s is not None]
    yield Text(_ago(max(ages)) if ages else "never")


def _news(snapshot: Snapshot) -> list[EventView]:
    """Events, without what a node's own line has already: that it does not answer, and why."""
    silent = {name for name, view in snapshot.nodes.items() if view.error is not None}
    return [line for line in snapshot.events if line.event.kind != SESSION or not silent.issuperset(line.nodes)]


def _events(events: list[EventView]) -> Table:
    table = _table("events", "when", "node", "", "what")
    for line in events[:_EVENTS]:
        event = line.event
        times = f" ({line.count}×)" if line.count > 1 else ""
        table.add_row(
            Text(moment(int(event.at))),
            Text(event.node),
            Text(event.severity.name, style=_COLOUR[event.severity]),
            Text(f"{line.headline}{times}"),
        )
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _word(health: Health, name: str, rack: str | None) -> tuple[Text, ...]:
    style = _COLOUR[health.severity]
    return Text(health.glyph, style=style), Text(name), Text(rack or ""), Text(health.value, style=style)


def _ago(seconds: float) -> str:
    return "now" if seconds < 1 else f"{humanize.naturaldelta(seconds)} ago"
