"""The diagnostics pane: choose, run, read and put away without leaving the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message

from fabconsole.tui import keys
from fabconsole.tui.diagnosis import Choice, Job
from fabconsole.tui.pages.pane import choice_head, choice_lines, chosen, job_head, job_lines
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.sheet import Sheet


class Pane(Vertical):
    """Shows choices until one is run, then what it says."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.PANE]

    @dataclass
    class Wanted(Message):
        """A command was chosen to be run."""

        choice: Choice

    @dataclass
    class Cancelled(Message):
        """What runs is to be stopped."""

        job: Job

    class Folded(Message):
        """The pane was put away."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="pane")
        self.job: Job | None = None
        self._choices: Sequence[Choice] | None = None
        self._head = Sheet(palette, id="pane-head", ground="surface", still=True)
        self._head.can_focus = False
        self.body = Sheet(palette, id="pane-body")

    def compose(self) -> ComposeResult:
        """Two lines on what it is about, then the lines themselves."""
        yield self._head
        yield self.body

    @property
    def has_keyboard(self) -> bool:
        """True while its keys work."""
        return self.screen.focused is self.body

    @property
    def is_choosing(self) -> bool:
        """True while commands are offered."""
        return self._choices is not None

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show what can be run."""
        self.remove_class("reading")
        self._choices = choices
        self.body.show(())
        self.body.select(None)
        self.redraw()

    def follow(self, job: Job) -> None:
        """Show a job and what it says, as it says it."""
        self._choices, self.job = None, job
        self.add_class("reading")
        self.body.show(())
        self.body.select(None)
        self.redraw()

    def reopen(self) -> None:
        """Show the last job again."""
        self._choices = None
        self.add_class("reading")
        self.redraw()

    def redraw(self) -> None:
        """Draw what changed."""
        width = self.body.columns
        if not self.display or not width:
            return
        if self._choices is not None:
            self.body.show(choice_lines(self._choices, width))
            at = chosen(self.body.cursor)
            self._head.show(choice_head(self._choices[at] if at < len(self._choices) else None, self._head.size.width))
        elif self.job is not None:
            follows = self.body.is_at_end
            self.body.show(job_lines(self.job, width))
            self._head.show(job_head(self.job, self._head.size.width))
            if follows and not self.job.is_over:
                self.body.action_edge(1)

    def action_fold(self) -> None:
        """Away with it."""
        self._choices = None
        self.post_message(self.Folded())

    def action_cancel(self) -> bool:
        """Stop what runs; False where nothing does."""
        if self.job is None or self.job.is_over:
            return False
        self.post_message(self.Cancelled(self.job))
        return True

    @on(Sheet.Moved)
    def _moved(self, message: Sheet.Moved) -> None:
        message.stop()
        self.redraw()

    @on(Sheet.Chosen)
    def _chosen(self, message: Sheet.Chosen) -> None:
        message.stop()
        if self._choices:
            self.post_message(self.Wanted(self._choices[chosen(message.address)]))
        elif self.job is not None and len(self.job.runs) > 1:
            self.job.folded ^= {message.address.partition("/")[0]}
            self.redraw()
