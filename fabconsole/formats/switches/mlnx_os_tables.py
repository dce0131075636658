"""Tables of MLNX-OS and Onyx: of ports, of fans, supplies and sensors; and lines that `| include` left of them."""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.columns import Table
from fabconsole.formats.switches.measures import measured
from fabconsole.formats.switches.mlnx_os_inventory import module
from fabconsole.formats.switches.mlnx_os_port import Pair, bracketed, port, port_name
from fabconsole.formats.values import is_nothing, snake

_CELL = re.compile(r"\S+(?: \S+)*")
_INNER = re.compile(r"\S \S")
_NAMING = ("module", "device", "component", "fan", "reg", "sensor", "power_meter")
_OF_PORTS = ("interface", "port", "local_interface", "ib_interface", "ports", "group_port_channel")
_LOGICAL = frozenset({"active", "down", "initialize", "init", "armed"})
_NUMBERED = re.compile(r"\d{1,5} (?=[A-Z])")


def tell_table(table: Table, asked: str, told: Reading) -> None:
    """Add a row for every line of a table."""
    heads = [snake(head) for head in table.columns.headings]
    if heads[:1] and heads[0] in _OF_PORTS:
        _tell_ports(table, heads, asked, told)
    else:
        _tell_things(table, heads, told)


def _tell_ports(table: Table, heads: list[str], asked: str, told: Reading) -> None:
    headings = table.columns.headings[1:]
    for first, *cells in table.rows:
        pairs: list[Pair] = [("", head, cell) for head, cell in zip(headings, cells, strict=True) if cell]
        name = port_name(_NUMBERED.sub("", first, count=1)) or first
        if name:
            told.rows.append(port(name, [*pairs, *bracketed(first)], asked))
        elif told.rows:
            _go_on(told.rows[-1], cells, heads[1:])


def _go_on(row: Row, cells: list[str], heads: list[str]) -> None:
    for head, cell in zip(heads, cells, strict=True):
        if cell:
            row.extra[head] = f"{row.extra.get(head) or ''} {cell}".strip()


@lru_cache(maxsize=256)
def _naming(heads: tuple[str, ...]) -> tuple[int, ...]:
    """Which columns together name a thing."""
    return tuple(at for at, head in enumerate(heads) if head in _NAMING or head.partition("_")[0] in _NAMING)


def _tell_things(table: Table, heads: list[str], told: Reading) -> None:
    naming = _naming(tuple(heads))
    above = ""
    for cells in table.rows:
        found = list(cells)
        if heads[:1] == ["module"]:
            above = found[0] = found[0] or above
        thing = Row(id="/".join(found[place] for place in naming if not is_nothing(found[place])) or found[0])
        for place, (head, cell) in enumerate(zip(table.columns.headings, found, strict=True)):
            if place in naming:
                thing.extra[heads[place]] = None if is_nothing(cell) else cell
            elif cell:
                thing.extra.update(measured(head or "value", cell))
        if thing.id:
            told.rows.append(thing)


def headless(line: str, words: list[str]) -> Row | None:
    """A line of an inventory, or of a table of ports, without the heading above it."""
    if words[0].isupper() and (found := module(_CELL.findall(line) if _INNER.search(line) else words)) is not None:
        return found
    name = port_name(words[0]) if len(words) > 2 else None
    if name is None:
        return None
    if words[-2].lower() in _LOGICAL:
        return _ib_line(name, words)
    state = next((word for word in words[1:4] if word.lower() in ("up", "down")), None)
    if state is None:
        return None
    return port(name, [("", "Operational state", state), ("", "line", " ".join(words[1:]))])


def _ib_line(name: str, words: list[str]) -> Row:
    """`IB1/1  [description]  hdr  200.0 Gbps  Active  LinkUp`, told from its end."""
    rest = words[1:-2]
    pairs: list[Pair] = [("", "Logical port state", words[-2]), ("", "Physical port state", words[-1])]
    if len(rest) > 1 and rest[-1].lower().startswith("gb"):
        pairs.append(("", "Current line rate", f"{rest[-2]} {rest[-1]}"))
        rest = rest[:-2]
    elif rest:
        pairs.append(("", "Current line rate", rest.pop()))
    if rest:
        pairs.append(("", "Speed", rest.pop()))
    if rest:
        pairs.append(("", "Description", " ".join(rest)))
    return port(name, pairs)
