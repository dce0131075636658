"""`ethtool` without `-S`: an interface's link (plain), driver (`-i`), module (`-m`), FEC, pause, rings and the like.

Grammar: ethtool.c and netlink/{settings,fec,pause,rings,tsinfo}.c: mostly `SOMETHING for INTERFACE:` and then
`Key: value`, where a list goes on, deeper, on further lines. `-i` and `-m` name no interface: the command does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.host import module_eeprom
from fabconsole.formats.host.interface_names import asked, heading, nameless
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.values import gbps, integer, is_nothing, snake

_HEAD = re.compile(r"\s*([A-Z][\w/ -]{2,40}?) for (?:device )?([\w.@-]{1,32}):\s*")
_REFUSALS = ("netlink error: ", "Cannot get ", "Cannot read ", "Can't ", "No data available", "No such device")
_LISTS = re.compile(r"(?:.* (?:link modes|FEC modes|FEC encodings|ports)|Capabilities|Hardware .* Modes)$")
_STARTS = frozenset({"driver", "Identifier"})
_ONCE = frozenset({"Speed", "Lanes", "Duplex", "Port", "PHYAD", "Transceiver", "Auto-negotiation", "Link detected"})
"""Said once of an interface: the second time it is another one's."""
_FLAT = frozenset({"", "settings", "fec_parameters"})
_COUNTED = {
    "corrected_blocks": "fec_corrected",
    "uncorrectable_blocks": "fec_uncorrected",
    "tx_pause_frames": "tx_pause",
    "rx_pause_frames": "rx_pause",
    "Link Down Events": "link_down_events",
}
_SYMBOLS = re.compile(r"corrected_bits|fec_symbol_err_\w{1,16}")
_LANES = re.compile(r"(\d{1,20})\s*\[\s*per_lane:\s*([\d, ]{1,200})\]")
_OF_DRIVER = re.compile(r"driver|version|firmware-version|expansion-rom-version|bus-info|supports-[\w-]{1,24}")
_OF_LINK = re.compile(
    r"(?:Supported|Advertised|Link partner advertised) .{3,24}|Supports .{3,24}|Speed|Lanes|Duplex|Auto-negotiation|"
    r"Port|PHYAD|Transceiver|Wake-on|Link detected|Current message level|MDI-X|SQI|Link Down Events"
)


