"""The fabric manager's log, `/var/log/fabricmanager.log`, or what it said to a journal; IMEX's is of the same kind.

A record is `[Feb 27 2025 15:10:02] [ERROR] [tid 1804] message`, and may go on over several lines. An error is often
logged twice: it is told once, and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.logs import stamped
from fabconsole.formats.logs.stamps import iso
from fabconsole.formats.nvidia.fabric_manager_words import Record, told
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Said
from fabconsole.formats.values import integer, snake

_RECORD = re.compile(
    r"(?:[\w./+-]{1,120}:(?:\d{1,9}:)?)?\[([^\[\]]{4,20}\d\d:\d\d:\d\d[^\[\]]{0,16})\] "
    r"(?:\[([A-Za-z]{3,8})\] )?(?:\[tid (\d{1,10})\] )?(.*)"
)
_GOES_ON = re.compile(r"Message payload details|\w{2,40} : ?\S|\s+\S")
_BEGUN = re.compile(r"(Fabric Manager|IMEX) Log initializing at: ?(.{6,40})", re.IGNORECASE)
_VERSION = re.compile(r"(Fabric Manager|IMEX) version (?:is : )?(\d{3}\.[\w.]{1,24})(?: is running|$)", re.IGNORECASE)
_SETTING = re.compile(r"([A-Z][\w/ .-]{2,70}?) ?= ?(.{0,120})")
_SERVICE = re.compile(
    r"\s*(Loaded|Active|Main PID|Tasks|Memory|CPU|CGroup|Process|Docs|Drop-In|TriggeredBy|Status|Invocation): (.*)"
)
_UNIT = re.compile(
    r"\W{0,3}\s?(nvidia-(?:fabricmanager|imex)\.service) - (.*)|\s*[└├]─.*|\s+/\S+|--(?: .*)?|(?:bash-[\d.]+)?[#$] .*"
)
_PROGRAM = re.compile(r"(?:nv-fabricmanager|nvidia-fabricmanager\S{0,16}|nvidia-imex)\[\d{1,10}\]: (.*)")
_OWN_WORDS = ("NVSwitch", "NV_WARN_NOTHING_TO_DO", "abric manager", "abric Manager")
"""In what it says to a terminal, without a stamp, when it cannot start."""
_TEAM = re.compile(r"Team (\w{4,16}) (request|response):")
_GPUS = re.compile(r"Number of GPUs: ?(\d{1,6})")
_SAID_ONCE = {
    "Successfully configured": "configured",
    "Connected to": "connected",
    "Detected Pre-NVL5": "generation",
    "Detected NVL5": "generation",
}
_COUNTED = (
    ("multicast group", "is allocated", "multicast_groups_allocated"),
    ("multicast group", "is freed", "multicast_groups_freed"),
    ("multicast team", "successfully setup", "multicast_teams_set_up"),
    ("multicast team", "successfully released", "multicast_teams_released"),
    ("inband message", "Received an", "inband_messages_received"),
    ("inband response", "Sending", "inband_responses_sent"),
    ("robe request", "received", "gpu_probe_requests"),
)


class _Log:
    """The log as far as it has been read."""

    def __init__(self, hosts: bool) -> None:
        self._hosts = hosts
        self._said = Reading()
        self._last: Record | None = None
        self._levels: Counter[str] = Counter()
        self._counted: Counter[str] = Counter()
        self._settings: dict[str, Said] = {}
        self._service: dict[str, Said] = {}
        self._errors: list[dict[str, Any]] = []
        self._error_of: dict[int, dict[str, Any]] = {}
        """Of an event, by its place among them."""
        self._seen: dict[tuple[str | None, str], int] = {}
        self._repeats: Counter[int] = Counter()
        self._stamps: list[str] = []
        self._records = 0
        self._team_sizes: set[int] = set()
        self._message = ""
        """The last."""

    def line(self, text: str) -> None:
        if record := _RECORD.match(text):
            self._begin(Record(record[4], record[1], record[2] and record[2].upper()))
        elif (found := stamped.split(text.lstrip(), hosts=self._hosts)) is not None:
            self._journal(found)
        elif self._last is not None and _GOES_ON.match(text) and self._last.take(text):
            return
        elif not self._header(text):
            self._said.unparsed.append(text)

    def reading(self) -> Reading:
        self._done()
        facts = self._said.facts
        facts["records"] = self._records
        if self._levels:
            facts["levels"] = dict(self._levels)
        if self._stamps:
            facts["first"], facts["last"] = (iso(stamp) or stamp for stamp in (self._stamps[0], self._stamps[-1]))
            facts["last_message"] = self._message
        facts.update(self._counted)
        if self._team_sizes:
            facts["gpus_in_a_team"] = list[Said](sorted(self._team_sizes))
        if self._settings:
            facts["settings"] = self._settings
        if self._service:
            facts["service"] = self._service
        if self._errors:
            facts["errors"] = list[Said](self._errors)
        if self._repeats:
            facts["logged_more_than_once"] = [
                {"text": self._said.events[at].text, "count": count} for at, count in self._repeats.items()
            ]
        return self._said

    def _journal(self, found: stamped.Stamped) -> None:
        program, _, message = found.message.partition(": ")
        if inner := _RECORD.match(message):
            self._begin(Record(inner[4], inner[1], inner[2] and inner[2].upper(), found.host))
        else:
            about = "fabric" in program or "imex" in program
            self._begin(Record(message if about else found.message, found.stamp, None, found.host))

    def _begin(self, record: Record) -> None:
        self._done()
        self._last = record
        self._message = record.message
        self._records += 1
        if record.level is not None:
            self._levels[record.level] += 1
        if record.stamp is not None:
            self._stamps.append(record.stamp)
            del self._stamps[1:-1]

    def _done(self) -> None:
        """Take what the last record says, now that it is whole."""
        record, self._last = self._last, None
        if record is None:
            return
        tells = told(record.message, record.level, tuple(record.more))
        if tells is None:
            self._once(record.message)
            for line in record.more:
                self._payload(line)
            return
        event, at = tells.event, None if record.stamp is None else iso(record.stamp)
        before = self._seen.get((record.stamp, event.text))
        if before is not None:
            self._repeats[before] = max(self._repeats[before], 1) + 1
            if before in self._error_of:
                self._error_of[before]["count"] += 1
            return
        self._seen[record.stamp, event.text] = len(self._said.events)
        if tells.error is not None:
            self._errors.append({**tells.error, "at": at or record.stamp, "count": 1})
            self._error_of[len(self._said.events)] = self._errors[-1]
        self._said.events.append(
            Entry(
                at=at,
                node=record.host,
                kind=event.kind,
                code=event.code,
                severity=event.severity,
                text=event.text,
                link=event.link,
                action=event.action,
                subject=event.subject,
                meaning=event.meaning,
                stamp=record.stamp if at is None else None,
            )
        )

    def _once(self, message: str) -> None:
        for first, second, name in _COUNTED:
            if first in message and second in message:
                self._counted[name] += 1
                return
        if version := _VERSION.search(message):
            self._said.facts["program"], self._said.facts["version"] = version[1], version[2]
        elif setting := _SETTING.fullmatch(message):
            value = setting[2].strip()
            number = integer(value)
            self._settings[snake(setting[1])] = (value or None) if number is None else number
        else:
            for begin, name in _SAID_ONCE.items():
                if message.startswith(begin):
                    self._said.facts[name] = message

    def _payload(self, line: str) -> None:
        """What an in-band message holds: GPUs ask for a multicast team, and give it back."""
        if team := _TEAM.search(line):
            self._counted[f"team_{team[1]}_{team[2]}s".lower()] += 1
        if size := _GPUS.search(line):
            self._team_sizes.add(int(size[1]))

    def _header(self, text: str) -> bool:
        if version := _VERSION.search(text):
            self._said.facts["program"], self._said.facts["version"] = version[1], version[2]
        elif begun := _BEGUN.search(text):
            self._said.facts["program"], self._said.facts["log_begun"] = begun[1], begun[2].strip()
        elif service := _SERVICE.fullmatch(text):
            self._service[snake(service[1])] = service[2]
        elif unit := _UNIT.fullmatch(text):
            if unit[1]:
                self._service["unit"] = unit[1]
        elif program := _PROGRAM.match(text):
            self._begin(Record(program[1]))
        elif (tells := told(text)) is not None and (tells.error or any(map(text.__contains__, _OWN_WORDS))):
            self._begin(Record(text.strip()))
        else:
            return False
        return True


def _reading(paste: Paste) -> Reading:
    log = _Log(stamped.has_hosts(paste.text))
    for line in paste.lines:
        if line and not line.isspace():
            log.line(line)
    return log.reading()


FORMAT = Format(
    name="fabricmanager-log",
    family="nvidia",
    commands=("cat /var/log/fabricmanager.log", "journalctl -u nvidia-fabricmanager", "cat /var/log/nvidia-imex.log"),
    versions="fabric manager 535 to 595 on HGX, 2025 on an NVL72's switches; IMEX 570",
    yields="NVSwitch and NVLink errors with SXid, address and port; settings, version, records by level",
    signs={
        r"^[^\n]{0,160}\[[A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:\d\d:\d\d\] \[[A-Z]{4,8}\] \[tid \d+\] ": 100,
        r"detected NVSwitch (?:non-)?fatal error \d|Fabric Manager detected GPU NVL": 90,
        r"\bnv-fabricmanager\[\d+\]: |\bnvidia-fabricmanager-start\.sh\[\d+\]: ": 90,
        r"^(?:Fabric Manager|IMEX) (?:Log initializing at|version is :)|nvidia-fabricmanager\.service - NVIDIA": 90,
    },
    read=_reading,
    aliases=("fabric manager log", "fabricmanager", "nv-fabricmanager", "nvidia-imex-log"),
)
