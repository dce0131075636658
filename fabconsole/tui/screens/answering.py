"""What a person is asked for, on the console: opened where nobody is disturbed by it, else by its key."""

from __future__ import annotations

from math import inf

from textual import events, on

from fabconsole.stream.wanted import Answers, Settled, Wanted
from fabconsole.tui.screens.frame import Frame
from fabconsole.tui.widgets.reply import Reply

QUIET_S = 2.0
"""Whoever has pressed no key for so long is not in the middle of something: what is asked opens by itself."""
_AGAIN_S = 20.0
"""How long after the operator has had it ask again what is asked then is what they wait for."""


class Answering(Frame, inherit_bindings=False):
    """Frame of a console that asks its operator."""

    _touched_at = -inf
    _awaited: tuple[str, float] = ("", -inf)
    """What the operator has asked to be asked for, and when."""

    def on_key(self, event: events.Key) -> None:
        """From the reply's key on, every key is the reply's. What a class above does with a key comes before."""
        if self.reply.is_open:  # whoever answers expects the next question, and is disturbed by none
            self.reply.take(event)
            return
        self._touched_at = self._clock()
        if event.key == "a" and not self.filter.is_open and self.check_action("answer", ()) and self._open_first():
            event.stop()

    def hear(self, record: Wanted | Settled) -> None:
        """Something is wanted, or no more."""
        self.requests.hear(record)
        if isinstance(record, Settled):
            self.reply.settle(record.id, record.said)
        elif record.prompts and not self.reply.is_open and (self._is_awaited(record) or self._is_quiet):
            self.reply.open(record, self._clock(), by_itself=True)
        self.draw_bars()

    async def action_answer(self) -> None:
        """Answer what is asked first; what was put off is asked again."""
        wanted = self.requests.first
        if wanted is None:
            self.say("nothing is asked of you")
        elif not self._open_first():
            self._awaited = (wanted.of, self._clock())
            self.say(f"{wanted.of} is asked again …")
            await self.requests.tell(wanted, Answers())

    def _open_first(self) -> bool:
        """Open what waits for words, if anything does."""
        wanted = self.requests.first
        if wanted is None or not wanted.prompts:
            return False
        self.reply.open(wanted, self._clock(), by_itself=False)
        self.draw_bars()
        return True

    @property
    def _is_quiet(self) -> bool:
        """Whether nobody is in the middle of something that a line at the foot would take the keyboard from."""
        busy = self.is_small or self.filter.is_open or self.pane.doing is not None or self.app.screen is not self
        return not busy and self._clock() - self._touched_at >= QUIET_S

    def _is_awaited(self, wanted: Wanted) -> bool:
        of, at = self._awaited
        busy = self.is_small or self.filter.is_open or self.app.screen is not self
        return wanted.of == of and self._clock() - at < _AGAIN_S and not busy

    @on(Reply.Said)
    async def _replied(self, message: Reply.Said) -> None:
        wanted = message.wanted
        await self.requests.tell(wanted, message.answers)
        if message.answers is None:
            self.say(f"{wanted.of} has to wait: a when you are ready")
        else:
            self._awaited = (wanted.of, self._clock())  # a wrong answer is asked for again
            self.say(f"{wanted.of}: answered")

    @on(Reply.Closed)
    def _reply_closed(self) -> None:
        if not self._open_first():
            self.set_out()
            self.redraw()
