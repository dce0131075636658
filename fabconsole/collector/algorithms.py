"""Ways of talking: what is offered to every machine, and what only to one that is marked as old."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from typing import TypedDict

import asyncssh

MODERN, LEGACY = "modern", "legacy"

_OLD = {
    "key exchange": ("diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"),
    "encryption": ("*-cbc",),
    "MAC": ("hmac-sha1*", "hmac-md5*"),
    "host key": ("ssh-rsa", "ssh-dss"),
}
"""By asyncssh's words for what two sides must agree on."""

OLD_HOST_KEYS = _OLD["host key"]
"""RSA with SHA-1 is how a server of before 2017 uses an RSA key, whatever its length."""

_NAMED = 3
"""Algorithms of a machine's list that are shown."""

_NO_ALGORITHMS = ("kex-strict-", "ext-info-")
"""What stands among key exchanges and says something else."""

_NONE_COMMON = re.compile(r"No matching (.+) algorithm found, sent (\S+) and received (\S+)")


class Spoken(TypedDict, total=False):
    """As asyncssh takes them: names, or a text with `^` before its own list, `+` after it, `-` out of it."""

    kex_algs: str | Sequence[str]
    encryption_algs: str | Sequence[str]
    mac_algs: str | Sequence[str]


_MODERN = Spoken(
    kex_algs="-*-sha1",
    encryption_algs="^aes128-gcm@openssh.com,aes256-gcm@openssh.com",
    mac_algs="-hmac-sha1*",
)
"""AES-GCM first, fallbacks kept: 35 to 45 % less CPU an answer than asyncssh's chacha20 default. SHA-1 is among
asyncssh's own."""

_BOTH = Spoken(
    kex_algs="+" + ",".join(_OLD["key exchange"]),
    encryption_algs="+" + ",".join(_OLD["encryption"]),
    mac_algs="+" + ",".join(_OLD["MAC"]),
)


@cache
def spoken(algorithms: str) -> Spoken:
    """What is offered; where that is LEGACY, all that asyncssh can still do of the old ones, after all others."""
    if algorithms == MODERN:
        return _MODERN
    modern, both = _options(_MODERN), _options(_BOTH)
    return Spoken(
        kex_algs=_appended(modern.kex_algs, both.kex_algs),
        encryption_algs=_appended(modern.encryption_algs, both.encryption_algs),
        mac_algs=_appended(modern.mac_algs, both.mac_algs),
    )


def _options(said: Spoken) -> asyncssh.SSHClientConnectionOptions:
    return asyncssh.SSHClientConnectionOptions(config=None, client_keys=None, x509_trusted_certs=None, **said)


def _appended(first: Sequence[bytes], then: Sequence[bytes]) -> list[str]:
    return [one.decode("ascii") for one in dict.fromkeys([*first, *then])]


IN_SSH_CONFIG = {"kex_algs": "KexAlgorithms", "encryption_algs": "Ciphers", "mac_algs": "MACs"}
"""What ssh_config says of these holds in place of `modern`."""


def none_common(reason: str) -> str:
    """What is said where both sides know no algorithm of one kind in common; `reason` is asyncssh's."""
    match = _NONE_COMMON.fullmatch(reason)
    if match is None:
        return f"no common way of talking: {reason}"
    return unlike(match[1], match[2].split(","), match[3].split(","))


def unlike(kind: str, ours: Sequence[str], theirs: Sequence[str]) -> str:
    """The same of one kind and both lists."""
    theirs = [one for one in theirs if not one.startswith(_NO_ALGORITHMS)]
    has = ", ".join(theirs[:_NAMED]) + (" …" if len(theirs) > _NAMED else "")
    old = [one for one in theirs if one not in ours and any(fnmatchcase(one, glob) for glob in _OLD.get(kind, ()))]
    mend = (
        f"`algorithms: legacy`, for the node or under `ssh:`, offers {old[0]} too" if old else "it takes a newer sshd"
    )
    return f"no {kind} algorithm in common: it has {has}; {mend}"
