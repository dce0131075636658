"""Every key, made from the bindings themselves, and what the signs mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.binding import Binding

from fabconsole.fabric.health import Health
from fabconsole.tui import keys
from fabconsole.tui.drawing import Line, Span, fit, wrapped
from fabconsole.tui.metrics import STEPS

_KEYS = 18
_GLYPH = 12
_SIGNS = (
    ("· ···· ····", "a host on the fabric: itself, its ports by rail, its GPUs"),
    ("≥", "saturated: this or more"),
    ("↺", "reset in the window"),
    ("–", "not there; missing is not zero"),
    (STEPS[1:], "growth, a decade a step"),
    ("▁▂▅█", "growth over time, the most as a full block"),
    ("· ┈", "in it: no answer then; this counter is not kept for so long"),
    ("/m", "a minute, where it is narrow"),
    ("▼1 +3", "of a rack: one is down, three more are not well"),
    ("hca −1", "one that was asked did not answer, where it is narrow"),
    ("was", "read once, and not again when it was due"),
)


def help_lines(sections: Sequence[tuple[str, Sequence[Binding]]], width: int) -> tuple[Line, ...]:
    """A line a key, then what the glyphs and the other signs mean."""
    lines: list[Line] = []
    for title, bindings in sections:
        lines += [(Span(f" {title}", "title"),), *(line for one in bindings for line in _key(one, width)), ()]
    lines.append((Span(" SIGNS", "title"),))
    words = list(Health)
    half = -(-len(words) // 2)
    for number, left in enumerate(words[:half]):
        lines.append((*_glyph(left), *(span for right in words[half + number :][:1] for span in _glyph(right))))
    signs = ((Span(f"  {fit(sign, _GLYPH)}", "accent"), Span(text)) for sign, text in _SIGNS)
    return (*lines, (), *(line for sign in signs for line in wrapped(sign, width, _GLYPH + 2)))


def _key(binding: Binding, width: int) -> Iterator[Line]:
    key = Span(f"  {fit(keys.shown(binding.key), _KEYS)}", "key")
    yield from wrapped((key, Span(binding.description)), width, _KEYS + 2)


def _glyph(health: Health) -> tuple[Span, ...]:
    return Span("  "), Span(health.glyph, health.value.lower()), Span(fit(f"  {health.value}", 20))
