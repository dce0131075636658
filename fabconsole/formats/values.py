"""Single values as tools print them: numbers with separators and units, ratios, speeds, and the ways to say nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from math import isfinite

_NOTHING = frozenset(
    {"", "-", "--", "n/a", "na", "n\\a", "not available", "unavailable", "unknown", "unknown error", "err!"}
    | {"not supported", "unsupported", "not applicable", "n/a (no pma)", "insufficient permissions", "null", "nan"}
    | {"requested functionality has been deprecated", "gpu requires reset", "gpu is lost", "undefined"}
)
_INTEGER = re.compile(r"[+-]?(?:\d{1,20}|\d{1,3}(?:,\d{3}){1,6})", re.ASCII)
_HEX = re.compile(r"0x[0-9a-fA-F]{1,16}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3}){1,6}|\d{1,20})(?:\.\d{0,12})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_BER = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)[eE]([+-]?\d{1,3})", re.ASCII)
_SPEED = re.compile(
    r"(\d{1,7}(?:\.\d{1,6})?)[ ]?(G|M|K|T)?i?(?:b/s|bps|bit/s|bits/s|b/sec|bits/sec|bit/sec|Gbase)?\b", re.IGNORECASE
)
_UNIT = re.compile(r"(?:[A-Za-z%°µ].*)?")
_WORD = re.compile(r"[a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])(?![A-Z](?:s\b|v\d))")  # CPUs and IPv6 are one word
_GIGA = {"t": 1e3, "g": 1.0, "m": 1e-3, "k": 1e-6}
_LONG = 64
"""Characters that no way to say nothing has: not worth to be remembered."""
_NONE_SEEN = 255
_FARTHEST = 100


def is_nothing(text: str) -> bool:
    """Whether a tool says by it that it has no value: `N/A`, `[Not Supported]`, `N\\A`, `-`, a blank."""
    return _nothing(text) if len(text) < _LONG else _nothing.__wrapped__(text)


@lru_cache(maxsize=4096)
def _nothing(text: str) -> bool:
    return text.strip().strip("[]<>").strip().lower() in _NOTHING


def integer(text: str) -> int | None:
    """`1,234`, `42`, `0x1f`; None for anything else, a number beyond 64 bits among it."""
    text = text.strip()
    if _INTEGER.fullmatch(text):
        value = int(text.replace(",", ""))
        return value if -(1 << 63) <= value < 1 << 64 else None
    return int(text, 16) if _HEX.fullmatch(text) else None


def number(text: str) -> float | int | None:
    """As `integer`, and `3.5`, `1.5e-12`."""
    text = text.strip()
    if (whole := integer(text)) is not None:
        return whole
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", ""))
    return value if isfinite(value) else None


def quantity(text: str) -> tuple[float | int, str] | None:
    """`71 C`, `217.24 W`, `1,024 MiB`, `27C` as number and unit; a bare number has the unit "". None for none."""
    said = _NUMBER.match(text.strip())
    if said is None or (value := number(said[0])) is None:
        return None
    unit = text.strip()[said.end() :].strip()
    return (value, unit) if _UNIT.fullmatch(unit) else None


def ber(text: str) -> float | None:
    """A bit error ratio, `1.5E-254`, `2E-8`, `1e-12`.

    None for none, and for `15E-255`, which means that no error was seen (vendor's link monitoring guide): ask
    `no_error_seen`. Coefficient and magnitude may each be missing.
    """
    text = text.strip()
    said = _BER.fullmatch(text)
    if said is not None:
        return None if abs(int(said[2])) > _FARTHEST else float(text)
    value = number(text)
    return None if value is None or value == 0 else float(value)


def no_error_seen(text: str) -> bool:
    """Whether a bit error ratio is the sign for "none yet": `15E-255`, `1.5E-254`, or a plain zero."""
    said = _BER.fullmatch(text.strip())
    if said is not None:
        return abs(int(said[2])) > _FARTHEST or float(said[1]) == 0
    return number(text) == 0


@lru_cache(maxsize=512)
def gbps(text: str) -> float | None:
    """A link's speed, `400G`, `100.0 Gbps`, `25000Mb/s`, `400 Gb/sec (4X NDR)`, in Gb/s; None for none.

    A bare number has no unit and is none: the caller knows what the column means.
    """
    said = _SPEED.match(text.strip())
    if said is None or said[2] is None:
        return None
    return round(float(said[1]) * _GIGA[said[2].lower()], 6)


@lru_cache(maxsize=4096)
def snake(text: str) -> str:
    """A printed name as a key: `CliqueId`, `Clique ID` and `clique-id` are `clique_id`."""
    return "_".join(_WORD.findall(_HUMP.sub("_", text).lower()))
