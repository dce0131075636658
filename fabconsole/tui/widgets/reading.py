"""Text to be read: lines as long as they are, shifted sideways where they are longer than the window."""

from __future__ import annotations

from textual.strip import Strip

from fabconsole.tui.drawing import length
from fabconsole.tui.widgets.sheet import Sheet
from fabconsole.tui.widgets.strips import shifted, strip_of

_STEP = 8
"""Columns a key."""


class Reading(Sheet):
    """A sheet whose lines without an address may be wider than it is; the others, its headings, stay."""

    _left = 0

    def action_move(self, dx: int, dy: int) -> None:
        """Sideways over the text where it is wider than the window, else as anywhere."""
        if not dx or self._overhang <= 0:
            super().action_move(dx, dy)
        else:
            self._shift(self._left + dx * _STEP)

    def action_edge(self, direction: int) -> None:
        """The first or the last line, from its beginning."""
        self._shift(0)
        super().action_edge(direction)

    def _drawn(self, y: int) -> Strip:
        line, width = self._line(y), self.columns
        if any(span.address for span in line) or ((size := length(line)) <= width and not self._left):
            return super()._drawn(y)
        whole = strip_of(line, max(size, width), self.palette, self.ground)
        seen = shifted(whole, self._left, width, self.palette.style("key", self.ground))
        return seen.adjust_cell_length(self.size.width, self.palette.style("text", self.ground))

    @property
    def is_wide(self) -> bool:
        """True where some line is longer than the window."""
        return self._overhang > 0

    @property
    def _overhang(self) -> int:
        """Columns that the longest line is wider than the window."""
        return max((length(line) for line in self.lines), default=0) - self.columns

    def _shift(self, left: int) -> None:
        left = max(0, min(left, self._overhang))
        if left != self._left:
            self._left = left
            self._forget_drawn()
