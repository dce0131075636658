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
_WIDE = 120
"""Below it what to do stands under what happened."""
_FRACTION = re.compile(r"(?<=:\d\d)[.,]\d{1,9}")
"""Of a second: the JSON has it."""


def happened(events: Sequence[Entry], width: int) -> Table:
    """One line an event: when, how bad, whose, what, and what to do; a column that would be empty is left out."""
    shown = _folded(events)[:_MOST]
    beneath = width < _WIDE
    timeless = all(event.at is None and event.stamp is None for event, _ in shown)
    columns: Sequence[tuple[str, Sequence[Text]]] = (
        ("after boot" if timeless else "when", [Text(_when(event), "dim") for event, _ in shown]),
        ("", [_severity(event) for event, _ in shown]),
        ("where", [Text(_where(event)) for event, _ in shown]),
        ("what", [_what(event, times, beneath) for event, times in shown]),
        ("to do", [Text("") if beneath else _action(event) for event, _ in shown]),
    )
    told = [column for column in columns if any(column[1])]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head, _ in told:
        table.add_column(head, header_style="dim", overflow="fold", no_wrap=head not in ("where", "what", "to do"))
    for cells in zip(*(cells for _, cells in told), strict=True):
        table.add_row(*cells)
    return table


def _action(event: Entry) -> Text:
    return Text(printable(event.action or ""), "dim")


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


def _what(event: Entry, times: int, beneath: bool) -> Text:
    if event.code is None:
        said = SPEAKER.sub("", event.text, count=1) if event.subject else event.text
    else:
        said = f"{event.kind} {event.code} {event.meaning or event.text}"
    text = Text(printable(said, 300) + (f" ({times}×)" if times > 1 else ""))
    return text.append("\n→ ", "dim").append_text(_action(event)) if beneath and event.action else text


def _when(event: Entry) -> str:
    if said := event.at or event.stamp:
        return printable(_FRACTION.sub("", said).replace("+00:00", "Z"), 40)
    return "" if event.since_boot_s is None else f"{event.since_boot_s:,.3f} s"
