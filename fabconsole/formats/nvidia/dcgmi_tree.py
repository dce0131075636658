"""What `dcgmi health` tells, as a box of indented rows or as JSON (`-j`), and how such a JSON tree is told.

Both are one tree, as that of `dcgmi nvlink -e` is: a label, its value, further lines of it, and what stands below
(DCGM's dcgmi/DcgmiOutput.cpp). It is told here from top to bottom, label by label, so that lost indentation does not
matter. Values are texts, in JSON too.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from fabconsole.fabric.health import Severity
from fabconsole.formats import values
from fabconsole.formats.nvidia.dcgmi_links import entity
from fabconsole.formats.reading import Entry, Reading, Row

_ENTITY = re.compile(r"(?:(GPU|Switch|NvSwitch|CPU|ConnectX)\D{0,6})?(\d{1,4})", re.IGNORECASE)
_OLDER = re.compile(r"([A-Za-z]{2,16}(?: system)?): (Warning|Failure|Healthy)(?: - (.{1,400}))?")
"""DCGM 1.7 has no labels below a GPU."""

_SEVERITY = {"Warning": Severity.WARN, "Failure": Severity.CRIT, "Healthy": Severity.INFO}


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
        self._errors = self._torn = False

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
            self._torn = self._errors  # an entity has one such label: the next entity's was lost
            self._errors = True
            return not self._torn
        elif not value:
            self._group, self._row = label, None
            self._errors = self._torn = False
        elif self._torn:
            return False
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
        self._errors = self._torn = False

    def _systemic(self, system: str, health: str) -> None:
        self._system, self._health = system, health
        if self._row is not None:
            told = self._row.extra.get("systems")
            self._row.extra["systems"] = {**(told if isinstance(told, dict) else {}), system: health}

    def _more(self, value: str) -> bool:
        if self._row is None or self._torn or not value:
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


class Labelled(Protocol):
    """Who takes a tree in, label by label."""

    def label(self, label: str, value: str) -> bool:
        """A label with its value, blank where a text goes on; False where it is not understood."""


def tell(tree: Any, into: Labelled, reading: Reading) -> None:
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
        for one in more if isinstance(more, list) else [more]:
            text = str(one.get("value", "")) if isinstance(one, dict) else str(one)
            if not into.label("", text):
                reading.unparsed.append(text[:200])
        if "children" in node:
            tell(node["children"], into, reading)
