"""What MLNX-OS and Onyx print as text: blocks of `name : value` under a port's name, tables under rules, pairs.

A line of a table whose heading was cut off, as `| include` does, is known by its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.columns import Table, dashed, is_dashes, is_rule, is_whole_rule, ruled
from fabconsole.formats.switches.measures import measured
from fabconsole.formats.switches.mlnx_os_port import Pair, port, port_name
from fabconsole.formats.switches.nvue_objects import keep
from fabconsole.formats.values import is_nothing, snake

_PAIR = re.compile(r"\s*([A-Za-z0-9][^:\n]{0,60}?)\s*:(?:\s+(.*)|(\[.*))?$")
_COUNT = re.compile(r"\s*(\d{1,20})\s+([a-z][\w -]{2,40}?)\s*", re.IGNORECASE)
_SECTION = re.compile(r"\s*(rx|tx)\s*:?\s*", re.IGNORECASE)
_CELL = re.compile(r"\S+(?: \S+)*")
_MODULE = re.compile(
    r"(?:CHASSIS|MGMT\d?|FAN\d{0,2}|PS\d{1,2}|CPU|BBU\d?|SPINE\d{0,2}|LEAF\d{0,2}|[SL]\d{2}|MODULE\d?)"
)
_INVENTORY = ("part_number", "serial_number", "asic_rev", "hw_rev")
_NAMING = ("module", "device", "component", "fan", "reg", "sensor", "power_meter")
_OF_PORTS = ("interface", "port", "local_interface", "ib_interface", "ports")
_ON_OFF = re.compile(r"\s*([A-Za-z][\w() /-]{1,40}?)\s{2,}(enabled?|disabled?|rst|mst|rpvst|on|off|ready|present)\s*")
_LOGICAL = frozenset({"active", "down", "initialize", "init", "armed"})
_SUMMARY = re.compile(r"\s*(?:X86_64|PPC\w*|\w*_64) \d{1,2}\.\d{1,2}\.\S{1,40} \d{4}-\d\d-\d\d.{0,60}")
_LEGEND = re.compile(r"\s*(?:Flags|Legend|Note)s?\b.{0,120}|\s*[A-Z*] ?[-=] ?\w.{0,80}", re.IGNORECASE)


@dataclass(slots=True)
class _Block:
    """The lines under a port's name."""

    name: str = ""
    pairs: list[Pair] = field(default_factory=list)
    section: str = ""


@dataclass(slots=True)
class _State:
    told: Reading
    asked: str
    block: _Block = field(default_factory=_Block)

    def close(self) -> None:
        """The block is whole: tell it."""
        if self.block.name and (self.block.pairs or self.asked):
            self.told.rows.append(port(self.block.name, self.block.pairs, self.asked))
        elif self.block.name:
            self.told.rows.append(port(self.block.name, ()))
        self.block = _Block()


def tell(lines: list[str], asked: str, told: Reading) -> None:
    """Add what an answer says. `asked` is the command, as far as that is known."""
    state = _State(told, asked)
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
        elif (end := _table(lines, at, state)) > at:
            at = end
        else:
            _line(lines[at], state)
            at += 1
    state.close()


def _table(lines: list[str], at: int, state: _State) -> int:
    """Read the table that begins here; returns the line after it, or `at` where none does."""
    table = None
    if is_whole_rule(lines[at]):
        table = ruled(lines, at)
        if table is None:
            return at + 1
    elif is_dashes(lines[at]):
        return at + 1
    elif at + 1 < len(lines) and _is_dashed(lines, at + 1):
        table = dashed(lines, at + 1)
    elif at + 2 < len(lines) and ":" not in lines[at] and _is_dashed(lines, at + 2) and lines[at + 1].strip():
        table = dashed(lines, at + 2)
    if table is None:
        return at
    state.close()
    _tell_table(table, state)
    return max(table.end, at + 1)


def _is_dashed(lines: list[str], rule: int) -> bool:
    return is_dashes(lines[rule]) and len(lines[rule].split()) > 1


