"""Every key, over whatever is shown."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from fabconsole.tui import keys
from fabconsole.tui.pages.help import help_lines
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.sheet import Sheet


class Help(ModalScreen[None], inherit_bindings=False):
    """The keys and the signs; any of its own keys closes it."""

    CSS_PATH = "over.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.HELP]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._sheet = Sheet(palette, id="help", ground="surface")

    def compose(self) -> ComposeResult:
        """One sheet in the middle."""
        with Container(classes="over"):
            yield self._sheet

    def on_mount(self) -> None:
        """It scrolls."""
        self.set_focus(self._sheet)

    @on(Sheet.Resized)
    def _fill(self) -> None:
        self._sheet.show(help_lines(keys.SECTIONS, self._sheet.columns))

    def action_close(self) -> None:
        """Back to what was shown."""
        self.dismiss()
