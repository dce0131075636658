"""A reading as JSON: what `fabconsole parse --json` prints. Keys that do not apply are left out; null is "not said"."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from fabconsole.fabric.printable import printable
from fabconsole.formats.reading import Ber, Entry, Reading, Row, Said

_LONGEST = 4096


def document(name: str, reading: Reading) -> dict[str, Any]:
    """The whole of it, safe to print: no control and no direction sign is left in any text."""
    return {
        "format": name,
        "rows": [_row(row) for row in reading.rows],
        "events": [_entry(entry) for entry in reading.events],
        "facts": safe(reading.facts),
        "unparsed": [printable(line, _LONGEST) for line in reading.unparsed],
    }


def _row(row: Row) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": row.id,
        "state": row.state,
        "phys_state": row.phys_state,
        "rate_gbps": row.rate_gbps,
        "width": row.width,
        "counters": row.counters,
        "ber": _ber(row.ber),
        "peer": row.peer,
        "marks": row.marks,
        "extra": row.extra,
    }
    return {name: safe(value) for name, value in said.items() if value is not None and value not in ({}, [])}


def _ber(ber: Ber | None) -> dict[str, Said] | None:
    return None if ber is None else {"raw": ber.raw, "effective": ber.effective, "symbol": ber.symbol}


def _entry(entry: Entry) -> dict[str, Any]:
    said = {
        "at": entry.at,
        "node": entry.node,
        "kind": entry.kind,
        "code": entry.code,
        "severity": None if entry.severity is None else entry.severity.name,
        "text": entry.text,
        "link": entry.link,
        "action": entry.action,
        "subject": entry.subject,
        "meaning": entry.meaning,
        "stamp": entry.stamp,
        "since_boot_s": entry.since_boot_s,
    }
    return {name: safe(value) for name, value in said.items() if value is not None}


def safe(value: Any) -> Any:
    """A value as JSON has it, its texts made printable: JSON and XML can bring back a control sign by its number.

    JSON has no infinity, which `1e999` becomes here: null.
    """
    if isinstance(value, str):
        return printable(value, _LONGEST)
    if isinstance(value, Mapping):
        return {printable(name, _LONGEST): safe(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [safe(one) for one in value]
    return None if isinstance(value, float) and not isfinite(value) else value
