"""Private keys that are encrypted: which files are, and which public key each of them is the other half of."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh
from asyncssh.packet import PacketDecodeError, SSHPacket

from fabconsole.collector.certificates import beside

_OPENSSH = b"openssh-key-v1\0"
"""What OpenSSH's own format begins with, PROTOCOL.key: cipher, key derivation, its options, the number of keys, then
the public key, none of it encrypted."""
_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key file that nobody can use without its passphrase."""

    file: Path
    public: bytes | None
    """As an agent names it; None: not in the file, and there is no `.pub` beside it."""


def sealed_key(file: Path) -> SealedKey | None:
    """The encrypted key in a file; None for anything else. Raises OSError where it cannot be read."""
    with file.open("rb") as opened:
        data = opened.read(_LARGEST)
    if b"ENCRYPTED" in data and b"PRIVATE KEY-----" in data:
        return SealedKey(file, _beside(file))
    inside = _openssh(data)
    return None if inside is None else SealedKey(file, inside)


def unsealed(file: Path, passphrase: str) -> tuple[asyncssh.SSHKey, ...]:
    """The keys in a file; none where the passphrase is wrong.

    Costs 50 to 500 ms of a core, by design of the format. Raises OSError where the file cannot be read.
    """
    try:
        return tuple(asyncssh.read_private_key_list(str(file), passphrase))
    except ValueError:  # what asyncssh raises for a wrong one; one that is no text at all is another
        return ()


def paired(file: Path, keys: Sequence[asyncssh.SSHKey]) -> tuple[asyncssh.SSHKeyPair, ...]:
    """Keys of a file as they are shown: with the certificate that lies beside it now, and without."""
    try:
        signed = [asyncssh.read_certificate(str(beside(file)))]
    except (OSError, ValueError):
        signed = []
    return tuple(asyncssh.load_keypairs(list(keys), certlist=signed))


def _openssh(data: bytes) -> bytes | None:
    """The public key in an encrypted key of OpenSSH's own format."""
    _, begin, rest = data.partition(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    if not begin:
        return None
    try:
        body = base64.b64decode(rest.partition(b"-----END")[0])
        if not body.startswith(_OPENSSH):
            return None
        packet = SSHPacket(body[len(_OPENSSH) :])
        cipher, _, _ = packet.get_string(), packet.get_string(), packet.get_string()
        packet.get_uint32()
        return packet.get_string() if cipher != b"none" else None
    except (binascii.Error, PacketDecodeError):
        return None


def _beside(file: Path) -> bytes | None:
    try:
        return asyncssh.read_public_key(str(file) + ".pub").public_data
    except (OSError, asyncssh.KeyImportError):
        return None
