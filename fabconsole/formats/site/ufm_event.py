"""UFM's events: a line of event.log or syslog, or an object of `/ufmRest/app/events`, with the port it is about.

Numbers are UFM's ("Supported Traps and Events" of the UFM Enterprise user manual): 328 link up, 329 link down,
110 symbol errors, 702 port unhealthy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Entry

_LINE = re.compile(
    r"(?:(?P<before>.{0,160}?)\s)??\s{0,16}(?:(?P<at>\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?) )?"
    r"(?:\[(?P<id>\d{1,12})\] )?(?:\[(?P<code>\d{1,6})\] )?(?P<severity>CRITICAL|MINOR|WARNING|INFO|MAJOR|ERROR|NORMAL)"
    r" (?:Site \[[^\]]{0,80}\] )?\[(?P<topic>[\w ]{1,40})\] (?P<kind>\w{1,40}) \[(?P<path>[^\]]{0,300})\]"
    r"(?: \[dev_id: (?P<device>\w{1,40})\])?: (?P<text>.*)"
)
SIGN = r"(?:CRITICAL|MINOR|WARNING|INFO|MAJOR) (?:Site \[[^\]\n]{0,80}\] )?\[\w{1,40}\] \w{1,40} \[[^\]\n]{1,300} / "
"""What only these lines bear: a path like `default / Switch: leaf-a01 / NA / 17`."""
_END = re.compile(r"\)\s?(?:0x)?([0-9a-f]{16})[:_](\d{1,3})")
_PORT = re.compile(r"(?:0x)?([0-9a-fA-F]{16})[_:](\d{1,3})")
_REST = ("id", "category", "event_count", "counter", "duration")
_SEVERITIES = {"critical": Severity.CRIT, "major": Severity.CRIT, "error": Severity.CRIT}
_SEVERITIES |= {"minor": Severity.WARN, "warning": Severity.WARN}
_SEVERITIES |= {"info": Severity.INFO, "normal": Severity.INFO}


def line(text: str) -> Entry | None:
    """An event of a log; None: the line is none."""
    found = _LINE.fullmatch(text.rstrip())
    if found is None:
        return None
    ends = [f"{guid}/{port}" for guid, port in _END.findall(found["text"])]
    at = found["at"]
    stamp = (found["before"] or "").strip() or None
    return Entry(
        at=at.replace(" ", "T").replace(",", ".") if at else None,
        kind="ufm",
        text=found["text"],
        code=int(found["code"] or found["id"]) if found["code"] or found["id"] else None,
        severity=_SEVERITIES[found["severity"].lower()],
        subject=ends[0] if ends else found["device"] or found["path"],
        meaning=f"{found['topic']} {found['kind']} [{found['path']}]",
        node=_node(found["path"]),
        stamp=stamp,
    )


def event(said: Mapping[str, Any]) -> Entry:
    """An event or alarm of the REST interface."""
    number = next((said[key] for key in ("event_type", "type") if str(said.get(key)).isdigit()), None)
    at = said.get("timestamp")
    path = str(said.get("object_path") or said.get("related_object_path") or "")
    told = (said.get("description"), said.get("summary"), said.get("name"))
    text = str(next((one for one in told if one), ""))
    if (reason := str(said.get("reason") or "")) and reason != text:
        text = f"{text}: {reason}" if text else reason
    return Entry(
        at=at.replace(" ", "T") if isinstance(at, str) and at[:4].isdigit() else None,
        kind="ufm",
        text=text,
        code=None if number is None else int(number),
        severity=_SEVERITIES.get(str(said.get("severity")).lower()),
        subject=_subject(str(said.get("object_name") or said.get("related_object_name") or "")),
        meaning=_meaning(said),
        node=_node(path),
        stamp=at if isinstance(at, str) and not at[:4].isdigit() else None,
    )


def _meaning(said: Mapping[str, Any]) -> str | None:
    """What it is called, and in brackets what has no place of its own: its number, how often, which counter."""
    rest = [f"{key} {said[key]}" for key in _REST if said.get(key) not in (None, "", "N/A")]
    name = str(said.get("name") or "")
    return " ".join([name, f"[{', '.join(rest)}]"] if rest else [name]).strip() or None


def _subject(name: str) -> str | None:
    """`0c42a10300b31234_1` is that port."""
    found = _PORT.fullmatch(name)
    return f"{found[1].lower()}/{int(found[2])}" if found else name or None


def _node(path: str) -> str | None:
    """`default / Switch: leaf-a01 / NA / 17`: the node's name."""
    for part in path.split(" / "):
        kind, found, name = part.partition(": ")
        if found and kind.strip() in {"Switch", "Computer", "Gateway", "Router", "Host"}:
            return name.strip() or None
    return None
