"""An index of known_hosts lines: by name where a line says one, by key, and hashed lines searched once a name."""

from __future__ import annotations

import binascii
import hmac
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

DEFAULT_PORT = 22

SLICE = 500
"""Hashed lines tried between two breaths of the event loop: about 0.7 ms."""

AUTHORITY, REVOKED = "@cert-authority", "@revoked"
_SIGNS = "*?!"


@dataclass(frozen=True, slots=True)
class Name:
    """What a machine's keys are looked up by."""

    host: str
    port: int = DEFAULT_PORT
    alias: str | None = None
    """ssh_config's HostKeyAlias: looked up in place of the host, whatever the port."""

    @property
    def written(self) -> str:
        """As it stands in a file."""
        if self.alias is not None or self.port == DEFAULT_PORT:
            return self.alias or self.host
        return f"[{self.host}]:{self.port}"

    @property
    def spoken_for(self) -> tuple[str, ...]:
        """What is looked up, as ssh does: beside a port of its own, a line without a port is good too.

        Addresses that a name leads to are not looked up: a name that leads astray would find the other host's keys.
        """
        names = (self.written,) if self.alias is not None else tuple(dict.fromkeys((self.written, self.host)))
        return tuple(name.lower() for name in names)


@dataclass(frozen=True, slots=True)
class Line:
    """One key of a file, not yet decoded: 5,000 of them would take 70 ms."""

    file: str
    number: int
    hosts: str
    """Names, a pattern, or one hashed name."""
    key: str
    """`kind base64`."""
    marker: str = ""

    @property
    def place(self) -> str:
        """For an operator."""
        return f"{self.file}:{self.number}"


@dataclass(frozen=True, slots=True)
class _Hashed:
    salt: bytes
    digest: bytes
    line: Line

    def is_of(self, name: bytes) -> bool:
        return hmac.digest(self.salt, name, "sha1") == self.digest


class KnownHosts:
    """The lines of all files, once read.

    A hashed line has a salt of its own, so a name is searched for by trying each. Three things keep that cheap: a
    line that is some name's leaves the pool; a search goes outward from where the last one ended; and what a host
    offers is looked up by its key, for which no search is needed.
    """

    def __init__(self, lines: Iterable[Line], *, found: KnownHosts | None = None) -> None:
        """Lines whose name `found` knows are not searched for again."""
        self._named: dict[str, list[Line]] = defaultdict(list)
        self._patterns: list[tuple[_Patterns, Line]] = []
        self._marked: list[_Hashed] = []
        self._pool: list[_Hashed] = []
        self._at = 0
        self._searched: set[str] = set()
        self._names: dict[str, str] = {} if found is None else found._names
        """Hashed name to name."""
        self._by_key: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """One line more."""
        if not line.marker:
            self._by_key[line.key].append(line)
        if line.hosts.startswith("|"):
            self._add_hashed(line)
        elif any(sign in line.hosts for sign in _SIGNS):
            self._patterns.append((_Patterns(line.hosts), line))
        else:
            for name in line.hosts.lower().split(","):
                self._named[name].append(line)

    def lines_of(self, name: str) -> tuple[Line, ...]:
        """What is known of `name` without a search; what one has found is known."""
        patterned = (line for pattern, line in self._patterns if pattern.match(name))
        marked = (hashed.line for hashed in self._marked if hashed.is_of(name.encode()))
        return (*self._named.get(name, ()), *patterned, *marked)

    def search(self, name: str) -> Iterator[None]:
        """Find hashed lines of `name`, pausing after every `SLICE` tries. Nobody else may search meanwhile.

        Ends with the first line that is its own and those beside it. Other lines of the same host may stand
        elsewhere, and are found by `has`.
        """
        if name in self._searched:
            return
        said = name.encode()
        for tries, at in enumerate(_outward(self._at, len(self._pool)), 1):
            if self._pool[at].is_of(said):
                self._take(at, name)
                break
            if tries % SLICE == 0:
                yield
        self._searched.add(name)

    def has(self, names: Sequence[str], key: str) -> bool:
        """Whether one of the names is known by this key, wherever its line stands."""
        return any(self._is_of(line, name) for line in self._by_key.get(key, ()) for name in names)

    def others(self, names: Sequence[str], key: str) -> Iterator[Line]:
        """Lines that know other hosts by this key."""
        return (line for line in self._by_key.get(key, ()) if not any(self._is_of(line, name) for name in names))

    def host_of(self, line: Line) -> str:
        """Whose line it is, as far as is known."""
        return self._names.get(line.hosts, "a hashed name") if line.hosts.startswith("|") else line.hosts

    def _take(self, at: int, name: str) -> None:
        """Out of the pool, with its neighbours of the same name: a host has a key of each kind."""
        said, first, end = name.encode(), at, at + 1
        while first > 0 and self._pool[first - 1].is_of(said):
            first -= 1
        while end < len(self._pool) and self._pool[end].is_of(said):
            end += 1
        for hashed in self._pool[first:end]:
            self._named[name].append(hashed.line)
            self._names[hashed.line.hosts] = name
        del self._pool[first:end]
        self._at = first

    def _is_of(self, line: Line, name: str) -> bool:
        if line.hosts.startswith("|"):
            hashed = _hashed(line)
            return hashed is not None and hashed.is_of(name.encode())
        if any(sign in line.hosts for sign in _SIGNS):
            return _Patterns(line.hosts).match(name)
        return name in line.hosts.lower().split(",")

    def _add_hashed(self, line: Line) -> None:
        hashed = _hashed(line)
        if hashed is None:
            return
        if line.marker:
            self._marked.append(hashed)
        elif line.hosts in self._names:
            self._named[self._names[line.hosts]].append(line)
        else:
            self._pool.append(hashed)


class _Patterns:
    """Names with `*` and `?`, separated by commas; one with `!` before it excludes."""

    def __init__(self, text: str) -> None:
        self._wanted: list[re.Pattern[str]] = []
        self._unwanted: list[re.Pattern[str]] = []
        for part in text.lower().split(","):
            pattern = re.escape(part.removeprefix("!")).replace(r"\*", ".*").replace(r"\?", ".")
            (self._unwanted if part.startswith("!") else self._wanted).append(re.compile(pattern))

    def match(self, name: str) -> bool:
        return any(one.fullmatch(name) for one in self._wanted) and not any(
            one.fullmatch(name) for one in self._unwanted
        )


def lines_in(file: str, text: str) -> Iterator[Line]:
    """The lines of one file. One that is not understood names no key, as for ssh; the others stand."""
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split()
        marker = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) >= 3 and not words[0].startswith("#") and (not marker or marker in (AUTHORITY, REVOKED)):
            yield Line(file, number, words[0], f"{words[1]} {words[2]}", marker)


def _outward(start: int, size: int) -> Iterator[int]:
    """Every place of a pool once, the nearest to `start` first: files are written nearly in order."""
    for step in range(size):
        yield (start + (step // 2 if step % 2 == 0 else -(step // 2) - 1)) % size


def _hashed(line: Line) -> _Hashed | None:
    """None where the hash is none, or of another kind than OpenSSH writes."""
    try:
        _, kind, salt, digest = line.hosts.split("|")
        return _Hashed(binascii.a2b_base64(salt), binascii.a2b_base64(digest), line) if kind == "1" else None
    except ValueError:
        return None
