"""The lines in which the operator is asked: who asks for what, what they say, and where it is typed."""

from __future__ import annotations

from fabconsole.stream.wanted import Wanted
from fabconsole.tui.drawing import Line, Span, clipped, cut, spread

_MOST = 9
"""Lines that what is said above may take; half of them in a small window."""
_EXACTLY_S = 20.0
"""From here on seconds are counted; before, tens of them: a line that changes every second draws the eye."""
UNSEEN = "what you type is not shown"


def reply_lines(wanted: Wanted, number: int, typed: str | None, now: float, width: int, height: int) -> list[Line]:
    """Ask for the prompt of this number. `typed` is None where nothing of it may be seen, not even how much it is."""
    prompt = wanted.prompts[number]
    lines = [_title(wanted, now, width), *_said(wanted, width, height)]
    asked = [Span("   "), Span(f"{cut(prompt.text, width // 2)} ", "strong")]
    if typed is None:
        tail = [Span("▏", "accent"), Span(f" {UNSEEN}", "dim")]
    else:
        room = max(1, width - len(prompt.text) - 6)
        tail = [Span(typed[-room:]), Span("▏", "accent")]
    return [*lines, clipped([*asked, *tail], width)]


def over_lines(wanted: Wanted, said: str, width: int) -> list[Line]:
    """It is over while somebody types: no key of theirs may become a command."""
    why = f": {said}" if said else ""
    return [clipped([Span(" "), Span(wanted.of, "strong"), Span(f" is not answered any more{why}")], width)]


def _title(wanted: Wanted, now: float, width: int) -> Line:
    left = [Span(f"{_left(wanted.until - now)} left ", "dim")] if wanted.until is not None else []
    return spread([Span(" "), Span(wanted.of, "strong"), Span(f" {wanted.title}", "accent")], left, width)


def _left(seconds: float) -> str:
    exact = max(0.0, seconds)
    return f"{exact:.0f} s" if exact <= _EXACTLY_S else f"{-(-exact // 10) * 10:.0f} s"


def _said(wanted: Wanted, width: int, height: int) -> list[Line]:
    most = min(_MOST, max(1, height // 4))
    said = list(wanted.instructions)
    if len(said) > most:
        said = [*said[: most - 1], "…"]
    return [clipped([Span("   "), Span(line)], width) for line in said]
