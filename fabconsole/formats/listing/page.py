"""The whole page: a headline, what stands once, the rows, the events, and what was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from fabconsole.fabric.health import Health
from fabconsole.fabric.printable import printable
from fabconsole.formats.listing.columns import leaves
from fabconsole.formats.listing.events import happened
from fabconsole.formats.listing.pairs import facts
from fabconsole.formats.listing.rows import alone, table
from fabconsole.formats.reading import Reading

_ONCE, _LINES = 60, 20


def render(name: str, reading: Reading, width: int, *, ends_mid_line: bool = False) -> RenderableType:
    """A headline, what stands once, the rows, the events, and what was not understood; of a log the events first."""
    once = list(facts(leaves(reading.facts), _ONCE, width))
    rows = alone(reading.rows[0], width) if len(reading.rows) == 1 else table(reading.rows, width)
    events = [happened(reading.events)] if reading.events else []
    doubts = [_not_understood(reading.unparsed)] if reading.unparsed else []
    if ends_mid_line:
        doubts.append(Text(" the text ends within a line: a number at its very end may have lost digits", "dim"))
    blocks: Sequence[Sequence[RenderableType]] = [once, rows, events] if reading.rows else [events, once]
    parts: list[RenderableType] = [_headline(name, reading)]
    for block in (*blocks, doubts):
        parts += [Text(""), *block] if block else []
    return Group(*parts)


def _headline(name: str, reading: Reading) -> Text:
    told = [_many(len(reading.rows), "row")] if len(reading.rows) > 1 else []
    told += [_many(len(reading.events), "event")] if reading.events else []
    said = Text.assemble((name, "bold"), "".join(f" · {part}" for part in told))
    if reading.unparsed:
        said.append(f" · {Health.UNKNOWN.glyph} {_many(len(reading.unparsed), 'line')} not understood", "magenta")
    return said


def _not_understood(lines: Sequence[str]) -> Text:
    said = Text(f" {Health.UNKNOWN.glyph} not understood, {_many(len(lines), 'line')}:\n", "magenta")
    for line in lines[:_LINES]:
        said.append(f"   {printable(line, 200)}\n", "dim")
    if len(lines) > _LINES:
        said.append(f"   and {len(lines) - _LINES:,} more: --json\n", "dim")
    said.rstrip()
    return said


def _many(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' if many != 1 else ''}"
