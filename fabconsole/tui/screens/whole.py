"""One thing in full, over whatever is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from fabconsole.tui import keys
from fabconsole.tui.pages.bars import keys_line
from fabconsole.tui.pages.whole import Row, whole_lines
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.canvas import Canvas
from fabconsole.tui.widgets.sheet import Sheet


class Whole(ModalScreen[bool], inherit_bindings=False):
    """Answers True when the operator wants to go there."""

    CSS_PATH = "over.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.WHOLE]

    def __init__(self, palette: Palette, told: Sequence[Row], *, leads: bool) -> None:
        """`leads`: there is somewhere to go from here."""
        super().__init__()
        self._told = told
        self._leads = leads
        self._sheet = Sheet(palette, id="whole", ground="surface")
        self._keys = Canvas(palette, id="whole-keys", ground="surface", still=True)

    def compose(self) -> ComposeResult:
        """What is told, and the ways on."""
        with Container(classes="over"):
            yield self._sheet
            yield self._keys

    def on_mount(self) -> None:
        """It scrolls, so that it can be read in any window."""
        self.set_focus(self._sheet)

    @on(Sheet.Resized)
    def _fill(self) -> None:
        self._sheet.show(whole_lines(self._told, self._sheet.columns))
        ways = keys.named(("whole.open", "whole.close") if self._leads else ("whole.close",))
        self._keys.show((keys_line(ways, (), "", self._sheet.columns),))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is for going on alone."""
        return action != "go_on" or self._leads

    def action_go_on(self) -> None:
        """Into it."""
        self.dismiss(True)

    def action_close(self) -> None:
        """Back to the very row."""
        self.dismiss(False)
