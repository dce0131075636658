"""`show interface` as EOS, NX-OS and CNOS print it: a head line a port, and prose with its counters under it.

Names of counters go by direction, since one word (`bytes`, `discard`) is used for both.
"""

from __future__ import annotations

import re

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.switches.ports import count, rate
from fabconsole.formats.switches.prose_counters import COUNTERS
from fabconsole.formats.values import snake

HEAD = re.compile(
    r"\s{0,8}([A-Za-z][A-Za-z_-]{0,24}\d{1,5}(?:[/.:]\d{1,5}){0,4}) is"
    r" (administratively down|up|down|[A-Za-z][\w-]{1,20}(?: down)?)"
    r"(?: ?\(([^)]{0,80})\))?(?:, line protocol is (\w{1,20})(?: \(([^)]{0,60})\))?(?:, reason ([\w-]{1,40}))?)?\s*"
)
_PAIR = re.compile(r"(\d{1,20}|--) ([A-Za-z][A-Za-z/()-]*(?: [A-Za-z#/()-]+){0,8})(?:,| {2,}|(?= \d)|\s*$)")
_MTU = re.compile(
    r"(?:(IP|Ethernet|Effective) )?MTU (\d{1,6}) bytes(?: ?\([^)]*\))? *(?:, *BW (\d{1,12}) [Kk]bit)?(.*)"
)
_RATE = re.compile(
    r"(?:(\d{1,5} (?:minutes?|seconds?)) )?(input|output) rate (\d{1,15}(?:\.\d{1,3})?) ?([kKMGT]?)(?:bps|bits/sec)"
    r"(?: \((-|\d{1,3}(?:\.\d{1,3})?%).{0,40}\))?, (-|\d{1,15}) (?:packets/sec|pps)"
)
_SPEED = re.compile(r"\b(\d{1,6}(?:\.\d)?) ?([GM])b/s")
_REVERSED = re.compile(r"([A-Za-z][A-Za-z/]*(?: [A-Za-z/]+){0,3}) (\d{1,20})(?=,| |$)")
_INDEX = re.compile(r"(index|metric|mtu|MTU|Bandwidth|bandwidth) (\d{1,12})")
_SCALE = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_HARDWARE = re.compile(r"Hardware(?: is|:) +([^,]+)(?:, +address(?: is|:) +([\w.:]+)(?: \(bia ([\w.:]+)\))?)?\s*,?(.*)")
_CLEARED = re.compile(r'Last clearing of "show interface" counters:? (.+)')
_SIDES = {"RX": "rx", "Rx": "rx", "TX": "tx", "Tx": "tx", "Received": "rx", "Sent": "tx"}
_SIDES |= {"Input statistics:": "rx", "Output statistics:": "tx"}
_INDENTED = (" ", "\t")
_NO_SPEED = frozenset({"Unconfigured", "Unknown", "unknown"})
_NONE = re.compile(r"No (.{3,48}?) (?:is|are) (?:assigned|configured|set)")
_PHRASED = re.compile(r"^[A-Za-z][\w -]{2,40}(?:: | is )\S")
_LINE_SPEED = re.compile(r"LineSpeed (\d{1,6}[MG])B?(?:, (.+))?$")
_PACKETS_FIRST = re.compile(r"(\d{1,5} seconds?) (input|output) rate (\d{1,15}) packets/sec, (\d{1,18}) bits/sec.*")
_LOADS = re.compile(r"(reliability|txload|rxload) (\d{1,3}/\d{1,3})")
_DIGITS = re.compile(r"\d{1,18}", re.ASCII)
_STRANGERS = ("warning", "error", "traceback", "ibwarn", "connection", "-bash", "unable")
"""What lines of another stream begin with."""


