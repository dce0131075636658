"""The one screen: bars above and below, the stage in the middle, the pane under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input

from fabconsole.fabric.errors import FabconsoleError
from fabconsole.state.snapshot import Snapshot
from fabconsole.tui import keys
from fabconsole.tui.addresses import node_of
from fabconsole.tui.desk import LEAST_SIZE, Desk
from fabconsole.tui.drawing import Span, fit
from fabconsole.tui.palette import Palette
from fabconsole.tui.running import Diagnostics
from fabconsole.tui.screens.help import Help
from fabconsole.tui.trail import Place, View, far_end, inside, to
from fabconsole.tui.widgets.bars import Foot, Stream, Top
from fabconsole.tui.widgets.pane import Pane
from fabconsole.tui.widgets.sheet import Sheet
from fabconsole.tui.widgets.stage import Stage

_SAID_S = 5.0
_ROOMY = 30
"""Lines from which the bars may take two more."""


class Console(Screen[None], inherit_bindings=False):
    """Gives every part its data and turns keys into moves on the desk."""

    CSS_PATH = "console.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.CONSOLE]
    AUTO_FOCUS = "#fabric"

    def __init__(self, desk: Desk, palette: Palette, diagnostics: Diagnostics, clock: Callable[[], float]) -> None:
        super().__init__()
        self.desk = desk
        self.diagnostics = diagnostics
        self.stream = Stream()
        self.warnings: tuple[str, ...] = ()
        self.stage = Stage(palette)
        self.pane = Pane(palette)
        self._palette = palette
        self._clock = clock
        self._top = Top(palette)
        self._foot = Foot(palette)
        self._small = Sheet(palette, id="small", still=True)
        self._said: tuple[float, str] = (0.0, "")
        self._filter = Input(id="filter", placeholder="part of a name, or a pattern with * and ?", compact=True)

    def compose(self) -> ComposeResult:
        """Everything that will ever be shown."""
        yield self._top
        yield self.stage
        yield self.pane
        yield self._filter
        yield self._foot
        yield self._small

    def on_mount(self) -> None:
        """Everything in its place before the first paint."""
        self.pane.display = False
        self._arrange()

    def on_resize(self) -> None:
        """Another size, the same selection."""
        self._arrange()

    def look(self) -> None:
        """Take a fresh snapshot."""
        if self.desk.look(self._clock()):
            self._arrange()

    def tick(self) -> None:
        """Look again and draw what changed."""
        self.look()
        self.redraw()

    def redraw(self) -> None:
        """Give every part that is seen its lines; each draws what differs."""
        if self.has_class("small"):
            least, here = LEAST_SIZE, self.size
            text = f" fabconsole needs {least[0]}×{least[1]}, here are {here.width}×{here.height}"
            self._small.show(((Span(fit(text, here.width), "warn"),),))
            return
        self._draw_bars()
        self.stage.draw(self.desk)
        self.pane.redraw()

    def say(self, text: str) -> None:
        """A sentence at the foot of the screen, for a few seconds or until the cursor moves."""
        self._said = (self._clock(), text)
        self._draw_bars()

    def _draw_bars(self) -> None:
        now = self._clock()
        self._top.show(self.desk, now, self.stream, self.warnings)
        if now - self._said[0] >= _SAID_S:
            self._said = (now, "")
        hints = keys.useful(self.desk.trail.here.view, in_pane=self.pane.has_keyboard, choosing=self.pane.is_choosing)
        self._foot.show(self.desk, self.stage.address, hints, self._said[1])

    def _arrange(self) -> None:
        width, height = self.size.width, self.size.height
        self.set_class(width < LEAST_SIZE[0] or height < LEAST_SIZE[1], "small")
        self.set_class(height >= _ROOMY, "roomy")
        self._top.set_out(width)
        self.stage.set_out(self.desk, width, height - (8 if height >= _ROOMY else 3), low=self.pane.display)

    def _go_to(self, place: Place) -> None:
        self.desk.trail = self.desk.trail.at(self.stage.place.cursor).into(place)
        self._arrive()

    def _arrive(self) -> None:
        self._back_to_stage()
        self.stage.enter(self.desk.trail.here)
        self.redraw()

    def _take_up_the_list(self) -> None:
        """Back on the fabric, to the entry of the list that was gone in by."""
        kept, self.stage.kept = self.stage.kept, None
        if len(self.desk.trail.places) > 1:
            self.stage.kept = kept
        elif kept is not None:
            self.stage.hand_to(kept)
            self._arrange()
            self.redraw()

    def _back_to_stage(self) -> None:
        self._arrange()
        self.stage.hand_to(self.stage.place)
        self._arrange()

    def on_key(self, event: events.Key) -> None:
        """What comes in one burst with the filter's key, from a paste or over a slow line, is the filter's.

        Textual hands keys to what had the focus when they came, which is not the filter yet; none of them may run
        as a command.
        """
        if self.has_class("filtering"):
            if event.character is not None and event.is_printable:
                event.stop()
                self._filter.insert_text_at_cursor(event.character)
        elif event.key == "slash":
            event.stop()
            self.action_filter()

    @on(Sheet.Resized)
    def _sheet_resized(self) -> None:
        self.redraw()

    @on(Sheet.Moved)
    def _moved(self) -> None:
        self._said = (0.0, "")
        self._draw_bars()

    @on(Sheet.Chosen)
    def _chosen(self, message: Sheet.Chosen) -> None:
        enter = to if self.stage.is_list(message.sheet) else self._inside
        place = enter(message.address, self.desk.snapshot)
        if place is not None:
            self.stage.kept = self.stage.focused_list or self.stage.kept
            self._go_to(place)

    def _inside(self, address: str, snapshot: Snapshot) -> Place | None:
        return inside(self.desk.trail.here, address, snapshot)

    def action_leave(self) -> None:
        """Out of a list, out of a place, out of a filter."""
        if self.has_class("filtering"):
            self.desk.filter("")
            self.filter_done()
        elif self.stage.focused_list is not None:
            self._back_to_stage()
        elif self.pane.display:
            self.pane.action_fold()
        elif len(self.desk.trail.places) > 1:
            self.desk.trail = self.desk.trail.out()
            self._arrive()
            self._take_up_the_list()
        elif not self.desk.sieve.is_open:
            self.desk.show_all()
            self.redraw()

    def action_far_end(self) -> None:
        """To the other end of the selected link."""
        address = self.stage.address
        if address is None:
            return
        place = far_end(self.desk.trail.here, address, self.desk.snapshot)
        if isinstance(place, str):
            self.say(place)
        elif place.view in (View.FABRIC, View.LINK):
            self._said = (0.0, "")
            self.stage.place.select(place.cursor)
            self._draw_bars()
        else:
            self._go_to(place)

    def action_next_list(self, step: int) -> None:
        """Round from the place to the worst list and the events, and to the pane while it is open."""
        ring = [*self.stage.ring(), *([self.pane.body] if self.pane.display else [])]
        at = next((number for number, sheet in enumerate(ring) if sheet is self.focused), 0)
        self.stage.hand_to(ring[(at + step) % len(ring)])
        self._arrange()
        self.redraw()

    def action_metric(self) -> None:
        """The next metric."""
        self.desk.next_metric()
        self.redraw()

    def action_faults(self) -> None:
        """Only what is not well, or everything."""
        self.desk.toggle_faults()
        self.redraw()

    def action_mark(self) -> None:
        """Mark the selected node, or take the mark away."""
        address = self.stage.address
        if address is not None:
            self.desk.toggle_mark(node_of(address))
            self.stage.mark(self.desk.marked)
            self._draw_bars()

    def action_quit(self) -> None:
        """Leave; nothing on any node is left behind."""
        self.app.exit(return_code=0)

    def action_interrupt(self) -> None:
        """Ctrl-C stops the diagnostic that runs; it never takes the console away in the middle of an incident."""
        if not self.pane.action_cancel():
            self.say("ctrl-c stops a diagnostic, and none is running: q leaves the console")

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(self._palette))

    def action_filter(self) -> None:
        """Ask for part of a name."""
        self._filter.value = self.desk.sieve.text
        self.add_class("filtering")
        self._filter.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.desk.filter(event.value)
        self.redraw()

    @on(Input.Submitted, "#filter")
    def filter_done(self) -> None:
        """Keep what was typed and go back to the place, to the nearest thing that is shown."""
        self.remove_class("filtering")
        self.set_focus(self.stage.place)
        self.redraw()
        self.stage.place.to_shown()

    def action_diagnose(self) -> None:
        """Offer what can be asked of the selection."""
        address = self.stage.address
        if address is None:
            return
        choices = self.diagnostics.choices(address, self.desk.marked, self.desk.snapshot)
        if choices:
            self.pane.offer(choices)
            self._open_pane()
        else:
            self.say(f"nothing is known to run on {address}")

    def action_output(self) -> None:
        """The last diagnostic again."""
        if self.pane.job is None:
            self.say("no diagnostic was run yet: d offers some")
        else:
            self.pane.reopen()
            self._open_pane()

    def _open_pane(self) -> None:
        self.pane.display = True
        self._arrange()
        self.set_focus(self.pane.body)
        self.redraw()

    @on(Pane.Folded)
    def _pane_folded(self) -> None:
        self.pane.display = False
        self._back_to_stage()

    @on(Pane.Wanted)
    async def _run(self, message: Pane.Wanted) -> None:
        try:
            job = self.diagnostics.job(message.choice)
            self.pane.follow(job)
            said = await self.diagnostics.start(job)
        except FabconsoleError as error:
            said = str(error)
        if said:
            self.say(said)

    @on(Pane.Cancelled)
    async def _cancel(self, message: Pane.Cancelled) -> None:
        await self.diagnostics.cancel(message.job)