class _Interfaces:
    """Gathers what is said, by interface."""

    def __init__(self, reading: Reading) -> None:
        self.rows = reading.rows
        self.name: str | None = None
        self._reading = reading
        self._nameless = 0
        self._known: dict[str, tuple[Row, set[str]]] = {}
        """By interface, its last row and the sections that were read into it."""
        self._row: Row | None = None
        self._section = self._inside = ""
        self._flat = False
        self._last: tuple[dict[str, Said], str, bool] | None = None
        self._counter = ""

    def head(self, section: str, interface: str) -> Row:
        """`FEC parameters for eth0:`; the same again is another reading of it."""
        name = snake(section)
        row, sections = self._known.get(interface, (None, set()))
        if row is None or name in sections:
            row = self._begin(interface)
        self._known[interface][1].add(name)
        self._row, self._section, self._inside, self._last, self._counter = row, name, "", None, ""
        return row

    def _begin(self, interface: str) -> Row:
        row = Row(id=interface)
        self.rows.append(row)
        self._known[interface] = (row, set())
        return row

    def _at(self, key: str) -> Row:
        """Whose the next value is."""
        row = self._row
        if self.name is not None:
            row = self.head({"Identifier": "Module", "driver": "Driver"}.get(key, "Lines"), self.name)
            self.name, self._section = None, ""
        elif row is None or key in _STARTS or (key in _ONCE and snake(key) in row.extra):
            row = self._row = self._begin(nameless(self._nameless))
            self._nameless += 1
            self._section = ""
        return row

    def line(self, line: str) -> None:
        text, deeper = line.strip(), line[:1].isspace()
        key, colon, value = text.partition(":")
        if not colon or not key or len(key) > 80 or value[:1].strip():
            if not (deeper and self._goes_on(text)):
                self._reading.unparsed.append(line)
            return
        key, value = key.rstrip(), value.strip()
        known = _known(key)
        self._flat |= known == "link" and not deeper
        if not known and not deeper and not self._flat and self._section in {"", "settings"}:
            self._reading.unparsed.append(line)
            return
        self._say(key, value, deeper=deeper)

    def _say(self, key: str, value: str, *, deeper: bool) -> None:
        row = self._at(key)
        name, listed, counted = _named(key)
        if (counted or self._counter or not value) and self._count(row, key, value, counted=counted):
            return
        place = self._place(row)
        if not value and not listed:  # `Pre-set maximums:` begins a part, `version:` is empty
            if self._section not in _FLAT and not deeper:
                self._inside, self._last = name, None
            else:
                place[name] = None
                self._last = (place, name, True)
            return
        if listed:
            place[name] = _words(value)
        elif self._section in _FLAT and module_eeprom.keep(key, value, row.extra):
            self._last = None
            return
        else:
            _keep(place, name, value)
        self._last = (place, name, listed)
        self._meant(row, key, value)

    def _place(self, row: Row) -> dict[str, Said]:
        place = row.extra
        for name in (self._section, self._inside):
            if name and name not in _FLAT:
                inner = place.setdefault(name, {})
                place = inner if isinstance(inner, dict) else place
        return place

    def _count(self, row: Row, key: str, value: str, *, counted: bool) -> bool:
        """Counters among the settings; a lane's stand below their sum."""
        if key == "Statistics" and not value:
            self._inside, self._last = "", None
            return True
        if (lane := re.fullmatch(r"Lane (\d{1,2})", key)) and self._counter:
            row.counters[f"{self._counter}_lane_{lane[1]}"] = integer(value)
            return True
        if not counted:
            self._counter = ""
            return False
        self._counter = _COUNTED.get(key, str(key))
        if lanes := _LANES.fullmatch(value):
            row.counters[self._counter] = integer(lanes[1])
            row.extra[f"{self._counter}_per_lane"] = [integer(one) for one in lanes[2].split(",")]
            return True
        row.counters[self._counter] = integer(value)
        if row.counters[self._counter] is None:
            row.marks.append(f"{'unsupported' if is_nothing(value) else 'unknown'} {self._counter}")
        return True

    def _goes_on(self, text: str) -> bool:
        """A further line of a list, or of a text that was broken."""
        if self._last is None or self.name is not None:
            return False
        place, name, listed = self._last
        known = place.get(name)
        if listed:
            place[name] = [*(known if isinstance(known, list) else []), *_words(text)]
        else:
            place[name] = f"{known} {text}"
        return True

    def _meant(self, row: Row, key: str, value: str) -> None:
        match key:
            case "Speed":
                row.rate_gbps = gbps(value)
            case "Lanes" if value.isdigit():
                row.width = f"{value}X"
            case "Link detected":
                said, _, why = value.partition(" (")
                row.state = {"yes": "up", "no": "down"}.get(said, "unknown")
                if why:
                    row.extra["link_detail"] = why.removesuffix(")")


@lru_cache(maxsize=1024)
def _known(key: str) -> str:
    """Whether it is a word of the link's settings or of the driver's: "link", "driver", else ""."""
    if _OF_LINK.fullmatch(key) or key == "Identifier":
        return "link"
    return "driver" if _OF_DRIVER.fullmatch(key) else ""


@lru_cache(maxsize=1024)
def _named(key: str) -> tuple[str, bool, bool]:
    """A key's name, whether what it says is a list, whether it is a counter."""
    return snake(key), _LISTS.match(key) is not None, key in _COUNTED or _SYMBOLS.fullmatch(key) is not None


def _words(value: str) -> list[Said]:
    return [] if is_nothing(value) or value in {"Not reported", "[ ]", "Unknown"} else list(value.strip("[]").split())


def _keep(place: dict[str, Said], name: str, value: str) -> None:
    said: Said = None if is_nothing(value) or value.startswith("Unknown!") else value
    if isinstance(said, str) and said.isdigit() and name not in _TEXTS:
        said = integer(said)
    known = place.get(name)
    if name in place and known != said:
        place[name] = [*known, said] if isinstance(known, list) else [known, said]
    else:
        place[name] = said


_TEXTS = frozenset({"vendor_sn", "vendor_pn", "vendor_rev", "date_code", "version", "firmware_version", "vendor_name"})


