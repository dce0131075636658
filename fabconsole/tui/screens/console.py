"""The one screen: bars above and below, the place in the middle, lists beside it, the pane under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from fabconsole.tui import keys
from fabconsole.tui.addresses import node_of
from fabconsole.tui.desk import LEAST_SIZE, Desk
from fabconsole.tui.drawing import Line, Span, fit
from fabconsole.tui.pages.bars import header, keys_line, pulse, selection
from fabconsole.tui.pages.lists import event_lines, worst_lines
from fabconsole.tui.palette import Palette
from fabconsole.tui.screens.help import Help
from fabconsole.tui.trail import Place, View, far_end, inside, to
from fabconsole.tui.widgets.sheet import Sheet

_BANNERS = 3
_NOTE_S = 4.0


class Console(Screen[None]):
    """Arranges the sheets, gives each its page, and turns keys into moves on the desk."""

    CSS_PATH = "console.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.CONSOLE]
    AUTO_FOCUS = "#fabric"

    def __init__(self, desk: Desk, palette: Palette, clock: Callable[[], float]) -> None:
        super().__init__()
        self.desk = desk
        self.clock = clock
        self.heard_at: float | None = None
        self.ended = ""
        """Why the stream is over; empty while it is not."""
        self.warnings: tuple[str, ...] = ()
        self._said: tuple[float, str] = (0.0, "")
        self._places = {view: Sheet(palette, id=view.value, still=view is View.FABRIC) for view in View}
        self._head = Sheet(palette, id="head", ground="surface", still=True)
        self._clock_face = Sheet(palette, id="clock", ground="surface", still=True)
        self._banner = Sheet(palette, id="banner", still=True)
        self._worst = Sheet(palette, id="worst")
        self._events = Sheet(palette, id="events")
        self._selection = Sheet(palette, id="selection", still=True)
        self._keys = Sheet(palette, id="keys", ground="surface", still=True)
        for bar in (self._head, self._clock_face, self._banner, self._selection, self._keys):
            bar.can_focus = False

    def compose(self) -> ComposeResult:
        """Everything that will ever be shown, so that going in or out mounts nothing."""
        with Horizontal(id="top"):
            yield self._head
            yield self._clock_face
        yield self._banner
        with Horizontal(id="body"):
            yield from self._places.values()
            with Vertical(id="side"):
                yield self._worst
                yield self._events
        yield self._selection
        yield Input(id="filter", placeholder="part of a name, or a pattern with * and ?", compact=True)
        yield self._keys

    @property
    def place(self) -> Sheet:
        """The sheet in the middle."""
        return self._places[self.desk.trail.here.view]

    def on_mount(self) -> None:
        """Everything in its place before the first paint."""
        self._arrange()

    def on_resize(self) -> None:
        """Another size, the same selection."""
        self._arrange()
        self.call_after_refresh(self.redraw)

    def tick(self) -> None:
        """Look again and draw what changed."""
        self.desk.look(self.clock())
        self.redraw()

    def redraw(self) -> None:
        """Give every sheet that is seen its lines; each draws what differs."""
        desk, size = self.desk, self.place.size
        if not size.width or self.has_class("small"):
            return
        self._draw_bars()
        self.place.show(*desk.draw(size.width, size.height))
        if self._worst.size.width:
            self._worst.show(worst_lines(desk.snapshot, self._worst.size.width))
            self._events.show(event_lines(desk.snapshot, self._events.size.width, self._events.size.height))

    def say(self, text: str) -> None:
        """A sentence at the foot of the screen, for a few seconds."""
        self._said = (self.clock(), text)
        self._draw_bars()

    def _draw_bars(self) -> None:
        desk, now = self.desk, self.clock()
        crumbs = desk.trail.crumbs()
        self._head.show((header(desk.snapshot, crumbs, self._head.size.width),))
        self._clock_face.show((pulse(now, self.heard_at, desk.snapshot.interval_s, bool(self.ended)),))
        self._draw_banner()
        width = self._selection.size.width
        said_at, said = self._said
        if said and now - said_at < _NOTE_S:
            self._selection.show(((Span(fit(f" {said}", width), "accent"),), ()))
        else:
            self._selection.show(selection(desk.snapshot, self._address(), width))
        hints = keys.hints(keys.USEFUL[desk.trail.here.view], (*keys.CONSOLE, *Sheet.keys()))
        self._keys.show((keys_line(hints, desk.note(), self._keys.size.width),))

    def _draw_banner(self) -> None:
        texts = [self.ended] if self.ended else []
        texts += [banner.text for banner in self.desk.snapshot.banners] + list(self.warnings)
        width = self.size.width
        lines: list[Line] = [(Span(fit(f" {text}", width), "banner"),) for text in texts[:_BANNERS]]
        if len(lines) != len(self._banner.lines):
            self._banner.styles.height = len(lines)
            self._banner.display = bool(lines)
            self.call_after_refresh(self.redraw)
        self._banner.show(lines)

    def _address(self) -> str | None:
        """What the keys act on: the selection of the list or place that has the keyboard."""
        focused = self.focused
        sheet = focused if isinstance(focused, Sheet) else self.place
        return sheet.cursor

    def _arrange(self) -> None:
        """Show what there is room for."""
        width, height = self.size.width, self.size.height
        self.set_class((width, height) < LEAST_SIZE or height < LEAST_SIZE[1], "small")
        view = self.desk.trail.here.view
        in_list = self.focused in (self._worst, self._events)
        side = self.query_one("#side")
        columns = self.desk.side_width(width, height - 4) if view is View.FABRIC else 0
        side.display = bool(columns) or in_list
        side.styles.width = columns + 2 if columns else "1fr"
        side.set_class(not columns, "alone")
        for kind, sheet in self._places.items():
            sheet.display = kind is view and (bool(columns) or not in_list)

    def _go_to(self, place: Place) -> None:
        self.desk.trail = self.desk.trail.at(self.place.cursor).into(place)
        self._shown(place)

    def _shown(self, place: Place) -> None:
        sheet = self.place
        sheet.display = True
        self.set_focus(sheet)
        self._arrange()
        sheet.show(())
        self.call_after_refresh(self._fill, place)

    def _fill(self, place: Place) -> None:
        self.redraw()
        if place == self.desk.trail.here:
            self.place.select(place.cursor)
        self._draw_bars()

    @on(Sheet.Moved)
    def _moved(self) -> None:
        self._said = (0.0, "")
        self._draw_bars()

    @on(Sheet.Chosen)
    def _chosen(self, message: Sheet.Chosen) -> None:
        if message.sheet in (self._worst, self._events):
            place = to(message.address, self.desk.snapshot)
        else:
            place = inside(self.desk.trail.here, message.address, self.desk.snapshot)
        if place is not None:
            self._go_to(place)

    def action_leave(self) -> None:
        """Close what is open on top, else go back to where the operator came from."""
        if self.focused in (self._worst, self._events):
            self.set_focus(self.place)
            self._arrange()
        elif len(self.desk.trail.places) > 1:
            self.desk.trail = self.desk.trail.out()
            self._shown(self.desk.trail.here)
        elif not self.desk.sieve.is_open:
            self.desk.filter("")
            if self.desk.sieve.faults_only:
                self.desk.toggle_faults()
            self.redraw()

    def action_far_end(self) -> None:
        """To the other end of the selected link."""
        address = self._address()
        if address is None:
            return
        place = far_end(self.desk.trail.here, address, self.desk.snapshot)
        if isinstance(place, str):
            self.say(place)
        elif place.view in (View.FABRIC, View.LINK):
            self.set_focus(self.place)
            self.place.select(place.cursor)
            self._draw_bars()
        else:
            self._go_to(place)

    def action_metric(self) -> None:
        """The next metric."""
        self.desk.next_metric()
        self.redraw()
        self.say(f"metric: {self.desk.metric.label}")

    def action_faults(self) -> None:
        """Only what is not well, or everything."""
        self.desk.toggle_faults()
        self.redraw()

    def action_mark(self) -> None:
        """Mark the selected node, or take the mark away."""
        address = self._address()
        if address is not None:
            self.desk.toggle_mark(node_of(address))
            for sheet in (*self._places.values(), self._worst):
                sheet.mark(self.desk.marked)
            self._draw_bars()

    def action_next_list(self, step: int) -> None:
        """Round from the place to the worst list and the events; where they have no room, in its stead."""
        if self.desk.trail.here.view is not View.FABRIC:
            return
        ring = [self.place, self._worst, self._events]
        at = ring.index(self.focused) if isinstance(self.focused, Sheet) and self.focused in ring else 0
        chosen = ring[(at + step) % len(ring)]
        self.query_one("#side").display = True
        chosen.display = True
        self.set_focus(chosen)
        self._arrange()
        self.call_after_refresh(self.redraw)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(self.place.palette, (*keys.CONSOLE, *Sheet.keys())))

    def action_diagnose(self) -> None:
        """Offer what can be asked of the selection."""
        self.say("nothing to diagnose with")

    def action_filter(self) -> None:
        """Ask for part of a name."""
        box = self.query_one("#filter", Input)
        box.value = self.desk.sieve.text
        self.add_class("filtering")
        box.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.desk.filter(event.value)
        self.redraw()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.remove_class("filtering")
        self.set_focus(self.place)
        self.place.to_shown()
        self.redraw()
