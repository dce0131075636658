"""A format: one tool's words, how they are told from others', and who reads them.

A module of a family folder that has a `FORMAT` is one; putting the file there is all it takes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import fabconsole.formats as home
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.scalars import nearest
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

_TYPED = 50
_LEADING = re.compile(r"\^\\s(?=[*+{])")
"""Of a sign: blanks before a line must not run on over blank lines, which would take the square of their number."""
_HEAD = 1 << 14
"""Characters that are looked at to recognise a tool."""


FAMILIES = ("infiniband", "nvidia", "host", "logs", "switches", "site")
"""The folders that formats are in, in the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One tool's words."""

    name: str
    """As `fabconsole parse NAME` takes it: the tool's own, in lower case with hyphens."""
    family: str
    """One of `FAMILIES`."""
    commands: tuple[str, ...]
    """What prints it, as one would type it, the commonest first; each is an alias too."""
    versions: str
    """Which tools and versions it was seen from."""
    yields: str
    """What comes out, in a few words."""
    signs: Mapping[str, int]
    """Regular expression, multi-line, to its weight where it is found: 100 for what only this tool prints, 30 for what
    is usual. Each must take time in proportion to the text, whatever that is."""
    read: Callable[[Paste], Reading]
    """Never raises."""
    aliases: tuple[str, ...] = ()


def formats() -> tuple[Format, ...]:
    """Every format there is, by family and name."""
    return tuple(sorted(_formats().values(), key=lambda one: (FAMILIES.index(one.family), one.name)))


def named(name: str) -> Format:
    """The format called `name`, by its name, an alias or a command. Raises ResourceError, saying what is like it."""
    found = _names().get(_plain(name))
    if found is None:
        near = nearest(_plain(name), tuple(_names())) or " `fabconsole parse --list` tells them"
        raise ResourceError(f"no format {name!r}:{near}; `auto` recognises the tool from its text")
    return found


def recognise(paste: Paste) -> tuple[Format, ...]:
    """The formats whose signs the text bears, the likeliest first; empty: nobody's.

    A command that was typed at a prompt is a sign too. Among equals the one that leaves the fewest lines is likeliest.
    """
    head = paste.text[:_HEAD]
    typed = [_typed(command) for command in paste.commands]
    borne = [
        (sum(weight for sign, weight in signs if sign.search(head)) + _TYPED * typed.count(one.name), one)
        for one, signs in _signs()
    ]
    most = max((weight for weight, _ in borne), default=0)
    equals = [one for weight, one in borne if weight == most > 0]
    if len(equals) > 1:
        equals.sort(key=lambda one: len(one.read(paste).unparsed))
    rest = sorted((pair for pair in borne if 0 < pair[0] < most), key=lambda pair: -pair[0])
    return (*equals, *(one for _, one in rest))


def _typed(command: str) -> str | None:
    """The name of the format that a command line's output has: the longest command that it begins with."""
    words = _plain(command).split("-")
    beginnings = ("-".join(words[:count]) for count in range(len(words), 0, -1))
    found = next((one for begun in beginnings if (one := _names().get(begun))), None)
    return found.name if found else None


@cache
def _formats() -> Mapping[str, Format]:
    found: dict[str, Format] = {}
    for family in FAMILIES:
        room = importlib.import_module(f"{home.__name__}.{family}")
        for info in pkgutil.iter_modules(room.__path__):
            one = getattr(importlib.import_module(f"{room.__name__}.{info.name}"), "FORMAT", None)
            if isinstance(one, Format):
                found[one.name] = one
    return found


@cache
def _names() -> Mapping[str, Format]:
    known: dict[str, Format] = {}
    for one in formats():
        for word in (*one.commands, *one.aliases):
            known.setdefault(_plain(word), one)
    return {**known, **{_plain(one.name): one for one in formats()}}


@cache
def _signs() -> tuple[tuple[Format, tuple[tuple[re.Pattern[str], int], ...]], ...]:
    return tuple(
        (
            one,
            tuple(
                (re.compile(_LEADING.sub(r"^[^\\S\\n]", sign), re.MULTILINE), weight)
                for sign, weight in one.signs.items()
            ),
        )
        for one in formats()
    )


def _plain(word: str) -> str:
    """`nvidia-smi nvlink -s`, `nvidia_smi_nvlink_s` and `NVIDIA-SMI nvlink -s` are one name."""
    return "-".join(re.findall(r"[a-z0-9]+", word.lower()))
