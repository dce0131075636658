"""Tables of switch systems: a heading, often a rule of dashes under it, and rows whose cells hold single blanks.

Where columns stand changes with the version and with the widest cell, so that it is taken from the heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

_PIECE = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"\S+")
_PROMPT = re.compile(r"\s*[\w.-]{1,64}(?:\([\w./-]{0,32}\))?[#>] ?(?:(?:do )?sho?w? .*)?")
_DASHES = re.compile(r"-+")
_UNITS = re.compile(r"(?:\s*\([A-Za-z%]{1,10} ?\)){1,16}\s*")
"""The units of some columns, in a line of their own under the heading."""
_DEEPEST = 4
"""Lines that a heading may have."""
_FARTHEST = 7
"""Lines before a rule that have a say in what it heads."""
_INTERFACE = re.compile(
    r"(?:[A-Za-z][A-Za-z_-]{0,24}\d{1,5}(?:[/.:]\d{1,5}){0,4}(?:-\d{1,4})?|\d{1,3}(?:/\d{1,3}){1,3}(?:\.\d{1,5})?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, and from where to where its heading or its rule goes."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """What a heading says about the lines under it."""

    columns: tuple[Column, ...]
    ruled: bool
    """Whether each column has its own rule, as wide as its widest cell; else cells begin under their heading."""
    names: tuple[str, ...] = field(init=False)
    """The columns' names, in order."""
    _cells: tuple[slice, ...] = field(init=False, repr=False)
    _gaps: tuple[slice, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = self.columns
        ends = [0, *(column.end for column in columns)]
        starts = [*(column.start for column in columns), None]
        object.__setattr__(self, "names", tuple(column.name for column in columns))
        object.__setattr__(self, "_cells", tuple(slice(column.start, column.end) for column in columns))
        object.__setattr__(self, "_gaps", tuple(map(slice, ends, starts)))

    def cells(self, line: str) -> list[str]:
        """A line cut into as many texts as there are columns; blank where a column is empty."""
        pieces = _PIECE.findall(line)
        if len(pieces) == len(self.columns):
            return pieces
        return self._placed(line)

    def left_aligned(self, line: str) -> list[str]:
        """As `cells`, by place alone: for tables with a column of free text that may be blank."""
        return self._placed(line)

    def _placed(self, line: str) -> list[str]:
        if self.ruled and not any(line[gap].strip() for gap in self._gaps):
            return [line[cell].strip() for cell in self._cells]
        cells: list[list[str]] = [[] for _ in self.columns]
        place = self._overlapped if self.ruled else self._begun
        at = 0
        for word in _WORD.finditer(line):
            at = place(word.start(), word.end(), at)
            cells[at].append(word[0])
        return [" ".join(words) for words in cells]

    def _begun(self, start: int, _end: int, at: int) -> int:
        while at + 1 < len(self.columns) and self.columns[at + 1].start <= start:
            at += 1
        return at

    def _overlapped(self, start: int, end: int, at: int) -> int:
        best, most = at, -1 << 30
        for index in range(at, len(self.columns)):
            column = self.columns[index]
            shared = min(end, column.end) - max(start, column.start)
            if shared > most:
                best, most = index, shared
            elif column.start > end:
                break
        return best


def is_rule(line: str) -> bool:
    """Whether a line is dashes and blanks only."""
    return "--" in line and not line.strip("- \t")


def is_prompt(line: str) -> bool:
    """Whether a line is a switch's prompt with a `show` command typed at it, or nothing: `leaf-b02#show version`."""
    return _PROMPT.fullmatch(line) is not None


@lru_cache(maxsize=4096)
def is_interface(name: str) -> bool:
    """Whether a text is a port's name: `Ethernet1/1`, `Et3/17/1`, `mgmt0`, `Ethernet-BP4`, `1/1`."""
    return _INTERFACE.fullmatch(name) is not None


@lru_cache(maxsize=256)
def headed(line: str, phrases: tuple[str, ...] = ()) -> Table:
    """The table under a heading without a rule of its own; `phrases` are column names that hold single blanks."""
    pattern = re.compile("|".join([re.escape(phrase) for phrase in phrases] + [r"\S+"]))
    found = list(pattern.finditer(line))
    ends = [*(one.start() for one in found[1:]), 1 << 20]
    return Table(tuple(Column(one[0], one.start(), end) for one, end in zip(found, ends, strict=True)), ruled=False)


def headings(lines: Sequence[str]) -> tuple[dict[int, Table], set[int]]:
    """Every table that has a rule under its heading, by the rule's line; and the lines that are headings."""
    tables: dict[int, Table] = {}
    taken: set[int] = set()
    for at, line in enumerate(lines):
        if not is_rule(line):
            continue
        start = max(0, at - _FARTHEST)
        table, above = _headed(tuple(lines[start : at + 1]))
        if table is not None:
            tables[at] = table
            taken.update([start + one for one in above])
    return tables, taken


@lru_cache(maxsize=256)
def _headed(lines: tuple[str, ...]) -> tuple[Table | None, tuple[int, ...]]:
    """The table of the last line, a rule, and which of the lines before it are its heading."""
    at = len(lines) - 1
    spans = [(one.start(), one.end()) for one in _DASHES.finditer(lines[at])]
    above = _above(lines, at, spans)
    if len(spans) > 1 and above:
        return _ruled(lines, above, spans), tuple(above)
    if above and _is_framed(lines, above):
        return _framed(lines, above), tuple(above)
    return None, ()


def _is_framed(lines: Sequence[str], above: list[int]) -> bool:
    """Whether a heading stands between two rules, or looks like one: several words and no number."""
    if above[0] > 0 and is_rule(lines[above[0] - 1]):
        return True
    lowest = lines[above[-1]]
    return len(_PIECE.findall(lowest)) > 1 and not any(sign.isdigit() for sign in lowest)


def _above(lines: Sequence[str], at: int, spans: list[tuple[int, int]]) -> list[int]:
    """The lines of a heading, the first first."""
    found: list[int] = []
    lowest = at - 1
    if (
        at > 1
        and 1 < len(spans) == len(_PIECE.findall(lines[at - 2])) != len(_PIECE.findall(lines[at - 1]))
        and not _UNITS.fullmatch(lines[at - 1])
    ):
        lowest = at - 2  # another stream wrote between heading and rule
    elif at > 1 and len(spans) == 1 and _is_prose(lines[lowest]):
        lowest = at - 2
    if at < 1 or is_interface(lines[lowest].strip().partition(" ")[0]):
        return []  # a rule between rows and their sum
    for index in range(lowest, max(lowest - _DEEPEST, -1), -1):
        line = lines[index]
        if not line.strip() or is_rule(line):
            break
        if index < lowest and (line.rstrip().endswith(":") or not _fits(line, spans)):
            break
        found.append(index)
    return found[::-1]


def _fits(line: str, spans: list[tuple[int, int]]) -> bool:
    """Whether a line is the upper part of a heading: nothing in it belongs to two columns, none of it is a row."""
    pieces = list(_PIECE.finditer(line))
    if is_interface(pieces[0][0]):
        return False
    if len(spans) == 1:
        return not _is_prose(line)
    if len(pieces) < 2:
        return False
    return all(
        sum(min(piece.end(), end) > max(piece.start(), start) for start, end in spans) < 2 for piece in pieces
    ) and not any(piece[0][0].isdigit() for piece in pieces)


def _is_prose(line: str) -> bool:
    """Whether words stand in a row as in a sentence, and in no heading."""
    return max((len(piece.split()) for piece in _PIECE.findall(line)), default=0) > 3


def _ruled(lines: Sequence[str], above: list[int], spans: list[tuple[int, int]]) -> Table:
    names: list[list[str]] = [[] for _ in spans]
    lowest = _PIECE.findall(lines[above[-1]])
    if len(above) == 1 and len(lowest) == len(spans):
        names = [[name] for name in lowest]
    else:
        shape = Table(tuple(Column("", start, end) for start, end in spans), ruled=True)
        for index in above:
            for name, cell in zip(names, shape.cells(lines[index]), strict=True):
                name.append(cell)
    joined = (" ".join(part for part in name if part) for name in names)
    return Table(
        tuple(Column(name, start, end) for name, (start, end) in zip(joined, spans, strict=True)),
        ruled=True,
    )


_PHRASES: tuple[str, ...] = (
    *("IP Address", "Encap type", "Reason description", "Secondary VLAN(Type)", "Device ID", "Local Intf", "Port ID"),
    *("Neighbor Device ID", "Neighbor Port ID", "Local Interface", "Chassis ID", "Port Description", "System Name"),
    "Alternate Name",
)
"""Column names that hold blanks where the heading has only one rule for all columns."""


def _framed(lines: Sequence[str], above: list[int]) -> Table:
    """A heading between two rules that go from edge to edge: cells begin where its words do."""
    first = headed(lines[above[0]], _PHRASES)
    if len(above) == 1:
        return first
    names = [column.name for column in first.columns]
    for index in above[1:]:
        for name, cell in enumerate(first.left_aligned(lines[index])):
            names[name] = f"{names[name]} {cell}".strip()
    columns = (Column(name, one.start, one.end) for name, one in zip(names, first.columns, strict=True))
    return Table(tuple(columns), ruled=False)
