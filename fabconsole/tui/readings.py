"""One counter's reading in words: its value, its doubt, its growth. Missing is not zero, and old is not now."""

from __future__ import annotations

import re

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.health import Mark
from fabconsole.state.snapshot import NvlinkView, PortView
from fabconsole.tui.drawing import Span
from fabconsole.tui.metrics import CONGESTION
from fabconsole.tui.waiting import WAITING, row_waits
from fabconsole.tui.wording import bits_a_second, count, large, octets, rate

_NUMBER = re.compile(r"[\d.]+")
ABSENT = "–"
OLD = "old"
"""Role of what was read once and not again when it was due."""
_LONGEST = 9
"""Columns; longer numbers are shortened to their leading figures and a unit, whatever room there is."""
_WORD_OCTETS = 4
"""The size of what the registry calls `words`."""
_TOLD = frozenset({"count", "words", "packets"})
"""Units that a counter's name or its numbers tell."""


def unit(counter: str) -> str:
    """What it is counted in, where neither its name nor its numbers tell: `ticks`; else empty."""
    said = known(counter).unit
    return "" if said in _TOLD else said


def label(counter: str) -> str:
    """Its short words, with its unit where that must be told: `wait ticks`."""
    return f"{known(counter).label} {unit(counter)}".rstrip()


def exact(thing: PortView | NvlinkView, counter: str) -> str:
    """The value to the last digit, its mark before it; data in octets. A counter that has no value is a dash."""
    value, mark = thing.counters.get(counter), thing.marks.get(counter)
    if value is None:
        return ABSENT
    amount = octets(value * _WORD_OCTETS) if known(counter).unit == "words" else count(value)
    return amount if mark is None else f"{mark.glyph} {amount}"


def lifetime(thing: PortView | NvlinkView, counter: str, room: int = 11) -> Span:
    """The value since counting began, its mark before it, in `room` columns where five are enough."""
    mark = thing.marks.get(counter)
    if mark is Mark.UNSUPPORTED:
        return Span(mark.glyph, "not-supported")
    value = thing.counters.get(counter)
    if value is None:
        return Span(ABSENT, "faint")
    if mark is None:
        return Span(_amount(counter, value, room), _now(thing, "text" if value else "faint"))
    said = f"{mark.glyph} {_amount(counter, value, room - 2)}"
    return Span(said if len(said) <= room else said.replace(" ", ""), _now(thing, _doubt(counter, mark)))


def growth(thing: PortView | NvlinkView, counter: str, room: int = 11) -> Span:
    """Its growth over the window, in `room` columns where six are enough; a question mark where there is none to tell.

    Where it is narrow `/m` is a minute.
    """
    mark = thing.marks.get(counter)
    if mark is Mark.UNSUPPORTED or (counter not in thing.counters and counter not in thing.rates):
        return Span("", "faint")
    value = thing.rates.get(counter)
    if value is None:
        unmarked = WAITING if row_waits(thing) else "unknown"
        return Span("?", _now(thing, unmarked if mark is None else _doubt(counter, mark)))
    if value <= 0:
        return Span("", "faint")
    kind = known(counter).kind
    if known(counter).unit == "words":
        return Span(bits_a_second(value * _WORD_OCTETS * 8), _now(thing, "dim"))
    role = "warn" if kind in (Class.ERROR, Class.STATE) else "dim"
    return Span(_fitting(value, room), _now(thing, CONGESTION.level(value).role if kind is Class.CONGESTION else role))


def _amount(counter: str, value: int, room: int) -> str:
    if known(counter).unit == "words":
        return octets(value * _WORD_OCTETS)
    return count(value) if len(count(value)) <= min(room, _LONGEST) else large(value)


def _fitting(value: float, room: int) -> str:
    """From the most words to the least: `+7.2/min`, `+7.2/m`, `+7/m`, `7/m`."""
    whole = f"+{rate(value)}"
    short = whole.replace("/min", "/m")
    rounded = _NUMBER.sub(lambda number: f"{float(number[0]):.0f}", short)
    return next((said for said in (whole, short, rounded) if len(said) <= room), rounded[1:])


def _now(thing: PortView | NvlinkView, role: str) -> str:
    return OLD if thing.is_old else role


def _doubt(counter: str, mark: Mark) -> str:
    """Errors that fill their counter are news; waiting and traffic fill it within hours."""
    if mark is not Mark.SATURATED:
        return "unknown"
    return "warn" if known(counter).kind in (Class.ERROR, Class.STATE) else "dim"
