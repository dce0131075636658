"""`dcgmi`: NVLink states and errors, health, diagnostics, what was discovered, and monitored fields.

Sources: DCGM's dcgmi/Nvlink.cpp, Health.cpp, Diag.cpp, Query.cpp, DeviceMonitor.cpp; outputs of 2.4 to 4.2.
"""

from __future__ import annotations

import re

from fabconsole.fabric.health import Severity
from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.nvidia import dcgmi_diag
from fabconsole.formats.nvidia.complaints import typed
from fabconsole.formats.nvidia.dcgmi_diag import Diagnosis
from fabconsole.formats.nvidia.dcgmi_listing import Devices, Monitor
from fabconsole.formats.nvidia.dcgmi_tree import Health, NvlinkErrors, tell
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Row, Said

_STATES = {"U": "up", "D": "down", "X": "disabled", "_": "not supported"}
_DEVICE = re.compile(r"(gpuId|physicalId) (\d{1,4}):")
_LETTERS = re.compile(r"[UDX_](?: {1,4}[UDX_]){0,255}")
_KNOWN = re.compile(
    r"GPUs:|NvSwitches:|No (?:GPUs|NvSwitches) found\.|Key: Up=U.{0,80}|\|\s*NvLink Link Status\s*\||"
    r"Successfully ran diagnostic for group\.|Health monitor (?:systems )?report.{0,20}|Link Entities:",
    re.IGNORECASE,
)
_ENTITIES = re.compile(r"\d{1,4}:\d{1,10}(?:\s{1,8}\d{1,4}:\d{1,10}){0,64}")
_RULE = re.compile(r"[+|][-=+|\s]{3,300}")
_VERSION = re.compile(r"(?:dcgmi|DCGM)\s+version\s*: (\S{1,24})", re.IGNORECASE)
_FOUND = re.compile(r"(\d{1,5}) ([A-Za-z]{2,16}?)(?:s|es)? found(?: \(\w{1,16}\))?\.")
_LISTED = re.compile(r"(GPU|Switch|CPU|ConnectX|NIC|NvSwitch) ID")
_UNTOLD = re.compile(
    r"Warning: Unable to retrieve nvlink (.{1,60}?) count for link (\d{1,3}) for gpuId (\d{1,4}) - (.{1,120})"
)
_WRONG = re.compile(r"(Error|Warning): .{1,400}|Error .{1,200}Return.{1,100}")


