"""Names and their values: what stands once, and what the only row says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from fabconsole.formats.listing.columns import NOT_TOLD

_STYLE = {"incomplete": "bold yellow"}
_TWO_WIDE, _TALL = 100, 16


def pairs(said: Mapping[str, str], most: int, width: int) -> Iterator[RenderableType]:
    """Names and values, beside each other where there is room; those without a value in one line."""
    told = [(key.replace("_", " "), value) for key, value in said.items() if value != NOT_TOLD]
    shown = told[:most]
    many = 2 if width >= _TWO_WIDE and len(shown) > _TALL else 1
    half = -(-len(shown) // many)
    grid = Table.grid(padding=(0, 2))
    for _ in range(many):
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
    for at in range(half):
        beside = [shown[place] for place in range(at, len(shown), half)]
        grid.add_row(*(cell for key, value in beside for cell in (f" {key}", Text(value, _STYLE.get(key, "")))))
    yield grid
    if len(told) > most:
        yield Text(f" … and {len(told) - most} more: --json", "dim")
    if silent := [key.replace("_", " ") for key, value in said.items() if value == NOT_TOLD]:
        yield line(f"{NOT_TOLD} not told", silent, width)


def line(head: str, said: Sequence[str], width: int) -> Text:
    """What is said once: as much as a line has room for."""
    shown, room = [], width - len(head) - 8
    for one in said:
        room -= len(one) + 3
        if room < 0:
            break
        shown.append(one)
    more = [f"{len(said) - len(shown)} more"] if len(said) > len(shown) else []
    return Text(f" {head}: " + " · ".join([*shown, *more]), "dim")
