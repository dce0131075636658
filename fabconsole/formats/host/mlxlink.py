"""`mlxlink` (`mstlink`), text and `--json`: a port's link, its module, its bit errors, and what to do about them.

Grammar: mstflint mlxlink/modules/printutil: a title, a rule of its length, then `key : value`; in JSON the same titles
and keys under `result.output`, every number a string. The port asked for is nowhere in it: the command names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.host.mlxlink_port import Port
from fabconsole.formats.json_text import Documents, documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.values import is_nothing, snake

_DEVICE = re.compile(r"(?:mlxlink|mstlink)\b.{0,200}?\s(?:-d|--device)[ =]?(?:/dev/mst/)?(\S{1,80})")
_PORT = re.compile(r"\s(?:-p|--port)[ =]?(\d[\d/]{0,8})")
_ABOVE = re.compile(
    r"\b(mlx[45]_\w{1,12}|mt\d{4,5}_pciconf\d{1,3}(?:\.\d{1,2})?|lid-\d{1,5}|(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])"
)
_JSON_PAIR = re.compile(r'\s*"([^"]{1,80})"\s*:\s*"([^"]*)"\s*,?\s*')
_RULE = re.compile(r"\s*-{3,120}\s*")
_SAID = re.compile(r"\s*-([EWI])-\s*(.*?)\s*")
_TITLE = re.compile(
    r"(?:PCIe )?Operational (?:\(Enabled\) )?Info|Tool Information|Valid PCIe Links|Errors|"
    r"(?:Supported|Troubleshooting|Module|Device|Port|PLR|KR|DDM|Rx Recovery Counters|Test Mode|FEC Capability|"
    r"BER Monitor|External PHY|Serdes \w{1,16}(?: \w{1,16})?|Link Down) (?:Info|Information)|"
    r"(?:Physical Counters and BER|EYE Opening) Info(?: \(PCIe\))?|Management PCIe \w{1,16} Counters Info|"
    r"Histogram of FEC Errors",
    re.IGNORECASE,
)
_NO_BLANK = re.compile(
    r"(?:Time Since Last Clear \[Min\]|(?:Symbol|Effective Physical) (?:Errors|BER)|Raw Physical .{3,24}|State|Speed|"
    r"Width|FEC|Physical state|Link (?:Down|Error Recovery) Counter|Recommendation|(?:Status|Group) Opcode|Bin \d{1,2}|"
    r"Vendor .{4,16}|Temperature \[C\]|Cable T.{3,12}|Identifier|Auto Negotiation|Loopback Mode|"
    r"[A-Z][\w ,.\-/\[\]()]{33,80}|[A-Z].{2,80}\[.{1,12}\])"
)
_AROUND = " \t#*"
"""What Markdown puts around a title."""
_OPERATIONAL = ("operational info", "pcie operational (enabled) info")
_TOOL = ("firmware_version", "mft_version", "amber_version")


class _Ports:
    """Which port the next line is about."""

    def __init__(self) -> None:
        self.found: list[Port] = []
        self.name = ""
        self.section = ""

    def begin(self) -> None:
        name = self.name or ("port" if not self.found else f"port {len(self.found) + 1}")
        self.found.append(Port(name))
        self.name = ""

    def title(self, title: str) -> None:
        plain = title.lower()
        if plain in _OPERATIONAL or not self.found or self.name or plain in self.found[-1].sections:
            self.begin()
        self.section = title
        self.found[-1].sections.add(plain)

    def hear(self, key: str, said: str | list[str], mask: str = "") -> None:
        if not self.found or self.name or (self.section, key) in self.found[-1].heard:
            again = bool(self.found) and not self.name
            self.begin()
            if not again:
                self.section = ""
        self.found[-1].hear(self.section, key, said, mask)


def _reading(paste: Paste) -> Reading:
    ports, reading = _Ports(), Reading()
    said = documents(paste.text) if '"' in paste.text and "{" in paste.text else Documents(rest=[])
    if said.found:
        _of_json(said, paste, ports, reading)
    else:
        _of_text(paste, ports, reading)
    reading.rows = [port.row() for port in ports.found if port.heard]
    if said.cut:
        reading.facts["incomplete"] = "the text ends before its JSON does"
    for name in _TOOL:
        value = next((row.extra[name] for row in reading.rows if row.extra.get(name) is not None), None)
        if value is not None:
            reading.facts[name] = value
    return reading


def _of_text(paste: Paste, ports: _Ports, reading: Reading) -> None:
    lines = paste.lines
    errors = False
    for index, line in enumerate(lines):
        if not line.strip():
            if (typed := paste.typed.get(index)) and (name := _asked(typed)):
                ports.name = name
        elif not errors and (pair := _pair(line)) is not None:
            ports.hear(*pair)
        elif _RULE.fullmatch(line):
            if ports.found or errors:
                continue
            reading.unparsed.append(line)
        elif _is_title(lines, index):
            title = line.strip(_AROUND)
            errors = title == "Errors"
            if not errors:
                ports.title(title)
        elif message := _SAID.fullmatch(line):
            _tell(reading, "errors" if message[1] == "E" else "messages", message[2])
        elif errors:
            _tell(reading, "errors", line.strip())
        elif name := _asked(line) or _heading(line):
            ports.name = name
        elif line.rstrip().endswith("..."):
            _tell(reading, "messages", line.strip())
        else:
            reading.unparsed.append(line)


def _is_title(lines: list[str], index: int) -> bool:
    title = lines[index].strip(_AROUND)
    if len(title) > 80 or ":" in title:
        return False
    if _TITLE.fullmatch(title):
        return True
    below = next((line.strip() for line in lines[index + 1 : index + 3] if line.strip()), "")
    return bool(_RULE.fullmatch(below)) and len(below) == len(title)


def _pair(line: str) -> tuple[str, str] | None:
    """Keys are padded, so that a blank stands before the colon: what has none is another program's, or well known."""
    if '" ' in line and (said := _JSON_PAIR.fullmatch(line)):
        return said[1], said[2]
    before, colon, value = line.partition(":")
    key = before.strip()
    if not colon or not key or len(key) > 80 or not (before[-1].isspace() or _unpadded(key)):
        return None
    return key, value.strip()


