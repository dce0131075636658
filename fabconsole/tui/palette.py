"""A theme's looks as styles ready to draw with, the cursor's and the marks' among them."""

from __future__ import annotations

from enum import Enum

from rich.style import Style

from fabconsole.tui.themes import Theme


class Under(Enum):
    """What lies on a span besides its meaning."""

    NOTHING = ""
    CELL = "cell"
    """The cursor, on something small."""
    ROW = "row"
    """The cursor, on a whole row."""
    AWAY = "away"
    """The cursor of a page that has not the keyboard."""


class Palette:
    """Styles by meaning. Without colour, glyphs and attributes carry everything."""

    def __init__(self, theme: Theme, *, colour: bool = True) -> None:
        self.theme = theme
        self.colour = colour
        self._styles: dict[tuple[str, str, Under, bool], Style] = {}

    def style(self, role: str, ground: str = "background", under: Under = Under.NOTHING, marked: bool = False) -> Style:
        """The look of a meaning on the page's or the bars' ground."""
        key = (role, ground, under, marked)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._made(role, ground, under, marked)
        return style

    def _made(self, role: str, ground: str, under: Under, marked: bool) -> Style:
        theme = self.theme
        look = theme.roles.get(role) or theme.roles.get("text") or Style()
        if not self.colour:
            return self._colourless(look + Style(dim=role in _SOFT or None), under, marked)
        back = theme.surface if ground == "surface" else theme.background
        base = Style(color=theme.foreground, bgcolor=back) + look
        if marked:
            base += Style(bgcolor=_MARKED, underline=True)
        if under is Under.CELL:
            # Reversed, so that a terminal without our colours still shows where the cursor is.
            return Style(color=theme.accent, bgcolor=theme.background, bold=True, reverse=True)
        if under is Under.ROW:
            return base + Style(bgcolor=_ROW)
        if under is Under.AWAY:
            return base + Style(underline=True, color=theme.accent)
        return base

    def _colourless(self, look: Style, under: Under, marked: bool) -> Style:
        loud = Style(bold=look.bold, dim=look.dim, underline=marked or look.underline)
        if under in (Under.CELL, Under.ROW):
            return loud + Style(reverse=True)
        return loud + Style(underline=True) if under is Under.AWAY else loud


_SOFT = frozenset({"hidden", "faint", "waiting", "old"})
"""Told from the rest by an attribute where there is no colour."""
_ROW = "#303030"
_MARKED = "#005f87"
