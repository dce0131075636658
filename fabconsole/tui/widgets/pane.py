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

from fabconsole.fabric.errors import FabconsoleError
from fabconsole.state.snapshot import Snapshot
from fabconsole.tui import keys
from fabconsole.tui.diagnosis import Choice, Job
from fabconsole.tui.pages.pane import choice_head, choice_lines, chosen, job_head, job_lines
from fabconsole.tui.pages.whole import Row, whole_choice, whole_job
from fabconsole.tui.palette import Palette
from fabconsole.tui.running import Diagnostics
from fabconsole.tui.widgets.canvas import Canvas
from fabconsole.tui.widgets.reading import Reading
from fabconsole.tui.widgets.sheet import Sheet

_LEAST = 3
"""Lines of the body that are seen in any window, however much there is to say above them."""


class Pane(Vertical):
    """Shows choices until one is run, then what it says."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.PANE]

    @dataclass
    class Told(Message):
        """Something that the operator should know."""

        text: str

    class Folded(Message):
        """The pane was put away."""

    def __init__(self, palette: Palette, diagnostics: Diagnostics) -> None:
        super().__init__(id="pane")
        self.job: Job | None = None
        self._diagnostics = diagnostics
        self._choices: Sequence[Choice] | None = None
        self._offered_for: str | None = None
        self._head = Canvas(palette, id="pane-head", ground="surface", still=True)
        self.body = Reading(palette, id="pane-body")

    def compose(self) -> ComposeResult:
        """Two lines on what it is about, then the lines themselves."""
        yield self._head
        yield self.body

    @property
    def doing(self) -> keys.Doing | None:
        """What its keys are for now; None while they are not the ones that work."""
        if self.screen.focused is not self.body:
            return None
        if self._choices is not None:
            return keys.Doing.CHOOSING
        return keys.Doing.WAITING if self.is_running else keys.Doing.READING

    @property
    def about(self) -> str | None:
        """The address of what is asked, or was."""
        if self._choices is not None or self.job is None:
            return self._offered_for
        return next(iter(self.job.runs.values())).address

    @property
    def whole(self) -> Sequence[Row]:
        """What is chosen or read, in full."""
        if self._choices:
            return whole_choice(self._choices[chosen(self.body.cursor)])
        return () if self.job is None else whole_job(self.job)

    @property
    def is_running(self) -> bool:
        """True while the job that is shown has not ended."""
        return self.job is not None and not self.job.is_over

    @property
    def running(self) -> Sequence[str]:
        """What has not ended, seen or not."""
        return [job.title for job in self._diagnostics.running]

    @property
    def note(self) -> str:
        """What runs and is not seen, for the foot of the screen."""
        unseen = sum(not (self.display and job is self.job) for job in self._diagnostics.running)
        return f"{unseen} running" if unseen else ""

    @property
    def _half(self) -> int:
        """Lines that `console.tcss` gives the pane at most."""
        return self.screen.size.height // 2

    def offer(self, address: str, marked: frozenset[str], snapshot: Snapshot) -> str:
        """Show what can be run on the selection; why nothing can, or nothing."""
        choices = self._diagnostics.choices(address, marked, snapshot)
        if choices:
            self.remove_class("reading")
            self._offered_for = address
            self._begin(choices)
            return ""
        if self._diagnostics.choices(address, frozenset(), snapshot):
            return f"what can be run on {address} loads the device or the subnet: not for many at once, unmark first"
        return f"nothing is known to run on {address}"

    def reopen(self) -> bool:
        """Show the last job again; False where there was none."""
        if self.job is not None:
            self._choices = None
            self.add_class("reading")
        return self.job is not None

    def redraw(self) -> None:
        """Draw what changed."""
        width = self.body.columns
        if not self.display or not width:
            return
        if self._choices is not None:
            self.body.show(choice_lines(self._choices, width))
            lines = choice_head(self._choices, chosen(self.body.cursor), self.size.width, self._half, least=_LEAST)
            self._head.show(lines)
        elif self.job is not None:
            # Begun at the top, one answer is followed from where its end was seen; several are read one by one.
            follows = self.is_running and len(self.job.runs) == 1 and bool(self.body.lines) and self.body.is_at_end
            self.body.show(job_lines(self.job, width))
            self._head.show(job_head(self.job, self.size.width, max(1, self._half - _LEAST)))
            if follows:
                self.body.scroll_lines(len(self.body.lines))

    def action_fold(self) -> None:
        """Away with it."""
        self._choices = None
        self.post_message(self.Folded())

    def action_page_on(self) -> None:
        """A page further in what is read."""
        self.body.action_page(1)

    async def action_cancel(self) -> None:
        """Stop what runs."""
        if not await self.cancel():
            self.post_message(self.Told("no diagnostic is running"))

    async def cancel(self) -> bool:
        """Stop the diagnostic that is shown, else the last that was put away running; False where none runs."""
        if self.job is not None and not self.job.is_over:
            await self._diagnostics.cancel(self.job)
        elif running := self._diagnostics.running:
            await self._diagnostics.cancel(running[-1])
            self.post_message(self.Told(f"cancelled: {running[-1].title}"))
        else:
            return False
        return True

    @on(Sheet.Moved)
    def _moved(self, message: Sheet.Moved) -> None:
        message.stop()
        self.redraw()

    @on(Sheet.Chosen)
    async def _chosen(self, message: Sheet.Chosen) -> None:
        message.stop()
        if self._choices:
            await self._run(self._choices[chosen(message.address)])
        elif self.job is not None:
            self.job.folded ^= {message.address}
            self.redraw()

    async def _run(self, choice: Choice) -> None:
        said = ""
        try:
            self.job = self._diagnostics.job(choice)
            self.add_class("reading")
            self._begin(None)
            await self._diagnostics.start(self.job)
        except FabconsoleError as error:
            said = str(error)
        self.post_message(self.Told(said))  # nothing to say: what was said before is over

    def _begin(self, choices: Sequence[Choice] | None) -> None:
        """Something else from here on, from its top."""
        self._choices = choices
        self.body.show(())
        self.body.select(None)
        self.redraw()
