"""The line that asks for part of a name."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class Filter(Input):
    """Open while its screen has the class `filtering`; what is typed is told by Input's own messages."""

    def __init__(self) -> None:
        super().__init__(id="filter", placeholder="part of a name, or a pattern with * and ?", compact=True)

    @property
    def is_open(self) -> bool:
        """True while it is seen."""
        return self.screen.has_class("filtering")

    def open(self, text: str) -> None:
        """Show it, `text` in it already."""
        self.value = text
        self.screen.add_class("filtering")
        self.screen.set_focus(self)  # now: Textual's own `focus` waits its turn, and may take it when all is over

    def close(self) -> None:
        """Away with it; what was typed stays."""
        self.screen.remove_class("filtering")

    def on_blur(self) -> None:
        """Whatever takes the keyboard away closes it, so that no key is both a command and part of a name."""
        if self.screen.focused is not self:
            self.close()

    def take(self, event: events.Key) -> None:
        """A key that came in one burst with the one that opened it, from a paste or over a slow line.

        Textual hands keys to what had the focus when they came, which is not this yet; none of them may run as a
        command.
        """
        if event.character is not None and event.is_printable:
            event.stop()
            self.insert_text_at_cursor(event.character)
