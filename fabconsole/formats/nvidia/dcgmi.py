"""`dcgmi`: NVLink states and errors, health, diagnostics, what was discovered, and monitored fields.

Sources: DCGM's dcgmi/Nvlink.cpp, Health.cpp, Diag.cpp, Query.cpp, DeviceMonitor.cpp; outputs of 2.4 to 4.2.
"""

from __future__ import annotations

import re
from collections import Counter

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.nvidia import dcgmi_diag, dcgmi_json
from fabconsole.formats.nvidia.complaints import typed
from fabconsole.formats.nvidia.dcgmi_diag import Diagnosis
from fabconsole.formats.nvidia.dcgmi_links import LinkStates, NvlinkErrors
from fabconsole.formats.nvidia.dcgmi_listing import Devices, Instances, Monitor, Topology
from fabconsole.formats.nvidia.dcgmi_tree import Health
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading

_KNOWN = re.compile(
    r"GPUs:|NvSwitches:|No (?:GPUs|NvSwitches) found\.|Key: Up=U.{0,80}|\|\s*NvLink Link Status\s*\||"
    r"Successfully ran diagnostic for group\.|Health monitor (?:systems )?report.{0,20}|\|\s*ConnectX\s*\|",
    re.IGNORECASE,
)
_RULE = re.compile(r"[+|][-=+|\s]{3,300}")
_VERSION = re.compile(r"(?:dcgmi|DCGM)\s+version\s*: (\S{1,24})", re.IGNORECASE)
_FOUND = re.compile(r"(\d{1,5}) ([A-Za-z]{2,16}?)(?:s|es)? found(?: \(\w{1,16}\))?\.")
_LISTED = re.compile(r"(GPU|Switch|CPU|ConnectX|NIC|NvSwitch) ID")
_UNTOLD = re.compile(
    r"Warning: Unable to retrieve nvlink (.{1,60}?) count for link (\d{1,3}) for gpuId (\d{1,4}) - (.{1,120})"
)
_WRONG = re.compile(
    r"(Error|Warning): .{1,400}|Error .{1,200}Return.{1,100}|GPU ID \d{1,4} is not valid, return: .{1,99}"
)
_RUN = re.compile(r"Running iteration (\d{1,6}) of (\d{1,6})\.\.\.")
_ENDED = re.compile(r"Passed all \d{1,6} runs of the diagnostic|Aborting the iterative runs of the diagnostic.{1,200}")
_BOXES = {
    "NVLINK Error Counts": "nvlink",
    "Health Monitor Report": "health",
    "Health monitor systems report": "health",
    "Topology Information": "topology",
    "Instance Hierarchy": "instances",
}


