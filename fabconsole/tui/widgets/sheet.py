"""A page on the screen: lines in, the cursor's address out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fabconsole.tui import keys
from fabconsole.tui.addresses import node_of, upwards
from fabconsole.tui.drawing import Line
from fabconsole.tui.moves import Block, blocks_of, nearest, sideways, upright
from fabconsole.tui.palette import Palette, Under

_SMALL = 14
"""Up to so many columns the cursor covers a thing; a longer one is tinted, so that it can still be read."""


class Sheet(ScrollView, can_focus=True):
    """Draws lines of spans, only those that changed, and moves a cursor over their addresses."""

    DEFAULT_CSS = """
    Sheet { scrollbar-size: 1 1; overflow-x: hidden; overflow-y: auto; }
    Sheet.still { overflow-y: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*keys.SHEET]

    @dataclass
    class Moved(Message):
        """The cursor is on something else."""

        sheet: Sheet
        address: str

    @dataclass
    class Chosen(Message):
        """Enter, or a click on what was selected."""

        sheet: Sheet
        address: str

    class Resized(Message):
        """Lines for another width are wanted."""

    def __init__(self, palette: Palette, *, id: str, ground: str = "background", still: bool = False) -> None:
        super().__init__(id=id, classes="still" if still else "")
        self.palette = palette
        self.ground = ground
        self.lines: tuple[Line, ...] = ()
        self.cursor: str | None = None
        """The selected address, also while nothing here stands for it."""
        self._stands_for: Mapping[str, str] = {}
        self._rows: list[list[Block]] = []
        self._places: dict[str, Block] = {}
        self._block: Block | None = None
        self._goal = 0.0
        self._strips: dict[int, Strip] = {}
        self._marks: frozenset[str] = frozenset()

    def show(self, lines: Sequence[Line], stands_for: Mapping[str, str] | None = None) -> None:
        """Show these lines; only those that differ are drawn again. The cursor stays on its address."""
        old, self.lines = self.lines, tuple(lines)
        self._stands_for = stands_for or {}
        changed = [y for y, line in enumerate(self.lines) if y >= len(old) or line != old[y]]
        if not changed and len(old) == len(self.lines):
            return
        del self._rows[len(self.lines) :]
        for y in changed:
            self._rows[y : y + 1] = [blocks_of(self.lines[y], y)]
        self._places = {block.address: block for row in reversed(self._rows) for block in reversed(row)}
        for y in (*changed, *range(len(self.lines), len(old))):
            self._redraw(y)
        if len(old) != len(self.lines):
            self.virtual_size = Size(0, len(self.lines))
        self._settle()

    def mark(self, nodes: frozenset[str]) -> None:
        """Show these nodes as marked."""
        for y, row in enumerate(self._rows):
            if any(node_of(block.address) in nodes ^ self._marks for block in row):
                self._redraw(y)
        self._marks = nodes

    def select(self, address: str | None) -> None:
        """Put the cursor on an address, or on what stands for it."""
        self.cursor = address
        self._settle(forget=True)

    @property
    def selected(self) -> str | None:
        """The address under the cursor as it is drawn; None where nothing is."""
        return self._block.address if self._block else None

    @property
    def is_at_end(self) -> bool:
        """True while the cursor is on the last thing, or nowhere: what is added should be seen."""
        last = next((row[-1] for row in reversed(self._rows) if row), None)
        return self._block is None or last is None or self._block == last

    def action_move(self, dx: int, dy: int) -> None:
        """One step of the cursor; where nothing can be selected, the page scrolls."""
        if self._block is None:
            self.scroll_relative(y=dy, animate=False)
            return
        if dx:
            self._go(sideways(self._rows, self._block, dx), keep_goal=False)
        else:
            self._go(upright(self._rows, self._block, dy, self._goal), keep_goal=True)

    def action_page(self, direction: int) -> None:
        """A windowful up or down."""
        if self._block is None:
            self.scroll_relative(y=direction * (self.size.height - 1), animate=False)
            return
        for _ in range(max(1, self.size.height - 2)):
            self._go(upright(self._rows, self._block, direction, self._goal), keep_goal=True)

    def action_edge(self, direction: int) -> None:
        """The first or the last thing."""
        shown = [block for row in self._rows for block in row if not block.hidden]
        if shown:
            self._go(shown[0] if direction < 0 else shown[-1], keep_goal=False)

    def to_shown(self) -> None:
        """Off a place that the filter holds back, to the nearest that it does not."""
        if self._block is not None and self._block.hidden:
            found = nearest(self._rows, self._block.y, self._block.x)
            if found is not None and not found.hidden:
                self._go(found, keep_goal=False)

    def action_choose(self) -> None:
        """Go into what is selected; where nothing can be, the key is somebody else's."""
        if self.cursor is None or self._block is None:
            raise SkipAction
        self.post_message(self.Chosen(self, self.cursor if self._find(self.cursor) else self._block.address))

    def on_click(self, event: events.Click) -> None:
        """A click selects; one on what is selected chooses."""
        y, x = int(event.y + self.scroll_offset.y), int(event.x)
        hit = next((b for b in (self._rows[y] if y < len(self._rows) else []) if b.x <= x < b.end), None)
        if hit is None:
            return
        if hit == self._block:
            self.post_message(self.Chosen(self, self.cursor or hit.address))
        else:
            self._go(hit, keep_goal=False)

    def on_focus(self) -> None:
        """The cursor is drawn as the one that the keys move."""
        self._redraw_cursor()

    def on_blur(self) -> None:
        """The cursor is drawn as one left behind."""
        self._redraw_cursor()

    def on_resize(self) -> None:
        """Lines are padded to the width."""
        self._strips.clear()
        self.refresh()
        self._reveal()
        self.post_message(self.Resized())

    def render_lines(self, crop: Region) -> list[Strip]:
        """Strips of the visible part, the same objects while nothing changed."""
        top = self.scroll_offset.y + crop.y
        strips = [self._strip(y) for y in range(top, top + crop.height)]
        if crop.x or crop.width != self.size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def _strip(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._drawn(y)
        return strip

    def _drawn(self, y: int) -> Strip:
        width, blank = self.size.width, self.palette.style("text", self.ground)
        line = self.lines[y] if y < len(self.lines) else ()
        cursor = self._block if self._block is not None and self._block.y == y else None
        under = self._under(cursor) if cursor else Under.NOTHING
        segments: list[Segment] = []
        x, text, style = 0, "", blank
        for span in line:
            lies = under if cursor is not None and cursor.x <= x < cursor.end else Under.NOTHING
            marked = bool(self._marks) and span.address is not None and node_of(span.address) in self._marks
            look = self.palette.style(span.role, self.ground, lies, marked)
            if look is not style:
                if text:
                    segments.append(Segment(text, style))
                text, style = "", look
            text += span.text
            x += len(span.text) if span.text.isascii() else cell_len(span.text)
        segments.append(Segment(text, style))
        return Strip(segments, x).adjust_cell_length(width, blank)

    def _under(self, block: Block) -> Under:
        if not self.has_focus:
            return Under.AWAY if block.end - block.x <= _SMALL else Under.NOTHING
        return Under.CELL if block.end - block.x <= _SMALL else Under.ROW

    def _go(self, block: Block, *, keep_goal: bool) -> None:
        if block == self._block:
            return
        self._set_block(block)
        if not keep_goal:
            self._goal = block.middle
        self.cursor = block.address
        self._reveal()
        self.post_message(self.Moved(self, block.address))

    def _settle(self, *, forget: bool = False) -> None:
        """Find the cursor's place again after the lines or the address changed."""
        found = self._find(self.cursor) if self.cursor else None
        if found is None and self._block is not None and not forget:
            # What was selected is gone for now: stay where it was, and keep its address for when it is back.
            found = nearest(self._rows, self._block.y, self._block.x)
        if found is None:
            found = nearest(self._rows, 0, 0)
        if self.cursor is None and found is not None:
            self.cursor = found.address
        if found != self._block:
            moved = self._block is None or found is None or (found.y, found.x) != (self._block.y, self._block.x)
            self._set_block(found)
            if found is not None and moved:
                self._goal = found.middle
                self._reveal()

    def _find(self, address: str) -> Block | None:
        for part in upwards(address):
            block = self._places.get(part) or self._places.get(self._stands_for.get(part, ""))
            if block is not None:
                return block
        return None

    def _set_block(self, block: Block | None) -> None:
        old, self._block = self._block, block
        for changed in (old, block):
            if changed is not None:
                self._redraw(changed.y, changed.x, changed.end)

    def _redraw_cursor(self) -> None:
        if self._block is not None:
            self._redraw(self._block.y, self._block.x, self._block.end)

    def _redraw(self, y: int, x: int = 0, end: int | None = None) -> None:
        self._strips.pop(y, None)
        width = (self.size.width if end is None else end) - x
        seen = y - self.scroll_offset.y
        if width > 0 and 0 <= seen < self.size.height:
            self.refresh(Region(x, seen, width, 1))

    def _reveal(self) -> None:
        if self._block is None or not self.size.height:
            return
        top, height = self.scroll_offset.y, self.size.height
        if not top <= self._block.y < top + height:
            first = all(not row for row in self._rows[: self._block.y])
            target = 0 if first else self._block.y - (0 if self._block.y < top else height - 1)
            self.scroll_to(y=target, animate=False, immediate=True)
