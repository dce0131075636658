"""Rows of a switch's ports, put together from the several tables and blocks that tell about the same port."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fabconsole.formats.reading import Ber, Row, Said
from fabconsole.formats.values import ber, gbps, integer, is_nothing, no_error_seen, number

_MANTISSA = re.compile(r"(?:\d{1,3}-)?[a-z]{1,4}-(\d.*)", re.IGNORECASE)
_TYPED = re.compile(r"[+-]?(?:0|[1-9]\d{0,18})(?:\.\d{1,12})?(?:[eE][+-]\d{1,3})?", re.ASCII)
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
_BARE = re.compile(r"\d{1,7}", re.ASCII)


class Ports:
    """A text's rows by what they are about, in the order in which that was first told."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._by_name: dict[tuple[str, str], Row] = {}

    def add(self, told: Row, apart: str = "") -> Row:
        """Put down what one line or block told: beside what is known of the same port, or by itself where the two
        cannot both be true of it at once, as of two runs of one command. Returns the row that holds it."""
        known = self._by_name.get((told.id, apart))
        if known is None or not _agree(known, told):
            self._by_name[told.id, apart] = told
            self.rows.append(told)
            return told
        known.state, known.phys_state = told.state or known.state, told.phys_state or known.phys_state
        known.rate_gbps = known.rate_gbps if told.rate_gbps is None else told.rate_gbps
        known.ber, known.peer, known.width = told.ber or known.ber, told.peer or known.peer, told.width or known.width
        known.counters |= told.counters
        known.marks += (mark for mark in told.marks if mark not in known.marks)
        known.extra |= {name: value for name, value in told.extra.items() if known.extra.get(name) is None}
        return known

    def row(self, name: str) -> Row:
        """The row of `name`, to be told more about."""
        known = self._by_name.get((name, ""))
        return self.add(Row(id=name)) if known is None else known


def _agree(known: Row, told: Row) -> bool:
    if known.counters and not known.counters.keys().isdisjoint(told.counters):
        return False
    if known.ber and told.ber:
        return False
    pairs = ((known.state, told.state), (known.rate_gbps, told.rate_gbps), (known.peer, told.peer))
    for one, other in pairs:
        if one is not None and other is not None and one != other:
            return False
    said, extra = known.extra, told.extra
    return all(
        said[name] is None or extra[name] is None or said[name] == extra[name] for name in said.keys() & extra.keys()
    )


@lru_cache(maxsize=8192)
def typed(text: str) -> Said:
    """A cell as JSON has it: a number where it is one, null where it says nothing."""
    text = text.strip()
    if is_nothing(text):
        return None
    if text in {"True", "False"}:
        return text == "True"
    value = number(text) if _TYPED.fullmatch(text) else None
    return text if value is None else value


def count(row: Row, name: str, text: str) -> None:
    """Put a counter down: a whole number, or null with the reason why not."""
    if text.isdecimal() and _DIGITS.fullmatch(text):
        row.counters[name] = int(text)
        return
    value, why = _counted(text)
    row.counters[name] = value
    if why:
        row.marks.append(f"{why} {name}")


@lru_cache(maxsize=4096)
def _counted(text: str) -> tuple[int | None, str]:
    """A counter's value; or none, and why."""
    value = integer(text)
    return value, "" if value is not None else "unsupported" if is_nothing(text) else "unknown"


def rate(row: Row, text: str) -> None:
    """Put a link's speed down: `100G`, `a-40G`, `auto(D)`, `10000` for Mb/s; null where the link is down."""
    value = _rate(text)
    if value is None:
        return
    if row.state == "down":
        row.extra["printed_rate"] = text.strip()
    else:
        row.rate_gbps = value


@lru_cache(maxsize=512)
def _rate(text: str) -> float | None:
    said = _MANTISSA.fullmatch(text.strip())
    plain = (said[1] if said else text.strip()).removesuffix("(D)").removesuffix("(I)")
    return int(plain) / 1000 if _BARE.fullmatch(plain) else gbps(plain)


def put_ber(row: Row, kind: str, text: str) -> None:
    """Put a bit error ratio down, `kind` being raw, effective or symbol."""
    value = None if no_error_seen(text) else ber(text)
    known = row.ber or Ber()
    row.ber = Ber(
        raw=value if kind == "raw" else known.raw,
        effective=value if kind == "effective" else known.effective,
        symbol=value if kind == "symbol" else known.symbol,
    )
    if value is None:
        why = "none seen" if no_error_seen(text) else "unsupported" if is_nothing(text) else "unknown"
        row.marks.append(f"{why} {kind}")


def far_end(row: Row, device: str, port: str) -> None:
    """Put down what a neighbour said of itself."""
    row.extra["peer_node"] = device
    row.extra["peer_port"] = port
    row.peer = f"{device}/{port}" if device and port else device or port or None


def as_said(value: object) -> Said:
    """What JSON brought, as a row may hold it."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): as_said(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_said(one) for one in value]
    return str(value)
