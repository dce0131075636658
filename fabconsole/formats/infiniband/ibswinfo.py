"""`ibswinfo`: what an unmanaged switch is, and how its power supplies, fans and sensors are.

Shapes: stanford-rc/ibswinfo ibswinfo.sh, the whole report (`name | value`) and its parts by `-o` (`name : value`),
which call the same things differently. A row a switch, and one for each supply, fan and module of it.
"""

from __future__ import annotations

import re
from itertools import pairwise

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.complaints import is_typed
from fabconsole.formats.infiniband.ibswinfo_values import of_switch, part, sick, typed
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Row
from fabconsole.formats.strangers import alone
from fabconsole.formats.values import snake

_VALUE = re.compile(r"(\s{0,64})(\S.{0,40}?)\s{1,64}[|:](?:\s(.*)|)", re.ASCII)
_RULE = re.compile(r"\s*([=-])[=-]{7,100}\s*")
_COMPLAINT = re.compile(r"\s*(error|warning): .*")
_TITLE = re.compile(r"\s*(Device|(?:Current )?node description)\s*: (.*)")
_SWITCH = {
    "part_number": "part_number",
    "serial_number": "serial_number",
    "serial": "serial_number",
    "product_name": "product_name",
    "revision": "revision",
    "ports": "ports",
    "modules": "modules",
    "max_ports": "max_ports",
    "psid": "psid",
    "guid": "guid",
    "firmware_version": "firmware",
    "fw_version": "firmware",
    "cpld": "cpld",
    "uptime_d_h_m_s": "uptime",
    "uptime_sec": "uptime_s",
    "node_desription": "node",  # so a version spells it
    "node_description": "node",
    "temperature_c": "temperature_c",
    "cur_temp_c": "temperature_c",
    "max_temp_c": "max_temperature_c",
    "warn_threshold_c": "warn_threshold_c",
    "fan_status": "fan_status",
    "fans": "fan_status",
}
"""What a switch's values are printed as, to what they are called here."""
_SUPPLY = {"P/N": "part_number", "S/N": "serial_number", "DC power": "dc_power", "power (W)": "power_w"}
"""What stands below a power supply in the whole report, and nowhere else."""


def read(paste: Paste) -> Reading:
    """Understand a report, or several in a row. Never raises."""
    said = _Reports()
    lines = [line for line in paste.lines if line and not line.isspace()]
    if lines and all(line.startswith(" ") for line in lines):
        indent = min(len(line) - len(line.lstrip(" ")) for line in lines)  # a mail's or an issue's
        lines = [line[indent:] for line in lines]
    ruled = [
        across[1] if ("--" in line or "==" in line) and (across := _RULE.fullmatch(line)) else "" for line in lines
    ]
    titled = _titles(ruled)
    for line, rule, of_title in zip(lines, ruled, titled, strict=True):
        if rule:
            said.rule(rule)
        elif of_title:
            said.title(line)
        else:
            said.take(line)
    return said.whole()


def _titles(ruled: list[str]) -> list[bool]:
    """Which lines stand between two double rules: the name that its owner gave the switch, whatever it looks like."""
    titled = [False] * len(ruled)
    doubles = [at for at, rule in enumerate(ruled) if rule == "="]
    for first, last in pairwise(doubles):
        if 1 < last - first < 4:
            titled[first + 1 : last] = [True] * (last - first - 1)
    return titled


