"""What other tools printed into the same paste, kept away from a reader that takes values under names unknown to it.

Three tools are told apart for sure, for whole lines of theirs are known: the kernel's log, `nvidia-smi nvlink` and
`ibstat`. Whoever looks at a host types them one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


@dataclass(frozen=True, slots=True)
class Stranger:
    """A tool whose output is known line by line."""

    hints: tuple[str, ...]
    """One of these is in every heading: looked for first, which costs next to nothing."""
    heading: re.Pattern[str]
    """A line that only this tool prints."""
    line: re.Pattern[str] | None = None
    """A line below a heading, which others may print too. None: a heading is all there is."""


IBSTAT = Stranger(
    ("CA '", "CA: '"),
    re.compile(r"[ \t]*CA:? '[^'\n]{1,64}'[ \t]*"),
    re.compile(
        r"[ \t]*(?:(?:CA type|Number of ports|(?:Firmware|Hardware) version|(?:Node|System image|Port) GUID|State"
        r"|Physical state|Rate|Base lid|LMC|SM lid|Capability mask|Link layer):.*|Port \d{1,3}:[ \t]*)"
    ),
)
KERNEL = Stranger(
    ("[ ", "] "),
    re.compile(r"[ \t]*\[(?: {0,8}\d{1,8}\.\d{6}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] \S.*"),
)
NVLINK = Stranger(
    ("(UUID: GPU-",),
    re.compile(r"[ \t]*GPU \d{1,3}: [^\n]{1,80}\(UUID: GPU-[0-9a-fA-F-]{1,40}\)[ \t]*"),
    re.compile(r"[ \t]*Link \d{1,3}[:,] .*"),
)
_STRANGERS = (IBSTAT, KERNEL, NVLINK)


def alone(read: Callable[[Paste], Reading], *but: Stranger) -> Callable[[Paste], Reading]:
    """A reader that sees no line of a stranger, `but` those that it reads itself; they are not understood."""
    strangers = tuple(one for one in _STRANGERS if one not in but)

    @wraps(read)
    def reading(paste: Paste) -> Reading:
        there = tuple(one for one in strangers if any(hint in paste.text for hint in one.hints))
        foreign = _foreign(paste.lines, there) if there else set()
        if not foreign:
            return read(paste)
        said = read(paste.without(foreign))
        said.unparsed += [paste.lines[at] for at in sorted(foreign)]
        return said

    return reading


def _foreign(lines: list[str], strangers: tuple[Stranger, ...]) -> set[int]:
    found: set[int] = set()
    below: re.Pattern[str] | None = None
    for at, line in enumerate(lines):
        if not line or line.isspace():
            continue
        if begun := next((one for one in strangers if one.heading.fullmatch(line)), None):
            below = begun.line
        elif below is None or not below.fullmatch(line):
            below = None
            continue
        found.add(at)
    return found
