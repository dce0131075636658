"""Values of the vendor's link tool: one a lane, with limits, with a mask, or none; as numbers wherever they are.

Shapes: mstflint mlxlink/modules/printutil (records, `values`, `mask`) and mlxlink_commander.cpp (limits).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fabconsole.formats.reading import Said
from fabconsole.formats.values import is_nothing, number, snake

_LIMITS = re.compile(r"(.{0,400}?)\s*\[(-?[0-9.]{1,16})\.\.(-?[0-9.]{1,16})\]")
_MASKED = re.compile(r"(0x[0-9a-fA-F]{1,16})\s*\((.{0,400})\)")
_COMMA = re.compile(r",(?![^(]*\))")
_BRACKETED = re.compile(r"\[([^\]]{1,16})\]|\(([^)]{1,40})\)")
_NONE_SEEN = 1e-99
"""A ratio below is the sign for no error seen, `15E-255`, and no number."""
_LONGEST = 1000
"""Characters of a value that has parts."""
_SWITCHED = frozenset({"ON", "OFF", "Yes", "No"})
_TEXTS = re.compile(
    r"serial|part|rev(?:ision)?$|version|firmware|vendor|oui|date|name|psid|identifier|compliance|guid|mac", re.I
)
_RENAMED = {
    "firmware_version": "firmware",
    "fw_version": "module_firmware",
    "vendor_part_number": "vendor_pn",  # as ethtool, NVUE, SONiC and EOS have them
    "vendor_serial_number": "vendor_sn",
    "rx_power_current_dbm": "rx_power_dbm",
    "tx_power_current_dbm": "tx_power_dbm",
    "max_power": "max_power_w",
}


@lru_cache(maxsize=512)
def named(key: str) -> str:
    """`Rx Power Current [dBm]` is `rx_power_dbm`, `Time Since Last Clear [Min]` has its unit, `(Ext.)` is no name."""
    said = snake(_BRACKETED.sub(_unit, key).replace("amBER", "amber").replace("PCIe", "pcie"))
    return _RENAMED.get(said, said)


def _unit(said: re.Match[str]) -> str:
    return f" {said[1].lower()}" if said[1] and said[1] != "per lane" else " "


@lru_cache(maxsize=4096)
def understood(key: str, text: str) -> Mapping[str, Said]:
    """What a line says, by name: the value, and where they are printed its limits or its mask. Not to be changed."""
    name = named(key)
    if len(text) > _LONGEST:
        return {name: text}
    if is_nothing(text):
        return {name: None}
    if said := _MASKED.fullmatch(text):
        parts = [part.strip() for part in _COMMA.split(said[2])]
        return {name: [part for part in parts if not is_nothing(part)], f"{name}_mask": said[1].lower()}
    if said := _LIMITS.fullmatch(text):
        return {name: _value(key, said[1]), f"{name}_limits": [number(said[2]), number(said[3])]}
    if name == "max_power_w" and (said := re.match(r"([0-9.]{1,8})(?: W max)?$", text)):
        return {name: number(said[1])}
    parts = key.partition("(")[2].partition(")")[0].split(",")
    if name.startswith("attenuation") and len(parts) > 1:
        values = [number(part) for part in text.split(",")]
        return {name: {part.strip(): value for part, value in zip(parts, values, strict=False)}}
    return {name: _value(key, text)}


def lanes(values: list[str]) -> Said:
    """A list of the JSON form; None where all of it says that there is nothing."""
    said: list[Said] = [_scalar(value) for value in values]
    return None if all(value is None for value in said) else said


def _value(key: str, text: str) -> Said:
    if _is_text(key):
        return text
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return _scalar(text)
    said: list[Said] = [_scalar(part) for part in parts]
    if "per lane" in key.lower() or all(value is None or not isinstance(value, str) for value in said):
        return said
    return said if all(part in _SWITCHED for part in parts) else text


def _scalar(text: str) -> str | float | int | None:
    if is_nothing(text):
        return None
    value = number(text)
    return text.strip() if value is None or 0 < abs(value) < _NONE_SEEN else value


@lru_cache(maxsize=512)
def _is_text(key: str) -> bool:
    """Whether digits under this key are a name and no number."""
    return _TEXTS.search(key) is not None
