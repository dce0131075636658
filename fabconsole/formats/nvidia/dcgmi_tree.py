"""What `dcgmi nvlink -e` and `dcgmi health -c` tell, each as a box of indented rows or as JSON (`-j`).

Both are one tree: a label, its value, further lines of it, and what stands below (DCGM's dcgmi/DcgmiOutput.cpp). It is
told here from top to bottom, label by label, so that lost indentation does not matter. Values are texts, in JSON too.
"""

from __future__ import annotations

import re
from typing import Any

from fabconsole.fabric.health import Severity
from fabconsole.formats import values
from fabconsole.formats.reading import Ber, Entry, Reading, Row

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
_ENTITY = re.compile(r"(?:(GPU|Switch|NvSwitch|CPU|ConnectX)\D{0,6})?(\d{1,4})", re.IGNORECASE)
_OLDER = re.compile(r"([A-Za-z]{2,16}(?: system)?): (Warning|Failure|Healthy)(?: - (.{1,400}))?")
"""DCGM 1.7 has no labels below a GPU."""

_SEVERITY = {"Warning": Severity.WARN, "Failure": Severity.CRIT, "Healthy": Severity.INFO}
_NAMES = {"switch": "nvswitch"}


def entity(group: str, number: str) -> str:
    """`gpu3`, `nvswitch0`: an entity of DCGM's as the console calls it."""
    plain = "".join(group.lower().split())
    return f"{_NAMES.get(plain, plain) or 'gpu'}{int(number)}"


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


class Health:
    """`Health Monitor Report`: what was found, by entity and by system."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._group = "GPU"
        self._row: Row | None = None
        self._system = ""
        self._health = ""
        self._rows: dict[str, Row] = {}
        self._words: list[str] = []

    def label(self, label: str, value: str) -> bool:
        """A label with its value; a blank one goes on with what the last said."""
        if not label:
            return self._more(value)
        self.flush()
        if label.lower().rstrip(":") == "overall health":
            self._reading.facts["overall_health"] = value
        elif (named := _ENTITY.fullmatch(label)) and value:
            self._entity(named[1] or self._group, named[2], value)
        elif label == "Errors" and not value:
            pass
        elif not value:
            self._group, self._row = label, None
        elif self._row is not None:
            self._systemic(label, value)
        else:
            self._reading.facts[values.snake(label.lower())] = value
        return True

    def _entity(self, group: str, number: str, health: str) -> None:
        name = entity(group, number)
        if name not in self._rows:
            self._rows[name] = Row(id=name, state=health)
            self._reading.rows.append(self._rows[name])
        self._row, self._system = self._rows[name], ""

    def _systemic(self, system: str, health: str) -> None:
        self._system, self._health = system, health
        if self._row is not None:
            told = self._row.extra.get("systems")
            self._row.extra["systems"] = {**(told if isinstance(told, dict) else {}), system: health}

    def _more(self, value: str) -> bool:
        if self._row is None or not value:
            return not value
        if older := _OLDER.fullmatch(value):
            self.flush()
            self._systemic(older[1], older[2])
            value = older[3] or ""
        if not self._system:
            return False
        if not value:
            return True
        self._words.append(value)
        return True

    def flush(self) -> None:
        """The words of an error are whole where the next label begins."""
        if not self._words or self._row is None:
            return
        text = " ".join(self._words)
        self._words = []
        told = self._row.extra.get("errors")
        self._row.extra["errors"] = [*(told if isinstance(told, list) else []), f"{self._system}: {text}"]
        self._reading.events.append(
            Entry(
                at=None,
                kind="dcgm-health",
                text=f"{self._system}: {text}",
                severity=_SEVERITY.get(self._health, Severity.UNKNOWN),
                subject=self._row.id,
            )
        )


def tell(tree: Any, into: NvlinkErrors | Health, reading: Reading) -> None:
    """A tree that came as JSON, label by label, as its box would."""
    if not isinstance(tree, dict):
        reading.unparsed.append(str(tree)[:200])
        return
    for label, node in tree.items():
        if not isinstance(node, dict):
            reading.unparsed.append(f"{label}: {node}"[:200])
            continue
        value = node.get("value", "")
        if not into.label(str(label), "" if value is None else str(value)):
            reading.unparsed.append(f"{label}: {value}"[:200])
        more = node.get("overflow", [])
        if isinstance(into, Health) and isinstance(more, list):
            for one in more:
                into.label("", str(one.get("value", "")) if isinstance(one, dict) else str(one))
        if "children" in node:
            tell(node["children"], into, reading)