class Prose:
    """What stands under one head line, as it is read."""

    def __init__(self, head: re.Match[str]) -> None:
        name, state, why, protocol, status, reason = head.groups()
        why = why or reason
        self.row = Row(id=name)
        self.row.state = "up" if state == "up" and protocol in {None, "up"} else "down"
        extra = self.row.extra
        if state.startswith("administratively") or (why or "").lower().startswith("administratively"):
            extra["admin"] = "down"
        extra["printed_state"] = state
        told = {"reason": why, "line_protocol": protocol, "status": status}
        extra |= {key: text for key, text in told.items() if text}
        self._side = "rx"

    @classmethod
    def named(cls, name: str) -> Prose:
        """Under a head that tells the port's name alone; its flags tell the state."""
        prose = cls.__new__(cls)
        prose.row, prose._side = Row(id=name), "rx"
        return prose

    def line(self, line: str) -> bool:
        """Read one line; False: it is none of this."""
        text = line.strip()
        word, _, rest = text.partition(" ")
        if text[:1].isdigit() or (word in _SIDES and rest[:1].isdigit()):
            if self._rate(text) or self._pairs(text):
                return True
            return line.startswith(_INDENTED) and self._other(text)
        if text in _SIDES:
            self._side = _SIDES[text]
            return True
        known = self._known(word.rstrip(":,").lower(), text)
        if not known and line.startswith(_INDENTED):
            return self._other(text)
        return known

    def _other(self, text: str) -> bool:
        """Keep what has no place of its own."""
        others = self.row.extra.setdefault("other", [])
        if isinstance(others, list):
            others.append(text)
        return True

    def _known(self, word: str, text: str) -> bool:
        if text.startswith("<") and text.endswith(">"):
            return self._flags(text[1:-1].split(","))
        if word == "index":
            return self._index(text)
        if word in {"input", "output"} and "rate" in text:
            return self._rate(text)
        if word in {"input", "output", "collisions"} and (pairs := _REVERSED.findall(text)):
            self._side = {"input": "rx", "output": "tx"}.get(word, self._side)
            for name, number in pairs:
                self._count(name, number)
            return True
        if word in {"ip", "ethernet", "effective", "mtu"} and (mtu := _MTU.fullmatch(text)):
            return self._mtu(mtu)
        if word == "hardware" and (hardware := _HARDWARE.fullmatch(text)):
            said = {"hardware": hardware[1], "address": hardware[2], "bia": hardware[3], "hardware_more": hardware[4]}
            name, _, current = hardware[1].partition("Current HW addr:")
            current, _, burnt = current.partition("(bia ")
            said |= {"hardware": name, "address": hardware[2] or current, "bia": hardware[3] or burnt.rstrip(") ")}
            self.row.extra |= {key: value.strip() for key, value in said.items() if value and value.strip()}
            return True
        if word == "last" and (cleared := _CLEARED.fullmatch(text)):
            self.row.extra["last_cleared"] = cleared[1]
            return True
        if word == "linespeed" and (speed := _LINE_SPEED.match(text)):
            rate(self.row, f"{speed[1]}b/s")
            self.row.extra["speed"] = speed[1]
            return self._phrase(speed[2].replace("Auto-negotiation ", "Auto-negotiation is ")) if speed[2] else True
        if "duplex" in word or word == "speed" or _SPEED.match(text):
            return self._duplex(text)
        if word in {"up", "down"} and text[:1].isupper():
            self.row.extra["since"] = text.partition(" ")[2]
            return True
        return self._phrase(text)

    def _flags(self, flags: list[str]) -> bool:
        self.row.extra["interface_flags"] = list(flags)
        self.row.state = "up" if {"UP", "RUNNING"} <= set(flags) else "down"
        if "UP" not in flags:
            self.row.extra["admin"] = "down"
        return True

    def _index(self, text: str) -> bool:
        for name, number in _INDEX.findall(text):
            key = name.lower()
            self.row.extra["bandwidth_kbit" if key == "bandwidth" else key] = int(number)
        return True

    def _mtu(self, mtu: re.Match[str]) -> bool:
        self.row.extra["mtu"] = int(mtu[2])
        if mtu[1]:
            self.row.extra["mtu_of"] = mtu[1]
        if mtu[3]:
            self.row.extra["bandwidth_kbit"] = int(mtu[3])
        if more := mtu[4].strip(" ,"):
            name, _, value = more.partition(" ")
            self.row.extra[{"DLY": "delay"}.get(name, snake(name))] = value.strip(" ,")
        return True

    def _duplex(self, text: str) -> bool:
        speed = _SPEED.search(text)
        if speed:
            rate(self.row, f"{speed[1]}{speed[2]}b/s")
        for part in text.removeprefix(f"Speed {speed[0]}" if speed else "").split(","):
            self._part(part.strip())
        if speed:
            self.row.extra["speed"] = speed[0]
        return True

    def _part(self, part: str) -> None:
        if "duplex" in part:
            self.row.extra["duplex"] = part
        elif part.endswith("-speed") or part in _NO_SPEED:
            self.row.extra["speed"] = part
        elif part and not _SPEED.fullmatch(part) and not self._phrase(part):
            self._other(part)

    def _rate(self, text: str) -> bool:
        if turned := _PACKETS_FIRST.fullmatch(text):
            key = f"{turned[2]}_{snake(turned[1])}"
            self.row.extra |= {f"{key}_bits_per_s": float(turned[4]), f"{key}_packets_per_s": int(turned[3])}
            return True
        found = list(_RATE.finditer(text))
        for span, side, amount, scale, share, packets in (one.groups() for one in found):
            key = side if not span else f"{side}_{snake(span)}"
            self.row.extra[f"{key}_bits_per_s"] = round(float(amount) * _SCALE[scale], 3)
            self.row.extra[f"{key}_packets_per_s"] = None if packets == "-" else int(packets)
            if share and share != "-":
                self.row.extra[f"{key}_percent"] = float(share[:-1])
        return bool(found)

    def _pairs(self, text: str) -> bool:
        word, _, rest = text.partition(" ")
        if word in _SIDES:
            self._side, text = _SIDES[word], rest
        found = list(_PAIR.finditer(text))
        if not found or _PAIR.sub("", text).strip(" ,"):
            return False
        for number, name in (one.groups() for one in found):
            self._count(name.strip(), number)
        return True

    def _count(self, name: str, number: str) -> None:
        if name.endswith(("packets input", "input packets")):
            self._side = "rx"
        elif name.endswith(("packets output", "output packets")):
            self._side = "tx"
        sided = f"{self._side}_{name}"
        key = COUNTERS.get(name) or COUNTERS.get(sided) or snake(sided)
        if key not in self.row.counters:
            count(self.row, key, number)
        else:
            self.row.extra[snake(name)] = int(number) if number.isdigit() else None

    def _phrase(self, text: str) -> bool:
        """`Port mode is access`, `Loopback Mode : None`, `Member of Port-Channel1`."""
        if text.startswith("No ") and (none := _NONE.fullmatch(text)):
            return self._keep(_key(none[1]), None)
        if text.startswith("Encapsulation "):
            kind, _, more = text.removeprefix("Encapsulation ").partition(", ")
            return self._keep("encapsulation", kind) and (not more or self._phrase(more))
        if text.startswith("reliability "):
            self.row.extra.update(_LOADS.findall(text))
            return True
        if text.startswith("Description"):
            return self._keep("description", text.removeprefix("Description").lstrip(" :").rstrip())
        if (parts := text.split(", "))[1:] and all(_PHRASED.search(part) for part in parts):
            return all(self._phrase(part) for part in parts)
        for sign in (": ", " : ", " is ", " are "):
            name, found, value = text.partition(sign)
            if found and 0 < len(name) <= 48 and not name.lower().startswith(_STRANGERS):
                return self._keep(_key(name.removesuffix(" is")), _said(value.strip(" ,")))
        for start in ("Member of ", "Belongs to ", "Last link flapped "):
            if text.startswith(start):
                return self._keep(snake(start), text.removeprefix(start).strip())
        if text.startswith("... "):
            members = self.row.extra.setdefault("members", [])
            if isinstance(members, list):
                members.append(text[4:].replace(" ,", ","))
            return True
        return False

    def _keep(self, key: str, value: Said) -> bool:
        if key in self.row.extra:
            return self.row.extra[key] == value
        self.row.extra[key] = value
        return True


def _key(name: str) -> str:
    return snake(name.replace("IPv", "Ipv").replace("vPC", "Vpc"))


def _said(value: str) -> Said:
    return int(value) if _DIGITS.fullmatch(value) else value
