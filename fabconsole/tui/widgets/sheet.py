"""A page on the screen: lines in, the cursor's address out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fabconsole.tui import keys
from fabconsole.tui.addresses import node_of
from fabconsole.tui.drawing import Line
from fabconsole.tui.moves import Block, Field, nearest, sideways, upright
from fabconsole.tui.palette import Palette, Under
from fabconsole.tui.widgets.strips import strip_of

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
        self._field = Field()
        self._block: Block | None = None
        self._goal = 0.0
        self._strips: dict[int, Strip] = {}
        self._marks: frozenset[str] = frozenset()

    @property
    def columns(self) -> int:
        """What a line has room for: a scrollbar's column is kept, so that lines are no others when one comes."""
        return max(0, self.size.width - (not self.has_class("still")))

    def show(self, lines: Sequence[Line], stands_for: Mapping[str, str] | None = None) -> None:
        """Show these lines; only those that differ are drawn again. The cursor stays on its address."""
        old, self.lines = self.lines, tuple(lines)
        self._stands_for = stands_for or {}
        changed = [y for y, line in enumerate(self.lines) if y >= len(old) or line != old[y]]
        if not changed and len(old) == len(self.lines):
            return
        self._field.update(self.lines, changed)
        for y in (*changed, *range(len(self.lines), len(old))):
            self._redraw(y)
        if len(old) != len(self.lines):
            self.virtual_size = Size(0, len(self.lines))
        self._settle()

    def mark(self, nodes: frozenset[str]) -> None:
        """Show these nodes as marked."""
        for y, row in enumerate(self._field.rows):
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
        return self._block is None or self._block == self._field.edge(1)

    def action_move(self, dx: int, dy: int) -> None:
        """One step of the cursor; where there is nothing to go to, the page scrolls."""
        here, rows = self._block, self._field.rows
        if here is not None and dx:
            self._go(sideways(rows, here, dx))
            return
        there = upright(rows, here, dy, self._goal) if here is not None else None
        if there is None or there == here:
            self.scroll_relative(y=dy, animate=False)
        else:
            self._go(there, self._goal)

    def action_page(self, direction: int) -> None:
        """A windowful up or down."""
        for _ in range(max(1, self.size.height - 2)):
            self.action_move(0, direction)

    def action_edge(self, direction: int) -> None:
        """The first or the last thing."""
        there = self._field.edge(direction)
        if there is not None:
            self._go(there)

    def to_shown(self) -> None:
        """Off a place that the filter holds back, to the nearest that it does not."""
        if self._block is not None and self._block.hidden:
            found = nearest(self._field.rows, self._block.y, self._block.x)
            if found is not None and not found.hidden:
                self._go(found)

    def action_choose(self) -> None:
        """Go into what is selected; where nothing can be, the key is somebody else's."""
        if self.cursor is None or self._block is None:
            raise SkipAction
        stands = self._field.find(self.cursor, self._stands_for, self._block)
        self.post_message(self.Chosen(self, self._block.address if stands is None else self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click selects; one on what is selected chooses."""
        hit = self._field.at(int(event.y + self.scroll_offset.y), int(event.x))
        if hit is not None and hit == self._block:
            self.action_choose()
        elif hit is not None:
            self._go(hit)

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
        line = self.lines[y] if y < len(self.lines) else ()
        cursor = self._block if self._block is not None and self._block.y == y else None
        under = self._under(cursor) if cursor else Under.NOTHING
        return strip_of(line, self.size.width, self.palette, self.ground, cursor, under, self._marks)

    def _under(self, block: Block) -> Under:
        if not self.has_focus:
            return Under.AWAY if block.end - block.x <= _SMALL else Under.NOTHING
        return Under.CELL if block.end - block.x <= _SMALL else Under.ROW

    def _go(self, block: Block, goal: float | None = None) -> None:
        if block == self._block:
            return
        self._set_block(block)
        self._goal = block.middle if goal is None else goal
        self.cursor = block.address
        self._reveal()
        self.post_message(self.Moved(self, block.address))

    def _settle(self, *, forget: bool = False) -> None:
        """Find the cursor's place again after the lines or the address changed."""
        near = None if forget else self._block
        found = self._field.find(self.cursor, self._stands_for, near) if self.cursor else None
        if found is None:
            # What was selected is gone for now: stay where it was, and keep its address for when it is back.
            found = nearest(self._field.rows, *((near.y, near.x) if near else (0, 0)))
        if self.cursor is None and found is not None:
            self.cursor = found.address
        old = self._block
        if found != old:
            self._set_block(found)
            if found is not None and (old is None or (found.y, found.x) != (old.y, old.x)):
                self._goal = found.middle
                self._reveal()

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
        """Scroll so that the cursor and the line under it are seen; to the very top if nothing else is above."""
        block, top, height = self._block, self.scroll_offset.y, self.size.height
        if block is None or not height or top <= block.y < max(top + 1, top + height - 1):
            return
        if all(not row for row in self._field.rows[: block.y]):
            target = 0
        else:
            target = block.y if block.y < top else block.y - height + 2
        self.scroll_to(y=target, animate=False, immediate=True)
