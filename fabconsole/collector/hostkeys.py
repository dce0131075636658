"""Who a node is: host keys against known_hosts, always verified; unknown ones learned on request."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import NamedTuple

import asyncssh

from fabconsole.collector.algorithms import OLD_HOST_KEYS
from fabconsole.collector.joined import Joined
from fabconsole.collector.known_hosts import AUTHORITY, REVOKED, KnownHosts, Line, Name, lines_in
from fabconsole.collector.renewal import Written, written
from fabconsole.fabric.errors import SourceError

SIGNED = (
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
)
PLAIN = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""Kinds of host key, OpenSSH's order of preference. RSA with SHA-1 is in neither."""

_SHORT_KEY = 200
"""Characters of one that is told whole; any but RSA's."""
_NAMED = 3
"""Other hosts with the same key that are named; a cloned image can make it thousands."""


class Known(NamedTuple):
    """What is known of one machine, as asyncssh takes it."""

    keys: Sequence[asyncssh.SSHKey]
    authorities: Sequence[asyncssh.SSHKey]
    revoked: Sequence[asyncssh.SSHKey]


class HostKeys:
    """The known_hosts files, read once for all nodes and again when one of them has changed on disk.

    Where `accept_new`, a key of a host that has none is appended to the first file; a key that differs is refused
    either way.
    """

    def __init__(self, files: Sequence[Path], *, accept_new: bool) -> None:
        self.files = tuple(files)
        self._accept_new = accept_new
        self._index = KnownHosts(())
        self._written: tuple[Written, ...] | None = None
        self._known: dict[Name, Known] = {}
        self._turn = asyncio.Lock()
        self._look = Joined(self._stat)
        self._reading = Joined(self._read)

    async def known(self, name: Name) -> Known:
        """What is known of a machine now. Costs one stat a file where it was asked for before and nothing changed.

        Else hashed lines are tried, in slices between which the loop goes on. Raises SourceError where a file cannot
        be read; a missing one holds no keys. In threads: a home directory may hang, and 5,000 lines take 15 ms.
        """
        if await self._look() != self._written or name not in self._known:
            async with self._turn:
                # looked at anew: whoever had the turn may have read what we were about to
                if await self._look() != self._written:
                    self._written, self._index = await self._reading()
                    self._known = {}
                await self._search(name)
                self._known[name] = self._found(name)
        return self._known[name]

    def kinds(self, known: Known, *, old: bool = False) -> Sequence[str]:
        """Kinds of key to ask a host for: those we know it by, then all others.

        asyncssh would ask for the known ones alone; a host that has lost them hangs up then, and looks as if it
        were down instead of changed. Of an RSA key only signatures with SHA-2 are asked for, but where
        `old`, and then last.
        """
        ours = [kind for key in known.keys for kind in _kinds_of(key) if kind in PLAIN]
        last = OLD_HOST_KEYS if old else ()
        return tuple(dict.fromkeys([*(SIGNED if known.authorities else ()), *ours, *PLAIN, *last]))

    def judge(self, name: Name, key: asyncssh.SSHKey) -> str | None:
        """Why `key`, which is not among those of `known`, is refused; None: it is welcome, learned or from elsewhere
        in the files."""
        text = _openssh(key)
        if self._index.has(self._in_force(name), text):
            return None
        lines = self._lines(name)
        known = [line for line in lines if not line.marker]
        shown = f"{key.get_algorithm()} {key.get_fingerprint()}{self._elsewhere(name, text)}"
        if known:
            expected = " or ".join(sorted({str(one.get_fingerprint()) for one in _decoded(known)}))
            places = ", ".join(sorted({line.place for line in known}))
            return (
                f"HOST KEY HAS CHANGED: it offers {shown}, {places} has {expected}; if its own console does not show "
                f"the first (ssh-keygen -lf {_on_its_disk(key)}), somebody may sit in between; if it does: "
                f"{_accepted(name, known[0].file, text)}"
            )
        if any(line.marker == AUTHORITY for line in lines):
            return f"its host key {shown} is signed by no authority that {self.files[0]} names"
        if not self._accept_new:
            return (
                f"its host key {shown} is not in {self.files[0]}; verify it and add it (ssh-keyscan -p {name.port} "
                f"{name.host}), or set ssh.host_keys: accept-new"
            )
        return self._learn(name, text)

    def _elsewhere(self, name: Name, key: str) -> str:
        """Whom else the files know by this key: a name that leads to another host is told so."""
        lines = islice(self._index.others(name.spoken_for, key), _NAMED + 1)
        others = list(dict.fromkeys(map(self._index.host_of, lines)))
        if not others:
            return ""
        more = " and others" if len(others) > _NAMED else ""
        return f", which is the key of {', '.join(others[:_NAMED])}{more} (does the name lead to another host?)"

    def _learn(self, name: Name, key: str) -> str | None:
        line = f"{name.written} {key}\n"
        file = self.files[0]
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file.open("a+b", buffering=0) as known_hosts:
                end = known_hosts.seek(0, os.SEEK_END)
                if end:
                    known_hosts.seek(-1, os.SEEK_END)
                    line = line if known_hosts.read(1) == b"\n" else "\n" + line
                if known_hosts.write(line.encode()) != len(line.encode()):
                    known_hosts.truncate(end)  # half a key would be read as another one
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            return f"its new host key cannot be written to {file}: {error.strerror}"
        for learned in lines_in(str(file), line.strip()):
            self._index.add(learned)
        self._known[name] = self._found(name)
        self._written = self._stat()
        return None

    def _read(self) -> tuple[tuple[Written, ...], KnownHosts]:
        read = self._stat()
        return read, KnownHosts(
            (line for file in self.files for line in lines_in(str(file), _text(file))), found=self._index
        )

    async def _search(self, name: Name) -> None:
        for one in name.spoken_for:
            if not _speaks(self._index.lines_of(one)):
                for _ in self._index.search(one):
                    await asyncio.sleep(0)
            if _speaks(self._index.lines_of(one)):
                return

    def _in_force(self, name: Name) -> tuple[str, ...]:
        """The names that count: a line without a port does only where none has the port."""
        names = name.spoken_for
        known = [_speaks(self._index.lines_of(one)) for one in names]
        return names[: known.index(True) + 1] if True in known else names

    def _lines(self, name: Name) -> Sequence[Line]:
        """Those in force, and what any of its names has revoked."""
        speaking = (line for one in self._in_force(name) for line in self._index.lines_of(one))
        every = (line for one in name.spoken_for for line in self._index.lines_of(one))
        return (
            *(line for line in speaking if line.marker != REVOKED),
            *(line for line in every if line.marker == REVOKED),
        )

    def _found(self, name: Name) -> Known:
        lines = self._lines(name)
        return Known(*(_decoded(line for line in lines if line.marker == one) for one in ("", AUTHORITY, REVOKED)))

    def _stat(self) -> tuple[Written, ...]:
        return tuple(written(file) for file in self.files)


