"""A host's log as it was pasted: the kernel's ring, syslog, a journal, in whichever way it is stamped.

A line that says nothing of GPUs, links or their bus is counted and is of no concern. Among stamped lines one without
a stamp is another stream's, and told as not understood; where no line has a stamp, all are the log's.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache

from fabconsole.fabric.event import Event
from fabconsole.fabric.printable import printable
from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.logs import host_facts, host_rules, journal, kernel_log, stamped
from fabconsole.formats.logs.host_facts import HostFacts
from fabconsole.formats.logs.host_tally import Tally
from fabconsole.formats.logs.stamped import LEVELS, Stamped
from fabconsole.formats.nvidia import fabric_manager_words
from fabconsole.formats.nvidia.pci import ADDRESS, address
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading

_WORDS = (*host_rules.WORDS, *host_facts.WORDS)
_BETWEEN = re.compile(r"-- (?:Logs? begin|Journal begins|Reboot|Boot |No entries|Subject|Support).*|--|Hint: You are.*")
_EXPORTED = re.compile(r"^__(?:CURSOR|REALTIME_TIMESTAMP)=", re.MULTILINE)
_FIELD = re.compile(r"([A-Z_][A-Z0-9_]{0,63})=(.*)")
_PRETTY = re.compile(r'^\{\s*\n\s*"', re.MULTILINE)
_DETAIL = re.compile(r"(?:device \[[0-9a-fx]{4}:|\[ ?\d{1,2}\] |(?:AER: +)?TLP Header:)")
_HEAD = 128
"""Where a host's or a file's name may stand."""
_OF_GPU = re.compile(rf"NVRM: The NVIDIA GPU ({ADDRESS})")


class _Log:
    """The log as far as it has been read."""

    def __init__(self, hosts: bool) -> None:
        self._hosts = hosts
        self._said = Reading()
        self._facts = HostFacts()
        self._unstamped: list[str] = []
        self._tally = Tally()
        self._last: Stamped | None = None
        self._continued = 0
        """Events of lines that go on with the one above them."""
        self._announced: tuple[Event, Stamped] | None = None
        """A PCIe error that came in: told by its own line, if that follows before anything else does."""
        self._gpu: str | None = None
        """The last that was named on a line of its own, as newer drivers do before they say what befell it."""

    def line(self, text: str) -> None:
        """A line, as it stands."""
        plain = text.strip().lstrip("> ") or ">"  # one may be quoted where the lines around it are not
        bare = plain.startswith(stamped.DRIVERS)
        found = None if bare else stamped.split(plain, hosts=self._hosts)
        if found is None and not bare and ": " in plain[:_HEAD]:
            found = stamped.behind_name(plain, hosts=self._hosts)
        if found is not None:
            self._last = found
            self._message(found)
        elif plain[0] in "-H" and _BETWEEN.fullmatch(plain):
            return
        elif text[0].isspace() and self._facts.stamped:
            self._facts.continued += 1  # of the message above
            if bare and self._last is not None:
                self._continued += self._tell(self._last._replace(message=plain))
        elif self._tell(unstamped := Stamped(plain)):
            self._facts.line(unstamped)
        else:
            self._unstamped.append(text)

    def entry(self, fields: dict[str, object], text: str | None = None) -> None:
        """An entry of a journal, and how it stands where that is one line."""
        heard = journal.spoken(fields)
        if heard is None:
            self._said.unparsed.append(text or f"an entry without a message: {', '.join(fields)}"[:200])
            return
        level = None if heard.level is None else LEVELS[heard.level]
        stamp = None if heard.at is None else f"{heard.at:.6f}"
        self._message(Stamped(heard.message, stamp, host=heard.host, level=level))

    def stray(self, text: str) -> None:
        self._said.unparsed.append(text)

    def reading(self) -> Reading:
        self._announce()
        facts = self._facts
        if facts.stamped >= max(1, len(self._unstamped)):
            self._said.unparsed.extend(self._unstamped)
        else:
            facts.lines += len(self._unstamped)
        self._said.facts = facts.told(len(self._said.events) - self._continued) | self._tally.told()
        return self._said

    def _message(self, line: Stamped) -> None:
        self._facts.line(line)
        self._tell(line)

    def _tell(self, line: Stamped) -> bool:
        """Whether it tells something."""
        message = line.message
        if self._detail(message) or (heard := _heard(message)) is None:
            return False
        found, change = heard
        found = self._placed(found, message)
        self._facts.message(message)
        if found is None:
            return False
        if "PCIe Bus Error" in message:
            self._announced = None
        self._announce()
        if host_rules.announces(found):
            self._announced = found, line
        else:
            self._take(found, line, change)
        return True

    def _announce(self) -> None:
        if self._announced is not None:
            (found, line), self._announced = self._announced, None
            self._take(found, line, None)

    def _take(self, found: Event, line: Stamped, change: str | None) -> None:
        self._said.events.append(_entry(found, line))
        self._tally.take(found, change)

    def _placed(self, found: Event | None, message: str) -> Event | None:
        """An event, at the GPU that was named before it where it names none."""
        if "The NVIDIA GPU " in message and (named := _OF_GPU.search(message)):
            self._gpu = address(named[1])
        if found is not None and found.subject is None and "fallen off the bus" in message:
            said = message if self._gpu is None else f"NVRM: The NVIDIA GPU {self._gpu}; {message}"
            return replace(found, subject=self._gpu, text=printable(said))
        return found

    def _detail(self, message: str) -> bool:
        """Whether it is a further line of the PCIe error before it; that one's text tells it then."""
        events = self._said.events
        if not events or events[-1].kind != "aer" or not events[-1].subject:
            return False
        _, place, rest = message.partition(f"{events[-1].subject}: ")
        if not place or not _DETAIL.match(rest.lstrip()):
            return False
        events[-1] = replace(events[-1], text=f"{events[-1].text}; {' '.join(rest.split())}"[:4096])
        return True


