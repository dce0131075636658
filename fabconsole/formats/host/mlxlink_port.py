"""One port as the vendor's link tool tells of it, section by section, made into a row.

Titles and names: mstflint mlxlink/modules/mlxlink_commander.cpp and mlxlink_port_info.cpp. What a key means does not
depend on the section that it stood in, but for PCIe's, so that lines alone are read as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fabconsole.formats.host.lane_values import lanes, named, understood
from fabconsole.formats.reading import Ber, Row, Said
from fabconsole.formats.values import ber, gbps, integer, is_nothing, no_error_seen, snake

_FLAT = frozenset(
    {"", "operational info", "supported info", "troubleshooting info", "tool information", "module info"}
    | {"physical counters and ber info", "device info", "pcie operational (enabled) info", "port info"}
    | {"management pcie performance counters info", "management pcie timers counters info", "histogram of fec errors"}
)
_COUNTERS = {
    "symbol errors": "symbol_error",
    "effective physical errors": "effective_physical_errors",
    "link down counter": "link_downed",
    "link error recovery counter": "link_error_recovery",
    "rx errors": "pcie_rx_errors",
    "tx errors": "pcie_tx_errors",
    "crc error dllp": "pcie_crc_error_dllp",
    "crc error tlp": "pcie_crc_error_tlp",
    "dl down": "pcie_dl_down",
}
_COUNTER = re.compile(r"(?:.{0,40} )?(?:errors|counter|packets|retransmissions|codes)|plr [^\[%]{1,60}")
_COUNTING = ("counters", "counters info")
_RATIOS = {"raw physical ber": "raw", "effective physical ber": "effective", "symbol ber": "symbol"}
_BIN = re.compile(r"bin (\d{1,2})")
_RANGE = re.compile(r"(\[[\d:, ]{1,24}\])[\s,]*(\S{1,24})?")
_GENERATION = re.compile(r"(?:(IB|NVLink)-)?(SDR|DDR|QDR|FDR10|FDR|EDR|HDR|NDR|XDR)(?![a-z])", re.I)
_LANE_GBPS = {"SDR": 2.5, "DDR": 5, "QDR": 10, "FDR10": 10, "FDR": 14, "EDR": 25, "HDR": 50, "NDR": 100, "XDR": 200}
"""Data rate of a lane as it is spoken of: 4X EDR is 100 Gb/s."""
_ETHERNET = re.compile(r"(\d{1,4}(?:\.\d{1,2})?|1000M|100M)(?:G|M)?(?:bE|BASE\S{0,8})?(?:_(\d{1,2})X)?", re.I)
_LANES = re.compile(r"(\d{1,2})[xX]")
_OPERATION = ("state", "physical state", "speed", "width")
_UP = frozenset({"active", "linkup", "physical linkup", "active (isolated)"})


@dataclass(slots=True)
class Port:
    """Gathers what is said of one port."""

    id: str
    heard: set[tuple[str, str]] = field(default_factory=set)
    """Section and key of all that was said: the second time begins another port."""
    sections: set[str] = field(default_factory=set)
    counters: dict[str, int | float | None] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)
    extra: dict[str, Said] = field(default_factory=dict)
    _ber: dict[str, float | None] = field(default_factory=dict)
    _operation: dict[str, str] = field(default_factory=dict)
    """State, physical state, speed and width, as printed."""

    def hear(self, section: str, key: str, said: str | list[str], mask: str = "") -> None:
        """A line, or a member of the JSON form; `said` is a list where that has one."""
        self.heard.add((section, key))
        text = said if isinstance(said, str) else ",".join(said)
        way, name = _way(key)
        if way == "bin":
            self._bin(name, text)
        elif way == "ratio":
            self._ratio(name, key, text)
        elif way == "count":
            self._count(name, text)
        elif way == "keep" and section.lower().endswith(_COUNTING) and integer(text) is not None:
            self._count(_COUNTERS.get(f"{key.lower()} counter") or named(key), text)
        elif way != "header":
            self._keep(section, key, said, mask)
            if way == "operation":
                self._operation[name] = text

    def row(self) -> Row:
        """What was gathered."""
        state, phys, speed, across = (self._operation.get(name, "") for name in _OPERATION)
        up = state.lower() in _UP
        kind = self._kind(speed)
        rate, width = _rate(speed, across), _LANES.match(across)
        if not up and rate is not None and state:
            self.extra["printed_rate"] = speed
        self._pcie()
        self._serdes()
        return Row(
            id=self.id,
            state=_state(state, kind, up=up),
            phys_state=None if is_nothing(phys) else phys,
            rate_gbps=rate if up or not state else None,
            width=f"{width[1]}X" if width and (up or not state) else None,
            counters=self.counters,
            ber=Ber(**self._ber) if self._ber else None,
            marks=self.marks,
            extra=self.extra,
        )

    def _kind(self, speed: str) -> str:
        if said := _GENERATION.match(speed):
            kind = "nvlink" if said[1] and said[1].lower() == "nvlink" else "infiniband"
            self.extra["generation"] = said[2].upper()
        elif speed and not is_nothing(speed):
            kind = "ethernet"
        else:
            speeds = self.extra.get("enabled_link_speed")
            words = speeds if isinstance(speeds, list) else []
            kind = (
                "infiniband" if any(str(word).upper() in _LANE_GBPS for word in words) else "ethernet" if words else ""
            )
        if kind:
            self.extra["protocol"] = kind
        return kind

    def _bin(self, name: str, text: str) -> None:
        said = _RANGE.match(text)
        if said:
            ranges = self.extra.setdefault("fec_bin_ranges", {})
            if isinstance(ranges, dict):
                ranges[name] = said[1]
        self._count(name, (said[2] or "") if said else text)

    def _ratio(self, name: str, key: str, text: str) -> None:
        self._ber[name] = ber(text)
        self.extra[snake(key)] = None if is_nothing(text) else text
        if no_error_seen(text):
            self.marks.append(f"none seen {name}")

    def _count(self, name: str, text: str) -> None:
        if is_nothing(text):
            self.marks.append(f"unsupported {name}")
            self.counters[name] = None
            return
        value = integer(text)
        if value is None and "," in text:
            self.extra[name] = understood(name + " per lane", text)[named(name + " per lane")]
            return
        if value is None:
            self.marks.append(f"unknown {name}")
        self.counters[name] = value

    def _keep(self, section: str, key: str, said: str | list[str], mask: str) -> None:
        if isinstance(said, list) and said and ".." in said[-1]:
            said = ",".join(said)
        if isinstance(said, list):
            kept: Mapping[str, Said] = {named(key): lanes(said)}
            if mask:
                kept = {**kept, f"{named(key)}_mask": mask}
        else:
            kept = understood(key, said)
        if section.lower() in _FLAT:
            self.extra.update(kept)
            return
        inside = self.extra.setdefault(named(section), {})
        if isinstance(inside, dict):
            inside.update(kept)

    def _pcie(self) -> None:
        """A PCIe link narrower or slower than what is enabled."""
        for name, key in (("link_speed_active", "speed"), ("link_width_active", "width")):
            said = self.extra.get(name)
            if isinstance(said, str) and (both := re.fullmatch(r"(.{1,24}?) \((.{1,24})\)", said)):
                self.extra[f"pcie_{key}"], self.extra[f"pcie_{key}_enabled"] = both[1], both[2]
                if both[1] != both[2] and "degraded" not in self.marks:
                    self.marks.append("degraded")

    def _serdes(self) -> None:
        """A lane's numbers by the names that stand above all lanes."""
        for section, inside in self.extra.items():
            if not section.startswith("serdes") or not isinstance(inside, dict):
                continue
            heads = [key for key in inside if key.startswith("serdes")]
            names = _columns(inside[heads[0]]) if len(heads) == 1 else []
            for key, said in inside.items():
                if key.startswith("lane") and isinstance(said, list) and len(said) == len(names):
                    inside[key] = dict(zip(names, said, strict=True))


