"""Texts as they are spoilt on the way: cut, damaged, mixed with another stream, from another system."""

from __future__ import annotations

import random

_INTRUDERS = (
    b"Warning: Permanently added 'leaf-a01' (ED25519) to the list of known hosts.",
    b"ibwarn: [4211] mad_rpc: _do_madrpc failed; dport (Lid 7)",
    b"Connection to leaf-a01 closed.",
    b"-bash: warning: setlocale: LC_ALL: cannot change locale (de_DE.UTF-8)",
    b"Traceback (most recent call last):",
    "Unable to init server: Verbindung abgelehnt – ü".encode(),
)
_SPLINTERS = (
    b"[",
    b'"',
    b": ",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff\xfe",
    b"99999999999999999999999",
    b"\x1b[2J",
    b"N/A",
    b"{",
)


def spoilt(text: bytes, chance: random.Random) -> bytes:
    """A text after one accident or a few."""
    for _ in range(chance.randint(1, 3)):
        text = chance.choice(_ACCIDENTS)(text, chance)
    return text


def cut(text: bytes, chance: random.Random) -> bytes:
    """Only its beginning arrived."""
    return text[: chance.randint(0, len(text))]


def mixed(text: bytes, chance: random.Random) -> bytes:
    """Another stream wrote a line between two lines."""
    lines = text.split(b"\n")
    lines.insert(chance.randint(0, len(lines)), chance.choice(_INTRUDERS))
    return b"\n".join(lines)


def _headless(text: bytes, chance: random.Random) -> bytes:
    return text[chance.randint(0, len(text)) :]


def _damaged(text: bytes, chance: random.Random) -> bytes:
    first = chance.randint(0, len(text))
    return text[:first] + chance.choice(_SPLINTERS) + text[first + chance.randint(0, 8) :]


def _lined(text: bytes, chance: random.Random) -> bytes:
    return text.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\r\r\n")))


def _localised(text: bytes, _chance: random.Random) -> bytes:
    return text.replace(b".", b",")


def _doubled(text: bytes, chance: random.Random) -> bytes:
    lines = text.split(b"\n")
    first = chance.randrange(len(lines))
    return b"\n".join(lines[: first + 1] + lines[first:])


def _wrapped(text: bytes, chance: random.Random) -> bytes:
    width = chance.choice((40, 72, 80))
    return b"\n".join(line[at : at + width] for line in text.split(b"\n") for at in range(0, len(line) or 1, width))


def _noise(text: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(min(len(text), 200))


_ACCIDENTS = (cut, mixed, _headless, _damaged, _damaged, _lined, _localised, _doubled, _wrapped, _noise)