@lru_cache(maxsize=512)
def _unpadded(key: str) -> bool:
    return _NO_BLANK.fullmatch(key) is not None


def _asked(command: str) -> str | None:
    """The port that a command asks about, as the console spells it: a device has its first one by default."""
    said = _DEVICE.search(command)
    if said is None:
        return None
    port = _PORT.search(command)
    return f"{said[1].replace('lid-', 'lid')}/{port[1] if port else '1'}"


def _heading(line: str) -> str | None:
    """A device's name that somebody's loop printed above the answer."""
    said = _ABOVE.search(line) if len(line) < 120 else None
    return f"{said[1].replace('lid-', 'lid')}/1" if said else None


def _of_json(said: Documents, paste: Paste, ports: _Ports, reading: Reading) -> None:
    asked = [name for command in paste.commands if (name := _asked(command))]
    answers = [answer for document in said.found for answer in _answers(document)]
    for index, (name, answer) in enumerate(answers):
        ports.name = name or (asked[index] if len(asked) == len(answers) else "")
        _answer(answer, ports, reading)
    for line in said.rest:
        if pair := _JSON_PAIR.fullmatch(line):
            ports.hear(pair[1], pair[2])
        elif name := _asked(line):
            continue
        else:
            reading.unparsed.append(line)


def _answers(document: Any) -> Iterator[tuple[str, Any]]:
    """A document, or several of them under the names of devices, as collectors keep them."""
    if isinstance(document, list):
        for one in document:
            yield from _answers(one)
    elif (
        isinstance(document, dict)
        and document
        and all(isinstance(one, dict) and ("result" in one or "status" in one) for one in document.values())
    ):
        for name, one in document.items():
            yield (f"{name}/1" if _ABOVE.fullmatch(str(name)) else str(name)), one
    else:
        yield "", document


def _answer(answer: Any, ports: _Ports, reading: Reading) -> None:
    if not isinstance(answer, dict):
        reading.unparsed.append(str(answer))
        return
    result = answer.get("result", answer)
    sections = result.get("output", result) if isinstance(result, dict) else {}
    if not isinstance(sections, dict):
        reading.unparsed.append(str(sections))
        return
    status = answer.get("status")
    if isinstance(status, dict):
        reading.facts["status_code"] = status.get("code")
        if status.get("code"):
            _tell(reading, "errors", str(status.get("message", "")))
        else:
            reading.facts["status_message"] = status.get("message")
    for name in ("configurations", "warning") if isinstance(result, dict) else ():
        if name in result:
            _tell(reading, "messages", str(result[name]))
    first = True
    for title, section in sorted(sections.items(), key=lambda one: str(one[0]).lower() not in _OPERATIONAL):
        if title in {"status", "configurations", "warning"}:
            continue
        if first:
            ports.begin()
            first = False
        ports.section = title if isinstance(section, dict) and not _is_value(section) else ""
        members = section if ports.section else {title: section}
        for key, value in members.items():
            _member(key, value, ports)


def _is_value(said: Any) -> bool:
    return isinstance(said, dict) and "values" in said


def _member(key: str, said: Any, ports: _Ports) -> None:
    mask = ""
    if isinstance(said, dict) and "values" in said:
        mask, said = str(said.get("mask", "")), said["values"]
    if isinstance(said, list):
        ports.hear(key, [str(one) for one in said], mask)
    elif isinstance(said, dict):
        for name, value in said.items():
            _member(f"{key} {name}", value, ports)
    else:
        ports.hear(key, "" if said is None else str(said))


def _tell(reading: Reading, name: str, text: str) -> None:
    if is_nothing(text):
        return
    told = reading.facts.setdefault(snake(name), [])
    if isinstance(told, list):
        told.append(text)


FORMAT = Format(
    name="mlxlink",
    family="host",
    commands=("mlxlink", "mlxlink -m -c --json", "mstlink"),
    versions="MFT 4.16 to 4.35 on ConnectX-4 to BlueField-3 and NVLink",
    yields="state, speed, module, bit error ratios, FEC histogram, recommendation",
    signs={
        r'^[ \t]*"?(?:PCIe )?Operational (?:\(Enabled\) )?Info\b': 60,
        r'"?Recommendation"?\s*:\s': 30,
        r'"?(?:Raw|Effective) Physical (?:BER|Errors)': 100,
        r'^[ \t]*"?(?:Troubleshooting|Physical Counters and BER|EYE Opening) Info"?\s*:?$': 60,
        r'^[ \t]*"?Histogram of FEC Errors"?\s*:?$': 60,
        r'"?Status Opcode"?\s*:': 30,
        r'"?(?:Rx|Tx) Power Current \[dBm\]': 100,
        r'"?(?:Enabled Link|Supported Cable) Speed(?: \(Ext\.\))?"?\s*:': 60,
        r"^[ \t]*Link (?:Speed|Width) Active \(Enabled\)": 100,
    },
    read=_reading,
)
