"""What one lane of an InfiniBand link carries, by the generation's name or by its signalling rate as tools print it.

Source: rdma-core libibmad/dump.c (`mad_dump_linkspeed*`) and infiniband-diags/ibnetdiscover.c (`dump_link*_compat`).
Gb/s as the generation is sold, so that they compare with sysfs `rate`: FDR's 14.0625 are 14, NDR's 106.25 are 100.
"""

from __future__ import annotations

from functools import lru_cache

BY_GENERATION = {
    "SDR": 2.5,
    "DDR": 5.0,
    "QDR": 10.0,
    "FDR10": 10.0,
    "FDR": 14.0,
    "EDR": 25.0,
    "HDR": 50.0,
    "NDR": 100.0,
    "XDR": 200.0,
}
"""Generation to Gb/s of a lane."""

_SIGNALLED = {
    "2.5": "SDR",
    "5": "DDR",
    "10": "QDR",
    "14.0625": "FDR",
    "25.78125": "EDR",
    "53.125": "HDR",
    "106.25": "NDR",
    "212.5": "XDR",
}
_ROUNDED = 0.005
"""By how much a printed rate may be off."""


@lru_cache(maxsize=256)
def rate_gbps(width: str | None, generation: str | None) -> float | None:
    """Of the whole link: `4X` or `4x`, and `NDR`. None where either is not known."""
    lane = BY_GENERATION.get(generation or "")
    lanes = (width or "").rstrip("xX")
    return lane * int(lanes) if lane is not None and lanes.isdecimal() and len(lanes) < 3 else None


def generation_of(printed: str) -> str | None:
    """`106.25 Gbps`, `10.0 Gbps` and the like, one lane's signalling rate, as NDR, QDR; None for any other text."""
    number, _, unit = printed.strip().partition(" ")
    if number == "FDR10":
        return number
    if not unit.startswith("Gbps"):
        return None
    return "FDR10" if "FDR10" in unit else _SIGNALLED.get(number.removesuffix(".0")) or _rounded(number)


def _rounded(number: str) -> str | None:
    """Of a rate that somebody rounded: `25.78`, `14.06`."""
    digits = number.replace(".", "", 1)
    value = float(number) if digits.isascii() and digits.isdecimal() and len(digits) < 9 else 0.0
    near = (name for rate, name in _SIGNALLED.items() if abs(float(rate) - value) < value * _ROUNDED)
    return next(near, None)
