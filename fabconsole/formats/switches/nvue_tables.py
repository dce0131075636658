"""Tables of an NVUE switch: of interfaces, of one interface's counters, of modules, fans, firmware.

Also those of `net show …`, the command of Cumulus Linux 3 and 4, and its `cl-netstat` lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.columns import Table
from fabconsole.formats.switches.measures import measured
from fabconsole.formats.switches.nvue_interface import INTERFACE, flat_row, is_of_fabric, row
from fabconsole.formats.switches.nvue_names import counter, is_count
from fabconsole.formats.values import snake

_OF_INTERFACES = frozenset({"interface", "iface", "port", "transceiver", "localport", "local_port"})
_WORDS_OF_STATE = {"up": "up", "dn": "down", "down": "down", "admdn": "down", "prtdn": "down"}
_HEADLESS = re.compile(
    r"\s*(\S{1,32})\s+(\d{2,5})(?:\s+\d)?((?:\s+\d{1,20}){8})\s+([A-Za-z]{1,8})\s*"  # MTU, Met, counters, flags
)
_SPEED = re.compile(r"\d{1,4}(?:\.\d)?[MGT]")
_NETSTAT = ("RX_OK", "RX_ERR", "RX_DRP", "RX_OVR", "TX_OK", "TX_ERR", "TX_DRP", "TX_OVR")
_SET_DOWN = ("ADMDN", "PRTDN")
_NUMBERED = ("Ch", "Channel", "Lane")
"""What numbers the lines of one thing: the second has its name too."""
_LONG = 19
"""Digits that 63 bits may not hold."""
_RENAMED = {"spd": "speed", "name": "interface", "code": "diagnostic-code"}


def is_of_interfaces(table: Table) -> bool:
    """Whether each of its rows is an interface."""
    heads = [head.lower() for head in table.columns.headings]
    return heads[:1] != [] and (
        heads[0] in _OF_INTERFACES or ("name" in heads[:2] and bool({"mtu", "spd"} & set(heads)))
    )


def is_of_counters(table: Table) -> bool:
    """Whether each of its rows is a counter of one interface, received and transmitted."""
    return table.columns.headings[:1] == ("Counter",)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the headings of a table of interfaces say about its cells."""

    place: int
    """The column of their names."""
    columns: tuple[tuple[int, str, str | None], ...]
    """Every other column: where it is, what it is called, and which counter it holds."""
    state: str | None
    """The column that says whether an interface is up, in a word of its own."""


@lru_cache(maxsize=256)
def _plan(headings: tuple[str, ...]) -> _Plan:
    heads = [_RENAMED.get(head.lower(), head) for head in headings]
    if "diagnostic-code" in heads:
        heads = [head.replace("Status", "diagnostic-status") for head in heads]
    place = next((at for at, head in enumerate(heads) if snake(head) in _OF_INTERFACES), 0)
    # the kind of an interface decides what its counters are called: where it stands in a column, `row` tells them
    told_apart = bool({"type", "logical_state"} & {snake(head) for head in heads})
    columns = tuple(
        (at, head or "state", None if told_apart or not head or not is_count((head,)) else counter((head,), False))
        for at, head in enumerate(heads)
        if at != place
    )
    return _Plan(place, columns, next((head for _, head, _ in columns if head.lower() == "state"), None))


def tell_interfaces(table: Table, told: Reading) -> None:
    """Add a row for every interface; a line without a name goes on with the one before."""
    plan = _plan(table.columns.headings)
    last = plan.columns[-1][1] if plan.columns else ""
    found: list[tuple[str, dict[str, object], dict[str, int | float | None]]] = []
    for cells in table.rows:
        name = cells[plan.place]
        said: dict[str, object] = {}
        counts: dict[str, int | float | None] = {}
        plain = not is_of_fabric(name)
        for at, head, count in plan.columns:
            if not (cell := cells[at]):
                continue
            if count is not None and plain and cell.isdecimal() and len(cell) < _LONG:
                counts[count] = int(cell)
            else:
                said[head] = cell
        if found and (not name or (found[-1][0] == name and not counts and said.keys() <= {last})):
            _go_on(found[-1][1], said)
        elif name:
            found.append((name, said, counts))
    for name, said, counts in found:
        one = _interface(name, said, plan.state)
        one.counters = counts | one.counters
        told.rows.append(one)


