"""Lists of nodes as Slurm writes them: `node[0201-0272,0281],login1`, brackets of brackets among them."""

from __future__ import annotations

import re

_SPAN = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


def parts(text: str) -> list[str]:
    """The members as they stand, a range as one: split at commas that are in no bracket."""
    if "[" not in text:
        return [part for part in map(str.strip, text.split(",")) if part and part != "(null)"]
    found: list[str] = []
    inside: list[str] = []
    depth = 0
    for piece in text.split(","):
        inside.append(piece)
        depth = max(0, depth + piece.count("[") - piece.count("]"))
        if not depth:
            found.append(",".join(inside))
            inside = []
    found.append(",".join(inside))
    return [part for part in map(str.strip, found) if part and part != "(null)"]


def size(text: str) -> int:
    """How many names a list stands for."""
    return sized(parts(text))


def sized(members: list[str]) -> int:
    """How many names members as `parts` tells them stand for."""
    return sum([_size(part) if "[" in part else 1 for part in members])


def _size(part: str) -> int:
    names = 1
    for inner in _BRACKETS.findall(part):
        names *= sum(_span(one) for one in inner.split(","))
    return names


def _span(text: str) -> int:
    found = _SPAN.fullmatch(text.strip())
    return max(1, int(found[2]) - int(found[1]) + 1) if found else 1
