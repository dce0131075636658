"""What SONiC's columns and JSON keys mean: `RX_OK`, `FEC_PRE_BER`, `Oper`, `Counter/pkts` and what is like them.

Names: sonic-utilities scripts/portstat, queuestat, pfcstat, watermarkstat, intfutil and utilities_common/netstat.py.
RX_OVR and TX_OVR count oversized packets there (SAI_PORT_STAT_ETHER_RX_OVERSIZE_PKTS) and no overruns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
_ACCURATE = re.compile(r"(\d\S{0,15}) \((\d{1,3})%\)")
_PLAIN = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,12})?(?:[eE][+-]\d{1,3})?", re.ASCII)
_MEASURED = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?) ?(dBm|mA|mV|mW|C|Volts|V|W|A|GHz|nm|rpm|RPM|km|m)")
_UNITS = {"Volts": "v"}


def tell(row: Row, cells: Iterable[tuple[str, str]], direction: str = "") -> None:
    """Put down what a line or a JSON object says of a port; `direction` goes before the names of PFC classes."""
    speed = ""
    for name, text in cells:
        what, key = _meaning(name)
        if what == "count":
            count(row, f"{direction}{key.lower()}" if direction and key.startswith("PFC") else key, text)
        elif what == "speed":
            speed = text
        elif what == "rate":
            _put_rate(row, key, text)
        elif what == "ber":
            put_ber(row, key, text)
        elif what == "state":
            _put_state(row, name, text)
        elif what == "extra":
            put(row.extra, key, text)
    if speed.endswith("%"):  # a fan's
        put(row.extra, "speed", speed)
    elif speed:
        row.extra["speed"] = said(speed, "")[1]
        rate(row, speed)
    if "remote_device" in row.extra and row.peer is None:
        far_end(row, str(row.extra["remote_device"] or ""), str(row.extra.get("remote_port_id") or ""))


@lru_cache(maxsize=512)
def _meaning(name: str) -> tuple[str, str]:
    if name in {"STATE", "Oper"}:
        return "state", name
    if name == "Speed":
        return "speed", "speed"
    if name in _CANONICAL:
        return "count", _CANONICAL[name]
    if name in {"FEC_PRE_BER", "FEC_POST_BER"}:
        return "ber", "raw" if "PRE" in name else "effective"
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


def _put_rate(row: Row, key: str, text: str) -> None:
    row.extra[key] = None if is_nothing(text) else text
    if found := _RATE.fullmatch(text):
        row.extra[f"{key[:3]}bytes_per_s"] = round(float(found[1]) * _DECIMAL[found[2]], 2)
    elif found := _PER_SECOND.fullmatch(text):
        row.extra[f"{key[:3]}packets_per_s"] = float(found[1])


def put(into: dict[str, Said], key: str, text: str) -> None:
    """Put a value down under its key; the key tells the unit."""
    if found := _ACCURATE.fullmatch(text):
        into[key] = said(found[1], "")[1]
        into[f"{key}_accuracy_percent"] = int(found[2])
        return
    key, value = said(text, key)
    into[key] = value


def said(text: str, key: str) -> tuple[str, Said]:
    """A value as JSON has it, and its key with the unit that stood at the value."""
    text = text.strip()
    if is_nothing(text):
        return key, None
    if key in _TEXTS:
        return key, text
    if _PLAIN.fullmatch(text):
        if key == "temperature":
            key = "temperature_c"
        return key, _number(text)
    if text in {"True", "False"}:
        return key, text == "True"
    if found := _PERCENT.fullmatch(text):
        return f"{key}_percent", _number(found[1])
    if found := _MEASURED.fullmatch(text):
        return f"{key}_{_UNITS.get(found[2], found[2].lower())}", _number(found[1])
    return key, text


def _number(text: str) -> int | float:
    return float(text) if any(sign in text for sign in ".eE") else int(text)
