"""Our own certificates: until when nodes accept them. Those that lie in files; an agent's are the agent's to renew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncssh

_FOREVER = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True, slots=True)
class Certificate:
    """One by which we log in."""

    file: Path
    until: float
    """Seconds since the epoch."""

    @property
    def name(self) -> str:
        """As an operator writes it."""
        home, file = str(Path.home()), str(self.file)
        return f"certificate {'~' + file.removeprefix(home) if file.startswith(home + '/') else file}"


def beside(key: Path) -> Path:
    """Where ssh looks for a key's certificate."""
    return key.with_name(key.name.removesuffix(".pub") + "-cert.pub")


def read(files: Iterable[Path]) -> tuple[Certificate, ...]:
    """The certificates among `files`, and beside those that are keys; without those that never expire."""
    found: dict[Path, Certificate] = {}
    for place in (place for file in files for place in (file, beside(file))):
        try:
            certificate = asyncssh.read_certificate(str(place))
        except (OSError, ValueError):  # asyncssh.KeyImportError is one
            continue
        # asyncssh holds it against the time when asked to, and tells it nobody.
        until = getattr(certificate, "_valid_before", _FOREVER)
        if until < _FOREVER:
            found[place] = Certificate(place, float(until))
    return tuple(found.values())


def written(files: Iterable[Path]) -> tuple[tuple[int, int] | None, ...]:
    """What tells whether one of `files`, or a certificate beside it, is another than it was."""
    return tuple(_written(place) for file in files for place in (file, beside(file)))


def expired(certificates: Sequence[Certificate], now: float) -> str:
    """What is said of a refusal where every certificate of ours has run out; empty where one has not, or none is."""
    if not certificates or any(one.until > now for one in certificates):
        return ""
    last = max(certificates, key=lambda one: one.until)
    return f"{last.name} expired at {datetime.fromtimestamp(last.until, UTC):%b %d %H:%M:%S} UTC"


def _written(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