class _Reports:
    """What was read so far, and of which switch and supply the next line is."""

    def __init__(self) -> None:
        self._said = Reading()
        self._switch: Row | None = None
        self._parts: dict[str, Row] = {}
        self._supply: str | None = None

    def rule(self, rule: str) -> None:
        """A line across: no supply goes on below it, and below a double one nothing does."""
        self._supply = None
        if rule == "=" and self._switch is not None and len(self._switch.extra) > 2:
            self._end()

    def title(self, line: str) -> None:
        """A line of what stands between two double rules."""
        if self._switch is not None and len(self._switch.extra) > 2:
            self._end()
        named = _TITLE.fullmatch(line)
        key = "device" if named and named[1] == "Device" else "node"
        self._of_switch().extra[key] = (named[2] if named else line).strip()

    def take(self, line: str) -> None:
        """Any other line."""
        value = _VALUE.fullmatch(line)
        if value is not None and self._keep(value[2], value[3] or "", len(value[1])):
            return
        if value is not None and self._switch is not None and ("|" in line or "  :" in line):
            self._further(value[2], value[3] or "", len(value[1]))
        elif complained := _COMPLAINT.fullmatch(line):
            severity = Severity.CRIT if complained[1] == "error" else Severity.WARN
            self._said.events.append(Entry(at=None, kind="ibswinfo", text=line.strip(), severity=severity))
        elif not is_typed(line):
            self._said.unparsed.append(line)

    def whole(self) -> Reading:
        self._end()
        return self._said

    def _further(self, name: str, value: str, indent: int) -> None:
        """What another version may tell: of the supply above, where it stands below one, or of the switch."""
        supply = self._parts.get(self._supply or "")
        home = (supply if indent > 2 else self._switch) if name not in _SUPPLY and name != "fan status" else None
        if home is None or snake(name) in home.extra:
            self._said.unparsed.append(f"{' ' * indent}{name} | {value}".rstrip())
            return
        home.extra[snake(name)] = typed("", value)

    def _keep(self, name: str, value: str, indent: int) -> bool:
        """Put a value where it belongs; False where that is not known."""
        if (found := part(name)) is not None:
            return self._keep_part(*found, value)
        below = _SUPPLY.get(name) or ("fan_status" if name == "fan status" and (self._supply or indent > 2) else None)
        if below is not None:
            supply = self._parts.get(self._supply or "")
            if supply is None or below in supply.extra:
                self._supply = None  # the line that names it is missing
                return False
            supply.extra[below] = typed(below, value)
            return True
        key = _SWITCH.get(snake(name))
        if key is None:
            return False
        self._supply = None
        if key in self._of_switch().extra and not (key == "node" and len(self._of_switch().extra) == 1):
            self._end()
        self._of_switch().extra |= of_switch(key, value)
        return True

    def _keep_part(self, name: str, key: str | None, rest: str, value: str) -> bool:
        if key is None:
            return False
        known = self._parts.get(name)
        if known is not None and key in known.extra:
            self._end()
        self._of_switch()
        row = known if known is not None and name in self._parts else self._parts.setdefault(name, Row(id=name))
        row.extra[key] = typed(key, value)
        if key == "status" and rest:
            self._supply = name
        return True

    def _of_switch(self) -> Row:
        if self._switch is None:
            self._switch = Row(id="switch")
        return self._switch

    def _end(self) -> None:
        """The switch is told; what comes is another."""
        if self._switch is None:
            return
        guid, node = (str(self._switch.extra.get(key) or "") for key in ("guid", "node"))
        own = guid.removeprefix("0x")
        if own != guid and own.isalnum():
            self._switch.extra["guid"] = node = own.lower().zfill(16)
        self._switch.id = node or "switch"
        for row in self._parts.values():
            row.extra["switch"] = self._switch.id
            row.marks += sick(row, f"{row.id} ")
        self._switch.marks += sick(self._switch, "")
        self._said.rows += [self._switch, *self._parts.values()]
        self._switch, self._parts, self._supply = None, {}, None


FORMAT = Format(
    name="ibswinfo",
    family="infiniband",
    commands=("ibswinfo", "ibswinfo -o inventory", "ibswinfo -o status", "ibswinfo -o vitals"),
    versions="ibswinfo 0.4 to 0.8",
    yields="unmanaged switches: what they are, power supplies, fans, temperatures",
    signs={
        r"^[ \t]*fan#\d{1,3}(?:\.speed)? \(rpm\)\s{0,24}[|:]": 100,
        r"^[ \t]*PSU\d{1,2} status\s{0,24}\|": 100,
        r"^[ \t]*psu\d{1,2}\.(?:status|dc|fan|power \(W\)|part_number|serial)\s{0,24}:": 100,
        r"^[ \t]*(?:node_desc?ription|fw_version|product_name|cpld)\s{1,24}: ": 60,
        r"^[ \t]*uptime \((?:sec|d-h:m:s)\)\s{0,24}[|:]": 100,
        r"^[ \t]*(?:cur\.temp|max\.temp|temperature) \(C\)\s{0,24}[|:]": 60,
    },
    read=alone(read),
)
