"""A command as plain words with placeholders, and how values get into it without ever being shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from fabconsole.fabric import scalars
from fabconsole.fabric.errors import CommandError

VIA: Final = "via"
"""Stands for `-C device -P port` of the in-band role, or for nothing where the role names neither."""

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_PCI = r"[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]"
PLACEHOLDERS: Mapping[str, re.Pattern[str]] = {
    "device": re.compile(_NAME),
    "port": re.compile(_NAME),
    "gpu": re.compile(r"\d{1,4}|GPU-[0-9A-Fa-f-]{8,64}"),
    "link": re.compile(r"\d{1,3}"),
    "lid": re.compile(r"\d{1,5}"),
    "guid": re.compile(r"0x[0-9a-f]{16}"),
    "peer_lid": re.compile(r"\d{1,5}"),
    "peer_port": re.compile(r"\d{1,3}"),
    "pci": re.compile(_PCI),
}
"""What a template may hold between braces, and what a value must look like: no value can be an option or a path."""

_TOOL = re.compile(r"(?:/(?:[A-Za-z0-9._+-]+/)*)?[A-Za-z0-9][A-Za-z0-9._+-]*")
_HOLE = re.compile(r"\{([^{}]*)\}")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SHELL = set("`$\\;&|<>()*?[]#~!")


@dataclass(frozen=True, slots=True)
class Template:
    """Words of one command, before its values are in."""

    words: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """Placeholders without whose value it cannot run, in the order they are written."""
        holes = (hole for word in self.words for hole in _HOLE.findall(word))
        return tuple(dict.fromkeys(hole for hole in holes if hole != VIA))

    @property
    def tool(self) -> str:
        """What is run, without the directory it is in: `nvidia-smi`."""
        return PurePosixPath(self.words[0]).name

    def filled(self, values: Mapping[str, str], via: Sequence[str] = ()) -> tuple[str, ...]:
        """The words with `values` in their places, not yet quoted. Raises CommandError where one is missing or odd."""
        for hole in self.needs:
            if hole not in values:
                raise CommandError(f"{self.tool} needs {{{hole}}}, which is not known of what is selected")
            if not PLACEHOLDERS[hole].fullmatch(values[hole]):
                raise CommandError(f"{values[hole]!r} is no {hole}: {self.tool} is not run with it")
        filled: list[str] = []
        for word in self.words:
            filled += via if word == f"{{{VIA}}}" else [_HOLE.sub(lambda hole: values[hole[1]], word)]
        return tuple(filled)


def template(text: str) -> Template:
    """Understand `text`, such as `ibstat {device} {port}`. Raises ValueError saying what would be right.

    Quotes group words as in a shell; there is nothing else of a shell in it, so no pipe, glob or variable.
    """
    scalars.line(text)
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{text!r}: a quote is not closed") from error
    if not words:
        raise ValueError("is empty: write a command")
    if shell := sorted(_SHELL & set(_QUOTED.sub("", text))):
        raise ValueError(
            f"{text!r}: no shell reads this, so {' '.join(shell)} has no meaning: leave it out or quote it"
        )
    if not _TOOL.fullmatch(words[0]):
        raise ValueError(f"{words[0]!r} is no tool: write its name first")
    for word in words:
        _check(word)
    return Template(tuple(words))


def quoted(words: Sequence[str]) -> str:
    """Shell text of `words`, each of which stays one word whatever is in it."""
    return " ".join(shlex.quote(word) for word in words)


def _check(word: str) -> None:
    known = [*PLACEHOLDERS, VIA]
    for hole in _HOLE.findall(word):
        if hole not in known:
            raise ValueError(f"{{{hole}}} is not known:{scalars.nearest(hole, known)} one of {', '.join(known)}")
        if hole == VIA and word != f"{{{VIA}}}":
            raise ValueError("{via} stands for several words: write it with blanks around it")
    if "{" in (rest := _HOLE.sub("", word)) or "}" in rest:
        raise ValueError(f"{word!r}: a brace is not closed")
