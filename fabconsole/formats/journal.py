"""One line of `journalctl -o json`: where it stands in the journal, when it was said, and the message.

Fields: systemd's systemd.journal-fields(7) and its Journal Export Formats page; a field that is no plain UTF-8 text
is an array of byte values, and one longer than 4 kB is null without `--all`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_CURSOR = re.compile(r"[A-Za-z0-9=;._-]{8,512}")
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry of the journal."""

    cursor: str
    """Where it stands: safe in a shell, and what `--after-cursor` takes."""
    at: float
    """Seconds since the epoch, by the node's clock."""
    boot_id: str | None
    message: str


def entry(line: bytes | str) -> JournalLine | None:
    """One line, understood; None where it is no journal entry with a cursor and a time. Never raises."""
    if len(line) > _LONGEST:
        return None
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    cursor, stamp, boot = said.get("__CURSOR"), said.get("__REALTIME_TIMESTAMP"), said.get("_BOOT_ID")
    message = _text(said.get("MESSAGE"))
    if not isinstance(cursor, str) or _CURSOR.fullmatch(cursor) is None or message is None:
        return None
    if not isinstance(stamp, str) or not stamp.isdecimal() or len(stamp) > 18:
        return None
    return JournalLine(cursor, int(stamp) / 1e6, boot if isinstance(boot, str) else None, message)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        if value and isinstance(value[0], str | list):  # a field said more than once: the first
            return _text(value[0])
        if all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
            return bytes(value).decode("utf-8", "replace")
    return None
