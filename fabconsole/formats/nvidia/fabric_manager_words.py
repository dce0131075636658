"""What a message of the fabric manager tells: an error of an NVSwitch or an NVLink, a setting, or nothing of concern.

Forms: NVIDIA's Fabric Manager user guide ("Runtime NVSwitch and GPU errors"), its global fabric manager on the switches
of an NVL72 (`Fabric Manager detected GPU NVL Fatal error on :` and what follows it line by line), and what it says when
it cannot start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.printable import printable
from fabconsole.fabric.xids import sxid
from fabconsole.formats.logs import kernel_log
from fabconsole.formats.nvidia.fabric_manager_places import Place, place
from fabconsole.formats.nvidia.pci import address as pci_address
from fabconsole.formats.reading import Said
from fabconsole.formats.values import integer, snake

_SWITCH = re.compile(
    r"detected NVSwitch (fatal|non-fatal) error (\d{3,6})(?: on (?:fid|NodeId|node ?id) (\d{1,6}))?"
    r"(?: on NVSwitch)?(?: pci bus id ([0-9a-fA-F:.]{7,20}))?(?: physical id (\d{1,4}))?(?: port (\d{1,4}))?",
    re.IGNORECASE,
)
_NVLINK = re.compile(r"detected (stale )?(?:GPU|Switch|NVSwitch)? ?NVL(?:ink)? (fatal|non[- ]?fatal)", re.IGNORECASE)
_MISMATCH = re.compile(
    r"driver interface version (\d{3}(?:\.\d{1,4}){1,3}) (?:don't|doesn't|does not) match.{0,20}? version"
    r" (\d{3}(?:\.\d{1,4}){1,3})"
)
_FIELD = re.compile(r"(\w{2,40}) ?: ?([\w.:-]{1,64})")
_BAD = re.compile(
    r"\b(?:error|errors|fail|failed|failure|fatal|abort|aborting|aborted|mismatch|unable|timed out|timeout|degraded)\b"
    r"|(?:don't|doesn't|do not|does not|not) match",
    re.IGNORECASE,
)
_WORST = re.compile(
    r"\b(?:fatal|abort|aborting|aborted|mismatch)\b|(?:don't|doesn't|not) match|exit-code", re.IGNORECASE
)
_MOST_FIELDS = 64
_NO_SWITCH = "NV_WARN_NOTHING_TO_DO"
_QUIET = frozenset({"INFO", "DEBUG", "TRACE", "VERBOSE", "NOTICE"})
_INFO, _WARN, _CRIT = Severity.INFO, Severity.WARN, Severity.CRIT


@dataclass(frozen=True, slots=True)
class Told:
    """What a message tells."""

    event: Event
    error: dict[str, Said] | None = None
    """Of an NVSwitch or an NVLink: number, address, port, each by its name."""


@dataclass(slots=True)
class Record:
    """One message, and the lines it goes on over."""

    message: str
    stamp: str | None = None
    level: str | None = None
    host: str | None = None
    more: list[str] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def take(self, line: str) -> bool:
        """Whether a further line is its own: a field that an NVLink's error has already is another error's."""
        if "NVL" in self.message:
            name = line.partition(":")[0].strip()
            if name in self._names or len(self.more) >= _MOST_FIELDS:
                return False
            self._names.add(name)
        self.more.append(line.strip())
        return True


@lru_cache(maxsize=1024)
def told(message: str, level: str | None = None, more: tuple[str, ...] = ()) -> Told | None:
    """An event, or None where it is of no concern. `more`: the lines that go on with the message. Never raises."""
    if "detected" in message:
        if said := _SWITCH.search(message):
            return _of_switch(said, _text(message, more))
        if said := _NVLINK.search(message):
            return _of_link(said, _text(message, more), more)
    if "Xid (" in message and (event := kernel_log.event(message, "", 0.0)):
        return Told(event)
    if found := place(message):
        return _of_place(found, _text(message, more))
    if said := _MISMATCH.search(message):
        event = _event(_text(message, more), _CRIT, "install the fabric manager that has the driver's version")
        return Told(event, {"what": "version mismatch", "version": said[1], "driver_version": said[2]})
    if level in _QUIET or (level is None and not _BAD.search(message)):
        return None
    text = _text(message, more)
    if _NO_SWITCH in message:
        return Told(_event(text, _INFO, "none where no NVSwitch is, as on an NVL72's compute tray"))
    return Told(_event(text, _CRIT if _WORST.search(message) else _WARN))


def _text(message: str, more: tuple[str, ...]) -> str:
    return printable("; ".join((message.strip(), *more)))


def _of_place(found: Place, text: str) -> Told:
    event = Event(
        at=0.0,
        node="",
        kind="fabric-manager",
        severity=found.severity,
        text=text,
        subject=found.subject,
        link=found.port,
    )
    return Told(event, found.fields)


def _of_switch(said: re.Match[str], text: str) -> Told:
    word, code, node, pci, physical, port = said.groups()
    fault = sxid(int(code), word.capitalize())
    address = pci_address(pci) if pci else None
    error: dict[str, Said] = {
        "sxid": int(code),
        "fatal": word.lower() == "fatal",
        "node_id": integer(node) if node else None,
        "pci": address,
        "physical_id": integer(physical) if physical else None,
        "port": integer(port) if port else None,
    }
    event = Event(
        at=0.0,
        node="",
        kind="sxid",
        severity=fault.severity,
        text=text,
        code=int(code),
        subject=address,
        link=int(port) if port else None,
        meaning=fault.meaning,
        action=fault.action,
    )
    return Told(event, {name: value for name, value in error.items() if value is not None})


def _of_link(said: re.Match[str], text: str, more: tuple[str, ...]) -> Told:
    fatal = said[2].lower() == "fatal"
    error: dict[str, Said] = {"fatal": fatal, "stale": True} if said[1] else {"fatal": fatal}
    for line in more:
        if field := _FIELD.match(line):
            value = integer(field[2]) if field[2].isdigit() else None
            error[snake(field[1])] = field[2] if value is None else value
    port, guid = error.get("port_num"), error.get("gpu_guid")
    event = Event(
        at=0.0,
        node="",
        kind="fabric-manager",
        severity=_CRIT if fatal else _WARN,
        text=text,
        subject=guid if isinstance(guid, str) else None,
        link=port if isinstance(port, int) else None,
        meaning="NVLink fatal error" if fatal else "NVLink non-fatal error",
    )
    return Told(event, error)


def _event(text: str, severity: Severity, action: str | None = None) -> Event:
    return Event(at=0.0, node="", kind="fabric-manager", severity=severity, text=text, action=action)
