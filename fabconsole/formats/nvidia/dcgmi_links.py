"""What `dcgmi nvlink` tells: `-s`, a letter a link, and `-e`, what was counted of one GPU's links.

Source: DCGM's dcgmi/Nvlink.cpp. Since Blackwell `-e` counts all links of a GPU together, under `Error Detail`; the
oldest form has the link in every line. `-s -e` tells DCGM's number of each link too.
"""

from __future__ import annotations

import re

from fabconsole.formats import values
from fabconsole.formats.reading import Ber, Reading, Row

_STATES = {"U": "up", "D": "down", "X": "disabled"}
_COUNTS = {"U": "links_up", "D": "links_down", "X": "links_disabled", "_": "links_not_supported"}
_DEVICE = re.compile(r"(gpuId|physicalId) (\d{1,4}):")
_LETTERS = re.compile(r"[UDX_](?: {1,4}[UDX_]){0,255}")
_MOST_LINKS = 256
_NARROWEST = 60
"""Columns of a terminal that wraps the letters of a switch."""

_ENTITY_IDS = re.compile(r"(?:Link Entities:\s{0,40})?((?:\s{0,40}\d{1,4}:\d{1,10}){1,64})")
_COUNTERS = {
    "crc flit error": "crc_flit",
    "crc data error": "crc_data",
    "replay error": "replay",
    "recovery error": "recovery",
    "malformed packet error": "malformed_packets",
    "buffer overrun error": "buffer_overruns",
    "rx error": "port_rcv_errors",
    "rx remote error": "port_rcv_remote_physical_errors",
    "rx general error": "rcv_general_errors",
    "link integrity error": "local_link_integrity_errors",
    "local link integrity error": "local_link_integrity_errors",
    "rx symbol error": "symbol_error",
    "effective error": "effective_errors",
    "tx discards": "xmit_error_discards",
    "link recovery failed error": "recovery_failed",
}
"""Printed name, lower case, to canonical name: dcgmi/Nvlink.cpp, and the fields it takes them from."""

_BERS = {"symbol ber": "symbol", "effective ber": "effective"}
_LINK = re.compile(r"Link (\d{1,3})")
_GPU = re.compile(r"(GPU|Switch|NvSwitch) ?(?:ID:? ?)?(\d{1,4})", re.IGNORECASE)


_NAMES = {"switch": "nvswitch"}


def entity(group: str, number: str) -> str:
    """`gpu3`, `nvswitch0`: an entity of DCGM's as the console calls it."""
    plain = "".join(group.lower().split())
    return f"{_NAMES.get(plain, plain) or 'gpu'}{int(number)}"


class LinkStates:
    """`gpuId 3:` or `physicalId 0:`, then the letters of its links, then, where it was asked for, their numbers."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._device: Row | None = None
        self._next = 0
        self._width = 0
        """Of the last line of letters."""

    def close(self) -> None:
        """Another answer begins: what comes is not of this device."""
        self._device = None

    def line(self, line: str) -> bool:
        """Take one in; False where it is none of these."""
        first = line[0]
        if first in "gp":
            return self._head(line)
        if self._device is None:
            return False
        if first in _COUNTS:
            return self._letters(self._device, line)
        if line.startswith("Link Entities:") and line.endswith("N/A"):
            return True
        return self._numbers(self._device, line)

    def _head(self, line: str) -> bool:
        said = _DEVICE.fullmatch(line)
        if said is not None:
            self._device = Row(id=f"{'gpu' if said[1] == 'gpuId' else 'nvswitch'}{int(said[2])}")
            self._next = 0
            self._reading.rows.append(self._device)
        return said is not None

    def _letters(self, device: Row, line: str) -> bool:
        if _LETTERS.fullmatch(line) is None:
            return False
        letters = line.replace(" ", "")
        if self._next + len(letters) > _MOST_LINKS or (self._next and self._width < _NARROWEST):
            return False  # a second line, and the first was not wrapped: the heading between was lost
        self._width = len(line)
        name, at = device.id, self._next
        self._next += len(letters)
        self._reading.rows += [  # the tool prints as many as the largest device could have
            Row(id=f"{name}/nvl{link}", state=_STATES[letter])
            for link, letter in enumerate(letters, at)
            if letter != "_"
        ]
        for letter, key in _COUNTS.items():
            if count := letters.count(letter):
                before = device.extra.get(key)
                device.extra[key] = count + (before if isinstance(before, int) else 0)
        return True

    def _numbers(self, device: Row, line: str) -> bool:
        said = _ENTITY_IDS.fullmatch(line)
        if said is None:
            return False
        rows = {row.id: row for row in self._reading.rows[-self._next - 1 :]}
        told = [(rows.get(f"{device.id}/nvl{int(link)}"), number) for link, _, number in _pairs(said[1])]
        if any(row is not None and "entity_id" in row.extra for row, _ in told):
            return False
        for row, number in told:
            if row is not None:
                row.extra["entity_id"] = int(number)
        return True


def _pairs(said: str) -> list[tuple[str, str, str]]:
    return [pair.partition(":") for pair in said.split()]


class NvlinkErrors:
    """`NVLINK Error Counts` of one GPU or switch."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._device = ""
        self._row: Row | None = None
        self._rows: dict[str, Row] = {}
        self._told: set[tuple[int, str]] = set()
        self._torn = False

    def head(self, said: str) -> bool:
        """A line of the head: of whom it tells."""
        device = _GPU.fullmatch(said)
        if device is not None:
            self._device = entity(device[1], device[2])
            self._row, self._rows, self._torn = None, {}, False
        return device is not None

    def label(self, label: str, value: str) -> bool:
        """A label with its value; False where it is not understood."""
        if not self._device:
            return False
        if label == "Error Detail" and not value:  # since Blackwell the GPU's links are counted together
            self._row, self._torn = self._named(self._device), False
            return True
        if (link := _LINK.fullmatch(label)) and not value:
            self._row = self._named(f"{self._device}/nvl{int(link[1])}")
            self._torn = False
            return True
        if self._row is None and not self._torn:
            self._row = self._named(self._device)
        if self._row is None or not value:
            return False
        if (id(self._row), label) in self._told:  # the label of the next link was lost
            self._row, self._torn = None, True
            return False
        self._told.add((id(self._row), label))
        put(self._row, label, value)
        return True

    def untold(self, device: str, link: str, name: str) -> None:
        """A counter that could not be had, said in a line of its own."""
        put(self._named(f"gpu{int(device)}/nvl{int(link)}"), name, "N/A")

    def _named(self, name: str) -> Row:
        row = self._rows.get(name)
        if row is None:
            row = self._rows[name] = Row(id=name)
            self._reading.rows.append(row)
        return row


def put(row: Row, name: str, value: str) -> None:
    """Put a count or a ratio into a link's row."""
    plain = " ".join(name.lower().split())
    if kind := _BERS.get(plain):
        ber = row.ber or Ber()
        ratio = values.ber(value)
        row.ber = Ber(**{"raw": ber.raw, "effective": ber.effective, "symbol": ber.symbol, kind: ratio})
        if ratio is None:
            row.marks.append(f"none seen {kind}" if values.no_error_seen(value) else f"unsupported {kind} ber")
        return
    counter = _COUNTERS.get(plain) or _COUNTERS.get(f"{plain}s") or _COUNTERS.get(plain.removesuffix("s")) or name
    row.counters[counter] = count = values.integer(value)
    if count is None:
        row.marks.append(f"{'unsupported' if values.is_nothing(value) else 'unknown'} {counter}")
