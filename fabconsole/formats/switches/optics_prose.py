"""`show interface transceiver [details]` of NX-OS: a port's name, `name is value` lines, and a lane's limits."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.switches.ports import Ports, typed
from fabconsole.formats.switches.table import is_interface
from fabconsole.formats.values import snake

_PORT = re.compile(r"\s{0,4}([A-Za-z][\w/.-]{2,30})\s*")
_PRESENT = re.compile(r"\s{0,4}([A-Za-z][\w/.-]{2,30}) (?:sfp|transceiver) is ((?:not )?present)\b.{0,40}")
_IS = re.compile(r"\s*([A-Za-z][\w /().'-]{0,70}?) (?:is|are)(?: +(\S(?:.*\S)?))?\s*")
_KEYED = re.compile(r"\s+([A-Z][^:]{1,50}?) *: +(\S(?:.*\S)?)\s*")
_LANES = re.compile(r"\s*(number of lanes|near-end lanes|far-end lane code for \d lanes)\s+(\S(?:.*\S)?)\s*")
_TITLE = re.compile(r"\s*Q?SFP\S* (?:Detail )?Diagnostics Information.*")
_LANE = re.compile(r"\s*Lane Number *: *(\d{1,2})\b.*")
_HEAD = re.compile(r"\s*(?:(?:Current +)?Alarms +Warnings|(?:Measurement +)?High +Low +High +Low)\s*")
_MEASURED = re.compile(
    r"\s*(?:Optical )?(Temperature|Voltage|Current|Tx Power|Rx Power)\s+(?:: +)?"
    r"(?:(-?\d{1,6}(?:\.\d{1,4})?) (?:C|V|mA|dBm)|N/A(?: +(?:C|V|mA|dBm))?)"
    r"\s*(\+\+|--|\+|-(?!\d))?((?:\s+(?:-?\d{1,6}(?:\.\d{1,4})? (?:C|V|mA|dBm)|N/A)){0,4})\s*"
)
_LIMIT = re.compile(r"(-?\d{1,6}(?:\.\d{1,4})?) (?:C|V|mA|dBm)|N/A")
_LIMITS = ("high_alarm", "low_alarm", "high_warning", "low_warning")
_FAULTS = re.compile(r"\s*Transmit Fault Count = (\d{1,12})\s*")
_NOTE = re.compile(r"\s*Note: \+\+ .*")
_UNITS = {"Temperature": "c", "Voltage": "v", "Current": "ma", "Tx Power": "dbm", "Rx Power": "dbm"}
_NAMES = re.compile(r"(?<!of_)(?:number|version|revision|code)$")
"""What is no number though it may be digits."""
_LONGEST = 4096
"""Characters of a value of many lines."""
_MOST = 64
"""Lines that follow no form which are kept with a port."""
_BITRATE = re.compile(r"(\d{1,8}) MBits?/sec(.*)")


class Optics:
    """What stands under a port's name, as it is read."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._row: Row | None = None
        self._lane = ""
        self._key = ""

    @property
    def open(self) -> bool:
        """Whether a port is being told about."""
        return self._row is not None

    def end(self) -> None:
        """What comes next is about something else."""
        if self._row is not None:
            self._ports.add(self._row)
        self._row, self._lane, self._key = None, "", ""

    def line(self, line: str) -> bool:
        """Read one line; False: it is none of this."""
        if (port := _PORT.fullmatch(line)) and is_interface(port[1]):
            self.end()
            self._row = Row(id=port[1])
            return True
        if present := _PRESENT.fullmatch(line):
            self.end()
            self._row = Row(id=present[1], extra={"transceiver": present[2]})
            return True
        if self._row is None:
            return False
        if lane := _LANE.fullmatch(line):
            self._lane = f"lane_{lane[1]}_"
            return True
        if _HEAD.fullmatch(line) or _TITLE.fullmatch(line) or _NOTE.fullmatch(line):
            return True
        if measured := _MEASURED.fullmatch(line):
            return self._measured(self._row, measured)
        if faults := _FAULTS.fullmatch(line):
            self._row.extra[f"{self._lane}transmit_fault_count"] = int(faults[1])
            return True
        if found := _LANES.fullmatch(line) or _IS.fullmatch(line):
            return self._is(self._row, found[1], found[2] or "")
        if keyed := _KEYED.fullmatch(line):
            self._key = snake(keyed[1])
            self._row.extra.setdefault(self._key, typed(keyed[2]))
            return True
        return line.startswith((" ", "\t")) and self._more(self._row, line)

    def _more(self, row: Row, line: str) -> bool:
        """The next line of a value of several, far to the right; or words that follow no form."""
        known = row.extra.get(self._key)
        if isinstance(known, str) and line.startswith(" " * 12) and len(known) < _LONGEST:
            row.extra[self._key] = f"{known}\n{line.strip()}"
            return True
        others = row.extra.setdefault("other", [])
        if not isinstance(others, list) or len(others) >= _MOST:
            return False
        others.append(line.strip())
        return True

    def _measured(self, row: Row, found: re.Match[str]) -> bool:
        name = found[1]
        key = f"{self._lane}{snake(name)}_{_UNITS[name]}"
        row.extra[key] = float(found[2]) if found[2] else None
        if found[3]:
            row.extra[f"{key}_alarm"] = found[3]
        limits = [one[1] for one in _LIMIT.finditer(found[4])]
        for limit, text in zip(_LIMITS, limits, strict=False):
            row.extra[f"{key}_{limit}"] = float(text) if text else None
        return True

    @staticmethod
    def _is(row: Row, name: str, text: str) -> bool:
        if name.strip() == "transceiver":
            row.extra["transceiver"] = text
            return True
        if bitrate := _BITRATE.fullmatch(text):
            row.extra[f"{snake(name)}_mbit_per_s"] = int(bitrate[1])
            if bitrate[2].strip():
                row.extra[f"{snake(name)}_of"] = bitrate[2].strip()
            return True
        key = "media_type" if name == "type" else snake(name)
        value: Said = (text or None) if _NAMES.search(key) else typed(text)
        row.extra.setdefault(key, value)
        return True
