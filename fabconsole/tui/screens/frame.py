"""The one screen: bars above and below, the stage in the middle, the pane under it."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Static

from fabconsole.fabric.clock import Slices
from fabconsole.tui import keys
from fabconsole.tui.addresses import nvlink_of
from fabconsole.tui.defects import DRAWING, LOOKING, Defects
from fabconsole.tui.desk import LEAST_SIZE, Desk
from fabconsole.tui.drawing import Span, fit
from fabconsole.tui.palette import Palette
from fabconsole.tui.requests import Requests
from fabconsole.tui.running import Diagnostics
from fabconsole.tui.trail import View
from fabconsole.tui.widgets.bars import Foot, Stream, Top
from fabconsole.tui.widgets.canvas import Canvas
from fabconsole.tui.widgets.filter import Filter
from fabconsole.tui.widgets.pane import Pane
from fabconsole.tui.widgets.reply import Reply
from fabconsole.tui.widgets.sheet import Sheet
from fabconsole.tui.widgets.stage import Stage

SAID_S = 5.0
"""How long a sentence stands at the foot of the screen."""
_ROOMY = 30
"""Lines from which the bars may take two more."""


class Frame(Screen[None], inherit_bindings=False):
    """Gives every part its place and, on the console's clock, its data."""

    CSS_PATH = "console.tcss"
    AUTO_FOCUS = ""  # `set_out` knows what can be seen

    def __init__(
        self,
        desk: Desk,
        palette: Palette,
        diagnostics: Diagnostics,
        clock: Callable[[], float],
        *,
        is_shared: bool = False,
    ) -> None:
        """`is_shared`: others may look at this screen."""
        super().__init__()
        self.desk = desk
        self.palette = palette
        self.stream = Stream()
        self.warnings: tuple[str, ...] = ()
        self.stepped: tuple[str, ...] = ()
        """That this machine's clock was set."""
        self.defects = Defects()
        self.stage = Stage(palette)
        self.pane = Pane(palette, diagnostics)
        self.filter = Filter()
        self.requests = Requests()
        self.reply = Reply(palette, is_shared=is_shared)
        self._clock = clock
        self._top = Top(palette)
        self._foot = Foot(palette)
        self._diagnostics = diagnostics
        self._small = Canvas(palette, id="small", still=True)
        self._said: tuple[float, str] = (0.0, "")

    def compose(self) -> ComposeResult:
        """Everything that will ever be shown."""
        yield self._top
        yield self.stage
        yield self.pane
        with Horizontal(id="asking"):
            yield Static("/", id="prompt")
            yield self.filter
        yield self.reply
        yield self._foot
        yield self._small

    def on_mount(self) -> None:
        """Everything in its place before the first paint."""
        self.pane.display = False
        self.set_out()

    def on_resize(self) -> None:
        """Another size, the same selection."""
        self.set_out()

    def look(self) -> None:
        """Take a fresh snapshot."""
        with self.defects.contained(LOOKING):
            if self.desk.look(self._clock()):
                self.set_out()

    async def look_in_slices(self) -> None:
        """The same, and a key that is pressed meanwhile is answered in between."""
        with self.defects.contained(LOOKING):
            slices = Slices()
            for is_another in self.desk.looking(self._clock()):
                if is_another:
                    self.set_out()
                await slices.breathe()

    def tick(self) -> None:
        """Look again and draw what changed."""
        self.look()
        self.redraw()

    @property
    def is_small(self) -> bool:
        """True in a window that nothing sensible can be shown in."""
        return self.has_class("small")

    def redraw(self) -> None:
        """Give every part that is seen its lines; each draws what differs."""
        if self.is_small:
            least, here = LEAST_SIZE, self.size
            text = f" fabconsole needs {least[0]}×{least[1]}, here are {here.width}×{here.height}"
            self._small.show(((Span(fit(text, here.width), "warn"),),))
            return
        with self.defects.contained(DRAWING):
            self.draw_bars()
            self.stage.draw(self.desk)
            self.pane.redraw()

    def draw_bars(self) -> None:
        """The lines above and below, which say what the cursor is on."""
        now = self._clock()
        told = self.requests.banners((banner.text for banner in self.desk.snapshot.banners), "a", self.reply.wanted)
        warnings = (*self.defects.told, *self._diagnostics.unwritten, *self.stepped, *self.warnings)
        self._top.show(self.desk, now, self.stream, (*told, *warnings))
        self.reply.draw(now)
        self._draw_foot()

    def _draw_foot(self) -> None:
        """All that a cursor changes as it moves. The bars above are counted over all nodes."""
        now = self._clock()
        if now - self._said[0] >= SAID_S:
            self._said = (now, "")
        cursor = self.pane.about if self.pane.doing else self.stage.cursor
        note = " · ".join(filter(None, (self.pane.note, self.desk.note())))
        self._foot.show(self.desk, cursor, self._hints(), note, self._said[1])

    def _hints(self) -> keys.Hints:
        """The keys that do something here and now."""
        if self.reply.is_open:
            return keys.replying(is_over=self.reply.is_over)
        here = self.desk.trail.here
        doing = self.pane.doing or (keys.Doing.LISTING if self.stage.focused_list else None)
        escape = "close pane" if self.pane.display else self.desk.held if here.view is View.FABRIC else ""
        idle = {"output"} if self.pane.job is None else set()
        if not self.pane.display and here.view is not View.FABRIC:
            idle.add("lists.next")
        if nvlink_of(here.subject) is not None:
            idle.add("far-end")
        if self.pane.body.is_at_end:
            idle.add("move.page-down")
        if not self.pane.body.is_wide:
            idle.add("move.right")
        first = () if self.requests.first is None else ("answer",)
        if self.pane.doing and self.pane.body.selected is None:
            idle.add("open")
        return keys.useful(doing or here.view, "" if doing else escape, idle, first=first)

    def say(self, text: str) -> None:
        """A sentence at the foot of the screen, for a few seconds or until the cursor moves."""
        self._said = (self._clock(), text)
        self.draw_bars()

    def set_out(self) -> None:
        """Give every part its room, which depends on what is shown and on what has the keyboard."""
        width, height = self.size.width, self.size.height
        self.set_class(width < LEAST_SIZE[0] or height < LEAST_SIZE[1], "small")
        self.set_class(height >= _ROOMY, "roomy")
        if self.is_small:
            self.set_focus(None)  # Textual would take it from what is hidden, later and piece by piece
        elif self.focused is None:
            self.set_focus(self.pane.body if self.pane.display else self.stage.place)
        self._top.set_out(width)
        self.stage.set_out(self.desk, width, height - (8 if height >= _ROOMY else 3), low=self.pane.display)

    @on(Sheet.Resized)
    def _sheet_resized(self) -> None:
        self.redraw()

    @on(Sheet.Moved)
    def _moved(self) -> None:
        self._said = (0.0, "")
        self._draw_foot()

    @on(Pane.Told)
    def _told(self, message: Pane.Told) -> None:
        self.say(message.text)
