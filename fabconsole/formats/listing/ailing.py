"""What of a row is wrong by its own words: judging is left to `expect` and peers."""

from __future__ import annotations

import re

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.health import Health
from fabconsole.formats.reading import Row

DEGRADED = "degraded"
"""The mark of a link that could be faster or wider."""
_EXPECTED_DOWN = "expected down"
_DOWN = frozenset({"down", "inactive"})
_FAILED = re.compile(r"\bfail|\berr|errdisabled|unavailable|not ok|stormed|lost|absent|not present|fatal")
_SHAKY = re.compile(r"\bdrain|degraded|\bwarn|maint")
_HARMLESS = ("none seen ", "unsupported ")
_UP = frozenset({"up", "active", "ok", "pass", "connected"})
_NO_FAILURE = re.compile(r"(?:no|0|none|not)\b(?! ok| present)", re.IGNORECASE)
_SHORT = 24


def ails(row: Row) -> Health | None:
    """As `ailing`; and DEGRADED for a link that could be faster."""
    return ailing(row) or (Health.DEGRADED if DEGRADED in row.marks else None)


def ailing(row: Row) -> Health | None:
    """What is wrong by the row's own state, as far as its word says; None: nothing, or it says no state."""
    word = (row.state or "").lower().rstrip("*~#!%$@^-+")
    if _EXPECTED_DOWN in row.marks:
        return Health.EXPECTED_DOWN
    if word in _DOWN:
        return Health.DOWN
    if _FAILED.search(word):
        return Health.CRIT
    if _SHAKY.search(word):
        return Health.WARN
    return Health.UNKNOWN if word == "unknown" else None


def remarkable(row: Row) -> bool:
    """Whether there is something to tell of it: it is not up, a value is doubtful, an error or a down was counted."""
    if (row.state or "up").lower() not in _UP or not all(mark.startswith(_HARMLESS) for mark in row.marks):
        return _EXPECTED_DOWN not in row.marks
    return any(value and known(name).kind in (Class.ERROR, Class.STATE) for name, value in row.counters.items())


def is_wrong(value: str) -> bool:
    """Whether a short value says by itself that something failed: `ERROR`, `Not OK`, `Failed`."""
    return len(value) <= _SHORT and _FAILED.search(value.lower()) is not None and not _NO_FAILURE.match(value)
