"""`sdiag`: how the controller fares. Totals and sections of `name: value`, and a line a kind of remote call."""

from __future__ import annotations

import re

from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.values import snake

_STARS = re.compile(r"\s*\*{10,}\s*")
_TAKEN = re.compile(r"\s*sdiag output at (.{1,80}?)(?: \((\d{1,12})\))?\s*")
_SINCE = re.compile(r"\s*Data since {1,16}(.{1,80}?)(?: \((\d{1,12})\))?\s*")
_SECTION = re.compile(
    r"\s*(Main schedule statistics|Main scheduler exit|Backfilling stats|Backfill exit"
    r"|Latency for \d{1,6} calls to gettimeofday\(\)|Remote Procedure Call statistics by (?:message type|user)"
    r"|Pending RPC statistics|Pending RPCs|bf_\w{1,40}|Backfill\w* [\w ]{2,40})(?: \([^)]{0,120}\))?:?(?: (\d.*))?\s*"
)
_CALL = re.compile(
    r"\s*(\S{1,64}) +\( *(\d{1,9})\) +count: ?(\d{1,18}) +ave_time: ?(\d{1,18}) +total_time: ?(\d{1,18})(.*)"
)
_PAIR = re.compile(r"\s*([A-Za-z][^:]{1,60}(?:\([^)]{1,40}\))?) *: *(\S(?:.*\S)?)\s*")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,6})?", re.ASCII)
_STRANGERS = ("warning", "error", "traceback", "ibwarn", "connection", "unable")


class Diagnosis:
    """What sdiag says, line by line."""

    def __init__(self, said: Reading) -> None:
        self._said = said
        self._begun = False
        self._section = ""

    def line(self, line: str) -> bool:
        """Read one line; False: it is none of sdiag's."""
        if "sdiag" in line and (taken := _TAKEN.fullmatch(line)):
            self._begun, self._section = True, ""
            self._said.facts["taken"] = taken[1]
            if taken[2]:
                self._said.facts["taken_s"] = int(taken[2])
            return True
        if not self._begun:
            if "=" in line or not (
                _STARS.fullmatch(line) or "Main schedule statistics" in line or "Server thread count" in line
            ):
                return False
            self._begun = not _STARS.fullmatch(line)
        return self._statistics(line)

    def _statistics(self, line: str) -> bool:
        if _STARS.fullmatch(line):
            return True
        if since := _SINCE.fullmatch(line):
            self._said.facts["data_since"] = since[1]
            return True
        if call := _CALL.fullmatch(line):
            return self._call(call)
        if section := _SECTION.fullmatch(line):
            self._section = snake(section[1])
            if section[2]:
                self._said.facts[self._section] = section[2]
            return True
        if pair := _PAIR.fullmatch(line):
            return self._pair(line, pair[1], pair[2])
        if self._section.startswith("pending") and line.strip().startswith("No pending"):
            self._said.facts[self._section] = 0
            return True
        return False

    def _call(self, call: re.Match[str]) -> bool:
        kind = "user" if self._section.endswith("user") else "rpc"
        counters = {"count": int(call[3]), "ave_time": int(call[4]), "total_time": int(call[5])}
        row = Row(id=call[1], counters=dict(counters), extra={"kind": kind, "number": int(call[2])})
        if call[6].strip():
            row.extra["more"] = call[6].strip()
        self._said.rows.append(row)
        return True

    def _pair(self, line: str, name: str, text: str) -> bool:
        if name.lower().startswith(_STRANGERS):
            return False
        key = snake(name)
        number = _NUMBER.fullmatch(text)
        value: Said = text if number is None else float(text) if "." in text else int(text)
        if self._section and line.startswith((" ", "\t")):
            known = self._said.facts.setdefault(self._section, {})
            if isinstance(known, dict):
                known[key] = value
                return True
        self._said.facts[key] = value
        return True
