"""What MLNX-OS and Onyx print as text: blocks of `name : value` under a port's name, tables under rules, pairs.

A line of a table whose heading was cut off, as `| include` does, is known by its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from fabconsole.formats.reading import Reading
from fabconsole.formats.switches.columns import Table, dashed, is_dashes, is_rule, is_whole_rule, ruled
from fabconsole.formats.switches.mlnx_os_outline import Outline
from fabconsole.formats.switches.mlnx_os_port import Pair, bracketed, port, port_name
from fabconsole.formats.switches.mlnx_os_tables import headless, tell_table
from fabconsole.formats.switches.nvue_objects import keep
from fabconsole.formats.values import snake

_PAIR = re.compile(r"\s*([A-Za-z0-9][^:\n]{0,60}?)\s*:(?:\s+(.*)|(\[.*))?$")
_COUNT = re.compile(r"\s*(\d{1,20})\s+([a-z][\w -]{2,40}?)\s*", re.IGNORECASE)
_SECTION = re.compile(r"\s*(rx|tx)\s*:?\s*", re.IGNORECASE)
_BESIDE = "  TX "
_ON_OFF = re.compile(r"\s*([A-Za-z][\w() /-]{1,40}?)\s{2,}(enabled?|disabled?|rst|mst|rpvst|on|off|ready|present)\s*")
_SUMMARY = re.compile(r"\s*(?:X86_64|PPC\w*|\w*_64) \d{1,2}\.\d{1,2}\.\S{1,40} \d{4}-\d\d-\d\d.{0,60}")
_LEGEND = re.compile(r"\s*(?:Flags|Legend|Note)s?\b.{0,120}|\s*[A-Z*] ?[-=] ?\w.{0,80}", re.IGNORECASE)
_RANGE = re.compile(r"\(.{1,40} to .{1,40}\)")
"""`Voltage (0 to 6.5535 V):` heads what was measured of it."""
_LONG = 200


@dataclass(slots=True)
class _Block:
    """The lines under a port's name."""

    name: str = ""
    pairs: list[Pair] = field(default_factory=list)
    section: str = ""
    keys: set[tuple[str, str]] = field(default_factory=set)
    """What was said of it: what is said again is said of another port, whose name was lost."""
    nameless: bool = False

    def takes(self, section: str, key: str, value: str) -> bool:
        """Add a pair, unless it is another port's."""
        if self.nameless or (section, key) in self.keys:
            self.nameless = True
            return False
        self.keys.add((section, key))
        self.pairs.append((section, key, value))
        return True


@dataclass(slots=True)
class _State:
    told: Reading
    asked: str
    outline: Outline
    block: _Block = field(default_factory=_Block)

    def close(self) -> None:
        """The block is whole: tell it."""
        if self.block.name:
            self.told.rows.append(port(self.block.name, self.block.pairs, self.asked if self.block.pairs else ""))
            self.block = _Block()


def tell(lines: list[str], asked: str, told: Reading) -> None:
    """Add what an answer says. `asked` is the command, as far as that is known."""
    state = _State(told, asked, Outline(told.facts))
    rules = {at for at, line in enumerate(lines) if ("--" in line or "====" in line) and is_rule(line)}
    heads = {at - above for at in rules for above in (0, 1, 2)}
    at = 0
    while at < len(lines):
        line = lines[at]
        if at in heads and (end := _table(lines, at, state)) > at:
            at = end
            continue
        if line and not line.isspace():
            _line(line, state)
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
    elif not lines[at].strip():
        return at
    elif at + 1 < len(lines) and _is_dashed(lines, at + 1):
        table = dashed(lines, at + 1)
    elif at + 2 < len(lines) and ":" not in lines[at] and _is_dashed(lines, at + 2) and lines[at + 1].strip():
        table = dashed(lines, at + 2)
    if table is None:
        return at
    _tell_table(table, state)
    return max(table.end, at + 1)


def _is_dashed(lines: list[str], rule: int) -> bool:
    return is_dashes(lines[rule]) and len(lines[rule].split()) > 1


def _tell_table(table: Table, state: _State) -> None:
    state.close()
    for line in table.strange:
        _line(line, state)
    tell_table(table, state.asked, state.told)


def _line(line: str, state: _State) -> None:
    block = state.block
    if (name := port_name(line)) is not None:
        _head(name, line, state)
    elif block.section and (count := _count(line)):
        if not block.takes(block.section, *count):
            state.told.unparsed.append(line)
    elif (pair := _pair_of(line)) is not None:
        _pair(line, *pair, state)
    elif block.name and (section := _SECTION.fullmatch(line)):
        block.section = section[1].capitalize()
    else:
        _lone(line, state)


def _count(line: str) -> tuple[str, str] | None:
    said = _COUNT.fullmatch(line)
    return (said[2], said[1]) if said is not None else None


def _pair_of(line: str) -> tuple[str, str] | None:
    """A line's name and value."""
    if ":" not in line:
        return None
    return _cut(line) if len(line) < _LONG else _cut.__wrapped__(line)


@lru_cache(maxsize=4096)
def _cut(line: str) -> tuple[str, str] | None:
    said = _PAIR.match(line)
    if said is None or _SECTION.fullmatch(line):
        return None
    return said[1], said[2] or said[3] or ""


def _head(name: str, line: str, state: _State) -> None:
    """A port's name begins a block, but `IB1/1 counters` after `IB1/1 state` goes on with it."""
    if state.block.name == name and "counters" in line:
        return
    state.close()
    state.block = _Block(name, bracketed(line) if "(" in line else [])


def _pair(line: str, key: str, value: str, state: _State) -> None:
    if key.lower().startswith("interface ") and (name := port_name(value) or _of_key(key, value)):
        state.close()
        state.block = _Block(name)
    elif _BESIDE in value:
        value, _, beside = value.partition(_BESIDE)
        other, _, count = beside.partition(":")
        _pair(line, key, value.strip(), state)
        _pair(line, f"TX {other.strip()}", count.strip(), state)
    elif state.block.name:
        _within(line, key, value, state)
    else:
        state.outline.tell(len(line) - len(line.lstrip()), key, value.strip())


def _within(line: str, key: str, value: str, state: _State) -> None:
    section = state.block.section
    if section and (not value.strip().isdecimal() or snake(key).startswith(("rx_", "tx_"))):
        section = ""
    if (value or not _RANGE.search(key)) and not state.block.takes(section, key, value):
        state.told.unparsed.append(line)


def _of_key(key: str, value: str) -> str | None:
    """`Interface ethernet: 1/1`."""
    if not value.strip()[:1].isdigit():
        return None
    kind = {"ethernet": "Eth", "ib": "IB"}.get(key.split()[-1].lower())
    return f"{kind}{value.strip()}" if kind else None


def _lone(line: str, state: _State) -> None:
    words = line.split()
    if len(line) < 2 * _LONG and (row := headless(line, words)) is not None:
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
