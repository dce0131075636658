"""The middle of the screen: the place where the operator is, and the lists beside it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from fabconsole.tui.addresses import place_of
from fabconsole.tui.desk import Desk
from fabconsole.tui.palette import Palette
from fabconsole.tui.trail import Place, View
from fabconsole.tui.widgets.sheet import Sheet


class Stage(Horizontal):
    """One sheet a kind of place, mounted once: going in or out shows another one and mounts nothing."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="stage")
        self._places = {view: Sheet(palette, id=view.value, still=view is View.FABRIC) for view in View}
        self._lists = (Sheet(palette, id="worst"), Sheet(palette, id="events"))
        self._side = Vertical(*self._lists, id="side")
        self._view = View.FABRIC
        self.kept: Sheet | None = None
        """The list that was gone in by: its cursor is waited for."""
        self._lender: Sheet | None = None

    def compose(self) -> ComposeResult:
        """The places, then the lists."""
        yield from self._places.values()
        yield self._side

    @property
    def place(self) -> Sheet:
        """The sheet of the place that is shown."""
        return self._places[self._view]

    @property
    def focused_list(self) -> Sheet | None:
        """The list that has the keyboard."""
        return next((sheet for sheet in self._lists if sheet is self.screen.focused), None)

    @property
    def chosen_list(self) -> Sheet | None:
        """The list that has the keyboard, or that it was taken from for something outside of the stage."""
        focused = self.screen.focused
        return focused if focused in self._lists else None if focused is self.place else self._lender

    @property
    def cursor(self) -> str | None:
        """What is selected in the list that was chosen, else in the place."""
        return (self.chosen_list or self.place).cursor

    @property
    def address(self) -> str | None:
        """What the keys act on: what is selected, of an event what it is about."""
        return None if self.cursor is None else place_of(self.cursor)

    def is_list(self, sheet: Sheet) -> bool:
        """True for the worst list and the events."""
        return sheet in self._lists

    def set_out(self, desk: Desk, width: int, height: int, *, low: bool) -> None:
        """Show what there is room for: the lists beside the fabric, or in its stead while one is chosen.

        `low`: something else takes half of the height, and one list is all there is room for.
        """
        self._view = desk.trail.here.view
        chosen, worst = self.chosen_list, self._lists[0]
        columns = desk.side_width(width, height) if self._view is View.FABRIC else 0
        self._side.display = bool(columns) or chosen is not None
        self._side.styles.width = columns + 2 if columns else "1fr"
        self._side.set_class(not columns, "alone")
        for sheet in self._lists:
            sheet.display = sheet is chosen or (bool(columns) and (sheet is worst or not low))
        for view, sheet in self._places.items():
            sheet.display = view is self._view and (bool(columns) or chosen is None)

    def ring(self) -> tuple[Sheet, ...]:
        """What the keyboard goes round: the place, and on the fabric the lists."""
        return (self.place, *self._lists) if self._view is View.FABRIC else (self.place,)

    def hand_to(self, sheet: Sheet) -> None:
        """Give a sheet the keyboard, whether it was seen or not; one of another's room gives it back to the list."""
        self._lender = None if sheet in (self.place, *self._lists) else self.chosen_list
        if sheet in self._lists:
            self._side.display = True
        sheet.display = True
        self.screen.set_focus(sheet)

    def draw(self, desk: Desk) -> None:
        """Give every sheet that is seen its lines."""
        place = self.place
        if place.display and place.columns:
            place.show(*desk.draw(place.columns, place.size.height))
        for sheet, lines in zip(self._lists, (desk.worst, desk.events), strict=True):
            if sheet.display and self._side.display and sheet.columns:
                sheet.show(lines(sheet.columns, sheet.size.height))
                if sheet not in (self.chosen_list, self.kept):
                    sheet.select(None)  # nobody moves in it: seen from its top, whatever comes in

    def enter(self, place: Place) -> None:
        """Empty the sheet of a place that is gone to, its cursor where it will belong."""
        self.place.show(())
        self.place.select(place.cursor)

    def mark(self, nodes: frozenset[str]) -> None:
        """Show these nodes as marked, wherever they are seen."""
        for sheet in (*self._places.values(), *self._lists):
            sheet.mark(nodes)
