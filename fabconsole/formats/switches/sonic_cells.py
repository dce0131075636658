"""What SONiC's columns and JSON keys mean: `RX_OK`, `FEC_PRE_BER`, `Oper`, `Counter/pkts` and what is like them.

Names: sonic-utilities scripts/portstat, queuestat, pfcstat, watermarkstat, intfutil and utilities_common/netstat.py.
RX_OVR and TX_OVR count oversized packets there (SAI_PORT_STAT_ETHER_RX_OVERSIZE_PKTS) and no overruns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.switches.ports import count, far_end, put_ber, rate
from fabconsole.formats.values import is_nothing, snake

_CANONICAL = {
    "RX_OK": "rx_packets",
    "TX_OK": "tx_packets",
    "RX_ERR": "rx_errors",
    "TX_ERR": "tx_errors",
    "RX_DRP": "rx_dropped",
    "TX_DRP": "tx_dropped",
    "FEC_CORR": "fec_corrected",
    "FEC_UNCORR": "fec_uncorrected",
    "FEC_SYMBOL_ERR": "fec_symbol_errors",
    "Counter/pkts": "tx_packets",
    "Counter/bytes": "tx_bytes",
    "Drop/pkts": "tx_dropped",
    "totalpacket": "tx_packets",
    "totalbytes": "tx_bytes",
    "droppacket": "tx_dropped",
}
_COUNTER = re.compile(
    r"(?!FLR|FEC_\w*(?:BER|MAX))[A-Z]{1,8}(?:_[A-Z0-9]{1,16}){0,4}\d{0,3}|\S{1,24}/(?:pkts|bytes)"
    r"|dropbytes|Bytes|Codewords|.{1,40}(?: Transitions| MS)"
)
_BARE_NAMES = frozenset({"STATE", "IFACE", "FAN", "PSU", "LED", "MTU", "FEC", "TAG", "SIZE"})
_TEXTS = frozenset(
    {"lanes", "alias", "serial", "model", "hw_rev", "description", "vlan", "remote_device", "remote_port_id"}
    | {"remote_port_descr", "tag", "image_id", "timestamp", "part_number", "vendor_sn", "vendor_pn"}
)
_STATES = {"U": "up", "D": "down", "X": "down", "up": "up", "down": "down", "Up": "up", "Down": "down"}
_RATE = re.compile(r"(\d{1,12}(?:\.\d{1,4})?) ?([KMGT]?)i?B/s")
_PER_SECOND = re.compile(r"(\d{1,12}(?:\.\d{1,4})?)/s")
_DECIMAL = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}  # utilities_common/netstat.py divides by 1000
_PERCENT = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?) ?%")
_PAIRED = re.compile(r"(?:[A-Z]{2,12} ){1,3}[A-Z]{2,12}/[A-Z]{2,12}")
_DIRECTIONS = {"Port Rx": "rx_", "Port Tx": "tx_"}
_NAMING = re.compile(r"(?:^|_)(?:rev|sn|pn|oui|lot|firmware|version|serial|model|description|commit|cmis_rev)$")
"""What names a thing, though it be of digits and a letter that could be a unit."""
_ACCURATE = re.compile(r"(\d\S{0,15}) \((\d{1,3})%\)")
_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?(?:[eE][+-]\d{1,3})?", re.ASCII)
_MEASURED = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?) ?(dBm|mA|mV|mW|C|Volts|V|W|A|GHz|nm|rpm|RPM|km|m)")
_UNITS = {"Volts": "v"}
_UNITED = {"temperature": "temperature_c", "detection_time": "detection_time_ms"}
_UNITED |= {"restoration_time": "restoration_time_ms"}
"""What is printed without its unit."""


def tell(row: Row, names: tuple[str, ...], cells: Sequence[str], keys: Sequence[int] = ()) -> None:
    """Put down what a line or a JSON object says of a port: its cells, but those that name the row."""
    speed = ""
    for what, key, name, text in [
        (*one, text) for at, (one, text) in enumerate(zip(_plan(names), cells, strict=True)) if at not in keys
    ]:
        if what == "count":
            count(row, key, text)
        elif what == "extra":
            put(row.extra, key, text)
        elif what == "speed":
            speed = text
        elif what == "rate":
            _put_rate(row, key, text)
        elif what == "ber":
            put_ber(row, key, text)
        elif what == "state":
            _put_state(row, name, text)
        elif what == "pair":
            _put_pair(row, key, text)
    if speed:
        _put_speed(row, speed)
    if "remote_device" in row.extra and row.peer is None:
        far_end(row, str(row.extra["remote_device"] or ""), str(row.extra.get("remote_port_id") or ""))


def _put_speed(row: Row, speed: str) -> None:
    if speed.endswith(("%", "RPM", "rpm")):  # a fan's
        put(row.extra, "speed", speed)
        return
    row.extra["speed"] = said(speed, "")[1]
    rate(row, speed)


@lru_cache(maxsize=256)
def _plan(names: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    """What to do with each column of a table: how to read it, under which name to put it, what was printed."""
    direction = _DIRECTIONS.get(names[0], "") if names else ""
    plan: list[tuple[str, str, str]] = []
    for name in names:
        what, key = _meaning(name)
        if direction and key.startswith("PFC"):
            key = f"{direction}{key.lower()}"
        plan.append((what, key, name))
    return tuple(plan)


def _meaning(name: str) -> tuple[str, str]:
    if name in {"STATE", "Oper", "State"}:
        return "state", name
    if name == "Speed":
        return "speed", "speed"
    if name in _CANONICAL:
        return "count", _CANONICAL[name]
    if name in {"FEC_PRE_BER", "FEC_POST_BER"}:
        return "ber", "raw" if "PRE" in name else "effective"
    if "/" in name and _PAIRED.fullmatch(name):
        return "pair", name
    if name.isalpha() and name.isupper() and name != "CRC":  # ACTION, STATUS, HISTORY
        return "extra", snake(name)
    if name.endswith(("_BPS", "_PPS")):
        return "rate", snake(name)
    if name.endswith("_UTIL") or name in _BARE_NAMES or not _COUNTER.fullmatch(name):
        return "extra", snake(name).removesuffix("_accuracy")
    return "count", name


def _put_state(row: Row, name: str, text: str) -> None:
    row.state = _STATES.get(text)
    row.extra["oper" if name == "Oper" else "printed_state"] = None if is_nothing(text) else text
    if text == "X":  # portstat: administratively disabled
        row.extra["admin"] = "down"


def _put_pair(row: Row, name: str, text: str) -> None:
    """`TX OK/DROP` and `100/3`: two counters in one cell."""
    before, _, words = name.rpartition(" ")
    counts = text.split("/")
    kinds = words.split("/")
    if len(counts) != len(kinds):
        counts = [text] * len(kinds)
    for kind, number in zip(kinds, counts, strict=True):
        count(row, snake(f"{before} {kind}".lower()), number)


def _put_rate(row: Row, key: str, text: str) -> None:
    row.extra[key] = None if is_nothing(text) else text
    if found := _RATE.fullmatch(text):
        row.extra[f"{key[:3]}bytes_per_s"] = round(float(found[1]) * _DECIMAL[found[2]], 2)
    elif found := _PER_SECOND.fullmatch(text):
        row.extra[f"{key[:3]}packets_per_s"] = float(found[1])


def put(into: dict[str, Said], key: str, text: str) -> None:
    """Put a value down under its key; the key tells the unit."""
    if text.endswith("%)") and (found := _ACCURATE.fullmatch(text)):
        into[key] = said(found[1], "")[1]
        into[f"{key}_accuracy_percent"] = int(found[2])
        return
    key, value = said(text, key)
    into[key] = value


@lru_cache(maxsize=8192)
def said(text: str, key: str) -> tuple[str, Said]:
    """A value as JSON has it, and its key with the unit that stood at the value."""
    text = text.strip()
    key = _UNITED.get(key, key)
    if is_nothing(text):
        return key, None
    if key in _TEXTS or _NAMING.search(key):
        return key, text
    if _PLAIN.fullmatch(text):
        return key, _number(text)
    if text in {"True", "False"}:
        return key, text == "True"
    if found := _PERCENT.fullmatch(text):
        return f"{key}_percent", _number(found[1])
    if found := _MEASURED.fullmatch(text):
        unit = _UNITS.get(found[2], found[2].lower())
        return key if key.endswith(f"_{unit}") else f"{key}_{unit}", _number(found[1])
    return key, text


def _number(text: str) -> int | float:
    return float(text) if any(sign in text for sign in ".eE") else int(text)
