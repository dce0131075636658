"""What of a switch is neither up nor down and yet sick: supplies, fans, queues, optics; as marks that name it.

Words: sonic-platform-daemons psud and thermalctld (`NOT PRESENT`, `Not OK`), sonic-utilities pfcwd/main.py (`stormed`);
`++` and `--`, an optic's value beyond its alarm limits, in the legend of NX-OS and EOS (`+`, `-`: a warning).
"""

from __future__ import annotations

from fabconsole.formats.reading import Reading, Row, Said

_SICK = frozenset({"not present", "not ok", "stormed", "not running", "warning"})
_ALARMS = ("++", "--")


def named(said: Reading) -> Reading:
    """The same reading, each sick row marked with what it is sick of; SONiC's health, told once, becomes rows."""
    for row in said.rows:
        row.marks += [mark for mark in _marks(row) if mark not in row.marks]
    for part in ("services", "hardware"):
        status = said.facts.get(f"{part}_status")
        if isinstance(status, str) and status.lower() in _SICK:
            reasons = said.facts.get(f"{part}_reasons")
            extra: dict[str, Said] = {"status": status}
            if reasons is not None:
                extra["reasons"] = reasons
            said.rows.append(Row(id=part, marks=[status], extra=extra))
    return said


def _marks(row: Row) -> list[str]:
    marks = []
    status = row.extra.get("status")
    if isinstance(status, str) and status.lower() in _SICK:
        marks.append(status)
    for key, value in row.extra.items():
        if key.endswith("_alarm") and value in _ALARMS:
            marks.append(f"alarm {key.removesuffix('_alarm')}")
        elif value is True and "alarm" in key:
            marks.append(f"alarm {key}")
    return marks
