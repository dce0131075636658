"""When a line of a log was said: the stamps that tools put before their lines, as ISO 8601.

Forms: util-linux sys-utils/dmesg.c (ctime, iso with a comma), systemd's journalctl(1) (short-iso, short-precise,
short-full, short-unix), RFC 3164 and RFC 5424, NVIDIA's fabric manager (`Feb 27 2025 15:10:02`), glog of its newer
services, `nvidia-smi` (`Thu Mar 14 20:45:34 2024`, `2026/08/20 23:33:00.497`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""As C's locale writes them: what another writes is kept as it stands."""

_MONTH = "|".join(MONTHS)
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?"
_TIME = r"(?P<time>\d\d:\d\d:\d\d)(?:[.,:](?P<part>\d{1,9}))?"
_ZONE = r"(?: ?(?P<zone>[+-]\d\d(?::?\d\d)?|Z|UTC|GMT))?"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"(?:{_DAY} )?(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[T _-]{_TIME}{_ZONE}",
        rf"(?:{_DAY} {{1,3}})?(?P<name>{_MONTH}) {{1,3}}(?P<day>\d{{1,2}}),? {_TIME}{_ZONE} (?P<year>\d{{4}})",
        rf"(?:{_DAY} {{1,3}})?(?P<name>{_MONTH}) {{1,3}}(?P<day>\d{{1,2}}),? (?P<year>\d{{4}}) {_TIME}{_ZONE}",
        rf"(?:{_DAY} {{1,3}})?(?P<day>\d{{1,2}})[ -](?P<name>{_MONTH})[ -](?P<year>\d{{4}}) {_TIME}{_ZONE}",
    )
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.(\d{1,9}))?", re.ASCII)


@lru_cache(maxsize=1024)
def iso(text: str) -> str | None:
    """A stamp as ISO 8601, `2025-01-21T04:41:44.283302+00:00`, as exact as it is printed and no further.

    With a zone only where the stamp says one; an hour by an abbreviation such as CEST is told without. None for what
    has no year, for time since boot and for anything else. Never raises.
    """
    text = text.strip().strip("[]").strip()
    for form in _FORMS:
        if said := form.fullmatch(text):
            return _written(said.groupdict())
    return None


def iso_of_epoch(seconds: str) -> str | None:
    """Seconds since the epoch, as text, with as many decimals as they have; None for no such number."""
    said = _EPOCH.fullmatch(seconds.strip())
    if said is None:
        return None
    moment = datetime.fromtimestamp(int(said[1]), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}{'.' + said[2] if said[2] else ''}+00:00"


def _written(said: dict[str, str | None]) -> str | None:
    month = said.get("month") or f"{MONTHS.index(said.get('name') or '') + 1:02}"
    moment = f"{said['year']}-{month}-{int(said['day'] or 0):02}T{said['time']}"
    zone = said["zone"] or ""
    try:
        datetime.fromisoformat(moment)
    except ValueError:  # a thirteenth month, a leap second
        return None
    part = f".{said['part']}" if said["part"] else ""
    return f"{moment}{part}{_offset(zone)}"


def _offset(zone: str) -> str:
    """`+0200`, `+02`, `Z` and `UTC` as `+02:00` and `+00:00`."""
    if zone in ("Z", "UTC", "GMT"):
        return "+00:00"
    digits = zone.replace(":", "")
    return f"{digits[:3]}:{digits[3:] or '00'}" if zone else ""
