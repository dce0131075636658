"""What a line of the subnet manager's log is about: its own state, a trap, a port that came or went, an error.

Texts: OpenSM opensm/osm_log.c (levels), osm_helper.c (names of traps and states), osm_sm_state_mgr.c, osm_state_mgr.c,
osm_trap_rcv.c, osm_inform.c, osm_port_info_rcv.c, osm_drop_mgr.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fabconsole.fabric.health import Severity
from fabconsole.formats.values import integer

_TRAP = re.compile(
    r"Generic Notice type:(?:0x)?\w{1,4} num:(\d{1,5})(?: \(([^)]{0,80})\))?.{0,80}?"
    r" from LID:(0x[0-9a-fA-F]{1,4}|\d{1,6})",
    re.ASCII,
)
_CHANGED = re.compile(
    r"(?:Switch|Node|Router|CA) 0x([0-9a-fA-F]{1,16}) (.{0,128}?) ?[Pp]ort (\d{1,5})(?:\([^)]{0,32}\))?"
    r" changed state from (\w{2,20}) to (\w{2,20})",
    re.ASCII,
)
_PORT = re.compile(
    r"(Discovered new|Removed) port with GUID:0x([0-9a-fA-F]{1,16}) LID range \[(\d{1,6}), ?(\d{1,6})\] of node: ?(.*)",
    re.ASCII,
)
_ERROR = re.compile(r"ERR ([0-9A-Fa-f]{4,6}): ?(.*)", re.ASCII | re.DOTALL)
_STATE = re.compile(r"(Entering|Exiting) (?:SM )?([A-Z][A-Z -]{2,20}) state", re.ASCII | re.IGNORECASE)
_GONE = re.compile(r"Exiting SM\b(?! \w)")
_FAILURE = re.compile(
    r"FATAL|ERRORS? DURING INITIALIZATION|Errors? during initialization|Sweep failed|Errors on subnet|SM port is down"
)
_MILESTONE = re.compile(r"SUBNET UP|(?:HEAVY|LIGHT) SWEEP|[Hh]eavy sweep|Exiting SM|OpenSM \d")
_ERROR_LEVEL = 0x01
_HARMLESS_TRAPS = frozenset({64, 66, 67, 144, 145})
"""A port came into service, a group came or went, what a port or system can do or is called changed (IBTA 14.2.5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One."""

    kind: str
    """sm, trap, state or log."""
    severity: Severity
    code: int | None = None
    """A trap's number; an error's where it is decimal."""
    subject: str | None = None
    """`lid12`, a port's GUID, a switch's with the port: `0c00000000aa0010/3`."""
    node: str | None = None
    """As its owner called it."""
    meaning: str | None = None
    """A trap by name; an error's message, with its number before it where `code` cannot hold that."""
    error: bool = False
    """Whether it has an error's number."""
    state: str | None = None
    """The manager's own, where it enters it: MASTER, STANDBY, DISCOVERING, NOT-ACTIVE; EXITED, where it stops."""


def message(level: int, text: str) -> Message:
    """Understand one line's text, printed at `level` (0x01 is error, 0x80 is for the operator)."""
    if "Generic Notice" in text and (trap := _TRAP.search(text)):
        number = int(trap[1])
        return Message(
            kind="trap",
            severity=Severity.INFO if number in _HARMLESS_TRAPS else Severity.WARN,
            code=number,
            subject=f"lid{integer(trap[3])}",
            meaning=trap[2] or None,
        )
    if "ERR" in text and (error := _ERROR.search(text)):
        code = int(error[1]) if error[1].isdecimal() else None
        told = error[2].strip() if code is not None else error[0].strip()
        return Message(kind="log", severity=Severity.CRIT, code=code, meaning=told or f"ERR {error[1]}", error=True)
    if " port" in text or " Port" in text:
        if changed := _CHANGED.search(text):
            worse = changed[5] in ("DOWN", "Down")
            return Message(
                kind="state",
                severity=Severity.WARN if worse else Severity.INFO,
                subject=f"{changed[1].lower().zfill(16)}/{changed[3]}",
                node=changed[2].strip("()' ") or None,
            )
        if port := _PORT.search(text):
            severity = Severity.WARN if port[1] == "Removed" else Severity.INFO
            return Message(
                kind="state", severity=severity, subject=port[2].lower().zfill(16), node=port[5].strip() or None
            )
    return _of_itself(level, text)


def _of_itself(level: int, text: str) -> Message:
    """What the manager says of itself, or anything else."""
    if _FAILURE.search(text):
        return Message(kind="sm", severity=Severity.CRIT)
    if ("state" in text or "STATE" in text) and (state := _STATE.search(text)):
        entered = state[2].strip().upper() if state[1].lower() == "entering" else None
        return Message(kind="sm", severity=Severity.INFO, state=entered)
    if _MILESTONE.search(text):
        return Message(kind="sm", severity=Severity.INFO, state="EXITED" if _GONE.search(text) else None)
    return Message(kind="log", severity=Severity.WARN if level == _ERROR_LEVEL else Severity.INFO)
