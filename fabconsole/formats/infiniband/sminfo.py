"""`sminfo`: who is the master subnet manager, and is it moving.

Shape: rdma-core infiniband-diags/sminfo.c, one line; GUIDs are not padded, and of old the state was not printed. A
line that was wrapped on its way is read too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband import link_line
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said

_LINE = re.compile(
    r"^[ \t]*(?:#[ \t]*)?sminfo:\s{1,8}sm\s{1,8}lid\s{1,8}(?P<lid>0x[0-9a-fA-F]{1,4}|\d{1,5})"
    r"\s{1,8}sm\s{1,8}guid\s{1,8}(?P<guid>0x[0-9a-fA-FxX*#.…]{1,20}|(?:[0-9a-fA-F]{1,4}:){3}[0-9a-fA-F]{1,4}),"
    r"(?:\s{1,8}activity\s{1,8}count\s{1,8}(?P<activity>\d{1,20}))?,?\s{1,16}priority\s{1,8}(?P<priority>\d{1,3})"
    r"(?:,?\s{1,16}state\s{1,8}(?P<state>\d{1,2})(?:[ \t]{1,8}|\s{1,8}(?=SMINFO_|\?))?"
    r"(?P<word>\(?\w[\w()]*|\?{1,3})?|[ \t]*$)",
    re.MULTILINE,
)
_STATES = ("Not active", "Discovering", "Standby", "Master")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A subnet manager."""

    lid: int
    guid: str
    """Port GUID, sixteen hex digits."""
    activity: int
    """Grows while it is alive."""
    priority: int
    state: str
    """Master, Standby, Discovering, Not active (IBTA 14.4.1)."""


def read(text: str) -> Manager | None:
    """Understand a run's standard output; None where it names no manager. Never raises."""
    said = _LINE.search(text)
    return None if said is None or not said["word"] or said["activity"] is None else _manager(said)


def _manager(said: re.Match[str]) -> Manager:
    return Manager(
        lid=_lid(said["lid"]),
        guid=_guid(said["guid"]),
        activity=int(said["activity"] or 0),
        priority=int(said["priority"]),
        state=_state(said["state"]),
    )


@lru_cache(maxsize=64)
def _state(code: str | None) -> str:
    if code is None:
        return "unknown"
    return _STATES[int(code)] if int(code) < len(_STATES) else f"state {code}"


@lru_cache(maxsize=256)
def _guid(text: str) -> str:
    digits = "".join(part.zfill(4) for part in text.split(":")) if ":" in text else text[2:]
    return link_line.padded(digits) or ""


def _lid(text: str) -> int:
    return int(text, 16 if "x" in text else 10)


def _reading(paste: Paste) -> Reading:
    text = paste.text
    found = list(_LINE.finditer(text))
    if found and found[-1]["state"] is None and found[-1].end() == len(text) and paste.ends_mid_line:
        found.pop()  # cut off before its state, which may have been printed
    ends = [0, *(said.end() for said in found)]
    starts = [*(said.start() for said in found), len(text)]
    rest = "\n".join(text[end:start] for end, start in zip(ends, starts, strict=True)).split("\n")
    events, unparsed = sorted_out(line for line in rest if line.strip())
    rows = [_row(said) for said in found]
    facts = _once(rows[0]) if len(rows) == 1 else {}
    return Reading(rows=rows, events=events, facts=facts, unparsed=unparsed)


def _row(said: re.Match[str]) -> Row:
    lid, printed, activity, priority, state, word = said.groups()
    guid = _guid(printed)
    extra: dict[str, Said] = {"lid": _lid(lid), "guid": guid, "printed_guid": printed, "priority": int(priority)}
    if activity is not None:
        extra["activity_count"] = int(activity)
    if state is not None:
        extra["state_code"] = int(state)
    if word:
        extra["state_name"] = word.strip("()")
    marks = [] if guid.strip("0") else ["guid is zero"]
    if state is None:
        marks.append("state not printed")
    return Row(id=guid, state=_state(state), marks=marks, extra=extra)


def _once(row: Row) -> dict[str, Said]:
    """Of a single manager, what an operator asks for: it stands once."""
    return {"sm_state": row.state, **{f"sm_{name}": value for name, value in row.extra.items() if name in _ONCE}}


_ONCE = ("lid", "guid", "priority", "activity_count")

FORMAT = Format(
    name="sminfo",
    family="infiniband",
    commands=("sminfo",),
    versions="OFED 1.2 to rdma-core 57",
    yields="subnet managers: LID, GUID, priority, state, activity",
    signs={
        r"^[ \t]*(?:[\w.-]{1,64}:[ \t]*)?sminfo:\s{1,8}sm\s{1,8}lid\b": 100,
        r"^[^\n]{0,160}\bstate \d \(?SMINFO_[A-Z_]{3,16}\b": 100,
        r"^[ \t]*(?:# ?)?(?:/\S{1,80}/)?sminfo: ib(?:error|warn|panic)": 100,
    },
    read=_reading,
)
