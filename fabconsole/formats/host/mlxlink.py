"""`mlxlink` (`mstlink`), text and `--json`: a port's link, its module, its bit errors, and what to do about them.

Grammar: mstflint mlxlink/modules/printutil: a title, a rule of its length, then `key : value`; in JSON the same titles
and keys under `result.output`, every number a string. The port asked for is nowhere in it: the command names it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.format import Format
from fabconsole.formats.host import mlxlink_json
from fabconsole.formats.host.mlxlink_json import JSON_PAIR, tell
from fabconsole.formats.host.mlxlink_ports import Ports, asked, heading
from fabconsole.formats.intent import noted
from fabconsole.formats.json_text import Documents, documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone

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
_TOOL = ("firmware", "mft_version", "amber_version")


def _reading(paste: Paste) -> Reading:
    ports, reading = Ports(), Reading()
    said = documents(paste.text) if '"' in paste.text and "{" in paste.text else Documents(rest=[])
    if said.found:
        mlxlink_json.read(said, paste, ports, reading)
    else:
        _of_text(paste, ports, reading)
    reading.rows = [port.row() for port in ports.found if port.heard]
    if said.cut:
        reading.facts["incomplete"] = "the text ends before its JSON does"
    for name in _TOOL:
        value = next((row.extra[name] for row in reading.rows if row.extra.get(name) is not None), None)
        if value is not None:
            reading.facts[name] = value
    return noted(reading)


def _of_text(paste: Paste, ports: Ports, reading: Reading) -> None:
    lines = paste.lines
    errors = False
    for index, line in enumerate(lines):
        if not line.strip():
            if (typed := paste.typed.get(index)) and (name := asked(typed)):
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
            about = ports.name if ports.name.partition("/")[0] not in message[2] else ""
            tell(reading, "errors" if message[1] == "E" else "messages", f"{about}: {message[2]}".removeprefix(": "))
        elif errors:
            tell(reading, "errors", line.strip())
        elif (name := asked(line)) is not None:
            ports.name = name or ports.name
        elif above := heading(line):
            ports.name, ports.above = above
        elif line.rstrip().endswith("..."):
            tell(reading, "messages", line.strip())
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
    if '" ' in line and (said := JSON_PAIR.fullmatch(line)):
        return said[1], said[2]
    before, colon, value = line.partition(":")
    key = before.strip()
    if not colon or not key or len(key) > 80 or not (before[-1].isspace() or _unpadded(key)):
        return None
    return key, value.strip()


@lru_cache(maxsize=512)
def _unpadded(key: str) -> bool:
    return _NO_BLANK.fullmatch(key) is not None


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
    read=alone(_reading),
)
