"""`opensm.log`: what the subnet manager saw and did, stamped without a year.

Shape: OpenSM opensm/osm_log.c: month, day, time, microseconds, thread, level, text; a text may go on, indented, on the
next lines, and what matters most stands in a box of asterisks (`OSM_LOG_MSG_BOX`). Into the system's log goes the gist.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.complaints import complaint
from fabconsole.formats.infiniband.opensm_message import message
from fabconsole.formats.logs.stamps import iso
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Said

_LINE = re.compile(
    r"\s*(?:OpenSM \$ ?)?((?:(\d{4}) )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(?: (?:(20\d\d) )?(\d{6}))?)"
    r" \[([0-9A-Fa-f]{1,16})\] 0x([0-9A-Fa-f]{2}) -> ?(.*)",
    re.ASCII,
)
_SYSTEM = re.compile(r"\s*(\S.{5,38}?) (\S{1,64}) (?:[Oo]pen[Ss][Mm]|nvlsm)\[\d{1,10}\]: (.*)", re.ASCII)
_BOXED = re.compile(r"\s*\*{3,80}(?: (.{1,80}?) \*{2,80}|\**)\s*")
_SPEAKER = "nvlsm: "
_OPTION = re.compile(r"\s*Loading Cached Option: ?(\w{1,64}) ?= ?(.{0,200})")
_OPTIONS_FILE = re.compile(r"\s*(?:Reading Cached Option File: ?|Config file is )`?([^`': ]{1,200})[':`]*\s*")
_RULE = re.compile(r"\s*-{20,100}\s*|\s*(?:OpenSM \$ ?){1,8}\s*")
_BANNER = re.compile(r"\s*(?:Running )?OpenSM (\d[\w.+-]{2,64})\s*", re.ASCII)
_ARGUMENTS = re.compile(r"\s*Command Line Arguments:\s*")
_GUID = re.compile(r"\s*Using default GUID 0x([0-9a-fA-F]{1,16})\s*", re.ASCII)
_UNSTAMPED = re.compile(r"\s*(AR Manager - .*|SUBNET UP|Entering [A-Z -]{4,20} state|Exiting SM.*)\s*")
_VERSION = re.compile(r"OpenSM (\d[\w.+-]{2,64})", re.ASCII)
_SYS, _INFO = 0x80, 0x02
_LONGEST = 4096
"""A text to which nothing more is added."""


def read(paste: Paste) -> Reading:
    """Understand a log, or any part of one. Never raises."""
    said = _Log()
    for line in paste.lines:
        if line and not line.isspace():
            said.take(line)
    return said.whole()


class _Log:
    """What was read so far, and whether the next line goes on with the last."""

    def __init__(self) -> None:
        self._said = Reading()
        self._goes_on = False
        self._arguments: list[Said] | None = None
        self._options: dict[str, Said] = {}
        self._counts = {"errors": 0, "traps": 0, "heavy_sweeps": 0, "subnet_up": 0}

    def take(self, line: str) -> None:
        line = line.removeprefix(_SPEAKER)
        if "] 0x" in line and (said := _LINE.fullmatch(line)) is not None:
            year = said[2] or said[6]
            at = iso(f"{said[3]} {said[4]} {said[5]}.{said[7] or '000000'} {year}") if year else None
            self._keep(int(said[9], 16), said[10], at=at, stamp=said[1])
            self._goes_on, self._arguments = True, None
        elif line.lstrip().startswith("***") and (boxed := _BOXED.fullmatch(line)) is not None:
            if boxed[1]:
                self._box(boxed[1])
        elif self._goes_on and line[0] in " \t" and len(self._said.events[-1].text) < _LONGEST:
            last = self._said.events[-1]
            self._said.events[-1] = replace(last, text=f"{last.text.rstrip()} {line.strip()}")
        elif (system := _SYSTEM.fullmatch(line)) is not None:
            if (inner := _LINE.fullmatch(system[3])) is not None:  # the log goes to the journal
                self._keep(int(inner[9], 16), inner[10], at=iso(system[1]), stamp=system[1], host=system[2])
            else:
                self._keep(_SYS, system[3], at=iso(system[1]), stamp=system[1], host=system[2])
        else:
            self._rest(line)

    def whole(self) -> Reading:
        if self._said.events:
            self._said.facts |= self._counts
        return self._said

    def _keep(self, level: int, text: str, *, at: str | None, stamp: str | None, host: str | None = None) -> None:
        about = message(level, text)
        self._said.events.append(
            Entry(
                at=at,
                kind=about.kind,
                text=text.strip(),
                node=about.node or host,
                code=about.code,
                severity=about.severity,
                subject=about.subject,
                meaning=about.meaning,
                stamp=None if at else stamp,
            )
        )
        if about.state is not None:
            self._said.facts["sm_state"] = about.state
        if about.kind == "sm":
            self._counts["subnet_up"] += "SUBNET UP" in text
            if (version := _VERSION.search(text)) is not None:
                self._said.facts["version"] = version[1]
        self._counts["traps"] += about.kind == "trap" and "Received" in text
        self._counts["errors"] += about.error

    def _box(self, text: str) -> None:
        """What stands in a box belongs to the line above it, which holds no more than who says it."""
        self._counts["heavy_sweeps"] += text.startswith("HEAVY SWEEP")
        if self._goes_on and self._said.events and self._said.events[-1].text.endswith(":"):
            last = self._said.events[-1]
            about = message(_INFO, text)
            whole = f"{last.text} {text}"
            if about.state is not None:
                self._said.facts["sm_state"] = about.state
            self._said.events[-1] = replace(last, text=whole, kind=about.kind, severity=about.severity)
        else:
            self._keep(_INFO, text, at=None, stamp=None)

    def _rest(self, line: str) -> None:
        self._goes_on = False
        if _RULE.fullmatch(line):
            self._arguments = None
        elif (banner := _BANNER.fullmatch(line)) is not None:
            self._said.facts["version"] = banner[1]
        elif (option := _OPTION.fullmatch(line)) is not None:
            self._options[option[1]] = option[2].strip()
            self._said.facts["options"] = self._options
        elif (file := _OPTIONS_FILE.fullmatch(line)) is not None:
            self._said.facts["options_file"] = file[1]
        elif _ARGUMENTS.fullmatch(line):
            self._arguments = []
            self._said.facts["arguments"] = self._arguments
        elif self._arguments is not None and line[0] in " \t":
            self._arguments.append(line.strip())
        elif (guid := _GUID.fullmatch(line)) is not None:
            self._said.facts["sm_port_guid"] = guid[1].lower().zfill(16)
        elif _UNSTAMPED.fullmatch(line):
            self._keep(_INFO, line, at=None, stamp=None)
        elif (entry := complaint(line)) is not None:
            self._said.events.append(entry)
        else:
            self._said.unparsed.append(line)


FORMAT = Format(
    name="opensm-log",
    family="infiniband",
    commands=("opensm.log", "cat /var/log/opensm.log", "opensm", "cat /var/log/nvlsm.log"),
    versions="OpenSM 3.3 to 5.21, NVLink's subnet manager 2025.06",
    yields="sweeps, states of the manager, traps, errors, ports that came and went",
    signs={
        r"^.{0,24}\d\d:\d\d:\d\d \d{6} \[[0-9A-Fa-f]{1,16}\] 0x[0-9A-Fa-f]{2} -> ": 130,
        r"^.{0,100} (?:[Oo]pen[Ss][Mm]|nvlsm)\[\d{1,10}\]: ": 60,
        r"^(?:nvlsm: )?\s{0,8}(?:Loading Cached Option:|Reading Cached Option File:|OpenSM 20\d\d\.)": 90,
    },
    read=read,
)