def _columns(said: Said) -> list[str]:
    words = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    names = [str(word).strip() for word in words]
    return names if len(set(names)) == len(names) else []


@lru_cache(maxsize=512)
def _way(key: str) -> tuple[str, str]:
    """What is done with what a key says, and under which name."""
    plain = key.lower()
    if plain in _OPERATION:
        return "operation", plain
    if plain in _RATIOS:
        return "ratio", _RATIOS[plain]
    if of_bin := _BIN.fullmatch(plain):
        return "bin", f"fec_bin_{int(of_bin[1])}"
    if plain in _COUNTERS or _COUNTER.fullmatch(plain):
        return "count", _COUNTERS.get(plain) or named(key)
    return ("header" if plain == "header" else "keep"), ""


def _state(printed: str, kind: str, *, up: bool) -> str | None:
    if not printed or is_nothing(printed):
        return None
    if kind == "infiniband":
        return "Active" if up else "Down"
    if kind == "nvlink":
        return "up" if up else "inactive"
    return "up" if up else "down"


def _rate(speed: str, width: str) -> float | None:
    """`IB-NDR` at `4x` is 400 Gb/s, so is `400G`; None for none."""
    across = _LANES.match(width)
    if said := _GENERATION.match(speed):
        return float(_LANE_GBPS[said[2].upper()] * int(across[1])) if across else None
    said = _ETHERNET.fullmatch(speed)
    if said is None:
        return gbps(speed)
    return float(said[1].rstrip("M")) / (1000 if "M" in speed.upper() else 1)
