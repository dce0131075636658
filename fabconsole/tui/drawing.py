"""Lines of spans: what every page is made of before a theme gives it colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size


class Span(NamedTuple):
    """A run of text that looks alike and stands for one thing."""

    text: str
    role: str = "text"
    """What it means; a theme says how that looks."""
    address: str | None = None
    """What the cursor selects on it; None: the cursor passes over."""


Line = tuple[Span, ...]
"""One row of a page, left to right without gaps."""

_MOST = 3
"""Lines of a list that one text may take; all of it stands in the full view."""

HIDDEN = "hidden"
"""Role of a cell that stands in its place but is passed over: filtered out, or well while only faults are wanted."""


def length(line: Iterable[Span]) -> int:
    """Columns a line takes."""
    return sum(cell_len(span.text) for span in line)


def fit(text: str, width: int) -> str:
    """`text` in exactly `width` columns, cut with an ellipsis or filled with blanks."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def cut(text: str, width: int) -> str:
    """`text`, shortened with an ellipsis where it is longer than `width` columns."""
    return text if cell_len(text) <= width else fit(text, width).rstrip()


def right(text: str, width: int) -> str:
    """`text` against the right edge of `width` columns."""
    shown = cut(text, width)
    return " " * (width - cell_len(shown)) + shown


def clipped(line: Sequence[Span], width: int) -> Line:
    """The part of a line that fits in `width` columns, its last span shortened with an ellipsis."""
    taken: list[Span] = []
    left = width
    for span in line:
        size = cell_len(span.text)
        if size > left:
            if left > 0:
                taken.append(span._replace(text=cut(span.text, left)))
            break
        taken.append(span)
        left -= size
    return tuple(taken)


def spread(left: Sequence[Span], right_side: Sequence[Span], width: int) -> Line:
    """`left` and `right_side` at the two ends of a line; what does not fit is cut from the left part."""
    room = max(0, width - length(right_side) - 1)
    shown = clipped(left, room)
    gap = max(0, width - length(shown) - length(right_side))
    return (*shown, Span(" " * gap), *right_side)


def wrapped(line: Iterable[Span], width: int, indent: int = 0) -> list[Line]:
    """The whole of a line in as many as it takes, broken between words, all but the first `indent` columns in."""
    return flowed(([word] for word in _words(line, width - indent)), width, indent)


def flowed(parts: Iterable[Sequence[Span]], width: int, indent: int = 0) -> list[Line]:
    """Parts one after the other in as many lines as they take; one is broken only where it has no line to itself."""
    lines: list[list[Span]] = [[]]
    left = width
    for part in parts:
        whole = length(part) <= width - indent
        for piece in [part] if whole else [[word] for word in _words(part, width - indent)]:
            size = length(piece)
            if size > left:
                lines.append([Span(" " * indent)] if indent else [])
                left = width - indent
                if all(span.text.isspace() for span in piece):
                    continue
            lines[-1] += piece
            left -= size
    return [tuple(spans) for spans in lines]


def within(text: str, width: int, indent: int, most: int) -> list[str]:
    """`text` in `most` lines, cut where that is too few, all but the first `indent` columns in."""
    lines = [plain([line]) for line in wrapped([Span(text)], width, indent)] if most > 1 else [text]
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def told(items: Sequence[Callable[[int], Sequence[Line]]], height: int, least: int = 1) -> list[Line]:
    """All items one after the other, the first ones in full, as many as `height` lines have room for.

    An item is said in so many lines for its text as it is called with, at most; `least` it may have in any case.
    """
    short = [item(least) for item in items]
    spare = height - sum(map(len, short))
    lines: list[Line] = []
    for item, brief in zip(items, short, strict=True):
        full = item(min(least + spare, _MOST)) if spare > 0 else brief
        spare -= len(full) - len(brief)
        lines += full
    return lines


def _words(line: Iterable[Span], longest: int) -> Iterator[Span]:
    """Words and the blanks between them; a word that is too long for a line is broken where it must be."""
    for span in line:
        for part in re.findall(r"\s+|\S+", span.text):
            for word in chop_cells(part, max(1, longest)):
                yield span._replace(text=word)


def plain(lines: Iterable[Line]) -> str:
    """The text alone, for tests and transcripts."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)