def _go_on(before: dict[str, object], said: dict[str, object]) -> None:
    for head, cell in said.items():
        known = before.get(head)
        before[head] = [*(known if isinstance(known, list) else [known] if known else []), cell]


def _interface(name: str, said: dict[str, object], state: str | None) -> Row:
    printed = str(said.get(state, "")) if state is not None else ""
    if state is not None and (word := _WORDS_OF_STATE.get(printed.lower())) is not None:
        said[state] = word
    told = flat_row(name, said)
    if printed in _SET_DOWN:
        told.extra["printed_state"] = printed
    return told


def of_one(table: Table) -> dict[str, object]:
    """A table of a single line, what `net show interface X` prints, as an object."""
    (cells,) = table.rows
    said: dict[str, object] = {}
    for head, cell in zip(table.columns.headings, cells, strict=True):
        if not head:
            said["state"] = _WORDS_OF_STATE.get(cell.lower(), cell)
        elif head.startswith("RemotePort"):
            said["lldp"] = cell
        elif cell and head not in ("Name", "LocalPort"):
            said[_RENAMED.get(head.lower(), head)] = cell
    return said


def counters(table: Table) -> dict[str, dict[str, str]]:
    """A table of counters as the object that JSON has: name, then receive and transmit."""
    heads = [head.lower() for head in table.columns.headings[1:]]
    return {cells[0]: {head: cell for head, cell in zip(heads, cells[1:], strict=True) if cell} for cells in table.rows}


def lines_of(table: Table) -> list[dict[str, object]]:
    """Every line of a table as an object; a line whose first cell is blank has the one of the line before."""
    heads = [snake(head) or "name" for head in table.columns.headings]
    found: list[dict[str, object]] = []
    for cells in table.rows:
        said: dict[str, object] = {}
        for head, printed, cell in zip(heads, table.columns.headings, cells, strict=True):
            if cell:
                said.update(measured(printed, cell) if printed else {head: cell})
        if not cells[0] and found:
            said = {heads[0]: found[-1].get(heads[0]), **said}
        found.append(said)
    return found


def tell_things(table: Table, kind: str, told: Reading) -> None:
    """Add a row for every line of a table of fans, sensors, firmware and the like. `kind` is what they are."""
    heads = table.columns.headings
    kind = kind or snake(heads[0])
    for cells in table.rows:
        name = cells[0]
        if not name and told.rows:
            if not (heads[1:] and heads[1] in _NUMBERED and cells[1]):
                _extend(told.rows[-1], heads, cells)
                continue
            name = told.rows[-1].id
        if not name:
            continue
        thing = Row(id=name)
        for head, cell in zip(heads[1:], cells[1:], strict=True):
            if cell:
                thing.extra.update(measured(head or "value", cell))
        if kind not in ("", "name"):
            thing.extra.setdefault("kind", kind)
        told.rows.append(thing)


def _extend(thing: Row, heads: tuple[str, ...], cells: tuple[str, ...]) -> None:
    for head, cell in zip(heads, cells, strict=True):
        if cell:
            key = snake(head) or "value"
            known = thing.extra.get(key)
            thing.extra[key] = cell if known is None else f"{known}, {cell}"


def headless(line: str) -> Row | None:
    """An interface's line of which the table's heading was cut off, as `| grep swp1` does."""
    counted = _HEADLESS.fullmatch(line)
    if counted is not None:
        said = dict(zip(_NETSTAT, counted[3].split(), strict=True))
        return row(counted[1], {"mtu": int(counted[2]), **said, "flg": counted[4]})
    words = line.split()
    if len(words) < 2:
        return None
    printed, name = (words[0], words[1]) if words[0] in ("UP", "DN", "ADMDN", "PRTDN") else ("", words[0])
    if not INTERFACE.fullmatch(name):
        return None
    return _by_words(name, printed, words)


def _by_words(name: str, printed: str, words: list[str]) -> Row | None:
    states = [printed] if printed else [word for word in words[1:] if word in ("up", "down", "unknown")][:2]
    if not states:
        return None
    said: dict[str, object] = {"State": states[-1]}
    if len(states) == 2:
        said["admin-status"] = states[0]
    speed = next((word for word in words if _SPEED.fullmatch(word)), None)
    mtu = next((int(word) for word in words[1:] if word.isdecimal() and 2 < len(word) < 6), None)
    if speed:
        said["speed"] = speed
    if mtu:
        said["mtu"] = mtu
    return _interface(name, {**said, "line": " ".join(words)}, "State")
