"""Whether a command only reads: `perfquery` reads, and `perfquery -R` clears for everybody.

A command is held against what is *allowed*, not against what is known to be bad: an option that is not known, or
written short, is refused. A tool that is not known needs a person to vouch for it, by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from fabconsole.fabric import scalars
from fabconsole.runbook.known_tools import NEVER, TOOLS, Reading

_VERSION = re.compile(r"[-.\d]+$")
_HOMES = {"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"}
"""Where a tool is what its name says; another program may have any name."""
_READABLE = re.compile(r"/(?:sys/(?:bus|class|devices|module)|proc(?!/(?:\d|self|thread-self|kmsg))|etc|var/log)/.+")
"""Files that do not mind being read: a watchdog under `/dev` reboots the node of whoever opens it, `kmsg` loses
what the log daemon waits for, and the folder of a process leads anywhere."""


def objection(words: Sequence[str], vouched_by: str | None = None) -> str | None:
    """Why this command may change something, or None where it only reads.

    `words` are as the shell would split them. `vouched_by` is who answers for a tool that is not in `TOOLS`; it
    does not lift a rule of one that is.
    """
    tool = PurePosixPath(words[0]).name
    if {tool, _VERSION.sub("", tool)} & NEVER:
        return f"{tool} is never run from here: it runs other programs or changes things"
    if tool in TOOLS and ("/" not in words[0] or str(PurePosixPath(words[0]).parent) in _HOMES):
        return _objection(tool, TOOLS[tool], list(words[1:]))
    if tool in TOOLS:
        return f"{words[0]} may be any program: write {tool}, which is looked for on the node's PATH"
    if vouched_by:
        return None
    return (
        f"{tool} is not known to only read:{scalars.nearest(tool, list(TOOLS))} "
        "if it does, say who answers for that, `vouched_by: name`"
    )


def _objection(tool: str, reading: Reading, words: list[str]) -> str | None:
    if reading.any_options:
        return next(filter(None, (_unreadable(tool, word) for word in words)), None) if reading.opens else None
    if reading.first is not None and words and not words[0].startswith("-"):
        if words[0] in reading.first:
            return _objection(f"{tool} {words[0]}", reading.first[words[0]], words[1:])
        return f"{tool} {words[0]} is not known to only read: {', '.join(reading.first)} are"
    place = 0
    rest = iter(words)
    for word in rest:
        if word.startswith("-") and word != "-":
            if why := _option(tool, reading, word, rest):
                return why
            continue
        if word not in reading.words.get(place, {word}):
            return f"{tool} {word} may change something: {' or '.join(sorted(reading.words[place]))} is right there"
        place += 1
        if place > reading.most:
            return f"{tool} takes {reading.most} plain words here, {word} is one too many"
    return None


def _option(tool: str, reading: Reading, word: str, rest: Iterator[str]) -> str | None:
    """What speaks against an option; its value is taken from `rest`. Only a long one has its value after `=`."""
    option, joined, value = word.partition("=") if word.startswith("--") else (word, "", "")
    if option in reading.valued:
        value = value if joined else next(rest, "")
        return None if value and not value.startswith("-") else f"{tool} {option} needs a value after it"
    if word in reading.options:
        return None
    allowed = ", ".join(sorted(reading.options | reading.valued))
    return f"{tool} {word} is not known to only read; one option a word, of: {allowed}"


def _unreadable(tool: str, word: str) -> str | None:
    """What speaks against a path, or a path within an option."""
    if "/" not in word or (".." not in word and _READABLE.fullmatch(str(PurePosixPath(word[word.find("/") :])))):
        return None
    return f"{tool} {word} may change something by being read: files under /sys, /proc, /etc and /var/log do not"
