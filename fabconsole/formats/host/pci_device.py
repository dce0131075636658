"""One PCI device as `lspci` tells of it: what it is, its link, its errors, and whatever else was printed.

Names and marks: pciutils ls-caps.c (`LnkSta: Speed 16GT/s (downgraded), Width x8 (downgraded)`), ls-ecaps.c, ls-vpd.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fabconsole.formats.reading import Row, Said
from fabconsole.formats.values import integer, number, snake

_NUMBERED = re.compile(r"(.{1,80}?) \[([0-9a-f]{4})\]")
_IDS = re.compile(r"(.*?) ?\[([0-9a-f]{4}):([0-9a-f]{4})\]", re.I)
_BARE_IDS = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.I)
_NUMBER = re.compile(r"[0-9a-f]{4}")
_BEHIND = re.compile(r"\s*\((rev|prog-if) ([0-9a-f]{2})(?: \[([^\]]{1,60})\])?\)", re.I)
_QUOTED = re.compile(r'"([^"]*)"|-([rp])([0-9a-f]{2})')
_SPEED = re.compile(r"\bSpeed (?:([0-9.]{1,5})GT/s|unknown)")
_WIDTH = re.compile(r"\bWidth x(\d{1,2})")
_TARGET = re.compile(r"Target Link Speed: ([0-9.]{1,5})GT/s")
_PAYLOAD = re.compile(r"MaxPayload (\d{2,5}) bytes(?:, MaxReadReq (\d{2,5}) bytes)?")
_PLACED = re.compile(r"(NUMA node|IOMMU group) (\d{1,5})")
_SET = re.compile(r"\b(\w{1,40})\+(?=[ ,]|$)")
_VITAL = {"PN": "part_number", "SN": "serial_number", "EC": "engineering_changes"}
_VITAL_LINE = re.compile(r"\[(\w\w)\] [^:]{1,32}:\s*(.*)")
_FLAGGED = frozenset({"uesta", "uemsk", "uesvrt", "cesta", "cemsk", "devsta", "rootsta"})
_RENAMED = {"kernel_driver_in_use": "driver", "i_o_behind_bridge": "io_behind_bridge"}
_NUMBERS = frozenset({"numa_node", "iommu_group", "physical_slot"})


@dataclass(slots=True)
class Device:
    """Gathers what is said of one device."""

    id: str
    heard: set[str] = field(default_factory=set)
    marks: list[str] = field(default_factory=list)
    extra: dict[str, Said] = field(default_factory=dict)
    _inside: dict[str, Said] | None = None
    """The capability that deeper lines are about."""
    _last: tuple[dict[str, Said], str] | None = None

    def headline(self, said: str) -> None:
        """`3D controller [0302]: NVIDIA … [10de:20b2] (rev a1)`, with numbers, with names, or quoted (`-mm`)."""
        if said.startswith('"'):
            self._quoted(said)
            return
        kind, _, name = said.partition(": ")
        if numbered := _NUMBERED.fullmatch(kind):
            kind, self.extra["class_id"] = numbered[1], numbered[2]
        elif _NUMBER.fullmatch(kind):
            self.extra["class_id"], kind = kind, ""
        if kind:
            self.extra["class"] = kind
        if name.endswith(")"):
            for word, value, more in _BEHIND.findall(name):
                self.extra["rev" if word.lower() == "rev" else "prog_if"] = value
                if more:
                    self.extra["prog_if_name"] = more
            name = _BEHIND.sub("", name)
        self._named("device", name.strip())
        self._answers()

    def _quoted(self, said: str) -> None:
        words: list[str] = []
        for quoted, flag, value in _QUOTED.findall(said):
            if flag:
                self.extra["rev" if flag == "r" else "prog_if"] = value
            else:
                words.append(quoted)
        for name, word in zip(("class", "vendor", "device", "subsystem_vendor", "subsystem"), words, strict=False):
            if word:
                self.member(name, word)
        self._answers()

    def member(self, name: str, said: str) -> None:
        """A field of the machine-readable forms, `Device: MT2910 Family [ConnectX-7] [1021]`."""
        if numbered := _NUMBERED.fullmatch(said):
            said, self.extra[f"{name}_id"] = numbered[1], numbered[2]
        self.extra[name] = integer(said) if name in _NUMBERS else said
        self._answers()

    def _named(self, key: str, name: str) -> None:
        if name.endswith("]") and (ids := _IDS.fullmatch(name)):
            name, self.extra["vendor_id"], self.extra["device_id"] = ids[1].strip(), ids[2].lower(), ids[3].lower()
        elif ids := _BARE_IDS.fullmatch(name):
            self.extra["vendor_id"], self.extra["device_id"] = ids[1].lower(), ids[2].lower()
            return
        self.extra[key] = name

    def _answers(self) -> None:
        if self.extra.get("rev") == "ff":
            self.mark("no answer")

    def mark(self, word: str) -> None:
        """Once each."""
        if word not in self.marks:
            self.marks.append(word)

    def capability(self, said: str) -> None:
        """`[60] Express (v2) Endpoint, MSI 00`: what follows deeper is about it."""
        if "denied" in said:
            self.mark("capabilities denied")
        self._inside = {"name": said}
        known = self.extra.setdefault("capabilities", [])
        if isinstance(known, list):
            known.append(self._inside)
        self._last = (self._inside, "name")

    def say(self, key: str, value: str, *, deeper: bool) -> None:
        """`Key: value`, of the device, or of the capability above where it stands deeper."""
        name = key.lower() if key.isalnum() else snake(key)
        name = _RENAMED.get(name, name)
        self.heard.add(name)
        place = self._inside if deeper and self._inside is not None else self.extra
        if key.startswith("[") and (vital := _VITAL_LINE.fullmatch(f"{key}: {value}")):
            name = _VITAL.get(vital[1].upper(), f"vpd_{vital[1].lower()}")
            place, value = self.extra, vital[2]
        elif name == "product_name":
            place = self.extra
        if not deeper:
            self._inside = None
        known = place.get(name)
        text: Said = value
        if name in _NUMBERS:
            text = integer(value) if integer(value) is not None else value
        place[name] = text if known is None else [*known, text] if isinstance(known, list) else [known, text]
        self._last = (place, name)
        self._promote(name, value)

    def raw(self, text: str) -> None:
        """A line of the configuration space, `00: b3 15 21 10 …`."""
        known = self.extra.setdefault("config_space", [])
        if isinstance(known, list):
            known.append(text)

    def goes_on(self, text: str) -> bool:
        """The rest of a line that was broken; False where there is none to go on."""
        if self._last is None:
            return False
        place, name = self._last
        known = place.get(name)
        if isinstance(known, list):
            known[-1] = f"{known[-1]} {text}"
        else:
            place[name] = f"{known} {text}"
        self._promote(name, text)
        return True

    def _promote(self, name: str, value: str) -> None:
        """What is looked for first stands with the device itself."""
        if name in {"lnkcap", "lnksta"}:
            which = "max_" if name == "lnkcap" else ""
            if speed := _SPEED.search(value):
                self.extra[f"{which}speed_gts"] = number(speed[1]) if speed[1] else None
            if width := _WIDTH.search(value):
                self.extra[f"{which}width"] = int(width[1])
            if "downgraded" in value:
                self.mark("degraded")
            if "(strange)" in value or "overdriven" in value:
                self.mark("strange link")
        elif name == "lnkctl2" and (target := _TARGET.search(value)):
            self.extra["target_speed_gts"] = number(target[1])
        elif name == "devctl" and (payload := _PAYLOAD.search(value)):
            self.extra["max_payload_bytes"] = int(payload[1])
            if payload[2]:
                self.extra["max_read_request_bytes"] = int(payload[2])
        elif name == "flags":
            for word, number_ in _PLACED.findall(value):
                self.extra[snake(word)] = int(number_)
        elif name in _FLAGGED:
            known = self.extra.setdefault(f"{name}_set", [])
            if isinstance(known, list):
                known.extend(_SET.findall(value))

    def row(self) -> Row:
        """What was gathered; a link below what its own end can do is degraded, whether the tool says so or not."""
        for name in ("speed_gts", "width"):
            now, most = self.extra.get(name), self.extra.get(f"max_{name}")
            if isinstance(now, int | float) and isinstance(most, int | float) and 0 < now < most:
                self.mark("degraded")
        width = self.extra.get("width")
        if width == 0:  # an empty slot, or a card that is gone
            self.marks = [mark for mark in self.marks if mark != "degraded"]
            self.mark("no link")
        return Row(id=self.id, width=f"{width}X" if width else None, marks=self.marks, extra=self.extra)
