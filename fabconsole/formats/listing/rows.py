"""Rows as a table: as many columns as the terminal has room for, of what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from fabconsole.fabric.counters import Class
from fabconsole.fabric.health import Health
from fabconsole.fabric.printable import printable
from fabconsole.formats.listing.ailing import is_wrong, remarkable
from fabconsole.formats.listing.columns import (
    JOINT,
    NAMES,
    Counted,
    alike,
    counted,
    details,
    different,
    doubts,
    facing,
    fitting,
    leaves,
    place,
    ratios,
    speed,
    title,
)
from fabconsole.formats.listing.pairs import line, pairs, words
from fabconsole.formats.reading import Row

_STYLE = {Class.ERROR: "bold", Class.STATE: "bold", Class.CONGESTION: "cyan", Class.INFO: "", Class.TRAFFIC: "dim"}
_Side = Literal["left", "right"]
_NUMBER = re.compile(r"[-+.,\d]*(?: \d{1,2}X)?")
_MANY, _MOST, _DETAILS = 100, 1000, 240
_WIDEST, _NARROWEST = 44, 24
_ACROSS, _LEGIBLE = 8, 12
"""So many rows may stand beside each other, each so wide, where they differ in more than has room above."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A head and a cell a row."""

    head: str
    cells: Sequence[Text]
    widest: int = _WIDEST

    @property
    def width(self) -> int:
        """With the blanks after it."""
        lines = (len(line) for cell in self.cells for line in cell.plain.split("\n"))
        return max(len(self.head), min(max(lines), self.widest)) + 2

    def add_to(self, table: Table) -> None:
        """Numbers stand at the right, so that their digits are in line."""
        side: _Side = "right" if all(_NUMBER.fullmatch(cell.plain) for cell in self.cells) else "left"
        whole = self.head in ("state", "Gb/s")
        table.add_column(
            self.head, header_style="dim", max_width=self.widest, overflow="fold", justify=side, no_wrap=whole
        )


_KNOWN: Sequence[tuple[str, Callable[[Row], str]]] = (
    ("state", place),
    ("Gb/s", speed),
    ("peer", facing),
    ("bit errors", ratios),
    ("mark", doubts),
)


def alone(row: Row, width: int) -> list[RenderableType]:
    """The only row: what it says, from top to bottom."""
    return [*table([replace(row, extra={})], width), *pairs(leaves(row.extra), _DETAILS, width)]


def table(rows: Sequence[Row], width: int, *, every: bool = True) -> list[RenderableType]:
    """A line a row; beneath, what all rows say alike, and what had no room.

    Of many rows only those of which there is something to tell, unless it is `every` or none.
    """
    told = rows if every or len(rows) <= _MANY else [row for row in rows if remarkable(row)] or rows
    more = [Text(f" {len(told) - _MOST:,} rows more: --json", "dim")] if len(told) > _MOST else []
    if well := len(rows) - len(told):
        more.append(Text(f" {well:,} rows are left out, which are up and count no error: --all", "dim"))
    return [*_table(told[:_MOST], width), *more] if told else []


def _table(shown: Sequence[Row], width: int) -> list[RenderableType]:
    columns = [_Column("", [Text(title(row)) for row in shown])]
    known = [_Column(head, [_coloured(said(row)) for row in shown]) for head, said in _KNOWN]
    columns += [column for column in known if any(column.cells)]
    said = details(shown)
    keys = different(said)
    called = fitting(said, [key for key in keys if key in NAMES], _room(columns, width) - _NARROWEST)
    columns += _columns(said, called)
    if counts := _counts(shown, _room(columns, width)):
        columns.append(counts)
    more = fitting(said, [key for key in keys if key not in called], _room(columns, width))
    columns += _columns(said, more)
    drawn = [_drawn(columns)] if len(columns) > 1 or not keys else []
    left = [key for key in keys if key not in called and key not in more]
    each = (width - _NARROWEST) // len(shown) - 2
    if len(shown) <= _ACROSS and each >= _LEGIBLE and _shared(said, left):
        return [*drawn, _across(shown, said, left, each), *_beside(alike(said), [], width)]
    return [*drawn, *_beside(alike(said), left, width)]


def _room(columns: Sequence[_Column], width: int) -> int:
    return width - sum(column.width for column in columns)


def _columns(details: Sequence[Mapping[str, str]], keys: Sequence[str]) -> list[_Column]:
    return [_Column(_head(key), [_detail(one.get(key, "")) for one in details]) for key in keys]


def _detail(value: str) -> Text:
    return Text(value, "bold red" if is_wrong(value) else "")


def _shared(details: Sequence[Mapping[str, str]], keys: Sequence[str]) -> bool:
    """Whether most rows tell most of what had no room: things of one kind, and not a GPU with its links."""
    told = sum(key in one for one in details for key in keys)
    return 2 * told > len(keys) * len(details)


def _drawn(columns: Sequence[_Column]) -> Table:
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        column.add_to(drawn)
    for cells in zip(*(column.cells for column in columns), strict=True):
        drawn.add_row(*cells)
    return drawn


def _across(rows: Sequence[Row], details: Sequence[Mapping[str, str]], keys: Sequence[str], each: int) -> Table:
    """A line a key and a column a row: few things that differ in much, such as the GPUs of a host."""
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    drawn.add_column("", style="dim", max_width=_NARROWEST, no_wrap=True)
    for row in rows:
        drawn.add_column(printable(title(row), each), header_style="dim", max_width=each, no_wrap=True)
    for key in keys[:_DETAILS]:
        drawn.add_row(words(key), *(_detail(one.get(key, "")) for one in details))
    return drawn


def _beside(same: Mapping[str, str], left: Sequence[str], width: int) -> Iterator[Text]:
    if same:
        yield line("in all", [f"{_head(key)} {value}" for key, value in same.items()], width)
    if left:
        yield line("also told, by --json", [_head(key) for key in left], width)


def _counts(rows: Sequence[Row], room: int) -> _Column | None:
    said = [list(counted(row)) for row in rows]
    if not any(said):
        return None
    widest = max(room, _NARROWEST)
    return _Column("counted", [_packed(one, widest) for one in said], widest)


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
    style = {
        Health.DOWN.glyph: "red",
        Health.UNKNOWN.glyph: "magenta",
        Health.DEGRADED.glyph: "yellow",
        Health.WARN.glyph: "yellow",
        Health.CRIT.glyph: "bold red",
        Health.EXPECTED_DOWN.glyph: "dim",
    }.get(said[:1], "")
    return Text(said, style)


def _head(key: str) -> str:
    """A name without the sections that it stands in."""
    return key.rpartition(JOINT)[2].replace("_", " ")
