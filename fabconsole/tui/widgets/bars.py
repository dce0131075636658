"""The bars that frame every place: the fabric on top, the selection and the keys at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from fabconsole.tui import keys
from fabconsole.tui.desk import SIDE_FROM, Desk
from fabconsole.tui.drawing import Span, fit
from fabconsole.tui.pages.bars import (
    CLOCK_WIDTH,
    NARROW_CLOCK_WIDTH,
    banner_lines,
    header,
    keys_line,
    metric_tabs,
    pulse,
)
from fabconsole.tui.pages.selection import in_one, selection
from fabconsole.tui.palette import Palette
from fabconsole.tui.widgets.canvas import Canvas


@dataclass(slots=True)
class Stream:
    """How the records come."""

    heard_at: float | None = None
    """When the last batch came; None: none yet."""
    ended: str = ""
    """Why the stream is over; empty while it is not."""


class Top(Vertical):
    """Fabric, coverage, counts, clock; banners; the metrics where there is room."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="top")
        self._head = Canvas(palette, id="head", ground="surface", still=True)
        self._clock = Canvas(palette, id="clock", ground="surface", still=True)
        self._banners = Canvas(palette, id="banners", still=True)
        self._tabs = Canvas(palette, id="tabs", still=True)

    def compose(self) -> ComposeResult:
        """The clock by itself, so that a second costs its own few bytes."""
        with Horizontal(id="title"):
            yield self._head
            yield self._clock
        yield self._banners
        yield self._tabs

    def set_out(self, width: int) -> None:
        """Give the clock its columns in a window of `width`."""
        self._clock.styles.width = CLOCK_WIDTH if width >= SIDE_FROM else NARROW_CLOCK_WIDTH

    def show(self, desk: Desk, now: float, stream: Stream, told: Sequence[str]) -> None:
        """Draw what changed; `told` are the banners."""
        snapshot = desk.snapshot
        texts = [stream.ended] if stream.ended else []
        self._show_banners([*texts, *told])
        self._head.show((header(snapshot, desk.trail.crumbs(), self._head.size.width, desk.waiting),))
        is_read = snapshot.coverage.polled > 0
        clock_width, ended = self._clock.size.width, bool(stream.ended)
        self._clock.show((pulse(now, stream.heard_at, snapshot.interval_s, ended, clock_width, is_read=is_read),))
        self._tabs.show((metric_tabs(desk.metric, self._tabs.size.width, desk.legend),))

    def _show_banners(self, texts: Sequence[str]) -> None:
        lines = banner_lines(texts, self._head.size.width + self._clock.size.width)
        if len(lines) != len(self._banners.lines):
            self._banners.styles.height = len(lines)
            self._banners.display = bool(lines)
        self._banners.show(lines)


class Foot(Vertical):
    """What the cursor is on, and the most useful keys."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="foot")
        self._selection = Canvas(palette, id="selection", still=True)
        self._keys = Canvas(palette, id="keys", ground="surface", still=True)

    def compose(self) -> ComposeResult:
        """Two lines and one."""
        yield self._selection
        yield self._keys

    def show(self, desk: Desk, address: str | None, hints: keys.Hints, note: str, said: str) -> None:
        """Draw what changed, `note` at the end of the keys; a sentence to the operator in place of the selection."""
        width = self._selection.size.width
        if said:
            self._selection.show(((Span(fit(f" {said}", width), "accent"),), ()))
        else:
            two = selection(desk.snapshot, address, width, desk.waiting)
            self._selection.show(two if self._selection.size.height > 1 else (in_one(two, width),))
        self._keys.show((keys_line(hints.here, hints.always, note, self._keys.size.width),))