@lru_cache(maxsize=4096)
def _heard(message: str) -> tuple[Event | None, str | None] | None:
    """What a message tells, and what became of a carrier; None where it is of no concern. A log repeats itself."""
    if not any(word in message for word in _WORDS):
        return None
    if found := kernel_log.event(message, "", 0.0):
        return found, None
    if "fabricmanager" in message:
        fabric = fabric_manager_words.told(message)
        return (None if fabric is None else fabric.event), None
    return host_rules.event(message) or (None, None)


def _entry(found: Event, line: Stamped) -> Entry:
    at = line.at
    return Entry(
        at=at,
        node=line.host,
        kind=found.kind,
        code=found.code,
        severity=found.severity,
        text=found.text,
        link=found.link,
        action=found.action,
        subject=found.subject,
        meaning=found.meaning,
        stamp=line.stamp if at is None else None,
        since_boot_s=line.since_boot_s,
    )


def _reading(paste: Paste) -> Reading:
    text = paste.text
    log = _Log(stamped.has_hosts(text))
    if "__REALTIME_TIMESTAMP=" in text and _EXPORTED.search(text):
        _exported(paste.lines, log)
    elif '"MESSAGE"' in text and _PRETTY.search(text):
        said = documents(text)
        for one in said.found:
            for fields in one if isinstance(one, list) else [one]:
                log.entry(fields if isinstance(fields, dict) else {})
        for line in said.rest:
            log.stray(line)
    else:
        _lines(paste.lines, log)
    return log.reading()


def _lines(lines: list[str], log: _Log) -> None:
    for line in lines:
        if not line or line.isspace():
            continue
        if line[0] == "{":
            try:
                fields = json.loads(line)
            except (ValueError, RecursionError):
                log.stray(line)
                continue
            log.entry(fields if isinstance(fields, dict) else {}, line)
        else:
            log.line(line)


def _exported(lines: list[str], log: _Log) -> None:
    """`journalctl -o export`: a field a line, a blank line after each entry."""
    fields: dict[str, object] = {}
    for line in [*lines, ""]:
        if not line.strip():
            if fields:
                log.entry(fields)
            fields = {}
        elif said := _FIELD.fullmatch(line):
            fields.setdefault(said[1], said[2])
        else:
            log.stray(line)


FORMAT = Format(
    name="kernel-log",
    family="logs",
    commands=("dmesg", "dmesg -T", "journalctl -k", "journalctl -k -o json", "cat /dev/kmsg", "cat /var/log/syslog"),
    versions="dmesg, /dev/kmsg, syslog and journalctl in every stamp; kernels 5.4 to 6.15, drivers 535 to 590",
    yields="Xid, SXid, mlx5, PCIe and carrier events; drivers, firmware, lines counted",
    signs={
        r"NVRM: Xid \(|: SXid \(PCI:": 60,
        r"^[ \t]*(?:<\d{1,3}>)?(?:[a-z]{2,8} *:[a-z]{3,6} *: )?\[ *\d{1,8}\.\d{6}\](?:\[ *[TC]\d+\])? ": 70,
        r"^[ \t]*(?:kern|user|daemon|syslog) {0,4}:[a-z]{3,6} {0,3}: (?:\d{4}-|\[)": 60,
        r"^\[\w{2,9}\.? +\w{3,9}\.? +\d{1,2} \d\d:\d\d:\d\d \d{4}\] (?!\[)": 70,
        r"^\d{1,3},\d{1,12},\d{1,16},[-c][^;\n]{0,60};": 100,
        r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \S{1,64} (?:[A-Z]{3,7} )?(?:kernel|swss#\w+): ": 80,
        r"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \S{1,64} systemd(?:-[a-z]+)?\[\d+\]: ": 40,
        r"^\d{4}-\d\d-\d\dT\S{8,24} \S{1,64} (?:kernel: |systemd(?:-[a-z]+)?\[)": 70,
        r"^[^\n]{0,80}(?:mlx5_core|pcieport) [0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d(?: \w+)?: ": 40,
        r'"__REALTIME_TIMESTAMP" ?:|^__REALTIME_TIMESTAMP=\d': 80,
        r": (?:[Ll]ost|[Gg]ained) carrier$|: link becomes ready$": 30,
    },
    read=_reading,
    aliases=("dmesg -x", "syslog", "journal", "kmsg", "xid"),
)
