"""Whether a port that is down was meant to be, or was shut by its switch: what tools say in their own words, as a mark.

Words: EOS and CNOS `disabled`, `admin down`; NX-OS `Administratively down`, `admin state is down`; SONiC's Admin and
`X`; NVUE's admin-status, Cumulus' `ADMDN`; MLNX-OS's Admin state; `ip link` without `UP` (iproute2 ip/ipaddress.c,
IFF_UP); mlxlink's `Port is closed by command` (its recommendation, MFT user manual).
"""

from __future__ import annotations

import re

from fabconsole.formats.reading import Reading, Row, Said

EXPECTED = "expected down"
"""Somebody shut the port down: nothing is wrong with it."""
ERRDISABLED = "errdisabled"
"""The switch shut it down, because of errors."""

_ADMIN = ("admin", "admin_state", "admin_status", "admin_up")
_MEANT = re.compile(r"(?:down|disabled?|no|shutdown)\b", re.IGNORECASE)
_TOLD = (
    *("status", "interface_status", "link_status", "printed_state", "reason", "reason_description", "linkstate"),
    *("state", "recommendation"),
)
_SHUT = re.compile(r"disabled?$|admin(?:istrative(?:ly)?)?[ _-]?d|admdn$|port is closed? by command", re.IGNORECASE)
_ERRORS = re.compile(r"err(?:or)?[ _-]?dis|linkflape", re.IGNORECASE)


def noted(said: Reading) -> Reading:
    """The same reading, its ports that are down marked with why, where that was told."""
    for row in said.rows:
        if row.state != "up" and (mark := _mark(row)) and mark not in row.marks:
            row.marks.append(mark)
    return said


def _mark(row: Row) -> str:
    flags = row.extra.get("flags")
    if isinstance(flags, list) and "UP" not in flags:
        return EXPECTED
    if row.state not in ("down", "Down"):
        return ""
    told = [text for key in _TOLD if isinstance(text := row.extra.get(key), str)]
    if any(_ERRORS.search(text) for text in told):
        return ERRDISABLED
    meant = any(_says(_MEANT, row.extra.get(key)) for key in _ADMIN)
    return EXPECTED if meant or any(_SHUT.match(text.strip()) for text in told) else ""


def _says(words: re.Pattern[str], text: Said) -> bool:
    return isinstance(text, str) and words.match(text.strip()) is not None
