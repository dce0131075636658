"""What `ibswinfo` tells of a switch and of its parts, value by value: its name here, its type, what is wrong."""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, is_nothing, snake

_PART = re.compile(r"(psu|fan|qsfp|module)#?(\d{1,3})\b[ .]?(.*)", re.ASCII | re.IGNORECASE)
_UPTIME = re.compile(r"(\d{1,6})d-(\d\d):(\d\d):(\d\d)", re.ASCII)
_LIMITS = re.compile(r"(-?\d{1,4})/(-?\d{1,4}) \(low/high\)", re.ASCII)
_OF_A_PART = {
    "": "status",
    "status": "status",
    "part_number": "part_number",
    "serial": "serial_number",
    "dc": "dc_power",
    "fan": "fan_status",
    "rpm": "rpm",
    "speed_rpm": "rpm",
    "power_w": "power_w",
    "c": "temperature_c",
    "temp_c": "temperature_c",
}
_NUMBERS = {"rpm", "power_w", "temperature_c", "max_temperature_c", "uptime_s", "ports", "modules", "max_ports"}


@lru_cache(maxsize=1024)
def part(name: str) -> tuple[str, str | None, str] | None:
    """`psu0.power (W)`: the part, what of it is told and how that was printed. None: it is the switch's."""
    part = _PART.fullmatch(name)
    return None if part is None else (f"{part[1].lower()}{part[2]}", _OF_A_PART.get(snake(part[3])), part[3])


def of_switch(key: str, value: str) -> dict[str, Said]:
    """A value of the switch; an uptime also in seconds, limits one by one."""
    if key == "uptime" and (uptime := _UPTIME.fullmatch(value.strip())):
        days, hours, minutes, seconds = (int(one) for one in uptime.groups())
        return {key: value.strip(), "uptime_s": ((days * 24 + hours) * 60 + minutes) * 60 + seconds}
    if key == "warn_threshold_c" and (limits := _LIMITS.fullmatch(value.strip())):
        return {"warn_threshold_low_c": int(limits[1]), "warn_threshold_high_c": int(limits[2])}
    return {key: typed(key, value)}


def sick(row: Row, whose: str) -> list[str]:
    """What is told to be other than `OK`, by the part it is of: `fan ERROR`, `psu0 dc power ERROR`."""
    told = (
        ("", row.extra.get("status")),
        ("dc power ", row.extra.get("dc_power")),
        ("fan ", row.extra.get("fan_status")),
    )
    return [f"{whose}{what}{status}" for what, status in told if isinstance(status, str) and status != "OK"]


def typed(key: str, value: str) -> Said:
    """A value as a number where its name says that it is one; None for none."""
    value = value.strip()
    if key in _NUMBERS and value.isdecimal() and len(value) < 19:
        return int(value)
    if is_nothing(value):
        return None
    number = integer(value) if key in _NUMBERS else None
    return value if number is None else number
