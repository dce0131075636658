"""A tool's JSON as a person reads it: names and values under one another, no braces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from fabconsole.fabric.printable import printable

_STEP = "  "
_WIDEST_NAME = 40
_LONGEST = 2_000


def outline(lines: Sequence[str]) -> tuple[str, ...] | None:
    """The lines of an answer that is one JSON object or list; None where it is anything else.

    JSON can say any character by its number, so every name and value is made printable again.
    """
    text = "\n".join(lines).strip()
    if not text.startswith(("{", "[")):
        return None
    try:
        return tuple(_lines(json.loads(text), ""))
    except (ValueError, RecursionError):  # cut off, no JSON after all, or nested beyond reason
        return None


def _lines(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        names = {name: printable(str(name), _LONGEST) for name in value}
        width = min(_WIDEST_NAME, max((len(names[name]) for name, one in value.items() if not _holds(one)), default=0))
        for name, one in value.items():
            if _holds(one):
                yield f"{indent}{names[name]}"
                yield from _lines(one, indent + _STEP)
            else:
                yield f"{indent}{names[name]:<{width}}  {_said(one)}"
    elif isinstance(value, list):
        for number, one in enumerate(value):
            if _holds(one):
                yield f"{indent}{number}"
                yield from _lines(one, indent + _STEP)
            else:
                yield f"{indent}{_said(one)}"
    else:
        yield f"{indent}{_said(value)}"


def _holds(value: object) -> bool:
    """True for what has lines of its own; a list of plain values has one."""
    if isinstance(value, list):
        return any(isinstance(one, dict | list) for one in value)
    return isinstance(value, dict) and bool(value)


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_said, value)) or "–"
    if value is None or value == {}:
        return "–"
    return printable(value if isinstance(value, str) else json.dumps(value), _LONGEST)
