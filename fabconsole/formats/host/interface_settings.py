"""What `ethtool` says, line by line, gathered by interface: settings, driver, module, rings, and counters in them."""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.host import module_eeprom
from fabconsole.formats.host.interface_names import nameless
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.values import gbps, integer, is_nothing, snake

_LISTS = re.compile(r"(?:.* (?:link modes|FEC modes|FEC encodings|ports)|Capabilities|Hardware .* Modes)$")
_STARTS = frozenset({"driver", "Identifier"})
_ONCE = frozenset({"Speed", "Lanes", "Duplex", "Port", "PHYAD", "Transceiver", "Auto-negotiation", "Link detected"})
"""Said once of an interface: the second time it is another one's."""
_MEANT = frozenset({"Speed", "Lanes", "Link detected"})
_FLAT = frozenset({"", "settings", "fec_parameters"})
COUNTED = {
    "corrected_blocks": "fec_corrected",
    "uncorrectable_blocks": "fec_uncorrected",
    "tx_pause_frames": "tx_pause",
    "rx_pause_frames": "rx_pause",
    "Link Down Events": "link_down_events",
}
_LANE = re.compile(r"Lane (\d{1,2})")
_SYMBOLS = re.compile(r"corrected_bits|fec_symbol_err_\w{1,16}")
_LANES = re.compile(r"(\d{1,20})\s*\[\s*per_lane:\s*([\d, ]{1,200})\]")
_OF_DRIVER = re.compile(r"driver|version|firmware-version|expansion-rom-version|bus-info|supports-[\w-]{1,24}")
_OF_LINK = re.compile(
    r"(?:Supported|Advertised|Link partner advertised) .{3,24}|Supports .{3,24}|Speed|Lanes|Duplex|Auto-negotiation|"
    r"Port|PHYAD|Transceiver|Wake-on|Link detected|Current message level|MDI-X|SQI|Link Down Events"
)


class Interfaces:
    """Gathers what is said, by interface."""

    def __init__(self, reading: Reading) -> None:
        self.rows = reading.rows
        self.name: str | None = None
        """Whose the next lines are, as a command or a line above them named it."""
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

    def line(self, line: str, text: str) -> None:
        """A setting, or more of the one before; `text` is the line without its indentation."""
        deeper = line[0].isspace()
        key, colon, value = text.partition(":")
        if not colon or not key or len(key) > 80 or (value and not value[0].isspace()):
            if not (deeper and self._goes_on(text)):
                self._reading.unparsed.append(line)
            return
        key, value = key.rstrip(), value.lstrip()
        if not deeper:
            known = _known(key)
            self._flat |= known == "link"
            if not known and not self._flat and self._section in {"", "settings"}:
                self._reading.unparsed.append(line)
                return
        self._say(key, value, deeper=deeper)

    def _say(self, key: str, value: str, *, deeper: bool) -> None:
        row = self._at(key)
        name, listed, counted = _named(key)
        if (counted or self._counter or not value) and self._count(row, key, value, counted=counted):
            return
        place = self._place(row) if self._inside or self._section not in _FLAT else row.extra
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
        if key in _MEANT:
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
        if self._counter and key.startswith("Lane") and (lane := _LANE.fullmatch(key)):
            row.counters[f"{self._counter}_lane_{lane[1]}"] = integer(value)
            return True
        if not counted:
            self._counter = ""
            return False
        self._counter = COUNTED.get(key, str(key))
        if value.isdecimal() and len(value) < 20:
            row.counters[self._counter] = int(value)
            return True
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
    return (
        _RENAMED.get(key, snake(key)),
        _LISTS.match(key) is not None,
        key in COUNTED or _SYMBOLS.fullmatch(key) is not None,
    )


def _words(value: str) -> list[Said]:
    words = value.strip("[]").split()
    return [] if len(words) < 3 and (is_nothing(value) or value in {"Not reported", "[ ]"}) else [*words]


def _keep(place: dict[str, Said], name: str, value: str) -> None:
    said: Said = value
    if value.isdecimal():
        said = value if name in _TEXTS else int(value) if len(value) < 20 else integer(value)
    elif is_nothing(value) or value.startswith("Unknown!"):
        said = None
    if name in place and (known := place[name]) != said:
        place[name] = [*known, said] if isinstance(known, list) else [known, said]
    else:
        place[name] = said


_TEXTS = frozenset({"vendor_sn", "vendor_pn", "vendor_rev", "date_code", "version", "firmware", "vendor_name"})
_RENAMED = {"firmware-version": "firmware"}