class _Answer:
    """Answers as they come; a box's first row tells which it is."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._nvlink = NvlinkErrors(self.reading)
        self._states = LinkStates(self.reading)
        self._health = Health(self.reading)
        self._diag = Diagnosis(self.reading)
        self._devices = Devices(self.reading)
        self._instances = Instances(self.reading)
        self._topology = Topology(self.reading)
        self._monitor = Monitor(self.reading)
        self._box = ""
        self._unclosed = False
        """Whether the diagnostic's box still waits for the rule below its last row."""

    def line(self, raw: str) -> None:
        """Take one in, its blanks with it: a cut text goes on behind them."""
        line = raw.strip()
        if line[0] == "|" or (line[0] == "+" and self._box == "diag"):
            if self._boxed(line):
                return
        elif (self._box == "dmon" and self._monitor.line(line)) or self._states.line(line) or self._plain(line):
            return
        if line.lower().startswith("health monitor"):
            self._open("health")
        if version := _VERSION.fullmatch(line):
            self.reading.facts["dcgm_version"] = version[1]
        elif not (_RULE.fullmatch(line) or _KNOWN.fullmatch(line) or typed(line)):
            self.reading.unparsed.append(line)

    def _boxed(self, line: str) -> bool:
        if self._diag.section(line):
            self._box, self._unclosed = "diag", True
            return True
        if _RULE.fullmatch(line):
            self._unclosed &= not line.startswith("+-")
            return True
        cells = line.removeprefix("|").removesuffix("|").split("|")
        label, value = cells[0].strip(), cells[1] if len(cells) > 1 else ""
        if self._heading(label, value.strip()):
            return True
        if self._box == "diag":
            self._unclosed = True
            return len(cells) >= 2 and self._diag.cells(label, value.removeprefix(" "))
        return self._cells(_bare(label), [cell.strip() for cell in cells])

    def _cells(self, label: str, cells: list[str]) -> bool:
        value = cells[1] if len(cells) > 1 else ""
        if self._box == "nvlink":
            if len(cells) == 3 and value:  # the oldest form has the link in every line
                return self._nvlink.label(label, "") and self._nvlink.label(value, cells[2])
            return (not value and self._nvlink.head(label)) or self._nvlink.label(label, value)
        if self._box == "topology":
            return self._topology.head(label) if len(cells) == 1 else self._topology.label(label, value)
        if self._box == "health":
            return self._health.label(label, value)
        if self._box == "instances":
            return self._instances.label(label, value)
        return self._box == "list" and self._devices.label(label, value)

    def _heading(self, label: str, value: str) -> bool:
        if box := _BOXES.get(label, ""):
            self._open(box)
        elif value in ("NVLINK Error Counts", "Topology Information"):
            self._open(_BOXES[value])
            return self._nvlink.head(label) if self._box == "nvlink" else self._topology.head(label)
        elif label == "Diagnostic" and value == "Result":
            self._open("diag")
        elif listed := _LISTED.fullmatch(label):
            self._open("list")
            self._devices.head(listed[1])
        elif label.lower().startswith("overall health"):
            self._box = "health"
            return ":" in label and self._health.label("Overall Health", label.partition(":")[2].strip())
        else:
            return False
        return True

    def _open(self, box: str) -> None:
        self._flush()
        self._states.close()
        self._box = box

    def _plain(self, line: str) -> bool:
        facts = self.reading.facts
        if untold := _UNTOLD.fullmatch(line):
            self._nvlink.untold(untold[3], untold[2], untold[1])
            self._event(line, Severity.WARN, f"gpu{int(untold[3])}", int(untold[2]))
        elif found := _FOUND.fullmatch(line):
            facts[f"{found[2].lower()}{'es' if found[2].endswith('ch') else 's'}"] = int(found[1])
        elif wrong := _WRONG.fullmatch(line):
            self._event(line, Severity.WARN if wrong[1] == "Warning" else Severity.UNKNOWN, None, None)
        elif line.startswith("#Entity"):
            self._open("dmon")
            self._monitor.head(line.split()[1:])
        elif run := _RUN.fullmatch(line):
            facts["iteration"], facts["iterations"] = int(run[1]), int(run[2])
        elif _ENDED.fullmatch(line):
            facts["iterations_said"] = line
        else:
            return False
        return True

    def _event(self, text: str, severity: Severity, subject: str | None, link: int | None) -> None:
        self.reading.events.append(
            Entry(at=None, kind="dcgmi", text=text, severity=severity, subject=subject, link=link)
        )

    def _flush(self) -> None:
        self._diag.flush()
        self._health.flush()

    def finish(self) -> Reading:
        """Count."""
        self._flush()
        dcgmi_diag.finish(self.reading)
        listed, announced = self._devices.listed, self.reading.facts.get("gpus")
        if listed and isinstance(announced, int) and announced > listed:
            self.reading.facts["incomplete"] = f"{announced} GPUs are announced and {listed} are here"
        if self._unclosed:
            self.reading.facts.setdefault("incomplete", "the diagnostic's table has no end")
        states = Counter(row.state for row in self.reading.rows if "/nvl" in row.id)
        if states:
            named = {row.id.partition("/")[0] for row in self.reading.rows}
            self.reading.facts.setdefault("gpus", sum(one.startswith("gpu") for one in named))
            self.reading.facts["links"] = states.total()
            self.reading.facts.update(
                {f"links_{state}": states[state] for state in ("up", "down", "disabled") if states[state]}
            )
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
            dcgmi_json.read(one, answer.reading)
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
        "dcgmi discovery -c",
        "dcgmi topo",
        "dcgmi dmon",
    ),
    versions="DCGM 1.7 to 4.6",
    yields="state and errors of NVLinks, health by GPU and system, what each diagnostic said, GPUs and switches",
    signs={
        r"^[ \t]{0,40}(?:gpuId|physicalId) \d{1,4}:|NvLink Link Status|^Key: Up=U": 100,
        r"NVLINK Error Counts": 100,
        r"Health Monitor Report|^Health monitor systems report|\"Overall Health\"\s{0,4}:": 100,
        r"^\|\s{0,8}Overall Health": 60,
        r"^[ \t]{0,40}\| Diagnostic\s{1,40}\| Result": 100,
        r"\"DCGM (?:GPU )?Diagnostic\"\s{0,4}:": 100,
        r"Successfully ran diagnostic for group": 60,
        r"^[ \t]{0,40}[|+]-----  (?:Metadata|Deployment|Hardware|Integration|Stress)  -": 60,
        r"^[ \t]{0,40}\| (?:GPU|Switch|ConnectX) ID\s{1,8}\| Device Information": 100,
        r"^[ \t]{0,40}\| (?:Instance Hierarchy  |Topology Information  |.{1,20} \| Topology Information )"
        r"|\"Topology Information\"": 100,
        r"^#Entity\s|^dcgmi {1,4}version: \d": 100,
    },
    read=_read,
)
