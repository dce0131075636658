"""Which of all that a text said is worth a column: what differs from row to row; the rest is said once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import humanize

from fabconsole.fabric.counters import Class, known
from fabconsole.fabric.health import Health, Mark
from fabconsole.fabric.node_description import host_name
from fabconsole.fabric.printable import printable
from fabconsole.formats.listing.ailing import DEGRADED, ailing, is_wrong
from fabconsole.formats.reading import Row, Said

_CELL = 40
_LISTED = 8
_NAMED = 3
_WHOLE, _MILLION = 1e5, 1e6
_ORDER = {Class.ERROR: 0, Class.STATE: 0, Class.CONGESTION: 1, Class.INFO: 2, Class.TRAFFIC: 3}
NAMES = ("name", "description")
"""What a row is called by people: shown before anything that is counted."""
_BY_GUID = re.compile(r"(?:[0-9a-f]{16}|lid\d{1,5})(?=/)")
_FOR_MACHINES = ("guid", "uuid", "mask", "_id", "hash", "gid")
JOINT = "\n"
"""Between a section and what stands in it: no printable name holds one."""
NOT_TOLD = "∅"
"""The tool says that it does not know: what `Mark.UNSUPPORTED` looks like everywhere."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter of one row, in words."""

    text: str
    kind: Class


def leaves(said: Mapping[str, Said], above: str = "") -> dict[str, str]:
    """Everything that a mapping holds, flat, sections and names joined by `JOINT`; a long list is only counted."""
    found: dict[str, str] = {}
    for name, value in said.items():
        key = f"{above}{printable(name, 64)}"
        if isinstance(value, Mapping):
            found.update(leaves(value, f"{key}{JOINT}"))
        elif isinstance(value, list | tuple) and any(isinstance(one, Mapping | list | tuple) for one in value):
            found.update(_numbered(value, key))
        else:
            found[key] = cell(value)
    return found


def _numbered(values: Sequence[Said], key: str) -> dict[str, str]:
    if len(values) > _LISTED:
        return {key: f"{len(values)} entries"}
    return leaves({str(place): value for place, value in enumerate(values)}, f"{key}{JOINT}")


def cell(value: Said) -> str:
    """One value in words."""
    if value is None:
        return NOT_TOLD
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        if not value:
            return "none"
        shown = ", ".join(cell(one) for one in value[:_LISTED])
        return f"{shown}, … ({len(value)})" if len(value) > _LISTED else shown
    return printable(_float(value) if isinstance(value, float) else str(value), 200)


