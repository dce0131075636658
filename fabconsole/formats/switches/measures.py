"""What switches print after a name: a number with its unit, a word, nothing. The unit goes into the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fabconsole.formats.reading import Said
from fabconsole.formats.values import is_nothing, number, quantity, snake

_UNITS = {
    "c": "c",
    "°c": "c",
    "degrees c": "c",
    "degc": "c",
    "celsius": "c",
    "f": "f",
    "degrees f": "f",
    "v": "v",
    "volt": "v",
    "volts": "v",
    "mv": "mv",
    "a": "a",
    "ma": "ma",
    "amp": "a",
    "amps": "a",
    "w": "w",
    "watt": "w",
    "watts": "w",
    "mw": "mw",
    "dbm": "dbm",
    "db": "db",
    "rpm": "rpm",
    "%": "percent",
    "ns": "ns",
    "bytes": "bytes",
    "ghz": "ghz",
    "mhz": "mhz",
}
_IN_HEADING = re.compile(r"\s*[\[(](celsius|c|rpm|watts|watt|w|v|volts|amp|amps|a|dbm|%)[\])]", re.IGNORECASE)
_NAMES = re.compile(
    r"(?:^|_)(?:serial|sn|pn|part|version|ver|rev|revision|date|mac|guid|uuid|id|ids|name|description|build|image|kernel"
    r"|release|model|address|hostname|firmware|fw|oui)(?:_|$)"
)
"""What names a thing, though it be of digits."""
_RENAMED = {"cur_temp_c": "temperature_c"}
_UPTIME = re.compile(r"(\d{1,5})(?:d| days?,) (\d{1,2})(?:h |:)(\d{1,2})(?:m |:)(\d{1,2}(?:\.\d{1,3})?)s?", re.ASCII)
"""`2d 13h 40m 34.992s` of Onyx, `68 days, 0:11:28` of EOS."""
_LONG = 19
_SHORT = 100
_OCTETS = re.compile(r"(\d{1,6}) ?bytes?\b ?(.*)", re.IGNORECASE)


def measured(name: str, text: str) -> Mapping[str, Said]:
    """A printed pair as `extra` and `facts` have it: `Temperature` and `42.5 C` are `temperature_c` and 42.5."""
    return _measured(name, text) if len(text) < _SHORT and len(name) < _SHORT else _measured.__wrapped__(name, text)


@lru_cache(maxsize=8192)  # a switch says the same of port after port
def _measured(name: str, text: str) -> Mapping[str, Said]:
    key, is_name = _key(name)
    text = text.strip()
    if not is_name and text.isdecimal() and len(text) < _LONG:
        return {key: int(text)}
    if is_nothing(text):
        return {key: None}
    if key in ("mtu", "max_supported_mtu") and (octets := _OCTETS.fullmatch(text)):
        return {key: int(octets[1]), **({f"{key}_printed": text} if octets[2] else {})}
    if key == "uptime" and (uptime := _UPTIME.fullmatch(text)) is not None:
        days, hours, minutes = (int(one) for one in uptime.groups()[:3])
        return {key: text, "uptime_s": ((days * 24 + hours) * 60 + minutes) * 60 + float(uptime[4])}
    if is_name or not (text[0].isdigit() or text[0] in "+-"):
        return {key: text}
    if (bare := number(text)) is not None:
        return {key: bare} if not text.startswith("0x") else {key: text}
    return _quantities(key, text)


@lru_cache(maxsize=4096)
def _key(name: str) -> tuple[str, bool]:
    """The key for a printed name, and whether what it holds is a name, though it be of digits."""
    heading = _IN_HEADING.search(name)
    key = snake(_IN_HEADING.sub("", name)) or "value"
    if heading is not None:
        key = _with_unit(key, _UNITS[heading[1].lower()])
    return _RENAMED.get(key, key), _NAMES.search(key) is not None


def _quantities(key: str, text: str) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for part in text.split(" / "):
        said = quantity(part)
        if said is None or said[1].lower() not in _UNITS:
            return {key: text}
        found[_with_unit(key, _UNITS[said[1].lower()])] = said[0]
    return found


def _with_unit(key: str, unit: str) -> str:
    return key if key.endswith(f"_{unit}") else f"{key}_{unit}"


def said(name: str, value: object) -> Mapping[str, Said]:
    """A value of a JSON document likewise; what is nested keeps its shape, an object of empty objects is a list."""
    if isinstance(value, str):
        return measured(name, value)
    if isinstance(value, bool | int | float) or value is None:
        return {snake(name) or "value": value}
    return {snake(name) or "value": nested(value)}


def nested(value: object) -> Said:
    """An object or an array with its keys in snake case and its texts read."""
    if isinstance(value, Mapping):
        if value and all(one == {} for one in value.values()):
            return words(value)
        found: dict[str, Said] = {}
        for name, one in value.items():
            found.update(said(str(name), one))
        return found
    if isinstance(value, list):
        return [nested(one) for one in value]
    if isinstance(value, str):
        return next(iter(measured("value", value).values())) if is_nothing(value) else value
    return value if isinstance(value, bool | int | float) else None


def words(value: Mapping[object, object]) -> Said:
    """`{"up": {}}` is `up`; several are a list."""
    names: list[Said] = [str(name) for name in value]
    return names[0] if len(names) == 1 else names
