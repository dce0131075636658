"""Names and their values: what stands once, and what the only row says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from fabconsole.formats.listing.ailing import is_wrong
from fabconsole.formats.listing.columns import JOINT, NOT_TOLD

_STYLE = {"incomplete": "bold yellow"}
_SHORT = 16
_TWO_WIDE, _TALL = 100, 16
_HEAD = 26
_NARROWEST = 24


def facts(said: Mapping[str, str], most: int, width: int) -> Iterator[RenderableType]:
    """What stands once: numbers and short words in a line or two, the rest beneath."""
    plain = {key: value for key, value in said.items() if JOINT not in key and value != NOT_TOLD}
    short = {key: value for key, value in plain.items() if len(value) <= _SHORT}
    if short:
        yield Text(" ") + packed(short, width - 2, "\n ")
    if rest := {key: value for key, value in said.items() if key not in short}:
        yield from pairs(rest, most, width)


def pairs(said: Mapping[str, str], most: int, width: int) -> Iterator[RenderableType]:
    """A line a name, two where there is room; a section's names together; those without a value in one line."""
    told = {key: value for key, value in said.items() if value != NOT_TOLD}
    shown = dict(list(told.items())[:most])
    if alone := {key: value for key, value in shown.items() if JOINT not in key}:
        yield _grid(alone, width)
    if sections := _sections(shown):
        yield _paragraphs(sections, width)
    if len(told) > most:
        yield Text(f" … and {len(told) - most} more: --json", "dim")
    if silent := [words(key) for key, value in said.items() if value == NOT_TOLD]:
        yield line(f"{NOT_TOLD} not told", silent, width)


def packed(said: Mapping[str, str], width: int, fresh: str = "\n") -> Text:
    """Names and values beside each other, in as many lines as they need."""
    text, taken = Text(), 0
    for key, value in said.items():
        size = len(key) + len(value) + 1
        if taken and taken + size + 3 > width:
            text.append(fresh)
            taken = 0
        elif taken:
            text.append(" · ", "dim")
        text.append(f"{words(key)} ", "dim").append(value, _style(key, value))
        taken += size + 3
    return text


def line(head: str, said: Sequence[str], width: int) -> Text:
    """What is said once: as much as a line has room for."""
    shown, room = [], width - len(head) - 14
    for one in said:
        room -= len(one) + 3
        if room < 0:
            break
        shown.append(one)
    more = [f"{len(said) - len(shown)} more"] if len(said) > len(shown) else []
    return Text(f" {head}: " + " · ".join([*shown, *more]), "dim")


def _grid(said: Mapping[str, str], width: int) -> Table:
    """Names and values in columns, two pairs of them where there is room."""
    widest = max(len(key) for key in said)
    many = 2 if width >= max(_TWO_WIDE, 2 * (widest + _NARROWEST)) and len(said) > _TALL else 1
    half = -(-len(said) // many)
    grid = Table.grid(padding=(0, 2))
    for _ in range(many):
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
    told = list(said.items())
    for at in range(half):
        beside = [told[place] for place in range(at, len(told), half)]
        grid.add_row(*(cell for key, value in beside for cell in (f" {words(key)}", Text(value, _style(key, value)))))
    return grid


def _style(key: str, value: str) -> str:
    return _STYLE.get(key) or ("bold red" if is_wrong(value) else "")


def _sections(said: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Each section, to what stands in it."""
    found: dict[str, dict[str, str]] = {}
    for key, value in said.items():
        section, dot, name = key.partition(JOINT)
        if dot:
            found.setdefault(section, {})[name] = value
    return found


def _paragraphs(sections: Mapping[str, Mapping[str, str]], width: int) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", max_width=_HEAD, overflow="fold")
    grid.add_column()
    head = min(max(len(name) for name in sections) + 1, _HEAD) + 2
    for name, said in sections.items():
        grid.add_row(f" {words(name)}", packed(said, max(width - head - 2, _NARROWEST)))
    return grid


def words(key: str) -> str:
    """A name as it is read."""
    return key.replace("_", " ").replace(JOINT, " ")
