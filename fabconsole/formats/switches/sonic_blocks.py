"""SONiC's lists of `name: value`: what a module tells of itself under its port's name, version, the system's health."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.switches.ports import Ports
from fabconsole.formats.switches.sonic_cells import put
from fabconsole.formats.values import snake

_BLOCK = re.compile(r"\s*([A-Za-z][\w-]{2,24}\d(?:/\d+)*): {0,8}((?:SFP|Transceiver|Port|CMIS|RJ45|N/A).{0,80})?\s*")
_KEYED = re.compile(r"(\s*)([A-Za-z0-9][^:]{0,90}?) *:(?: +(\S.*)|\s*)")
_TITLE = re.compile(r"\s*([A-Z][a-z]\w* [^:]{4,80}):\s*")
_ALARM = re.compile(r"(?:warning|error|traceback|ibwarn|usage|exception)\b|.*(?:Error|Exception)$", re.IGNORECASE)
_SUPPLY = re.compile(r"\s*(PSU ?\d{1,2}) +(NOT PRESENT|OK|NOT OK)\s*")
_LED = re.compile(r"\s*System status LED {1,8}(\w{1,24})\s*")
_PARTS = frozenset({"Services", "Hardware"})
"""Of the system's health: each has a status and reasons of its own."""
_LONGEST = 4096
"""Characters of a value of many lines."""


class Blocks:
    """The block that is open while lines are read."""

    def __init__(self, ports: Ports, said: Reading) -> None:
        self._ports = ports
        self._said = said
        self._key = ""
        self._part = ""
        self._reasons = ""
        self.row: Row | None = None
        """The module that is being told about."""
        self.title = ""
        """What stood over the tables that come."""

    def line(self, line: str, after_blank: bool) -> bool:
        """Read one line; False: it is none of these."""
        if ":" in line and (block := _BLOCK.fullmatch(line)) is not None:
            return self._begin(block[1], block[2] or "")
        if "System status" in line and self._health(line):
            return True
        return self._keyed(line, after_blank)

    def measured(self, names: tuple[str, ...], cells: list[str]) -> bool:
        """A line of the table of a coherent module's measurements."""
        if self.row is None:
            return False
        told: dict[str, Said] = {}
        for name, cell in zip(names[1:], cells[1:], strict=True):
            put(told, snake(name), cell)
        known = self.row.extra.setdefault("performance", {})
        if isinstance(known, dict):
            known[snake(cells[0])] = told
        return True

    def _begin(self, name: str, text: str) -> bool:
        self._key = ""
        row = Row(id=name)
        if text.startswith("SFP EEPROM"):
            row.extra["eeprom"] = text.removeprefix("SFP EEPROM").strip().lower()
        elif text:
            row.extra["note"] = text
        self.row = self._ports.add(row, "module")
        return True

    def _health(self, line: str) -> bool:
        if led := _LED.fullmatch(line):
            self._said.facts["system_status_led"] = led[1]
            return True
        return line.strip() == "System status summary"

    def _keyed(self, line: str, after_blank: bool) -> bool:
        keyed = _KEYED.fullmatch(line)
        if keyed is None:
            return self._continued(line)
        indent, key, text = keyed[1], keyed[2], keyed[3] or ""
        if _ALARM.match(key):
            return False
        if self.row is not None and (indent or not after_blank):
            self._key = snake(key)
            if text:
                put(self.row.extra, self._key, text)
            return True
        if not text:
            return self._headed(line, key)
        self.row = None
        name = f"{self._part}_{snake(key)}" if self._part and indent else snake(key.replace("SONiC", "Sonic"))
        self._reasons = name if name.endswith("_reasons") else ""
        if text.startswith("'"):  # names of services: `'telemetry', 'orchagent'`
            self._said.facts[name] = [one.strip("' ") for one in text.split(",") if one.strip("' ")]
        else:
            put(self._said.facts, name, text)
        return True

    def _headed(self, line: str, key: str) -> bool:
        if key in _PARTS:
            self._part = snake(key)
            return True
        if _TITLE.fullmatch(line):
            self.title = key
            return True
        return False

    def _continued(self, line: str) -> bool:
        """The next line of a value that is a list, under its first."""
        if supply := _SUPPLY.fullmatch(line):
            self._ports.add(Row(id=supply[1], extra={"status": supply[2]}))
            return True
        if not line.startswith((" ", "\t")):
            return False
        if self._reasons:
            return self._more(self._said.facts, self._reasons, line.strip())
        if self.row is None:
            return False
        if not self._key:
            self.row.extra["note"] = line.strip()
            return True
        return self._more(self.row.extra, self._key, line.strip())

    @staticmethod
    def _more(into: dict[str, Said], key: str, text: str) -> bool:
        known = into.get(key)
        if len(str(known)) > _LONGEST:
            return False
        into[key] = f"{known}\n{text}" if isinstance(known, str) else text
        return True
