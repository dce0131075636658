"""A reading as a table for the terminal: how a paste from a ticket is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fabconsole.fabric.counters import Class
from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.printable import printable
from fabconsole.formats.columns import (
    Counted,
    alike,
    counted,
    different,
    doubts,
    fitting,
    leaves,
    place,
    ratios,
    speed,
)
from fabconsole.formats.reading import Entry, Reading, Row

_STYLE = {Class.ERROR: "bold", Class.STATE: "bold", Class.CONGESTION: "cyan", Class.INFO: "", Class.TRAFFIC: "dim"}
_COLOUR = {Severity.OK: "green", Severity.INFO: "dim", Severity.WARN: "yellow", Severity.UNKNOWN: "magenta",
           Severity.CRIT: "bold red"}  # fmt: skip
_Side = Literal["left", "right"]
_NUMBER = re.compile(r"[-+.,\d]*")
_ROWS, _EVENTS, _FACTS, _LINES = 1000, 200, 60, 20
_DETAILS = 120
_ID, _PEER = 44, 44


def render(name: str, reading: Reading, width: int) -> RenderableType:
    """A headline, what stands once, the rows, the events, and what was not understood."""
    parts: list[RenderableType] = [_headline(name, reading)]
    if reading.facts:
        parts.append(_pairs(leaves(reading.facts), _FACTS))
    if len(reading.rows) == 1:
        parts += _alone(reading.rows[0], width)
    elif reading.rows:
        parts += _rows(reading.rows, width)
    if reading.events:
        parts.append(_events(reading.events))
    if reading.unparsed:
        parts.append(_not_understood(reading.unparsed))
    return Group(*parts)


def _headline(name: str, reading: Reading) -> Text:
    told = [f"{len(reading.rows):,} rows"] if len(reading.rows) > 1 else []
    told += [f"{len(reading.events):,} events"] if reading.events else []
    said = Text.assemble((name, "bold"), "".join(f" · {part}" for part in told))
    if reading.unparsed:
        said.append(f" · {Health.UNKNOWN.glyph} {_lines(len(reading.unparsed))} not understood", "magenta")
    return said


def _pairs(said: Mapping[str, str], most: int) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for key, value in list(said.items())[:most]:
        grid.add_row(f" {key.replace('_', ' ')}", Text(value, "yellow bold" if key == "incomplete" else ""))
    if len(said) > most:
        grid.add_row(" …", f"{len(said) - most} more: --json")
    return grid


def _alone(row: Row, width: int) -> list[RenderableType]:
    """The only row: what it says, from top to bottom."""
    return [*_rows([replace(row, extra={})], width), _pairs(leaves(row.extra), _DETAILS)]


_COLUMNS: Sequence[tuple[str, Callable[[Row], str]]] = (
    ("state", place),
    ("Gb/s", speed),
    ("peer", lambda row: printable(row.peer or "", _PEER)),
    ("bit errors", ratios),
    ("mark", doubts),
)


def _rows(rows: Sequence[Row], width: int) -> list[RenderableType]:
    shown = rows[:_ROWS]
    fixed = [(head, [said(row) for row in shown]) for head, said in _COLUMNS]
    fixed = [(head, cells) for head, cells in fixed if any(cells)]
    taken = _width("", [row.id for row in shown], _ID) + sum(_width(head, cells, _PEER) for head, cells in fixed)
    counts = [list(counted(row)) for row in shown]
    room = min(max((sum(len(one.text) + 3 for one in said) for said in counts), default=0), max(width - taken, 30))
    details = [leaves(row.extra) for row in shown]
    keys = different(details)
    chosen = fitting(details, keys, width - taken - room)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True, max_width=_ID)
    for head, _ in fixed:
        table.add_column(head, justify="right" if head == "Gb/s" else "left", header_style="dim", overflow="fold")
    if room:
        table.add_column("counted", header_style="dim", no_wrap=True)
    for key in chosen:
        numbers = all(_NUMBER.fullmatch(one.get(key, "")) for one in details)
        side: _Side = "right" if numbers else "left"
        table.add_column(_head(key), header_style="dim", no_wrap=True, max_width=_PEER, justify=side)
    for at, row in enumerate(shown):
        cells = [_coloured(cells[at]) for _, cells in fixed]
        more = [Text(details[at].get(key, "")) for key in chosen]
        table.add_row(Text(printable(row.id, _ID)), *cells, *([_packed(counts[at], room)] if room else []), *more)
    return [table, *_beside(alike(details), keys[len(chosen) :], len(rows), width)]


def _beside(same: Mapping[str, str], left: Sequence[str], rows: int, width: int) -> Iterator[Text]:
    if same:
        yield _line("in all", [f"{_head(key)} {value}" for key, value in same.items()], width)
    if left:
        yield _line("also told, by --json", [_head(key) for key in left], width)
    if rows > _ROWS:
        yield _line("", [f"and {rows - _ROWS:,} rows more: --json"], width)


def _line(head: str, said: Sequence[str], width: int) -> Text:
    """What is said once: as much as a line has room for."""
    shown, room = [], width - len(head) - 8
    for one in said:
        room -= len(one) + 3
        if room < 0:
            break
        shown.append(one)
    more = [f"{len(said) - len(shown)} more"] if len(said) > len(shown) else []
    return Text(f" {head}: " + " · ".join([*shown, *more]), "dim")


def _packed(said: Sequence[Counted], width: int) -> Text:
    """Counters beside each other, in as many lines as they need; a name stays with its number."""
    text, taken = Text(), 0
    for one in said:
        if taken and taken + len(one.text) + 3 > width:
            text.append("\n")
            taken = 0
        text.append(" · " if taken else "").append(one.text, _STYLE[one.kind])
        taken += len(one.text) + 3
    return text


def _coloured(said: str) -> Text:
    style = {Health.DOWN.glyph: "red", Health.UNKNOWN.glyph: "magenta"}.get(said[:1], "")
    return Text(said, style)


def _head(key: str) -> str:
    """`fabric.health.summary` as `summary`: what is above it is in the JSON."""
    return key.rpartition(".")[2].replace("_", " ")


def _width(head: str, cells: Sequence[str], most: int) -> int:
    return max(len(head), min(max((len(said) for said in cells), default=0), most)) + 2


def _events(events: Sequence[Entry]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("when", "", "what", "to do"):
        table.add_column(head, header_style="dim", overflow="fold", no_wrap=head in ("when", ""))
    for event, times in _folded(events)[:_EVENTS]:
        severity = event.severity or Severity.UNKNOWN
        what = Text(_what(event) + (f" ({times}×)" if times > 1 else ""))
        action = Text(printable(event.action or ""), "dim")
        table.add_row(Text(_when(event), "dim"), Text(severity.name, _COLOUR[severity]), what, action)
    return table


def _folded(events: Sequence[Entry]) -> list[tuple[Entry, int]]:
    """Events that say the same, in a row or not, are one line with a count, at the first one's place."""
    first: dict[tuple[object, ...], tuple[Entry, int]] = {}
    for event in events:
        said = event.text if event.code is None else ""
        key = (event.node, event.kind, event.code, event.subject, event.link, said)
        known, times = first.get(key, (event, 0))
        first[key] = known, times + 1
    return list(first.values())


def _what(event: Entry) -> str:
    if event.code is None:
        return printable(event.text, 300)
    where = " ".join(part for part in (event.node, event.subject) if part)
    link = f" link {event.link}" if event.link is not None else ""
    return printable(f"{event.kind} {event.code} {event.meaning or event.text} · {where}{link}", 300).rstrip(" ·")


def _when(event: Entry) -> str:
    if said := event.at or event.stamp:
        return printable(said, 40)
    return "" if event.since_boot_s is None else f"{event.since_boot_s:.6f} s after boot"


def _not_understood(lines: Sequence[str]) -> Text:
    said = Text(f" {Health.UNKNOWN.glyph} not understood, {_lines(len(lines))}:\n", "magenta")
    for line in lines[:_LINES]:
        said.append(f"   {printable(line, 200)}\n", "dim")
    if len(lines) > _LINES:
        said.append(f"   and {len(lines) - _LINES:,} more: --json\n", "dim")
    said.rstrip()
    return said


def _lines(many: int) -> str:
    return f"{many:,} line{'s' if many != 1 else ''}"
