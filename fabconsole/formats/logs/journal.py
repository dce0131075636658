"""One line of `journalctl -o json`: where it stands in the journal, when it was said, and the message.

Fields: systemd's systemd.journal-fields(7) and its Journal Export Formats page; a field that is no plain UTF-8 text
is an array of byte values, and one longer than 4 kB is null without `--all`. Of what a program writes to `/dev/kmsg`
journald makes the first word an identifier of its own (journald-kmsg.c); it is put back here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

FIELDS = ("MESSAGE", "SYSLOG_IDENTIFIER", "_SOURCE_MONOTONIC_TIMESTAMP")
"""What is needed besides the fields that every line has."""

_CURSOR = re.compile(r"[A-Za-z0-9=;._-]{8,512}")
_LONGEST = 1 << 16
_DRIFT = 200e-6
"""How far the kernel's log clock, which nothing disciplines, may run from the monotonic one: seconds a second."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an entry says, wherever it was found."""

    at: float | None
    """Seconds since the epoch, by the node's clock."""
    host: str | None
    message: str
    level: int | None
    """As syslog numbers them, 0 the loudest."""


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
    cursor, boot, heard = said.get("__CURSOR"), said.get("_BOOT_ID"), spoken(said)
    if not isinstance(cursor, str) or _CURSOR.fullmatch(cursor) is None or heard is None or heard.at is None:
        return None
    return JournalLine(cursor, heard.at, boot if isinstance(boot, str) else None, heard.message)


def spoken(fields: Mapping[str, object]) -> Spoken | None:
    """What an entry of any journal says, by its fields; None where it has no message. Never raises."""
    message, identifier = _text(fields.get("MESSAGE")), _text(fields.get("SYSLOG_IDENTIFIER"))
    if message is None:
        return None
    if identifier and identifier not in ("kernel", "systemd-journald"):
        message = f"{identifier}: {message}"
    level = fields.get("PRIORITY")
    loud = int(level) if isinstance(level, str) and level in "01234567" and len(level) == 1 else None
    return Spoken(_onset(fields), _text(fields.get("_HOSTNAME")), message, loud)


def _onset(said: Mapping[str, object]) -> float | None:
    """When it was said: when journald read it, unless it read it late (at its start), which its clocks betray."""
    read, now, then = (_micros(said.get(name)) for name in _CLOCKS)
    if read is None or now is None or then is None:
        return read
    late_s = now - then
    return read - late_s if late_s > 1.0 + _DRIFT * now else read


_CLOCKS = ("__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "_SOURCE_MONOTONIC_TIMESTAMP")


def _micros(value: object) -> float | None:
    return (
        int(value) / 1e6 if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19 else None
    )


def _text(value: object) -> str | None:
    while isinstance(value, list) and value and isinstance(value[0], str | list):
        value = value[0]  # a field said more than once: the first
    if isinstance(value, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else None
