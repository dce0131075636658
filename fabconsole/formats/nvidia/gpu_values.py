"""Values of GPUs as `nvidia-smi` prints them, put into a row under a name that has their unit.

`N/A`, `[N/A]`, `ERR!`, `[Unknown Error]` and the like are no value: the key is there with None, and what was printed
instead stands beside it in `not_told`; what is an error is a mark too, `ERR! fan_speed_percent`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats import values
from fabconsole.formats.reading import Row, Said

_UNITS = {
    "%": "percent",
    "mib": "mib",
    "w": "w",
    "c": "c",
    "mhz": "mhz",
    "us": "us",
    "ms": "ms",
    "seconds": "s",
    "w/s": "w_per_s",
}
_WRONG = re.compile(r"ERR!|error|lost|reset", re.IGNORECASE)
ECC = "ecc_uncorrected_volatile"


def tell(row: Row, key: str, value: Said, printed: str) -> None:
    """Put a value in; where it is None, what was printed instead."""
    row.extra[key] = value
    if value is None:
        told = row.extra.get("not_told")
        row.extra["not_told"] = {**(told if isinstance(told, dict) else {}), key: printed}
        if _WRONG.search(printed):
            row.marks.append(f"{printed.strip('[]')} {key}")


def count(row: Row, name: str, printed: str) -> None:
    """Put a counter in; None where it is none, with the mark that says why."""
    row.counters[name] = value = values.integer(printed)
    if value is None:
        nothing = values.is_nothing(printed) and not _WRONG.search(printed)
        row.marks.append(f"{'unsupported' if nothing else 'unknown'} {name}")


@lru_cache(maxsize=4096)
def amount(printed: str, unit: str = "") -> tuple[int | float | None, str]:
    """A number and the end of its key, `mib`, `w`, `percent`; the unit given is that of a head, where the value has
    none. (None, "") where it is no number with a unit of these tools."""
    said = values.quantity(printed)
    if said is None:
        return None, suffix(unit)
    value, own = said
    if own and own.lower() not in _UNITS and not re.fullmatch(r"[A-Za-z/%]{1,12}", own):
        return None, ""
    return value, suffix(own or unit)


def suffix(unit: str) -> str:
    """A printed unit as the end of a key."""
    plain = unit.strip().lower()
    return _UNITS.get(plain) or "_".join(re.findall(r"[a-z0-9]+", plain.replace("/", " per ")))
