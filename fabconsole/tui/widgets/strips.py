"""A line of a page as Textual draws it: runs of one style, padded to the width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from fabconsole.tui.addresses import node_of
from fabconsole.tui.drawing import Line
from fabconsole.tui.moves import Block
from fabconsole.tui.palette import Palette, Under


class _Drawn(Strip):
    """A strip that is freed as soon as another one is drawn in its place.

    Textual's remembers what it was divided into, which is itself where nothing lies over it: such a circle waits for a
    search through everything, some hundred of them a minute.
    """

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Of Strip."""
        cuts = tuple(cuts)
        return [self] if cuts == (self.cell_length,) else super().divide(cuts)


def strip_of(
    line: Line,
    width: int,
    palette: Palette,
    ground: str,
    cursor: Block | None = None,
    under: Under = Under.NOTHING,
    marks: frozenset[str] = frozenset(),
) -> Strip:
    """The strip of a line, `under` what the `cursor` covers of it, the nodes in `marks` marked.

    Neighbours of one style are one segment: a third of the bytes and of the time.
    """
    blank = palette.style("text", ground)
    segments: list[Segment] = []
    x, text, style = 0, "", blank
    for span in line:
        lies = under if cursor is not None and cursor.x <= x < cursor.end else Under.NOTHING
        marked = bool(marks) and span.address is not None and node_of(span.address) in marks
        look = palette.style(span.role, ground, lies, marked)
        if look is not style:
            if text:
                segments.append(Segment(text, style))
            text, style = "", look
        text += span.text
        x += len(span.text) if span.text.isascii() else cell_len(span.text)
    segments.append(Segment(text, style))
    return _Drawn(Strip(segments, x).adjust_cell_length(width, blank), width)


def shifted(strip: Strip, left: int, width: int, style: Style) -> Strip:
    """`width` columns of a strip from column `left`, with a sign at each end where it goes on."""
    edge = Strip([Segment("…", style)], 1)
    before, after = left > 0, strip.cell_length > left + width
    middle = strip.crop(left + before, left + width - after)
    return Strip.join([*([edge] if before else []), middle, *([edge] if after else [])])
