"""The console's keys: each a move on the desk, or a question to what is selected."""

from __future__ import annotations

from math import inf
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.widgets import Input

from fabconsole.tui import keys
from fabconsole.tui.addresses import event_key, node_of
from fabconsole.tui.pages.whole import whole
from fabconsole.tui.screens.answering import Answering
from fabconsole.tui.screens.frame import SAID_S
from fabconsole.tui.screens.help import Help
from fabconsole.tui.screens.whole import Whole
from fabconsole.tui.trail import Place, Trail, far_end, inside, to
from fabconsole.tui.widgets.pane import Pane
from fabconsole.tui.widgets.sheet import Sheet


class Console(Answering, inherit_bindings=False):
    """Turns keys into moves."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.CONSOLE]
    _asked_to_leave = -inf
    _filtered_from: Trail | None = None
    """Where the filter's line was opened, if further in than the fabric."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done in a window that does not show what is done, nor to the page while the pane is read."""
        if self.is_small:
            return action == "quit"
        return action not in keys.OF_THE_PAGE or self.pane.doing is None

    def on_key(self, event: events.Key) -> None:
        """From the filter's key on, every key is the filter's."""
        if self.filter.is_open:
            self.filter.take(event)
        elif event.key == "slash" and not self.reply.is_open and self.check_action("filter", ()):
            event.stop()
            self.action_filter()

    @on(Sheet.Chosen)
    def _chosen(self, message: Sheet.Chosen) -> None:
        snapshot = self.desk.snapshot
        if self._is_out_of_sight():
            return
        if event_key(message.address) is not None:
            self.action_whole()
        elif self.stage.is_list(message.sheet):
            self._go_to(to(message.address, snapshot))
        else:
            self._go_to(inside(self.desk.trail.here, message.address, snapshot))

    def _is_out_of_sight(self) -> bool:
        """Nothing is done to what the filter holds back: it is not what the operator asked to see."""
        address = None if self.stage.focused_list or self.pane.doing else self.stage.address
        if address is None or not self.desk.is_filtered_out(address):
            return False
        self.say(f"{address} is not /{self.desk.sieve.text}: esc ends the filter")
        return True

    def _go_to(self, place: Place | None) -> None:
        if place is None:
            self.say("there is nothing further in")
            return
        self.say("")
        here = self.desk.trail.here
        self.stage.kept = self.stage.focused_list or self.stage.kept
        if (place.view, place.subject) == (here.view, here.subject):
            self.stage.place.select(place.cursor)
            self.redraw()
        else:
            self._arrive(self.desk.trail.at(self.stage.place.cursor).into(place))

    def _arrive(self, trail: Trail) -> None:
        self.desk.trail = trail
        self._back_to_stage()
        self.stage.enter(self.desk.trail.here)
        self.redraw()

    def _back_to_stage(self) -> None:
        self.set_out()
        self.stage.hand_to(self.stage.place)
        self.set_out()

    def _take_up_the_list(self) -> None:
        """Back on the fabric, to the entry of the list that was gone in by."""
        kept, self.stage.kept = self.stage.kept, None
        if len(self.desk.trail.places) > 1:
            self.stage.kept = kept
        elif kept is not None:
            self.stage.hand_to(kept)
            self.set_out()
            self.redraw()

    def action_leave(self) -> None:
        """Out of a list, out of a place; on the fabric the marks go, then the filter, then faults only."""
        if self.filter.is_open:
            self.desk.filter("")
            self.filter_done()
            if (before := self._filtered_from) is not None:
                self._arrive(before)
        elif self.stage.focused_list is not None:
            self._back_to_stage()
        elif self.pane.display:
            self.pane.action_fold()
        elif len(self.desk.trail.places) > 1:
            self._arrive(self.desk.trail.out())
            self._take_up_the_list()
        elif self.desk.let_go():
            self.stage.mark(self.desk.marked)
            self.say("")
            self.redraw()

    def action_far_end(self) -> None:
        """To the other end of the selected link; where that is not one, nothing moves."""
        address = self.stage.address
        if address is None:
            return
        place = far_end(None if self.stage.focused_list else self.desk.trail.here, address, self.desk.snapshot)
        if isinstance(place, str):
            self.say(place)
        else:
            self._go_to(place)

    def action_next_list(self, step: int) -> None:
        """Round from the place to the worst list and the events, and to the pane while it is open."""
        ring = [*self.stage.ring(), *([self.pane.body] if self.pane.display else [])]
        at = next((number for number, sheet in enumerate(ring) if sheet is self.focused), 0)
        self.stage.hand_to(ring[(at + step) % len(ring)])
        self.set_out()
        self.redraw()

    def action_whole(self) -> None:
        """All that is told in short of what is selected; from there into it, or back to the very row."""
        if self.pane.doing:
            self.app.push_screen(Whole(self.palette, self.pane.whole, leads=False))
            return
        told = whole(self.desk.snapshot, self.stage.cursor, self.desk.waiting)
        if told:
            self.app.push_screen(Whole(self.palette, told, leads=self._further() is not None), self._read)

    def _further(self) -> Place | None:
        """Where there is more of what is selected; of an event and of a list's entry that is the thing itself."""
        address, snapshot = self.stage.address, self.desk.snapshot
        if address is None:
            return None
        if self.stage.focused_list or address != self.stage.cursor:
            return to(address, snapshot)
        return inside(self.desk.trail.here, address, snapshot)

    def _read(self, go_on: bool | None) -> None:
        if go_on:
            self._go_to(self._further())

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
        if address is not None and not self._is_out_of_sight():
            self.desk.toggle_mark(node_of(address))
            self.stage.mark(self.desk.marked)
            self.draw_bars()

    def action_quit(self) -> None:
        """Leave; nothing on any node is left behind. What runs is not cut short by a key meant for its pane."""
        now = self._clock()
        if self.pane.running and now - self._asked_to_leave > SAID_S:
            self._asked_to_leave = now
            self.say(f"still running: {', '.join(self.pane.running)}; q again cuts it short and leaves")
        else:
            self.app.exit(return_code=0)

    def action_help(self) -> None:
        """Every key there is."""
        self.app.push_screen(Help(self.palette))

    def action_filter(self) -> None:
        """Ask for part of a name; it is the fabric that is narrowed, so that is where it is seen."""
        trail = self.desk.trail
        self._filtered_from = trail.at(self.stage.place.cursor) if len(trail.places) > 1 else None
        if self._filtered_from is not None:
            self._arrive(trail.outermost())
        self.filter.open(self.desk.sieve.text)

    @on(Input.Changed, "#filter")
    def _filtered(self, event: Input.Changed) -> None:
        self.desk.filter(event.value)
        self.redraw()

    @on(Input.Submitted, "#filter")
    def filter_done(self) -> None:
        """Keep what was typed and go back to the place, to the nearest thing that is shown."""
        self.filter.close()
        self._back_to_stage()
        self.redraw()
        self.stage.place.to_shown()

    def action_diagnose(self) -> None:
        """Offer what can be asked of the selection."""
        address = self.pane.about if self.pane.doing else self.stage.address
        if address is None or self._is_out_of_sight():
            return
        if why_not := self.pane.offer(address, self.desk.marked, self.desk.snapshot):
            self.say(why_not)
        else:
            self._open_pane()

    def action_output(self) -> None:
        """The last diagnostic again."""
        if self.pane.reopen():
            self._open_pane()
        else:
            self.say("no diagnostic was run yet: d offers some")

    async def action_interrupt(self) -> None:
        """Ctrl-C stops the diagnostic that runs; it never takes the console away in the middle of an incident."""
        if not await self.pane.cancel():
            self.say("ctrl-c stops a diagnostic, and none is running: q leaves the console")

    def _open_pane(self) -> None:
        self.say("")
        self.pane.display = True
        self.stage.hand_to(self.pane.body)
        self.set_out()
        self.redraw()

    @on(Pane.Folded)
    def _pane_folded(self) -> None:
        back_to = self.stage.chosen_list or self.stage.place
        self.pane.display = False
        self.stage.hand_to(back_to)
        self.set_out()
        self.redraw()
