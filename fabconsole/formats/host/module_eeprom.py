"""Lines of a pluggable module's memory as `ethtool -m` words them: value, unit, channel, and flags that are raised.

Names: ethtool sfpid.c, sff-common.c, qsfp.c, cmis.c.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.reading import Said
from fabconsole.formats.values import is_nothing, number, snake

_CHANNEL = re.compile(r"\s*\((?:Channel|Chan|Lane) (\d{1,2})\)", re.IGNORECASE)
_PLAIN = r"(-?(?:\d{1,9}(?:\.\d{1,6})?|inf))"
_DEGREES = re.compile(rf"{_PLAIN} degrees C(?: / .*)?")
_POWER = re.compile(rf"{_PLAIN} mW / {_PLAIN} dBm")
_UNIT = re.compile(rf"{_PLAIN} ?(V|mV|mA|uA|nm|dB|dBm|mW|W)")
_BEGINNINGS = frozenset("-i0123456789")
_SHORT = {
    "rcvr_signal_avg_optical_power": "rx_power",
    "receiver_signal_average_optical_power": "rx_power",
    "transmit_avg_optical_power": "tx_power",
    "laser_output_power": "tx_power",
    "laser_tx_bias_current": "bias_current",
    "laser_bias_current": "bias_current",
    "module_temperature": "temperature",
    "module_voltage": "voltage",
}
_ALARM = re.compile(r"(?:alarm|warning|fault|loss of \w+)$", re.IGNORECASE)
_RAISED = frozenset({"on", "yes"})


def keep(key: str, value: str, extra: dict[str, Said]) -> bool:
    """Put a line where it belongs; False for one that has neither a channel, a measured value nor a flag."""
    name, channel, flag = _named(key)
    measured = _measured(name, value)
    if measured is None and not (channel or flag or value.startswith("[")):
        return False
    if measured is None:
        flags = [one.strip() for one in value.strip("[ ]").split(",")]
        raised = any(one.lower() in _RAISED for one in flags)
        if flag and raised:
            _raised(f"{name} {channel}" if channel else name, extra)
        if len(flags) > 1 and value.startswith("["):
            measured = {name: list(flags)}
        elif channel:
            measured = {name: value}
        else:
            return False
    for unit, said in measured.items():
        if not channel:
            extra[unit] = said
            continue
        inside = extra.setdefault(unit, {})
        if isinstance(inside, dict):
            inside[channel] = said
    return True


@lru_cache(maxsize=512)
def _named(key: str) -> tuple[str, str, bool]:
    """A key's name, its channel or "", and whether it is a flag that may be raised."""
    channel = _CHANNEL.search(key)
    plain = _CHANNEL.sub("", key).strip()
    name = snake(plain)
    return _SHORT.get(name, name), channel[1] if channel else "", _ALARM.search(plain) is not None


def _raised(name: str, extra: dict[str, Said]) -> None:
    known = extra.setdefault("alarms", [])
    if isinstance(known, list):
        known.append(name)


def _measured(name: str, value: str) -> dict[str, Said] | None:
    """`47.11 degrees C / 116.79 degrees F`, `0.9077 mW / -0.42 dBm`, `3.25 V`; no light has no decibels."""
    if value[:1] in _BEGINNINGS and value[-1:].isalpha():
        if said := _UNIT.fullmatch(value):
            return {f"{name}_{said[2].lower()}": number(said[1])}
        if said := _POWER.fullmatch(value):
            return {f"{name}_dbm": number(said[2]), f"{name}_mw": number(said[1])}
        if said := _DEGREES.fullmatch(value):
            return {f"{name}_c": number(said[1])}
    return {name: None} if is_nothing(value) else None