def _tell_table(table: Table, state: _State) -> None:
    heads = [snake(head) for head in table.columns.headings]
    for line in table.strange:
        _line(line, state)
    if heads[:1] and heads[0] in _OF_PORTS:
        for cells in table.rows:
            pairs: list[Pair] = [
                ("", head, cell) for head, cell in zip(table.columns.headings[1:], cells[1:], strict=True) if cell
            ]
            name = port_name(cells[0]) or cells[0]
            if name:
                state.told.rows.append(port(name, pairs, state.asked))
            elif state.told.rows:
                _go_on(state.told.rows[-1], cells, heads)
        return
    _tell_things(table, heads, state)


def _go_on(row: Row, cells: tuple[str, ...], heads: list[str]) -> None:
    for head, cell in zip(heads, cells, strict=True):
        if cell:
            row.extra[head] = f"{row.extra.get(head) or ''} {cell}".strip()


def _tell_things(table: Table, heads: list[str], state: _State) -> None:
    naming = [place for place, head in enumerate(heads) if re.sub(r"_.*", "", head) in _NAMING or head in _NAMING]
    module = ""
    for cells in table.rows:
        found = list(cells)
        if heads[:1] == ["module"]:
            module = found[0] = found[0] or module
        thing = Row(id="/".join(found[place] for place in naming if not is_nothing(found[place])) or found[0])
        for place, (head, cell) in enumerate(zip(table.columns.headings, found, strict=True)):
            if place in naming:
                thing.extra[heads[place]] = None if is_nothing(cell) else cell
            elif cell:
                thing.extra.update(measured(head or "value", cell))
        if thing.id:
            state.told.rows.append(thing)


def _line(line: str, state: _State) -> None:
    block = state.block
    if (name := port_name(line)) is not None:
        _head(name, line, state)
    elif block.name and (section := _SECTION.fullmatch(line)):
        block.section = section[1].capitalize()
    elif block.name and block.section and (count := _COUNT.fullmatch(line)):
        block.pairs.append((block.section, count[2], count[1]))
    elif (pair := _PAIR.match(line)) is not None:
        _pair(pair[1], pair[2] or pair[3] or "", state)
    else:
        _lone(line, state)


def _head(name: str, line: str, state: _State) -> None:
    """A port's name begins a block, but `IB1/1 counters` after `IB1/1 state` goes on with it."""
    if state.block.name == name and "counters" in line:
        return
    state.close()
    state.block = _Block(name)


def _pair(key: str, value: str, state: _State) -> None:
    if key.lower().startswith("interface ") and (name := port_name(value) or _of_key(key, value)):
        state.close()
        state.block = _Block(name)
    elif state.block.name:
        section = "" if snake(key).startswith(("rx_", "tx_")) or not state.block.section else state.block.section
        if section and not value.strip().isdecimal():
            section = ""
        state.block.pairs.append((section, key, value))
    else:
        for name, fact in measured(key, value.strip().strip('\\"[]')).items():
            keep(state.told.facts, name, fact)


def _of_key(key: str, value: str) -> str | None:
    """`Interface ethernet: 1/1`."""
    if not value.strip()[:1].isdigit():
        return None
    kind = {"ethernet": "Eth", "ib": "IB"}.get(key.split()[-1].lower())
    return f"{kind}{value.strip()}" if kind else None


def _lone(line: str, state: _State) -> None:
    words = line.split()
    if len(line) < 400 and (row := _headless(line, words)) is not None:
        state.close()
        state.told.rows.append(row)
    elif on_off := _ON_OFF.fullmatch(line):
        keep(state.told.facts, snake(on_off[1]), on_off[2])
    elif _SUMMARY.fullmatch(line):
        keep(state.told.facts, "version_summary", line.strip())
    elif len(words) == 1 and state.asked.startswith("show ") and not is_rule(line):
        keep(state.told.facts, snake(state.asked.removeprefix("show ").split("|")[0]), words[0])
    elif not _LEGEND.fullmatch(line):
        state.told.unparsed.append(line)


def _headless(line: str, words: list[str]) -> Row | None:
    """A line of an inventory, or of a table of ports, without the heading above it."""
    cells = _CELL.findall(line)
    if _MODULE.fullmatch(words[0]) and len(words) in (4, 5) and len(cells) == len(words):
        thing = Row(id=words[0])
        for key, cell in zip(_INVENTORY, cells[1:], strict=False):
            thing.extra.update(measured(key, cell))
        return thing
    name = port_name(words[0])
    if name is None or len(words) < 3:
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
