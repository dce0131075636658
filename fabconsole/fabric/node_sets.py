"""Names of many nodes in cluster bracket notation, `gpu[00-31]-[0-3],leaf1`: written out, and folded again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import prod

from ClusterShell.NodeSet import RESOLVER_NOGROUP, NodeSet, NodeSetException

MAX_NODES = 100_000
"""A larger set is a slip of the finger; written out, `[0-999999999]` would take all memory."""
_MAX_LENGTH = 10_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_RANGE = re.compile(r"(\d{1,15})(?:-(\d{1,15})(?:/([1-9]\d{0,8}))?)?", re.ASCII)
_OPERATORS = re.compile(r"[!&^]")
_COMMA = re.compile(r",(?![^\[]*\])")


def expanded(text: str) -> tuple[str, ...]:
    """The names in `text`, in the order its comma-separated parts are written.

    ClusterShell's `!` (without), `&` (both) and `^` (either) work; then the order is the names' own. Groups
    (`@name`) are refused: finding their members runs shell commands. Raises ValueError saying what would be right.
    """
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"is longer than {_MAX_LENGTH:,} characters: write a list of shorter sets")
    if "@" in text:
        raise ValueError("a group (@name) is not looked up here, that would run commands: write the nodes out")
    if _OPERATORS.search(text):
        _count(_OPERATORS.sub(",", text))
        names = _parsed(text)
        if not names:
            raise ValueError(f"{text!r} holds no node")
        return tuple(_safe(name) for name in names)
    _count(text)
    names = [_safe(name) for part in _COMMA.split(text) for name in _written_out(part.strip())]
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise ValueError(f"names {folded(twice)} twice: once is right")
    return tuple(names)


def folded(names: Iterable[str]) -> str:
    """The shortest writing of `names`: `gpu[00-03],leaf1`."""
    return str(NodeSet.fromlist(list(names), resolver=RESOLVER_NOGROUP))


def _written_out(part: str) -> list[str]:
    if not part:
        raise ValueError("has a comma too many, or nothing in it: write names such as gpu[00-03],leaf1")
    names = _parsed(part)
    if len(names) != _count(part):
        raise ValueError(f"{part!r} names a node twice: once is right")
    return names


def _parsed(text: str) -> list[str]:
    try:
        return [str(name) for name in NodeSet(text, resolver=RESOLVER_NOGROUP)]
    except NodeSetException as error:
        raise ValueError(f"{text!r} is no set of nodes: write it as gpu[00-03],leaf1 ({error})") from error


def _safe(name: str) -> str:
    """A name that cannot be taken for an option, a path, a glob or a piece of shell."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no node name: letters, digits, dot, dash and underscore, a letter or digit first"
        )
    return name


def _count(text: str) -> int:
    """How many names `text` stands for, without writing them out."""
    total = sum(prod(map(_count_ranges, _BRACKETS.findall(part))) for part in _COMMA.split(text))
    if total > MAX_NODES:
        raise ValueError(f"{text!r} stands for {total:,} nodes: at most {MAX_NODES:,}")
    return total


def _count_ranges(ranges: str) -> int:
    return sum(_count_range(one.strip()) for one in ranges.split(","))


def _count_range(one: str) -> int:
    match = _RANGE.fullmatch(one)
    if match is None:
        what = "an empty range" if not one else f"{one!r} is no range"
        raise ValueError(f"[{one}]: {what}: write it as [00-03] or [0,2,5]")
    first, last, step = int(match[1]), int(match[2] or match[1]), int(match[3] or 1)
    if last < first:
        raise ValueError(f"[{one}] is reversed: write the smaller number first, [{match[2]}-{match[1]}]")
    return (last - first) // step + 1
