"""Files of `/sys/class/infiniband` with their content, as `grep -H .`, `grep -r .`, `head` and loops print them.

A path may begin anywhere (`/sys/devices/pci…/infiniband/mlx5_0/…`, `mlx5_0/ports/1/…`, `counters/…`). One that does
not name its port takes it from the heading, the prompt or the command before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.table import Width
from fabconsole.formats.format import Format
from fabconsole.formats.host.sysfs_files import (
    COUNTER_DIRECTORIES,
    DEVICE_FILES,
    PORT_FILES,
    settle,
    tell_device,
    tell_port,
)
from fabconsole.formats.infiniband.port_words import unassigned
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.strangers import alone

_PART = r"[^\s/:=*?;|&{}$\"'<>]{1,64}"
_VALUE = r"(?:[ \t]*[:=][ \t]*|[ \t]+(?=\S))(.*)"
_DEVICE = "infiniband/"
_OF_DEVICE = re.compile(rf"{_DEVICE}({_PART})(?:/ports/(\d{{1,3}})(?![^/:=\s]))?((?:/{_PART}){{0,5}})/?(?:{_VALUE})?")
_OF_PORT = re.compile(rf"\s*(?:\./)?(?:({_PART})/)?ports/(\d{{1,3}})((?:/{_PART}){{0,5}})/?(?:{_VALUE})?")
_LOCAL = re.compile(rf"\s*(?:\./)?((?:[a-z]\w{{1,20}}/){{0,2}}[\w,.-]{{1,64}})(?:{_VALUE})?")
_HEADING = re.compile(r"\s*(?:#|={2}|-{2}|\*)[#=*>-]{0,8}[ \t]+(\S{1,400}?):?(?:[ \t]+[<=#*-]{1,8})?[ \t]*")
_REFUSED = re.compile(
    r"\s*(?:-?\w{1,16}: )?(?:grep|cat|head|tail|find): (?:cannot \w+ ')?(/?\S{1,400}?)'?: ([A-Z].{1,80})"
)
_TYPED = re.compile(rf"\b{_DEVICE}({_PART})(?:/ports/(\d{{1,3}})(?![^/\s;|]))?((?:/{_PART}){{0,5}})")
_SHOWN_BY = frozenset({"cat", "head", "tail", "more", "less"})
_PCI = re.compile(r"([0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7])/$")
_NO_VALUE_NEEDED = frozenset({"Is a directory", "No such file or directory"})
_DIRECTORIES = COUNTER_DIRECTORIES | {"ports", "diag_counters", "gids", "pkeys", "gid_attrs", "types", "ndevs"}
_FILES = "|".join(DEVICE_FILES)
_TELLING = ("symbol_error", "link_downed", "port_rcv_data", "port_xmit_wait", "VL15_dropped", "rx_write_requests")
_NOBODY = "?"


class _Place(NamedTuple):
    """A file or a directory."""

    device: str = _NOBODY
    port: int | None = None
    path: str = ""
    """Within the port's directory, or the device's."""

    @property
    def is_directory(self) -> bool:
        return _is_directory(self.path)

    def within(self, path: str) -> _Place:
        """A file by its path from this directory."""
        if path in DEVICE_FILES:
            return _Place(self.device, None, path)
        if self.path or "/" in path or path in PORT_FILES:
            return _Place(self.device, self.port, f"{self.path}/{path}".strip("/"))
        counter = COUNTERS.get(path)
        hardware = counter is not None and Width.HW_COUNTERS in counter.bits
        return _Place(self.device, self.port, f"{'hw_counters' if hardware else 'counters'}/{path}")


@dataclass(slots=True)
class _Device:
    said: dict[str, Said] = field(default_factory=dict)
    ports: dict[int | None, list[Row]] = field(default_factory=dict)
    """A row a look: who counts twice prints every file again."""


class _Tree:
    """What was read so far, and what the next line may belong to."""

    def __init__(self) -> None:
        self.devices: dict[str, _Device] = {}
        self.refused: list[Said] = []
        self.unparsed: list[str] = []
        self._seen: dict[tuple[str, int | None], set[str]] = {}
        """By device and port, what its last row has been told."""
        self._directory = _Place()
        self._expected: _Place | None = None

    def go(self, prompt: str, typed: str) -> None:
        """Take in where somebody stood, and what he typed there."""
        if said := _TYPED.search(prompt.rstrip("#$>] ")):
            self._directory = _place(said)
        self._expected = None
        places = [_place(said) for said in _TYPED.finditer(typed)]
        words = typed.split()
        if not places and len(words) == 2 and words[0] in _SHOWN_BY and "/" not in words[1]:
            places = [self._directory.within(words[1])]
        if len(places) == 1 and places[0].is_directory:
            self._directory = places[0]
        elif len(places) == 1:
            self._expected = places[0]

    def read(self, line: str) -> None:
        """Take in a line that is not blank."""
        if self._expected is not None and line.isdecimal():
            expected, self._expected = self._expected, None
            self._tell(expected, line)
            return
        if ": " in line and (said := _REFUSED.fullmatch(line)) is not None:
            if said[2] not in _NO_VALUE_NEEDED:
                self.refused.append(f"{said[1]}: {said[2]}")
            return
        heading: str | None = None
        if line.startswith("==> ") and line.endswith(" <=="):
            heading = line[4:-4]
        elif line.lstrip()[0] in "#=-*" and (said := _HEADING.fullmatch(line)):
            heading = said[1]
        place, text = self._parted(line if heading is None else heading)
        if place is None:
            self.unparsed.append(line)
            return
        directory = place.is_directory
        if directory and text is None and heading is None and "/" not in line:
            self.unparsed.append(line)
        elif text is not None and (text or not directory):
            self._expected = None
            self._tell(place, text.strip())
        elif directory:
            self._expected, self._directory = None, place
        else:
            self._expected = place

    def _parted(self, line: str) -> tuple[_Place | None, str | None]:
        """Which file, and what it holds; no place: not understood, no text: it stands in the next line."""
        start = line.find(_DEVICE)
        if start >= 0:
            said = _OF_DEVICE.fullmatch(line, start)
            before = line[:start].split()
            if said is None or (len(before) > 1 and before[-2] not in ("->", "cd")):
                return None, None
            if before and (pci := _PCI.search(before[-1])):
                self._device(said[1]).said["pci"] = pci[1].lower()
            return _place(said), said[4]
        if "ports/" in line and (said := _OF_PORT.fullmatch(line)):
            device = said[1] or self._directory.device
            return _Place(device, int(said[2]), said[3].strip("/")), said[4]
        if self._expected is not None and self._is_content(line):
            return self._expected, line
        said = _LOCAL.fullmatch(line)
        return self._local(said[1], said[2], line) if said else (None, None)

    def _local(self, path: str, text: str | None, line: str) -> tuple[_Place | None, str | None]:
        place = self._directory.within(path)
        if text is None:
            return (place if line.strip().startswith("./") else None), None
        counted = text.strip().isdecimal() or text.startswith("N/A")
        named = path in PORT_FILES or path in DEVICE_FILES or path.rpartition("/")[0] in _DIRECTORIES
        return (place if named or (counted and not path[0].isdigit()) else None), text

    def _is_content(self, line: str) -> bool:
        """Whether a line can be what stands in the file that was named: another stream's words are not."""
        path, text = "" if self._expected is None else self._expected.path, line.strip()
        if path.rpartition("/")[0] in COUNTER_DIRECTORIES:
            return text.isdecimal() or text.startswith("N/A")
        return path not in PORT_FILES or text[:1].isdigit() or text in ("InfiniBand", "Ethernet")

    def _device(self, name: str) -> _Device:
        return self.devices.setdefault(name, _Device())

    def _tell(self, place: _Place, text: str) -> None:
        name, port, path = place
        device = self.devices.get(name) or self._device(name)
        if port is None and not (name == _NOBODY or path.startswith("counters/")):
            tell_device(device.said, path, text)
            return
        seen = self._seen.get((name, port))
        if seen is None or path in seen:
            seen = self._seen[name, port] = set()
            device.ports.setdefault(port, []).append(Row(id=name if port is None else f"{name}/{port}"))
        seen.add(path)
        tell_port(device.ports[port][-1], path, text)


