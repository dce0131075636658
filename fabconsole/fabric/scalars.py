"""What people write for one value, understood: each function raises ValueError saying what would be right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([a-z]+)", re.ASCII)
_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?/ ?([a-z]+)", re.ASCII)
_GBPS = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(?: ?[Gg](?:b/s|bps|[Bb]it/s)?)?", re.ASCII)
_GIGABYTES = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?[Gg]i?(?:B|Byte|byte)s?(?:/s|ps)?", re.ASCII)
_SLOWEST_GBPS, _FASTEST_GBPS = 1.0, 10_000.0
"""InfiniBand goes from 2.5 (SDR 1X) to 4,800 (GDR 12X); what is far off is written in another unit."""
_UNIT_S = {
    "ms": 0.001,
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
}
_LONGEST = 10_000
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def line(text: str) -> str:
    """One line of printable characters, neither empty nor endless."""
    if not text.isprintable():
        raise ValueError("holds characters that cannot be printed, or several lines: write one plain line")
    return _bounded(text)


def lines(text: str) -> str:
    """As `line`, with as many lines as one likes."""
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise ValueError("holds characters that cannot be printed: leave them out")
    return _bounded(text)


def integer(text: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    if not _INTEGER.fullmatch(text):
        raise ValueError(f"{text!r} is no whole number: write one from {least} to {most}")
    if not least <= int(text) <= most:
        raise ValueError(f"{text} is out of range: {least} to {most}")
    return int(text)


def number(text: str, least: float, most: float) -> float:
    """A number from `least` to `most`."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number: write one from {least:g} to {most:g}")
    if not least <= float(text) <= most:
        raise ValueError(f"{text} is out of range: {least:g} to {most:g}")
    return float(text)


def seconds(text: str, least: float, most: float) -> float:
    """A duration with its unit (`500ms`, `5s`, `2 min`, `15m`, `1h`, `7d`), in seconds."""
    match = _DURATION.fullmatch(text)
    if match is None or match[2] not in _UNIT_S:
        raise ValueError(f"{text!r} is no duration: write a number and its unit, such as 500ms, 5s, 15m or 2h")
    duration = float(match[1]) * _UNIT_S[match[2]]
    if duration < least:
        raise ValueError(f"{text!r} is too short: at least {least:g}s")
    if duration > most:
        raise ValueError(f"{text!r} is too long: at most {most:g}s")
    return duration


def per_second(text: str) -> float:
    """A rate (`10/s`, `5/min`, `120/h`, `1/d`), per second; `any` is 0, which any growth is above."""
    if text == "any":
        return 0.0
    match = _RATE.fullmatch(text)
    if match is None or match[2] not in _UNIT_S:
        raise ValueError(f"{text!r} is no rate: write `any`, or a count and its time, such as 10/s, 5/min or 120/h")
    return float(match[1]) / _UNIT_S[match[2]]


def gbps(text: str) -> float:
    """A link's rate, `400 Gb/s` or just `400`, in Gb/s. Bytes are refused, and what can only be another unit."""
    if counted := _GIGABYTES.fullmatch(text):
        number, bits = float(counted[1]), 8 * float(counted[1])
        raise ValueError(f"{text!r} is in bytes, a link's rate is in bits: write {number:g} Gb/s, or {bits:g} Gb/s")
    match = _GBPS.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no link rate: write it as 400 Gb/s")
    if not _SLOWEST_GBPS <= float(match[1]) <= _FASTEST_GBPS:
        raise ValueError(
            f"{text!r} is no link rate in Gb/s, {_SLOWEST_GBPS:g} to {_FASTEST_GBPS:g}: write it as 400 Gb/s"
        )
    return float(match[1])


def flag(text: str) -> bool:
    """true or false."""
    if text.lower() not in _WORDS:
        raise ValueError(f"{text!r} should be true or false")
    return _WORDS[text.lower()]


def choice(text: str, options: Sequence[str]) -> str:
    """One of `options`."""
    if text in options:
        return text
    raise ValueError(f"{text!r} is not known:{nearest(text, options)} one of {', '.join(options)}")


def nearest(word: str, known: Sequence[str]) -> str:
    """`` did you mean X?`` for the known word most like `word`, or nothing where none is."""
    found = get_close_matches(word, known, 1)
    return f" did you mean {found[0]}?" if found else ""


def _bounded(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST:,} characters: write less")
    if not text.strip():
        raise ValueError("is empty: write a text, or leave the key out")
    return text
