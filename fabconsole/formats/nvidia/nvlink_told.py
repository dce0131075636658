"""What one line of `nvidia-smi nvlink` tells of a link: the words after `Link 7: ` or `Link 7, `."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from fabconsole.formats import values
from fabconsole.formats.nvidia.nvlink_errors import CANONICAL
from fabconsole.formats.nvidia.pci import ADDRESS, address
from fabconsole.formats.reading import Ber, Row, Said

_SPEED = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?) GB/s")
_REMOTE = re.compile(rf"(?:Remote Device )?({ADDRESS})(?:: Link (\d{{1,3}}))?")
_REMOTE_NAMED = re.compile(r"Remote Device (.{1,80}?)(?:: Link (\d{1,3}))?")
_AMOUNT = re.compile(r"([0-9]{1,20}) ?([KMGT]i?B(?:ytes)?|bytes|octets)", re.IGNORECASE)
_PAIR = re.compile(r"([RT]x\d): ([0-9]{1,20}|N/A) ?([KMG]i?Bytes|[KMG]i?B)?", re.IGNORECASE)
_KEY = re.compile(r"[a-z0-9]+")
_TRAFFIC = {
    "tx packets": "tx_packets",
    "rx packets": "rx_packets",
    "tx bytes": "tx_bytes",
    "rx bytes": "rx_bytes",
}
_BERS = {"effective ber": "effective", "symbol ber": "symbol", "raw ber total": "raw", "raw ber": "raw"}
_BER_MANTISSA_SHIFT, _BER_EXPONENT = 8, 0xFF  # nvml.h: NVML_NVLINK_BER_MANTISSA_SHIFT, NVML_NVLINK_BER_EXP_WIDTH
_BITS = 8
_NO_PLACE = "0000:00:00.0"
"""Printed by GB200 for a switch that the host cannot see: nothing has that address."""
_YES = {"true": True, "false": False, "yes": True, "no": False}
Put = Callable[[Row], None]
"""Puts what a line told into its link's row."""


@lru_cache(maxsize=4096)
def told(said: str) -> tuple[str, Put | None]:
    """What kind of thing is told after `Link 7:`, and what puts it into the link's row; None: not understood."""
    if speed := _SPEED.fullmatch(said):
        return "state", _up(values.number(speed[1]) or 0)
    if said.lower() == "<inactive>":
        return "state", _stated("inactive", None)
    if remote := _REMOTE.fullmatch(said) or _REMOTE_NAMED.fullmatch(said):
        return "remote" if remote[2] else "remote device", _remote(remote[1], remote[2])
    if pairs := _PAIR.findall(said):
        return pairs[0][0].lower(), _amounts(pairs)
    name, colon, value = said.rpartition(":")
    if colon and name.strip() and value.strip():
        return name.strip().lower(), _named(name.strip(), value.strip())
    if said.startswith("<") or (values.is_nothing(said) and said):
        return "state", _stated("unknown", said)
    return "", None


def _up(speed: float | int) -> Put:
    rate = round(speed * _BITS, 3)

    def put(row: Row) -> None:
        row.state, row.rate_gbps = "up", rate
        row.extra["speed_gb_s"] = speed

    return put


def _stated(state: str, said: str | None) -> Put:
    def put(row: Row) -> None:
        row.state = state
        if said is not None:
            row.extra["said"] = said

    return put


def _remote(device: str, link: str | None) -> Put:
    place = address(device) or device
    known = place != _NO_PLACE

    def put(row: Row) -> None:
        row.extra["remote_device"] = place if known else device
        row.peer = row.peer or (place if known else None)
        if link is not None:
            row.extra["remote_link"] = int(link)
            row.peer = f"{place}/nvl{int(link)}" if known else row.peer

    return put


def _amounts(pairs: list[tuple[str, str, str]]) -> Put:
    def put(row: Row) -> None:
        for name, value, unit in pairs:
            _counted(row, f"{name.lower()}_{(unit or 'kbytes').lower()}", value)

    return put


def _named(name: str, value: str) -> Put | None:
    plain = " ".join(name.lower().split())
    if (yes := _YES.get(value.lower())) is not None:
        return _extra(_key(plain).replace("_is_supported", "_supported"), yes)
    if kind := _BERS.get(plain):
        return _ber(kind, plain, value)
    if plain.startswith("raw ber"):
        return _extra(_key(plain), values.number(value))
    if amount := _AMOUNT.fullmatch(value):
        return _count(f"{_key(plain)}_{amount[2].lower()}", amount[1])
    counter = CANONICAL.get(plain) or _TRAFFIC.get(plain)
    if plain.endswith((" tx", " rx")) and values.is_nothing(value):
        return _count(f"{_key(plain)}_kib", value)
    if counter or values.integer(value) is not None or values.is_nothing(value):
        return _count(counter or name, value)
    return _extra(_key(plain), values.number(value) if values.number(value) is not None else value)


def _count(name: str, value: str) -> Put:
    return lambda row: _counted(row, name, value)


def _counted(row: Row, name: str, value: str) -> None:
    row.counters[name] = count = values.integer(value)
    if count is None:
        row.marks.append(f"{'unsupported' if values.is_nothing(value) else 'unknown'} {name}")
        if not values.is_nothing(value):
            row.extra[_key(name.lower())] = value


def _extra(name: str, value: Said) -> Put:
    def put(row: Row) -> None:
        row.extra[name] = value

    return put


def _ber(kind: str, plain: str, value: str) -> Put:
    """`15e-255`, or the number that NVML packs it into, which Raw BER is printed as."""
    packed = values.integer(value)
    ratio = values.ber(value) if packed is None else _unpacked(packed)

    def put(row: Row) -> None:
        row.ber = row.ber or Ber()
        row.ber = Ber(**{"raw": row.ber.raw, "effective": row.ber.effective, "symbol": row.ber.symbol, kind: ratio})
        row.extra[_key(plain)] = value if packed is None else packed
        if ratio is None:
            seen = packed is None and not values.no_error_seen(value)
            row.marks.append(f"unsupported {kind} ber" if seen else f"none seen {kind}")

    return put


def _unpacked(packed: int) -> float | None:
    mantissa, exponent = packed >> _BER_MANTISSA_SHIFT, packed & _BER_EXPONENT
    return None if not 0 < mantissa <= 0xF or exponent > 100 else float(f"{mantissa}e-{exponent}")


def _key(plain: str) -> str:
    return "_".join(_KEY.findall(plain))
