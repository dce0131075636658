"""Who a node is: host keys against known_hosts, always verified; unknown ones learned on request."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import asyncssh

from fabconsole.fabric.errors import SourceError

DEFAULT_PORT = 22

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
"""Kinds of host key, OpenSSH's order of preference."""


class HostKeys:
    """The known_hosts files, parsed once for all nodes and again when one of them has changed on disk.

    5,000 lines cost 77 ms to parse, so asyncssh is never handed a path. Where `accept_new`, a key of a host that
    has none is appended to the first file; a key that differs is refused either way.
    """

    def __init__(self, files: Sequence[Path], *, accept_new: bool) -> None:
        """Raises SourceError where a file cannot be read or understood. A missing file holds no keys."""
        self.files = tuple(files)
        self._accept_new = accept_new
        self._written: tuple[tuple[int, int] | None, ...] = ()
        self._known = asyncssh.import_known_hosts("")
        self._places: dict[str, str] | None = None

    def current(self) -> asyncssh.SSHKnownHosts:
        """What is known now. Costs one stat a file while nothing has changed."""
        written = tuple(_written(file) for file in self.files)
        if written != self._written:
            self._known = _parsed("\n".join(_text(file) for file in self.files))
            self._written = written
            self._places = None
        return self._known

    def kinds(self, host: str, port: int) -> Sequence[str]:
        """Kinds of key to ask a host for: those we know it by, then all others. Empty: no wish, nothing known.

        asyncssh would ask for the known ones alone; a host that has lost them hangs up then, and looks as if it
        were down instead of changed.
        """
        known, authorities, *_ = self.current().match(host, "", port if port != DEFAULT_PORT else None)
        if not known and not authorities:
            return ()
        ours = [kind.decode("ascii") for key in known for kind in key.sig_algorithms]
        return tuple(dict.fromkeys([*(SIGNED if authorities else ()), *ours, *PLAIN]))

    def judge(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> str | None:
        """Why `key`, which is not among the host's known ones, is refused; None: learned, and welcome from now on."""
        outside = port if port != DEFAULT_PORT else None
        known, authorities, *_ = self.current().match(host, addr, outside)
        shown = f"{key.get_algorithm()} {key.get_fingerprint()}"
        name = f"[{host}]:{port}" if outside else host
        if known:
            expected = " or ".join(sorted({str(one.get_fingerprint()) for one in known}))
            places = ", ".join(sorted({self._place(one) for one in known}))
            return (
                f"HOST KEY HAS CHANGED: it offers {shown}, {places} has {expected}. Reinstalled? Then remove that "
                f"line (ssh-keygen -R '{name}' -f {self._first()}); if not, somebody may sit in between"
            )
        if authorities:
            return f"its host key {shown} is signed by no authority that {self._first()} names"
        if not self._accept_new:
            return (
                f"its host key {shown} is not in {self._first()}; verify it and add it (ssh-keyscan -p {port} {host}), "
                "or set ssh.host_keys: accept-new"
            )
        return self._learn(name, key)

    def _learn(self, name: str, key: asyncssh.SSHKey) -> str | None:
        line = f"{name} {_openssh(key)}\n"
        file = self.files[0]
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with file.open("a+b") as known_hosts:
                known_hosts.seek(0, os.SEEK_END)
                if known_hosts.tell():
                    known_hosts.seek(-1, os.SEEK_END)
                    line = line if known_hosts.read(1) == b"\n" else "\n" + line
                known_hosts.write(line.encode())
        except OSError as error:
            return f"its new host key cannot be written to {file}: {error.strerror}"
        self._known.load(line)
        self._written = tuple(_written(file) for file in self.files)
        self._places = None
        return None

    def _place(self, key: asyncssh.SSHKey) -> str:
        """`file:line` of a known key."""
        if self._places is None:
            self._places = {}
            for file in self.files:
                for number, line in enumerate(_text(file).splitlines(), 1):
                    for word in line.split():
                        if word.startswith("AAAA"):
                            self._places.setdefault(word, f"{file}:{number}")
        return self._places.get(_openssh(key).split()[1], str(self._first()))

    def _first(self) -> Path:
        return self.files[0]


def _openssh(key: asyncssh.SSHKey) -> str:
    """`algorithm base64`, without the comment."""
    return " ".join(key.export_public_key("openssh").decode("ascii").split()[:2])


def _written(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SourceError(f"{file}: known_hosts cannot be read: {error.strerror}") from None


def _parsed(text: str) -> asyncssh.SSHKnownHosts:
    """The keys in `text`. A line that is not understood names no key, as for ssh; the others stand."""
    known = asyncssh.import_known_hosts("")
    for line in text.splitlines():
        with suppress(ValueError):
            known.load(line)
    return known
