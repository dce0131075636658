"""What happened, by the stamps of whoever said it; what was said again and again is one line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from fabconsole.fabric.event import SPEAKER
from fabconsole.fabric.health import Severity
from fabconsole.fabric.printable import printable
from fabconsole.formats.reading import Entry

_COLOUR = {Severity.OK: "green", Severity.INFO: "dim", Severity.WARN: "yellow", Severity.UNKNOWN: "magenta",
           Severity.CRIT: "bold red"}  # fmt: skip
_MOST = 200
_FRACTION = re.compile(r"(?<=:\d\d)[.,]\d{1,9}")
"""Of a second: the JSON has it."""


def happened(events: Sequence[Entry]) -> Table:
    """One line an event: when, how bad, whose, what, and what to do; a column that would be empty is left out."""
    shown = _folded(events)[:_MOST]
    columns: Sequence[tuple[str, Sequence[Text]]] = (
        ("when", [Text(_when(event), "dim") for event, _ in shown]),
        ("", [_severity(event) for event, _ in shown]),
        ("where", [Text(_where(event)) for event, _ in shown]),
        ("what", [Text(_what(event) + (f" ({times}×)" if times > 1 else "")) for event, times in shown]),
        ("to do", [Text(printable(event.action or ""), "dim") for event, _ in shown]),
    )
    told = [column for column in columns if any(column[1])]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head, _ in told:
        table.add_column(head, header_style="dim", overflow="fold", no_wrap=head in ("when", ""))
    for cells in zip(*(cells for _, cells in told), strict=True):
        table.add_row(*cells)
    return table


def _severity(event: Entry) -> Text:
    severity = event.severity or Severity.UNKNOWN
    return Text(severity.name, _COLOUR[severity])


def _where(event: Entry) -> str:
    link = f"link {event.link}" if event.link is not None else None
    return printable(" ".join(part for part in (event.node, event.subject, link) if part), 80)


def _folded(events: Sequence[Entry]) -> list[tuple[Entry, int]]:
    """Events that say the same, in a row or not, are one line with a count, at the first one's place."""
    first: dict[tuple[object, ...], tuple[Entry, int]] = {}
    for event in events:
        said = event.text if event.code is None else ""
        key = (event.node, event.kind, event.code, event.subject, event.link, said)
        known, times = first.get(key, (event, 0))
        first[key] = known, times + 1
    return list(first.values())


def _what(event: Entry) -> str:
    if event.code is None:
        return printable(SPEAKER.sub("", event.text, count=1) if event.subject else event.text, 300)
    return printable(f"{event.kind} {event.code} {event.meaning or event.text}", 300)


def _when(event: Entry) -> str:
    if said := event.at or event.stamp:
        return printable(_FRACTION.sub("", said).replace("+00:00", "Z"), 40)
    return "" if event.since_boot_s is None else f"{event.since_boot_s:.6f} s after boot"
