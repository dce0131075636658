"""What iproute2's `rdma` prints, whatever object it is about: records of names and values, as text or as JSON.

Shapes: iproute2 rdma/link.c, dev.c, res.c, stat.c and utils.c. A record of text is one line, however a mail broke it,
with its capabilities or queue pairs in a second. Names and values alternate.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fabconsole.formats.json_text import documents
from fabconsole.formats.reading import Said

_HEAD = re.compile(
    r"\s*(?:link ([\w.-]{1,64})/(\d{1,3}|-):?|\d{1,4}/\d{1,3}: ([\w.-]{1,64})/(\d{1,3}):|\d{1,4}: ([\w.-]{1,64}):"
    r"|dev ([\w.-]{1,64}))(?= |$) *(.*)"
)
_LIST = re.compile(r"\s*(caps|LQPN|MRN): ?<([^>]{0,4000})>?\s*")
_NAME = re.compile(r"[A-Za-z][\w-]{0,63}")
_COUNTS = re.compile(r"\s*(?:[A-Za-z][\w-]{0,63} \d{1,19}(?:\s+|$))+")
"""Names and numbers alone, as nearly every line is."""
_OPTIONAL = re.compile(r"\s*Optional-set: *|\s*optional-set ")
_MODE = re.compile(r"(?:mode )?(qp auto .{1,100}|auto .{1,100})")


@lru_cache(maxsize=1024)
def _is_name(word: str) -> bool:
    return _NAME.fullmatch(word) is not None


Fits = Callable[[str, str], bool]
"""Whether a value may follow a name: tells a record's further line from another stream's."""


@dataclass(slots=True)
class Record:
    """One link, device, resource or counter."""

    name: str
    port: int | None
    said: dict[str, Said] = field(default_factory=dict)
    torn: list[str] = field(default_factory=list)
    """Names whose value was broken in two."""

    @property
    def id(self) -> str:
        return self.name if self.port is None else f"{self.name}/{self.port}"


class Records:
    """Those of one text, and what of it is none."""

    def __init__(self, text: str, fits: Fits) -> None:
        self.all: list[Record] = []
        self.unparsed: list[str] = []
        self._fits = fits
        self._pending: str | None = None
        self._orphaned = True
        """Whether the heading of what comes next is missing."""
        whole = documents(text)
        for found in whole.found:
            self._take(found)
        for line in whole.rest:
            self._read(line)
        self._drop()
        self.cut = whole.cut

    def _take(self, found: Any) -> None:
        if isinstance(found, list):
            for one in found:
                self._take(one)
        elif isinstance(found, dict) and isinstance(name := found.get("ifname"), str):
            name, _, port = name.partition("/")
            number = found.get("port", int(port) if port.isdecimal() else None)
            rest = {key: value for key, value in found.items() if key not in ("ifname", "port")}
            self.all.append(Record(name, number if isinstance(number, int) else None, rest))
        elif found not in ({}, []):
            self.unparsed.append(str(found))

    def _read(self, line: str) -> None:
        if said := _HEAD.fullmatch(line):
            self._drop()
            port = said[2] or said[4] or ""
            self.all.append(Record(said[1] or said[3] or said[5] or said[6], int(port) if port.isdecimal() else None))
            self._orphaned = False
            if not self._line(said[7], lambda _name, _value: True):
                self.unparsed.append(line)
        elif self._orphaned:
            self.unparsed.append(line)
        elif said := _LIST.fullmatch(line):
            self.all[-1].said[said[1].lower()] = [word.strip() for word in said[2].split(",") if word.strip()]
        elif not self._line(line, self._fits):
            self.unparsed.append(line)

    def _line(self, text: str, fits: Fits) -> bool:
        """Names and values of the record that was begun last; whether the line held nothing else."""
        record = self.all[-1]
        if self._pending is None and _COUNTS.fullmatch(text):
            words = text.split()
            return self._add(record, dict(zip(words[::2], words[1::2], strict=True)))
        if "auto " in text and (mode := _MODE.fullmatch(text.strip())):
            record.said["mode"] = mode[1]
            return True
        optional = _OPTIONAL.match(text) if "ptional" in text else None
        words = text[optional.end() if optional else 0 :].split()
        if words[:1] == ["supported"]:
            record.said["supported"] = True
            words = words[1:]
        if self._pending is None and words and words[0].isdecimal() and record.said:
            record.torn.append(list(record.said)[-1])
            self.unparsed.append(words[0])
            words = words[1:]
        if optional and words and not any(word.isdecimal() for word in words):
            record.said["optional_counters"] = [*words]  # which there are, not what they count
            return True
        said = [self._pending, *words] if self._pending is not None else words
        names, values = said[::2], said[1::2]
        for name, value in zip(names, values, strict=False):
            if not (_is_name(name) and fits(name, value)):
                return self._resumed(words, fits)
        pairs = dict(zip(names, values, strict=False))
        if not self._add(record, pairs):
            return False
        if optional:
            record.said["optional_counters"] = [*pairs]
        self._pending = names[-1] if len(names) > len(values) else None
        return True

    def _add(self, record: Record, said: dict[str, str]) -> bool:
        """Put names and values to a record, but for one that says them already: then they are another's."""
        if not record.said.keys().isdisjoint(said):
            self._orphaned = True
            return False
        record.said.update(said)
        return True

    def _resumed(self, words: list[str], fits: Fits) -> bool:
        """A line after a name whose value does not come: the name was broken in two, and so is what begins the line."""
        if self._pending is None or len(words) < 4 or not all(map(fits, words[2::2], words[3::2])):
            return False
        self._drop()
        self.unparsed.append(" ".join(words[:2]))
        return self._line(" ".join(words[2:]), fits)

    def _drop(self) -> None:
        if self._pending is not None:
            self.unparsed.append(self._pending)
        self._pending = None
