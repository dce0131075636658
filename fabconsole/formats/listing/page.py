"""The whole page: a headline, what stands once, the rows, the events, and what was not understood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from fabconsole.fabric.health import Health, Severity
from fabconsole.fabric.node_sets import folded
from fabconsole.fabric.printable import printable
from fabconsole.formats.hosts import BY_HOST
from fabconsole.formats.listing.ailing import ails
from fabconsole.formats.listing.columns import leaves
from fabconsole.formats.listing.events import happened
from fabconsole.formats.listing.pairs import facts
from fabconsole.formats.listing.rows import alone, table
from fabconsole.formats.reading import Reading, Said

_ONCE, _LINES = 60, 20
_COLOUR = {Severity.OK: "dim", Severity.WARN: "yellow", Severity.UNKNOWN: "magenta", Severity.CRIT: "bold red"}
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]*")


def render(
    name: str,
    reading: Reading,
    width: int,
    *,
    every: bool = False,
    others: Sequence[str] = (),
    ends_mid_line: bool = False,
) -> RenderableType:
    """A headline, what stands once, the rows, the events, and what was not understood; of a log the events first.

    `every`: all rows, also where there are many and nothing is to tell of most. `others`: formats whose signs the text
    bears too. `ends_mid_line`: its end may be cut.
    """
    once = [*facts(leaves(_alike(reading.facts)), _ONCE, width)]
    rows = alone(reading.rows[0], width) if len(reading.rows) == 1 else table(reading.rows, width, every=every)
    events = [happened(reading.events, width)] if reading.events else []
    doubts = [_not_understood(reading.unparsed)] if reading.unparsed else []
    if ends_mid_line:
        doubts.append(Text(" the text ends within a line: a number at its very end may have lost digits", "dim"))
    blocks: Sequence[Sequence[RenderableType]] = [once, rows, events] if reading.rows else [events, once]
    parts: list[RenderableType] = [_headline(name, reading)]
    if others:
        more = f" {Health.UNKNOWN.glyph} this bears signs of {', '.join(others)} too, which is read by naming it"
        parts.append(Text(more, "magenta"))
    for block in (*blocks, doubts):
        parts += [Text(""), *block] if block else []
    return Group(*parts)


def _alike(facts: Mapping[str, Said]) -> Mapping[str, Said]:
    """Hosts of which the same is told share a line: `gpu[001-015,017-040]`."""
    apart = facts.get(BY_HOST)
    if not isinstance(apart, Mapping):
        return facts
    hosts: dict[str, list[str]] = {}
    for host, said in apart.items():
        hosts.setdefault(repr(said), []).append(host)
    shared = {_together(names): apart[names[0]] for names in hosts.values()}
    return {name: said for name, said in facts.items() if name != BY_HOST} | shared


def _together(hosts: Sequence[str]) -> str:
    return folded(hosts) if all(_PLAIN.fullmatch(host) for host in hosts) else ", ".join(hosts)


def _headline(name: str, reading: Reading) -> Text:
    """How much there is, and what is wrong of it."""
    told = [_many(len(reading.rows), "row")] if len(reading.rows) > 1 else []
    told += [_many(len(reading.events), "event")] if reading.events else []
    said = Text.assemble((name, "bold"), "".join(f" · {part}" for part in told))
    ailing = Counter(health for row in reading.rows if (health := ails(row)) is not None)
    for health in sorted(ailing, key=lambda health: -health.rank):
        said.append(f" · {health.glyph} {ailing[health]:,} {health.value.lower()}", _COLOUR[health.severity])
    if worst := sum(event.severity is Severity.CRIT for event in reading.events):
        said.append(f" · {Health.CRIT.glyph} {_many(worst, 'critical event')}", "bold red")
    if "incomplete" in reading.facts:
        said.append(f" · {Health.MISSING.glyph} incomplete", "yellow")
    if reading.unparsed:
        said.append(f" · {Health.UNKNOWN.glyph} {_many(len(reading.unparsed), 'line')} not understood", "magenta")
    return said


def _not_understood(lines: Sequence[str]) -> Text:
    said = Text(f" {Health.UNKNOWN.glyph} not understood, {_many(len(lines), 'line')}:\n", "magenta")
    for line in lines[:_LINES]:
        said.append(f"   {printable(line, 200)}\n", "dim")
    if len(lines) > _LINES:
        said.append(f"   and {len(lines) - _LINES:,} more: --json\n", "dim")
    said.rstrip()
    return said


def _many(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' if many != 1 else ''}"
