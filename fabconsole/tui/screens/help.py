"""Every key, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen

from fabconsole.fabric.health import Health
from fabconsole.tui import keys
from fabconsole.tui.drawing import Line, Span, fit
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.sheet import Sheet

_KEYS = 18


class Help(ModalScreen[None], inherit_bindings=False):
    """The keys and the glyphs over whatever is shown; any of its keys closes it."""

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
        """Fill it."""
        self._sheet.show(help_lines(keys.every()))
        self.set_focus(self._sheet)

    def action_close(self) -> None:
        """Back to what was shown."""
        self.dismiss()


def help_lines(bindings: Iterable[Binding]) -> tuple[Line, ...]:
    """A line a key, then what the glyphs mean."""
    lines: list[Line] = [(Span(" KEYS", "title"),)]
    lines += [
        (Span(f"  {fit(keys.shown(binding.key), _KEYS)}", "key"), Span(binding.description, "text"))
        for binding in bindings
    ]
    lines += [(), (Span(" GLYPHS", "title"),)]
    words = list(Health)
    for left, right in zip(words[::2], [*words[1::2], None], strict=False):
        line = [*_glyph(left)]
        if right is not None:
            line += _glyph(right)
        lines.append(tuple(line))
    marks = (("≥", "saturated: this or more"), ("↺", "reset in the window"), ("▁▂▃▄▅▆▇", "growth, a decade a step"))
    lines += [(Span(f"  {fit(glyph, 9)}", "accent"), Span(text, "text")) for glyph, text in marks]
    return tuple(lines)


def _glyph(health: Health) -> tuple[Span, ...]:
    role = health.value.lower()
    return Span("  "), Span(health.glyph, role), Span(fit(f"  {health.value}", 20), "text")
