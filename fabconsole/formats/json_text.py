"""JSON as it comes out of terminals: with a prompt before it, warnings in it, or its end missing.

What is whole is read, what is not is handed back: a number at the very end may have lost digits and is left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

_OPENING = re.compile(r"^[ \t]*[{\[](?=[\s\"{\[\]}0-9tfn-]|$)", re.MULTILINE)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s{}\[\],"]+', re.DOTALL)
_JSON_LIKE = re.compile(r'[{\[,}\]]\s*$|"\s*:')
"""A line that took part in the structure: without it, what follows would stand in the wrong place."""
_CLOSES = {"{": "}", "[": "]"}
_MOST_REPAIRS = 16
_MOST_DAMAGED = 256
_DECODER = json.JSONDecoder(
    strict=False, parse_constant=lambda _: None
)  # a raw tab or line break in a string is somebody's terminal, not an error


@dataclass(slots=True)
class Documents:
    """What JSON a text held."""

    found: list[Any] = field(default_factory=list)
    """Every document, in order; the last without what was cut off."""
    rest: list[str] = field(default_factory=list)
    """Lines that are no part of one."""
    cut: bool = False
    """Whether one ended before its end."""
    damaged: int = 0
    """How many could not be read as they stood."""


def documents(text: str) -> Documents:
    """Every JSON object and array that stands in a text, one that begins within a line left out. Never raises."""
    said = Documents()
    position = 0
    while opening := _OPENING.search(text, position):
        _keep(text[position : opening.start()], said.rest)
        position = _document(text, opening.end() - 1, said)
    _keep(text[position:], said.rest)
    return said


def _document(text: str, start: int, said: Documents) -> int:
    """Read the document at `start`; returns where the text goes on."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return _mended(text, start, said)
    said.found.append(value)
    return end


def _mended(text: str, start: int, said: Documents) -> int:
    """Read a document that another stream wrote into; each attempt copies what is left of the text."""
    body, dropped, sound = text[start:], 0, len(text)
    said.damaged += 1
    for _ in range(_MOST_REPAIRS if said.damaged < _MOST_DAMAGED else 0):
        try:
            value, end = _DECODER.raw_decode(body)
        except json.JSONDecodeError as error:
            sound = error.pos
            begin, stop = body.rfind("\n", 0, error.pos) + 1, body.find("\n", error.pos)
            if stop < 0 or not begin or error.msg.startswith("Unterminated") or _JSON_LIKE.search(body[begin:stop]):
                break
            _keep(body[begin:stop], said.rest)  # a warning that another stream wrote into it
            body, dropped = body[:begin] + body[stop + 1 :], dropped + stop + 1 - begin
        except (ValueError, RecursionError):  # a number of thousands of digits, brackets by the thousand
            break
        else:
            said.found.append(value)
            return start + dropped + end
    return _salvaged(text, body, sound, said)


def _salvaged(text: str, body: str, sound: int, said: Documents) -> int:
    """As much of a document without an end as is whole; beyond `sound` it is none."""
    said.cut = True
    whole, closers = _whole(body[:sound])
    try:
        said.found.append(_DECODER.decode(body[:whole] + closers))
    except (ValueError, RecursionError):
        whole = 0
    _keep(body[whole:], said.rest)
    return len(text)


def _whole(body: str) -> tuple[int, str]:
    """How far a cut document is whole, and what closes it there."""
    stack: list[str] = []
    whole = 0
    for token in _TOKEN.finditer(body):
        sign = token[0]
        if sign in "{[":
            stack.append(_CLOSES[sign])
        elif sign in "}]":
            if not stack or stack[-1] != sign:
                break
            stack.pop()
        elif sign != ",":
            continue
        whole = token.start() if sign == "," else token.end()
        if not stack:
            break
    return whole, "".join(reversed(stack))


def _keep(text: str, rest: list[str]) -> None:
    rest.extend(line for line in text.split("\n") if line.strip())