def _float(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _WHOLE else f"{value:g}"


def alike(said: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What every row says, and says alike."""
    if len(said) < 2:
        return {}
    return {key: value for key, value in said[0].items() if all(one.get(key) == value for one in said)}


def different(said: Sequence[Mapping[str, str]]) -> list[str]:
    """The keys in which rows differ: names, what is wrong, what most have, what only a machine compares last."""
    same = alike(said)
    often: dict[str, int] = {}
    for one in said:
        for key in one:
            if key not in same:
                often[key] = often.get(key, 0) + 1
    wrong = {key for one in said for key, value in one.items() if is_wrong(value)}
    return sorted(often, key=lambda key: (key not in NAMES, key not in wrong, key.endswith(_FOR_MACHINES), -often[key]))


def fitting(said: Sequence[Mapping[str, str]], keys: Sequence[str], width: int) -> list[str]:
    """As many of `keys` as have room beside each other in `width` columns."""
    chosen = []
    for key in keys:
        widest = min(max((len(one.get(key, "")) for one in said), default=0), _CELL)
        width -= max(widest, len(key.rpartition(JOINT)[2])) + 2
        if width < 0:
            break
        chosen.append(key)
    return chosen


def counted(row: Row) -> Iterator[Counted]:
    """The row's counters that are not zero, errors first; then those without a value, and whether all are zero."""
    saturated = {mark.partition(" ")[2] for mark in row.marks if mark.startswith("saturated ")}
    unknown = {mark.partition(" ")[2] for mark in row.marks if mark.startswith("unknown ")}
    for name, value in sorted(row.counters.items(), key=lambda pair: _ORDER[known(pair[0]).kind]):
        if value:
            at_least = Mark.SATURATED.glyph if name in saturated else ""
            yield Counted(f"{_label(name)} {at_least}{_amount(name, value)}", known(name).kind)
    none = [name for name, value in row.counters.items() if value is None]
    if doubtful := [name for name in none if name in unknown]:
        yield Counted(f"{Health.UNKNOWN.glyph} {_few(doubtful, 'not understood')}", Class.ERROR)
    if unsaid := [name for name in none if name not in unknown]:
        yield Counted(f"{NOT_TOLD} {_few(unsaid, 'not counted')}", Class.TRAFFIC)
    if (zero := len(row.counters) - len(none)) and not any(row.counters.values()):
        yield Counted(f"{zero} zero", Class.TRAFFIC)


def _label(name: str) -> str:
    return printable(known(name).label, 64)


def _few(names: Sequence[str], what: str) -> str:
    return ", ".join(map(_label, names)) if len(names) <= _NAMED else f"{len(names)} {what}"


def _amount(name: str, value: float) -> str:
    unit = known(name).unit
    if unit in ("words", "octets"):
        return humanize.naturalsize(value * (4 if unit == "words" else 1), binary=True, format="%.3g")
    if unit == "packets" and value >= _MILLION:
        return humanize.metric(value).strip()
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def title(row: Row) -> str:
    """What people call it: `leaf-a01/5`, where the id has a GUID and the text says whose it is."""
    return _named(row.id, row.extra.get("node"))


def facing(row: Row) -> str:
    """The far end, by its name where that is told."""
    return _named(row.peer or "", row.extra.get("peer_node"))


def _named(end: str, node: Said) -> str:
    if not isinstance(node, str) or not node:
        return printable(end, 80)
    called = host_name(node) or node
    return printable(_BY_GUID.sub(lambda _: called, end, count=1), 80)


def details(rows: Sequence[Row]) -> list[dict[str, str]]:
    """What else each row says, flat, less what only says its id, state or far end again."""
    said = [_details(row) for row in rows]
    anew = {
        key
        for row, one in zip(rows, said, strict=True)
        for key, value in one.items()
        if value not in (row.id, row.state, row.peer)
    }
    return [{key: value for key, value in one.items() if key in anew} for one in said]


def _details(row: Row) -> dict[str, str]:
    """A GUID that gave way to a name stands last."""
    said = leaves(row.extra)
    for name, end in (("node", row.id), ("peer_node", row.peer)):
        if name in said and end is not None and (guid := _BY_GUID.match(end)):
            said.pop(name)
            said.setdefault("guid" if name == "node" else "peer_guid", guid[0])
    return said


def place(row: Row) -> str:
    """State in one word or two, with the glyph of what is not up: `▼ Down/Polling`."""
    said = printable("/".join(word for word in (row.state, row.phys_state) if word), 80)
    health = ailing(row)
    return f"{health.glyph} {said}" if health is not None else said


def speed(row: Row) -> str:
    """`400 4X`: Gb/s and lanes."""
    rate = "" if row.rate_gbps is None else f"{row.rate_gbps:.9g}"
    return printable(" ".join(part for part in (rate, row.width) if part), 40)


def ratios(row: Row) -> str:
    """The bit error ratios that are told: `raw 2e-09 effective 1e-15`."""
    if row.ber is None:
        return ""
    told = (("raw", row.ber.raw), ("effective", row.ber.effective), ("symbol", row.ber.symbol))
    return " ".join(f"{name} {value:.0e}" for name, value in told if value is not None)


def doubts(row: Row) -> str:
    """The marks, but those that a counter's own words carry; what a degraded link could be beside it."""
    told = [mark for mark in row.marks if not mark.startswith(("saturated ", "unsupported ", "unknown "))]
    could_be = row.extra.get("could_be")
    if DEGRADED in told:
        told.remove(DEGRADED)
        told.insert(
            0, f"{Health.DEGRADED.glyph} could be {could_be}" if could_be else f"{Health.DEGRADED.glyph} degraded"
        )
    return printable(", ".join(told), 200)
