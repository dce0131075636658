"""A port's attributes as `ibv_devinfo` prints them: what each means, and which belong together."""

from __future__ import annotations

import re

from fabconsole.formats.infiniband.port_words import guid, lane, logical, physical, unassigned, unnumbered
from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, is_nothing

_CODE = re.compile(r".{1,40}\((\d{1,4})\)")
_WIDTH = re.compile(r"(1|2|4|8|12)X\b")
_COUNTERS = frozenset({"bad_pkey_cntr", "qkey_viol_cntr"})
_NAMES = frozenset({"firmware", "vendor_id", "hardware_version", "board"})


def tell(row: Row, key: str, text: str) -> None:
    """Take in one of a port's attributes."""
    if key == "state":
        row.state = logical(text)
    elif key == "phys_state":
        row.phys_state = physical(text)
    elif key == "active_width" and (width := _WIDTH.match(text)):
        row.width = width[0]
    elif key == "active_speed" and (code := _CODE.fullmatch(text)) and (one := lane(int(code[1]))):
        row.extra["lane_gbps"], row.extra["generation"] = one
    elif key in _COUNTERS:
        row.counters[key] = integer(text)
        if row.counters[key] is None:
            row.marks.append(f"unknown {key}")
    else:
        row.extra[key] = value(key, text)


def value(key: str, text: str) -> Said:
    """What stands at an attribute: a number without the word before its brackets, a GUID, a word."""
    if key.endswith("guid"):
        return guid(text) or (None if is_nothing(text) or not text.strip("0:") else text)
    if key in _NAMES:
        return text or None
    word = unnumbered(text)
    if key == "lmc":
        return integer(word)
    return int(word) if word.isdecimal() and len(word) < 20 else None if is_nothing(word) else word


def settle(row: Row) -> None:
    """A link's rate is its lanes times a lane's; of one that is down both are from before."""
    one = row.extra.get("lane_gbps")
    if row.width is not None and isinstance(one, float):
        row.rate_gbps = int(row.width[:-1]) * one
    if row.state == "Down" and row.width is not None:
        row.extra["printed_rate"] = row.rate_gbps
        row.rate_gbps = row.width = None
    if unassigned(row.extra.get("lid"), row.extra.get("link_layer")):
        row.marks.append("lid unassigned")
