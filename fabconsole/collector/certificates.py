"""Our own certificates, those in files and those that an agent holds: until when nodes accept them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncssh

from fabconsole.collector import renewal
from fabconsole.collector.renewal import Written

_FOREVER = 0xFFFF_FFFF_FFFF_FFFF


@dataclass(frozen=True, slots=True)
class Certificate:
    """One by which we log in."""

    name: str
    """`certificate ~/.ssh/id_ed25519-cert.pub`, for an operator."""
    until: float
    """Seconds since the epoch."""


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
        if (one := _expiring(f"certificate {_as_written(place)}", certificate)) is not None:
            found[place] = one
    return tuple(found.values())


def held(keys: Iterable[asyncssh.SSHKeyPair], shown: Collection[bytes] | None) -> tuple[Certificate, ...]:
    """The same among what an agent holds and we show (None: all of it). Of two that have one name the later counts."""
    found: dict[str, Certificate] = {}
    for key in keys:
        if shown is not None and key.public_data not in shown:
            continue
        try:
            text = b" ".join((key.algorithm, b64encode(key.public_data)))
            certificate = asyncssh.import_certificate(text)
        except ValueError:  # a plain key, or of a kind that asyncssh does not know
            continue
        one = _expiring(f"certificate {key.get_comment()} of the agent", certificate)
        if one is not None and (one.name not in found or found[one.name].until < one.until):
            found[one.name] = one
    return tuple(found.values())


def _expiring(name: str, certificate: asyncssh.SSHCertificate) -> Certificate | None:
    """None where it never expires. asyncssh holds that against the time when asked to, and tells it nobody."""
    until = getattr(certificate, "_valid_before", _FOREVER)
    return Certificate(name, float(until)) if until < _FOREVER else None


def _as_written(file: Path) -> str:
    home, place = f"{Path.home()}/", str(file)
    return f"~/{place.removeprefix(home)}" if place.startswith(home) else place


def written(files: Iterable[Path]) -> tuple[Written, ...]:
    """What tells whether one of `files`, or a certificate beside it, is another than it was."""
    return tuple(renewal.written(place) for file in files for place in (file, beside(file)))


def expired(certificates: Sequence[Certificate], now: float) -> str:
    """What is said of a refusal where every certificate of ours has run out; empty where one has not, or none is."""
    if not certificates or any(one.until > now for one in certificates):
        return ""
    last = max(certificates, key=lambda one: one.until)
    return f"{last.name} expired at {datetime.fromtimestamp(last.until, UTC):%b %d %H:%M:%S} UTC"