@lru_cache(maxsize=1024)
def _is_directory(path: str) -> bool:
    return not path or path.rpartition("/")[2] in _DIRECTORIES


def _place(said: re.Match[str]) -> _Place:
    return _Place(said[1], int(said[2]) if said[2] else None, said[3][1:])


def _reading(paste: Paste) -> Reading:
    tree = _Tree()
    prompts = paste.prompts
    for number, line in enumerate(paste.lines):
        if prompts and number in prompts:
            tree.go(paste.prompts[number], paste.typed.get(number, ""))
        if line and not line.isspace():
            tree.read(line)
    reading = Reading(unparsed=tree.unparsed)
    for name, device in tree.devices.items():
        rows = [row for rows in device.ports.values() for row in rows]
        for row in rows or [Row(id=name)]:
            row.extra = {**device.said, **row.extra}
            settle(row)
            if unassigned(row.extra.get("lid"), row.extra.get("link_layer")):
                row.marks.append("lid unassigned")
            reading.rows.append(row)
    if tree.devices:
        reading.facts["devices"] = len(tree.devices)
    if tree.refused:
        reading.facts["refused"] = tree.refused
    return reading


FORMAT = Format(
    name="sysfs",
    family="host",
    commands=("grep -H . /sys/class/infiniband/*/ports/*/counters/*", "grep -r . /sys/class/infiniband"),
    versions="Linux 3.10 to 6.16, MLNX_OFED 4 and 5: mlx4, mlx5, i40iw, irdma, hfi1, bnxt_re, efa",
    yields="counters, state, rate, LIDs and GIDs of HCA ports; firmware, board, PCI address",
    signs={
        rf"^[ \t]*\S{{0,400}}?\binfiniband/{_PART}/(?:ports/\d|{_FILES}|hw_counters)\S{{0,200}}[:= ]": 100,
        rf"^[#=*-]{{0,8}}>?[ \t]*\S{{0,400}}?\binfiniband/{_PART}/ports/\d": 60,
        rf"^[ \t]*(?:\./)?(?:{_PART}/)?ports/\d{{1,3}}/(?:hw_)?[a-z]": 60,
        rf"^[ \t]*(?:\./)?(?:(?:hw_)?counters/)?(?:{'|'.join(_TELLING)})[ \t]*[:= ][ \t]*[\dN]": 60,
        rf"^[ \t]*cd \S{{0,100}}\binfiniband/{_PART}/ports/\d": 60,
        r"^\S{0,200}[ \t].{0,200} -> \S{0,400}?/infiniband/": 60,
    },
    read=alone(_reading),
)