def _speaks(lines: Sequence[Line]) -> bool:
    """Whether they say who a host is, not only who it is not."""
    return any(line.marker != REVOKED for line in lines)


def _decoded(lines: Iterable[Line]) -> list[asyncssh.SSHKey]:
    """Their keys. One that is not understood is none, as for ssh."""
    keys = []
    for line in lines:
        with suppress(asyncssh.KeyImportError):
            keys.append(asyncssh.import_public_key(line.key))
    return keys


def _kinds_of(key: asyncssh.SSHKey) -> list[str]:
    return [kind.decode("ascii") for kind in key.sig_algorithms]


def _openssh(key: asyncssh.SSHKey) -> str:
    """`algorithm base64`, without the comment."""
    return " ".join(key.export_public_key("openssh").decode("ascii").split()[:2])


def _on_its_disk(key: asyncssh.SSHKey) -> str:
    kind = key.get_algorithm().removeprefix("ssh-").partition("-")[0]
    return f"/etc/ssh/ssh_host_{kind}_key.pub"


def _accepted(name: Name, file: str, key: str) -> str:
    """What to type here so that a host is known by `key`: by that very one, which ssh-keyscan might not meet. A long
    one, of RSA, is then told as an unknown one.
    """
    place, written = quote(file), quote(name.written)
    forgotten = f"ssh-keygen -R {written} -f {place}"
    return forgotten if len(key) > _SHORT_KEY else f"{forgotten}; echo {quote(f'{name.written} {key}')} >>{place}"


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SourceError(f"{file}: known_hosts cannot be read: {error.strerror}") from None
