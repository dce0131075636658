"""One counter's reading in words: its value, its doubt, its growth. Missing is not zero."""

from __future__ import annotations

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.health import Mark
from fabconsole.state.snapshot import NvlinkView, PortView
from fabconsole.tui.drawing import Span
from fabconsole.tui.metrics import CONGESTION
from fabconsole.tui.waiting import WAITING, row_waits
from fabconsole.tui.wording import count, large, rate

ABSENT = "–"
_LONGEST = 9
"""Columns; longer numbers are shortened to their leading figures and a unit."""


def lifetime(thing: PortView | NvlinkView, counter: str) -> Span:
    """The value since counting began, its mark before it."""
    mark = thing.marks.get(counter)
    if mark is Mark.UNSUPPORTED:
        return Span(mark.glyph, "not-supported")
    value = thing.counters.get(counter)
    if value is None:
        return Span(ABSENT, "faint")
    said = count(value) if len(count(value)) <= _LONGEST else large(value)
    if mark is not None:
        return Span(f"{mark.glyph} {said}", _doubt(counter, mark))
    return Span(said, "text" if value else "faint")


def growth(thing: PortView | NvlinkView, counter: str) -> Span:
    """Its growth over the window; a question mark where there is none to tell."""
    mark = thing.marks.get(counter)
    if mark is Mark.UNSUPPORTED or (counter not in thing.counters and counter not in thing.rates):
        return Span("", "faint")
    value = thing.rates.get(counter)
    if value is None:
        unmarked = WAITING if row_waits(thing) else "unknown"
        return Span("?", unmarked if mark is None else _doubt(counter, mark))
    if value <= 0:
        return Span("", "faint")
    kind = known(counter).kind
    if kind is Class.CONGESTION:
        return Span(f"+{rate(value)}", CONGESTION.level(value).role)
    return Span(f"+{rate(value)}", "warn" if kind in (Class.ERROR, Class.STATE) else "dim")


def _doubt(counter: str, mark: Mark) -> str:
    """Errors that fill their counter are news; waiting and traffic fill it within hours."""
    if mark is not Mark.SATURATED:
        return "unknown"
    return "warn" if known(counter).kind in (Class.ERROR, Class.STATE) else "dim"
