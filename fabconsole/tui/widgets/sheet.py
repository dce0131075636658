"""A page on the screen: lines in, the cursor's address out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from fabconsole.tui import keys
from fabconsole.tui.addresses import node_of
from fabconsole.tui.drawing import Line
from fabconsole.tui.moves import Block, Field, nearest, sideways, upright
from fabconsole.tui.palette import Palette, Under
from fabconsole.tui.widgets.canvas import Canvas
from fabconsole.tui.widgets.strips import strip_of

_SMALL = 14
"""Up to so many columns the cursor covers a thing; a longer one is tinted, so that it can still be read."""
_REACH = 3
"""Lines out of sight that the cursor still steps to: over a blank, a title and a reason. Farther, the page scrolls."""


class Sheet(Canvas, can_focus=True):
    """Moves a cursor over the addresses of its lines, and scrolls over what has none."""

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

    def __init__(self, palette: Palette, *, id: str, ground: str = "background", still: bool = False) -> None:
        super().__init__(palette, id=id, ground=ground, still=still)
        self.cursor: str | None = None
        """The selected address, also while nothing here stands for it."""
        self._stands_for: Mapping[str, str] = {}
        self._field = Field()
        self._block: Block | None = None
        self._goal = 0.0
        self._marks: frozenset[str] = frozenset()

    def show(self, lines: Sequence[Line], stands_for: Mapping[str, str] | None = None) -> None:
        """Show these lines; only those that differ are drawn again. The cursor stays on its address."""
        self._stands_for = stands_for or {}
        changed = self._take(lines)
        if changed is not None:
            self._field.update(self.lines, changed)
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

    def action_move(self, dx: int, dy: int) -> None:
        """One step of the cursor to what is in sight or near it; where nothing is, the page scrolls."""
        here = self._block
        if dx:
            if here is not None:
                self._go(sideways(self._field.rows, here, dx))
            return
        there = here if here is None else upright(self._field.rows, here, dy, self._goal)
        if there is None or there == here or not self._is_near(there):
            self._scroll(dy)
        else:
            self._go(there, self._goal)

    def action_page(self, direction: int) -> None:
        """A windowful up or down, the cursor with it."""
        step = direction * max(1, self.size.height - 2)
        here = self._block
        self._scroll(step)
        if here is not None:
            self._go_to_sight(here.y + step)

    def action_edge(self, direction: int) -> None:
        """The first or the last thing, and the page's first or last line."""
        there = self._field.edge(direction)
        if there is not None:
            self._put(there, there.middle)
        self.scroll_lines(0 if direction < 0 else len(self.lines))

    def to_shown(self) -> None:
        """Off a place that the filter holds back, to the nearest node that it does not: it is nodes that are named."""
        if self._block is not None and self._block.hidden:
            found = nearest(self._field.rows, self._block.y, self._block.x)
            if found is not None and not found.hidden:
                node = self._field.find(node_of(found.address), self._stands_for, found)
                self._go(found if node is None or node.hidden else node)

    def action_choose(self) -> None:
        """Go into what is selected, if it is seen; where nothing can be chosen, the key is somebody else's."""
        if self.cursor is None or self._block is None:
            raise SkipAction
        if self._block.y not in self.sight:
            self._reveal()
            return
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
        """The cursor stays in sight."""
        self._reveal()

    def _drawn(self, y: int) -> Strip:
        cursor = self._block if self._block is not None and self._block.y == y else None
        under = self._under(cursor) if cursor else Under.NOTHING
        return strip_of(self._line(y), self.size.width, self.palette, self.ground, cursor, under, self._marks)

    def _under(self, block: Block) -> Under:
        if not self.has_focus:
            return Under.AWAY if block.end - block.x <= _SMALL else Under.NOTHING
        return Under.CELL if block.end - block.x <= _SMALL else Under.ROW

    def _is_near(self, block: Block) -> bool:
        sight = self.sight
        return sight.start - _REACH <= block.y < sight.stop + _REACH

    def _scroll(self, by: int) -> None:
        """Scroll; a cursor that is left out of sight goes to the nearest thing in sight, if there is one."""
        self.scroll_lines(self.scroll_offset.y + by)
        if self._block is not None and self._block.y not in self.sight:
            self._go_to_sight(self._block.y)

    def _go_to_sight(self, y: int) -> None:
        sight = self.sight
        found = nearest(self._field.rows[sight.start : sight.stop], y, self._goal)
        if found is not None and not found.hidden:
            self._put(found, self._goal)

    def _go(self, block: Block, goal: float | None = None) -> None:
        if self._put(block, block.middle if goal is None else goal):
            self._reveal()

    def _put(self, block: Block, goal: float) -> bool:
        """The cursor on a block, wherever that is; False where it was there already."""
        if block == self._block:
            return False
        self._set_block(block)
        self._goal = goal
        self.cursor = block.address
        self.post_message(self.Moved(self, block.address))
        return True

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

    def _reveal(self) -> None:
        """Scroll so that the cursor and the line under it are seen; to the very top if nothing else is above."""
        block, top, height = self._block, self.scroll_offset.y, self.size.height
        if block is None or not height or top <= block.y < max(top + 1, top + height - 1):
            return
        if not any(self._field.rows[: block.y]):
            self.scroll_lines(0)
        else:
            self.scroll_lines(block.y if block.y < top else block.y - height + 2)