class _Answer:
    """Answers as they come; a box's first row tells which it is."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._nvlink = NvlinkErrors(self.reading)
        self._health = Health(self.reading)
        self._diag = Diagnosis(self.reading)
        self._box = ""
        self._devices = Devices(self.reading)
        self._monitor = Monitor(self.reading)
        self._device: Row | None = None
        self._next = 0

    def line(self, raw: str) -> None:
        """Take one in, its blanks with it: a cut text goes on behind them."""
        line = raw.strip()
        if line[0] == "|" or (line[0] == "+" and self._box == "diag"):
            if self._boxed(line):
                return
        elif self._status(line) or self._plain(line):
            return
        if line.lower().startswith("health monitor"):
            self._flush()
            self._box = "health"
        if version := _VERSION.fullmatch(line):
            self.reading.facts["dcgm_version"] = version[1]
        elif not (_RULE.fullmatch(line) or _KNOWN.fullmatch(line) or typed(line)):
            self.reading.unparsed.append(line)

    def _boxed(self, line: str) -> bool:
        if self._diag.section(line):
            self._box = "diag"
            return True
        if _RULE.fullmatch(line):
            return True
        cells = line.removeprefix("|").removesuffix("|").split("|")
        label, value = cells[0].strip(), cells[1] if len(cells) > 1 else ""
        if self._heading(label, value.strip()):
            return True
        if self._box == "nvlink":
            if len(cells) == 1 or not value.strip():
                return self._nvlink.head(label) or self._nvlink.label(_bare(label), "")
            return self._nvlink.label(_bare(label), value.strip())
        if self._box == "health":
            return self._health.label(_bare(label), value.strip())
        if self._box == "diag" and len(cells) >= 2:
            return self._diag.cells(label, value.removeprefix(" "))
        return self._box == "list" and self._devices.label(label, value.strip())

    def _heading(self, label: str, value: str) -> bool:
        box = ""
        if label == "NVLINK Error Counts":
            box = "nvlink"
        elif label in ("Health Monitor Report", "Health monitor systems report"):
            box = "health"
        elif label == "Diagnostic" and value == "Result":
            box = "diag"
        elif listed := _LISTED.fullmatch(label):
            box = "list"
            self._devices.head(listed[1])
        elif label.lower().startswith("overall health"):
            self._box = "health"
            if ":" in label:
                return self._health.label("Overall Health", label.partition(":")[2].strip())
        if box:
            self._flush()
            self._box, self._device = box, None
        return bool(box)

    def _status(self, line: str) -> bool:
        if device := _DEVICE.fullmatch(line):
            self._flush()
            kind = "gpu" if device[1] == "gpuId" else "nvswitch"
            self._device, self._next, self._box = Row(id=f"{kind}{int(device[2])}"), 0, "status"
            self.reading.rows.append(self._device)
            return True
        if self._box == "status" and self._device is not None and _LETTERS.fullmatch(line):
            for letter in line.split():
                if letter != "_":  # the tool prints as many as the largest device could have
                    self.reading.rows.append(Row(id=f"{self._device.id}/nvl{self._next}", state=_STATES[letter]))
                key = "links_" + values.snake(_STATES[letter])
                count = self._device.extra.get(key, 0)
                self._device.extra[key] = (count if isinstance(count, int) else 0) + 1
                self._next += 1
            return True
        return self._box == "status" and _ENTITIES.fullmatch(line) is not None

    def _plain(self, line: str) -> bool:
        if untold := _UNTOLD.fullmatch(line):
            self._nvlink.untold(untold[3], untold[2], untold[1])
            self._event(line, Severity.WARN, f"gpu{int(untold[3])}", int(untold[2]))
        elif found := _FOUND.fullmatch(line):
            self.reading.facts[f"{found[2].lower()}{'es' if found[2].endswith('ch') else 's'}"] = int(found[1])
        elif wrong := _WRONG.fullmatch(line):
            self._event(line, Severity.WARN if wrong[1] == "Warning" else Severity.UNKNOWN, None, None)
        elif line.startswith("#Entity"):
            self._box = "dmon"
            self._monitor.head(line.split()[1:])
        elif self._box == "dmon":
            return self._monitor.line(line)
        else:
            return False
        return True

    def _event(self, text: str, severity: Severity, subject: str | None, link: int | None) -> None:
        self.reading.events.append(
            Entry(at=None, kind="dcgmi", text=text, severity=severity, subject=subject, link=link)
        )

    def json(self, said: object) -> None:
        """One document of `-j`."""
        if not isinstance(said, dict):
            self.reading.unparsed.append(str(said)[:200])
            return
        for name in ("DCGM GPU Diagnostic", "DCGM Diagnostic"):
            if isinstance(said.get(name), dict):
                dcgmi_diag.read_json(said[name], self.reading)
                return
        head = said.get("header")
        heads = [str(one) for one in head] if isinstance(head, list) else [str(head)] if head else []
        body = said.get("body")
        if heads[:1] == ["NVLINK Error Counts"]:
            errors = NvlinkErrors(self.reading)
            self.reading.unparsed += [one for one in heads[1:] if not errors.head(one)]
            tell(body, errors, self.reading)
        elif heads[:1] == ["Health Monitor Report"] or (isinstance(body, dict) and "Overall Health" in body):
            health = Health(self.reading)
            tell(body, health, self.reading)
            health.flush()
        else:
            told: dict[str, Said] = {values.snake(str(key)): value for key, value in said.items()}
            self.reading.facts.update(told)

    def _flush(self) -> None:
        self._diag.flush()
        self._health.flush()

    def finish(self) -> Reading:
        """Count."""
        self._flush()
        dcgmi_diag.finish(self.reading)
        links = [row for row in self.reading.rows if "/nvl" in row.id]
        if links:
            self.reading.facts["links"] = len(links)
            for state in ("up", "down", "disabled"):
                if count := sum(row.state == state for row in links):
                    self.reading.facts[f"links_{state}"] = count
        return self.reading


def _bare(label: str) -> str:
    """A label without the arrow that shows how deep it stands."""
    return label.removeprefix("->").strip()


def _read(paste: Paste) -> Reading:
    answer = _Answer()
    lines = paste.lines
    if "{" in paste.text:
        said = documents(paste.text)
        lines = said.rest
        for one in said.found:
            answer.json(one)
        if said.cut:
            answer.reading.facts["incomplete"] = "the JSON ends before its end"
    for line in lines:
        if line.strip():
            answer.line(line)
    return answer.finish()


FORMAT = Format(
    name="dcgmi",
    family="nvidia",
    commands=(
        "dcgmi nvlink -s",
        "dcgmi nvlink -e",
        "dcgmi nvlink",
        "dcgmi health -c",
        "dcgmi health -c -j",
        "dcgmi health",
        "dcgmi diag",
        "dcgmi diag -r 1",
        "dcgmi discovery -l",
        "dcgmi dmon",
    ),
    versions="DCGM 2.4 to 4.2",
    yields="state and errors of NVLinks, health by GPU and system, what each diagnostic said, GPUs and switches",
    signs={
        r"^[ \t]{0,40}(?:gpuId|physicalId) \d{1,4}:|NvLink Link Status|^Key: Up=U": 100,
        r"NVLINK Error Counts": 100,
        r"Health Monitor Report|\"Overall Health\"\s{0,4}:": 100,
        r"^\|\s{0,8}Overall Health": 60,
        r"^[ \t]{0,40}\| Diagnostic\s{1,40}\| Result": 100,
        r"\"DCGM (?:GPU )?Diagnostic\"\s{0,4}:": 100,
        r"Successfully ran diagnostic for group": 60,
        r"^[ \t]{0,40}[|+]-----  (?:Metadata|Deployment|Hardware|Integration|Stress)  -": 60,
        r"^[ \t]{0,40}\| (?:GPU|Switch|ConnectX) ID\s{1,8}\| Device Information": 100,
        r"^#Entity\s|^dcgmi {1,4}version: \d": 100,
    },
    read=_read,
)
