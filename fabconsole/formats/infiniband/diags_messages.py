"""What stands among the answers of infiniband-diags and is none: complaints, a command typed, a tool's version.

Shapes: `complaints`, and what the tools and libibnetdisc print without their own mark (rdma-core
infiniband-diags/iblinkinfo.c, ibqueryerrors.c; ibdiag_common.c, `--version`; libibnetdisc/query_smp.c).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fabconsole.fabric.health import Severity
from fabconsole.formats.infiniband.complaints import complaint, is_typed
from fabconsole.formats.reading import Entry, Said

_UNMARKED = re.compile(
    r"\s*(?:(WARN: |[\w./-]{1,64}\.c:\d{1,6};)"
    r"|(?:Failed to (?:open|reopen|find|get|query|resolve|reset)|discover failed|loading cached fabric)\b)"
)


_FOUND = re.compile(
    r"\s{0,40}(?:DR path|[Ll]id) .{1,300} -> new (?:remote )?(?:Channel Adapter|Switch|Router|\S{1,16}) \{.*"
)
_TROUBLE = (Severity.WARN, Severity.CRIT)
_FAILED = re.compile(r"fail|time(?:d |-)?out|timed? out|bad status|unable|discover", re.IGNORECASE)
_VERSION = re.compile(r"\s{0,40}(?:ib\w{1,20}|perfquery|s\w{1,16}) BUILD VERSION: .{1,120}")


def sorted_out(lines: Iterable[str]) -> tuple[list[Entry], list[str]]:
    """Of lines that are no part of an answer: the complaints, and what nobody understood."""
    events = []
    rest = []
    for line in lines:
        if event := complaint(line) or _unmarked(line):
            events.append(event)
        elif not is_typed(line):
            rest.append(line)
    return events, rest


def shortfall(events: Iterable[Entry]) -> dict[str, Said]:
    """What a sweep could not find out, as the fact `incomplete`: queries that failed or were never answered."""
    failed = sum(event.severity in _TROUBLE and _FAILED.search(event.text) is not None for event in events)
    return {"incomplete": f"{failed} complaints of queries that failed or timed out"} if failed else {}


def _unmarked(line: str) -> Entry | None:
    said = _UNMARKED.match(line)
    if said is None:
        kind = "version" if _VERSION.fullmatch(line) else "discovered" if _FOUND.fullmatch(line) else None
        return Entry(at=None, kind=kind, text=line.strip()) if kind else None
    kind, severity = ("ibwarn", Severity.WARN) if said[1] else ("iberror", Severity.CRIT)
    return Entry(at=None, kind=kind, text=line.strip(), severity=severity)
