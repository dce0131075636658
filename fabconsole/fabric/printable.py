"""Text from outside, made safe to show: no control, no escape, no surprise in width."""

from __future__ import annotations

import unicodedata

_LIMIT = 512
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Mc", "Me"})


def printable(text: str | bytes, limit: int = _LIMIT) -> str:
    """One line of printable characters, at most `limit` long.

    Control, format (which holds the bidirectional overrides), surrogate and private characters become `·`, and so
    do marks that no letter takes up: terminals disagree on their width. Runs of white space become one blank. Costs
    nothing on plain ASCII, which nearly everything is.
    """
    if isinstance(text, bytes):
        text = text[: limit * 4].decode("utf-8", "replace")
    if text.isascii() and text.isprintable():
        return text if len(text) <= limit else text[: limit - 1] + "…"
    if text.isascii() and (plain := " ".join(text.split())).isprintable():
        return plain if len(plain) <= limit else plain[: limit - 1] + "…"
    composed = unicodedata.normalize("NFC", text[: limit * 4])
    clean = "".join(" " if char.isspace() else _shown(char) for char in composed)
    clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _shown(char: str) -> str:
    return "·" if unicodedata.category(char) in _HIDDEN else char