def _reading(paste: Paste) -> Reading:
    reading = Reading()
    if '"ifname"' in paste.text or '"identifier"' in paste.text:
        _of_json(paste, reading)
    else:
        _of_text(paste, reading)
    for row in reading.rows:
        if row.state == "down":  # a driver may go on telling the speed that it had
            if row.rate_gbps is not None:
                row.extra["printed_rate"] = row.extra.get("speed")
            row.rate_gbps = row.width = None
    return reading


def _of_text(paste: Paste, reading: Reading) -> None:
    found = _Interfaces(reading)
    for index, line in enumerate(paste.lines):
        text = line.strip()
        if not text:
            if (typed := paste.typed.get(index)) and (name := asked(typed)):
                found.name = name
        elif text.startswith(_REFUSALS):
            told = reading.facts.setdefault("errors", [])
            if isinstance(told, list):
                told.append(text)
        elif "ethtool " in text and (name := asked(text)):
            found.name = name
        elif ": " in text or ":\t" in text:
            found.line(line)
        elif text.endswith(":") and (said := _HEAD.fullmatch(text)):
            found.name = None
            found.head(said[1], said[2])
        elif name := heading(line):
            found.name = name
        else:
            found.line(line)


def _of_json(paste: Paste, reading: Reading) -> None:
    said = documents(paste.text)
    names = [name for command in paste.commands if (name := asked(command))]
    for document in said.found:
        for one in document if isinstance(document, list) else [document]:
            if isinstance(one, dict) and one:
                nth = len(reading.rows)
                reading.rows.append(_of_member(one, names[nth] if nth < len(names) else nameless(nth)))
            else:
                reading.unparsed.append(str(one))
    if said.cut:
        reading.facts["incomplete"] = "the text ends before its JSON does"
    reading.unparsed.extend(line for line in said.rest if asked(line) is None)


def _of_member(one: dict[str, Any], name: str) -> Row:
    """What it is called itself, `ifname`, goes before how it was asked for; a module (`-m`) has no name."""
    row = Row(id=one["ifname"] if isinstance(one.get("ifname"), str) else name)
    for key, value in one.items():
        if key == "statistics" and isinstance(value, dict):
            for name, counted in value.items():
                total = counted.get("total") if isinstance(counted, dict) else counted
                row.counters[_COUNTED.get(name, str(name))] = total if isinstance(total, int) else None
        elif key != "ifname":
            row.extra[snake(key)] = value
    if isinstance(speed := one.get("speed"), int) and not isinstance(speed, bool):
        row.rate_gbps = speed / 1000
    if isinstance(lanes := one.get("lanes"), int):
        row.width = f"{lanes}X"
    if isinstance(link := one.get("link-detected"), bool):
        row.state = "up" if link else "down"
    return row


FORMAT = Format(
    name="ethtool",
    family="host",
    commands=(
        "ethtool",
        "ethtool -m",
        "ethtool -i",
        "ethtool -a",
        "ethtool -g",
        "ethtool --show-fec",
        "ethtool --json",
    ),
    versions="ethtool 3 to 6.11",
    yields="speed and state of an interface, its driver, module, FEC and rings",
    signs={
        r"^[ \t]*Settings for \S+:\s*$": 100,
        r"^[ \t]*Link detected: (?:yes|no)\b": 100,
        r"^[ \t]*(?:Supported|Advertised) link modes:": 60,
        r"^[ \t]*(?:FEC|Pause|Ring|Channel|Coalesce|Time stamping) parameters for \S+:\s*$": 100,
        r"^[ \t]*Features for \S+:\s*$": 100,
        r"^driver: \S+\s*$": 60,
        r"^(?:bus-info|firmware-version): ": 60,
        r"^[ \t]*Module temperature\s+: .{1,16} degrees C": 100,
        r"^[ \t]*(?:Rcvr signal avg|Transmit avg|Receiver signal average) optical power": 100,
        r"^[ \t]*Transceiver codes\s+: 0x": 100,
        r'"(?:link-detected|supported-link-modes)"\s*:': 100,
        r'"(?:identifier_description|vendor_oui|transceiver_codes)"\s*:': 60,
    },
    read=_reading,
)
