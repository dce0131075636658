"""Lines of spans on the screen: only those that changed are drawn again."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from fabconsole.tui.drawing import Line
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.strips import strip_of


class Canvas(ScrollView, can_focus=False):
    """Shows lines, and scrolls where there are more than fit. It has no keys and no cursor."""

    DEFAULT_CSS = """
    Canvas { scrollbar-size: 1 1; overflow-x: hidden; overflow-y: auto; }
    Canvas.still { overflow-y: hidden; }
    """

    class Resized(Message):
        """Lines for another width are wanted."""

    def __init__(self, palette: Palette, *, id: str, ground: str = "background", still: bool = False) -> None:
        """`still` is for what always fits: no column is kept for a scrollbar."""
        super().__init__(id=id, classes="still" if still else "")
        self.palette = palette
        self.ground = ground
        self.lines: tuple[Line, ...] = ()
        self._strips: dict[int, Strip] = {}

    @property
    def columns(self) -> int:
        """What a line has room for: a scrollbar's column is kept, so that lines are no others when one comes."""
        return max(0, self.size.width - (not self.has_class("still")))

    @property
    def sight(self) -> range:
        """The lines that are seen."""
        return range(self.scroll_offset.y, self.scroll_offset.y + self.size.height)

    @property
    def is_at_end(self) -> bool:
        """True while the last line is seen: what is added should be seen too."""
        return self.scroll_offset.y >= self.max_scroll_y

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines; only those that differ are drawn again."""
        self._take(lines)

    def scroll_lines(self, y: int) -> None:
        """So that line `y` is the first that is seen, as far as there are lines."""
        self.scroll_to(y=max(0, min(y, self.max_scroll_y)), animate=False, immediate=True, force=True)

    def on_resize(self) -> None:
        """Lines are padded to the width."""
        self._forget_drawn()
        self.post_message(self.Resized())

    def render_lines(self, crop: Region) -> list[Strip]:
        """Strips of the visible part, the same objects while nothing changed."""
        top = self.scroll_offset.y + crop.y
        strips = [self._strip(y) for y in range(top, top + crop.height)]
        if crop.x or crop.width != self.size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def _take(self, lines: Sequence[Line]) -> Sequence[int] | None:
        """The numbers of the lines that are others than before; None where nothing is."""
        old, self.lines = self.lines, tuple(lines)
        changed = [y for y, line in enumerate(self.lines) if y >= len(old) or line != old[y]]
        if not changed and len(old) == len(self.lines):
            return None
        sight = self.sight  # once: asked for each line, it costs a long answer more than all the rest does
        for y in (*changed, *range(len(self.lines), len(old))):
            if y in sight:
                self._redraw(y)
            else:
                self._strips.pop(y, None)
        if len(old) != len(self.lines):
            self.virtual_size = Size(0, len(self.lines))
        return changed

    def _line(self, y: int) -> Line:
        return self.lines[y] if y < len(self.lines) else ()

    def _strip(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._drawn(y)
        return strip

    def _drawn(self, y: int) -> Strip:
        return strip_of(self._line(y), self.size.width, self.palette, self.ground)

    def _forget_drawn(self) -> None:
        self._strips.clear()
        self.refresh()

    def _redraw(self, y: int, x: int = 0, end: int | None = None) -> None:
        self._strips.pop(y, None)
        width = (self.size.width if end is None else end) - x
        if width > 0 and y in self.sight:
            self.refresh(Region(x, y - self.scroll_offset.y, width, 1))
