"""The lines in which a person answers: what is typed is seen only where whoever asks allows it, and nobody looks on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from fabconsole.stream.wanted import Answers, Wanted
from fabconsole.tui import keys
from fabconsole.tui.pages.reply import over_lines, reply_lines
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.canvas import Canvas

_LONGEST = 1024
"""Characters of an answer; a paste that is longer is none."""
DEAF_S = 0.5
"""After it opened by itself, keys are not taken for so long: they were meant for what was there before."""


class Reply(Canvas, can_focus=True):
    """Open while its screen has the class `replying`. Every key is its own then, to the last."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.REPLY]
    _OWN: ClassVar = frozenset(key for binding in keys.REPLY for key in binding.key.split(","))

    @dataclass
    class Said(Message):
        """The operator has answered; None: they will not."""

        wanted: Wanted
        answers: Answers | None = field(repr=False)

    class Closed(Message):
        """Read, and put away."""

    def __init__(self, palette: Palette, *, is_shared: bool) -> None:
        """`is_shared`: others may look at this screen, so nothing that is typed is drawn, whoever allows it."""
        super().__init__(palette, id="reply", ground="surface", still=True)
        self.wanted: Wanted | None = None
        self._is_shared = is_shared
        self._over: str | None = None
        self._deaf_until = 0.0
        self._now = 0.0
        self._typed: list[str] = []
        self._given: list[str] = []
        self._before: Widget | None = None
        """What had the keyboard."""

    @property
    def is_open(self) -> bool:
        """True while it is seen."""
        return self.wanted is not None

    @property
    def is_over(self) -> bool:
        """True while it only says that there is nothing to answer any more."""
        return self._over is not None

    def open(self, wanted: Wanted, now: float, *, by_itself: bool) -> None:
        """Ask. `by_itself`: no key of the operator's has opened it."""
        self._forget()
        self._before = self.screen.focused if self.screen.focused is not self else self._before
        self.wanted, self._over = wanted, None
        self._deaf_until = now + DEAF_S if by_itself else 0.0
        self.screen.add_class("replying")
        self.screen.set_focus(self)
        self.draw(now)

    def close(self) -> None:
        """Away with it, and with what was typed."""
        self._forget()
        self.wanted = None
        self.screen.remove_class("replying")

    def settle(self, id: str, said: str) -> None:
        """What is wanted is wanted no more; whoever still types is not to type a command."""
        if self.wanted is not None and self.wanted.id == id:
            self._forget()
            self._over = said
            self.draw(self._now)

    def draw(self, now: float) -> None:
        """What is asked, and how much time there is."""
        self._now = now
        if self.wanted is None:
            return
        width, height = self.app.size.width, self.app.size.height
        if self._over is not None:
            lines = over_lines(self.wanted, self._over, width)
        else:
            is_seen = self.wanted.prompts[len(self._given)].echo and not self._is_shared
            typed = "".join(self._typed) if is_seen else None
            lines = reply_lines(self.wanted, len(self._given), typed, now, width, height)
        if len(lines) != len(self.lines) or self.styles.height is None:
            self.styles.height = len(lines)
        self.show(lines)

    def on_key(self, event: events.Key) -> None:
        """Every key but its own few is typed, or nothing."""
        if self._now < self._deaf_until or event.key not in self._OWN:
            event.stop()
        if self._now >= self._deaf_until:
            self.take(event)

    def take(self, event: events.Key) -> None:
        """A key that is part of an answer, also one that came in one burst with the one that opened it."""
        if event.character is not None and event.is_printable and event.key not in self._OWN:
            event.stop()
            self._type(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """A code out of a password manager; its line's end sends nothing."""
        event.stop()
        line = next(iter(event.text.splitlines()), "")
        if line.isprintable():
            self._type(line)

    def on_blur(self) -> None:
        """Whatever takes the keyboard away closes it; it is asked for again by its key."""
        if self.is_open and self.screen.focused is not self:
            self.close()

    def action_send(self) -> None:
        """This answer is complete; the last one of them goes out."""
        wanted = self.wanted
        if wanted is None or self._over is not None:
            self._end()
            return
        self._given.append("".join(self._typed))
        self._typed.clear()
        if len(self._given) == len(wanted.prompts):
            self.post_message(self.Said(wanted, Answers(self._given)))
            self._end()
        else:
            self.draw(self._now)

    def action_decline(self) -> None:
        """Not now."""
        if self.wanted is not None and self._over is None:
            self.post_message(self.Said(self.wanted, None))
        self._end()

    def action_erase(self) -> None:
        """Take back the last character."""
        if self._typed:
            self._typed.pop()
        self.draw(self._now)

    def action_clear(self) -> None:
        """Take all of it back."""
        self._typed.clear()
        self.draw(self._now)

    def _type(self, text: str) -> None:
        if self._over is None and len(self._typed) + len(text) <= _LONGEST:
            self._typed += text
            self.draw(self._now)

    def _end(self) -> None:
        self.close()
        self.screen.set_focus(self._before)
        self.post_message(self.Closed())

    def _forget(self) -> None:
        self._typed.clear()
        self._given.clear()
