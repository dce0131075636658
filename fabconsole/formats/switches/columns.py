"""Tables as switches print them: headings, a rule of dashes or of equals signs, cells below.

A cell belongs to the column that begins where the cell does, or next to it: what a mail or a ticket took from the
beginning of every line moves them all alike.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

_DASHES = re.compile(r"\s*-[-…]{1,}(?:\s+[-…]{1,})*\s*")
_EQUALS = re.compile(r"\s*={4,}\s*")
_WHOLE = re.compile(r"\s*(?:={4,}|-{16,})\s*")
_GROUP = re.compile(r"[-…]+")
_CELL = re.compile(r"\S+(?: \S+)*")


_NEVER = re.compile("(?!)")
_ELLIPSIS = re.compile(r"\s*(?:\.{3,}|…)\s*")
_FEW = 4
_WIDEST = 2000


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a table begin, and what they are called."""

    headings: tuple[str, ...]
    starts: tuple[int, ...]
    loose: bool = False
    """The blanks between were lost on the way here: a cell is a word."""
    gap: int = 2
    """Blanks between two columns. Where it is one, a line of as many words as columns is taken word by word: nobody
    knows whether more blanks stood there once. None at all: tabs stand there."""

    def cells(self, line: str) -> tuple[str, ...] | None:
        """A line's cells, blank ones too, one for every heading. None: it is none of this table's."""
        if self.gap == 0:
            return self._between_tabs(line)
        if self.gap == 1 and ((words := self._words(line)) is not None or self.loose):
            return words
        whole, width = _whole_line(self.starts)
        if self.gap == 2 and (said := whole.fullmatch(line.ljust(width))) is not None:
            return tuple(map(str.strip, said.groups()))
        cut = self._cut(line)
        if cut is not None:
            return cut
        found = tuple(_CELL.findall(line))
        return found if len(found) == len(self.starts) else self._nearest(line)

    def _cut(self, line: str) -> tuple[str, ...] | None:
        cells, gaps = _spans(self.starts, self.gap)
        crossed = [gap for gap in gaps if line[gap].strip()]
        if crossed and (len(crossed) > 1 or line[crossed[0]][-1] != " " or len(self.starts) < _FEW):
            return None  # one cell may be wider than its column by one
        if self.starts[0] and line[: self.starts[0]].strip():
            return None
        cut = tuple([line[cell].strip() for cell in cells])
        if self.gap == 1 and any(cell and line[start] == " " for cell, start in zip(cut, self.starts, strict=True)):
            return None
        return cut

    def _nearest(self, line: str) -> tuple[str, ...] | None:
        found = [""] * len(self.starts)
        for said in _CELL.finditer(line.expandtabs()):
            place = self._column(said.start())
            found[place] = f"{found[place]}  {said[0]}" if found[place] else said[0]
        return tuple(found)

    def _column(self, at: int) -> int:
        after = bisect_right(self.starts, at)
        if after == 0:
            return 0
        if after == len(self.starts):
            return after - 1
        return after if self.starts[after] - at < at - self.starts[after - 1] else after - 1

    def _between_tabs(self, line: str) -> tuple[str, ...] | None:
        cells = [cell.strip() for cell in line.split("\t")]
        missing = len(self.headings) - len(cells)
        return (*cells, *([""] * missing)) if missing >= 0 else None

    def _words(self, line: str) -> tuple[str, ...] | None:
        words = tuple(line.split())
        return words if len(words) == len(self.headings) else None


@lru_cache(maxsize=256)
def _whole_line(starts: tuple[int, ...]) -> tuple[re.Pattern[str], int]:
    """A line whose cells all keep within their columns, two blanks between them, and how wide it is at least."""
    if not starts or any(after - start < 2 for start, after in pairwise(starts)):
        return _NEVER, 0
    cells = "".join(f"(.{{{after - start - 2}}})  " for start, after in pairwise(starts))
    return re.compile(f" {{{starts[0]}}}{cells}(.*)"), starts[-1]


@lru_cache(maxsize=256)
def _spans(starts: tuple[int, ...], gap: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Where the cells of a line are, and the blanks before each but the first."""
    cells = tuple(slice(start, end) for start, end in zip(starts, (*starts[1:], None), strict=True))
    gaps = tuple(slice(max(before, start - gap), start) for before, start in pairwise(starts))
    return cells, gaps


@dataclass(slots=True)
class Table:
    """A table that stood in a text."""

    columns: Columns
    rows: list[tuple[str, ...]] = field(default_factory=list)
    end: int = 0
    """The line after its last."""
    strange: list[str] = field(default_factory=list)
    """Lines within that are none of its rows."""


def dashed(lines: list[str], rule: int) -> Table | None:
    """The table whose rule of dashes, one for a column, is line `rule`; its headings are the lines above."""
    above = lines[rule - 2] if rule > 1 else "", lines[rule - 1] if rule else "", lines[rule]
    columns = _headed(*above) if sum(map(len, above)) < _WIDEST else _headed.__wrapped__(*above)
    return _filled(Table(columns), lines, rule + 1) if columns is not None else None


@lru_cache(maxsize=256)
def _headed(first: str, second: str, rule: str) -> Columns | None:
    """The columns of a rule of dashes below one line of headings or two."""
    groups = tuple(group.span() for group in _GROUP.finditer(rule))
    starts = tuple(start for start, _ in groups)
    if "\t" in rule.strip() and second.count("\t") == rule.count("\t"):
        return Columns(tuple(head.strip() for head in second.split("\t")), starts, gap=0)
    above = [line for line in (first, second) if line.strip() and not is_rule(line)]
    if not above or not second.strip():
        return None
    if len(above) == 2 and (
        len(_CELL.findall(above[0])) < 2 or Columns(("",) * len(starts), starts)._cut(above[0]) is None
    ):
        above = above[1:]  # a title, or the end of what stood before
    return _columns(tuple(above), groups)


def _columns(above: tuple[str, ...], groups: tuple[tuple[int, int], ...]) -> Columns | None:
    """The columns of a rule of dashes; None: its headings lost their blanks, and nobody knows which is whose."""
    starts = tuple(start for start, _ in groups)
    gaps = {after - end for (_, end), (after, _) in pairwise(groups)}
    if gaps != {1}:
        return Columns(_headings(list(above), starts), starts)
    tight = Columns(("",) * len(starts), starts, gap=1)
    if tight._cut(above[-1]) is not None:
        return Columns(_headings(list(above), starts, 1), starts, gap=1)
    words = tuple(above[-1].split())
    return Columns(words, starts, loose=True, gap=1) if len(words) == len(starts) else None


def ruled(lines: list[str], rule: int) -> Table | None:
    """The table whose headings stand between two rules that go right across, the first of which is line `rule`."""
    for second in range(rule + 2, min(rule + 7, len(lines))):
        if _WHOLE.fullmatch(lines[second]) and any(
            line.strip() and not is_rule(line) for line in lines[rule + 1 : second]
        ):
            break
    else:
        return None
    between = [line for line in lines[rule + 1 : second] if line.strip() and not is_rule(line)]
    if not between:
        return None
    while second + 1 < len(lines) and is_double_rule(lines[second + 1]):
        second += 1  # the rule was wider than the terminal
    main = max(between, key=lambda line: len(_CELL.findall(line)))
    starts = tuple(said.start() for said in _CELL.finditer(main))
    return _filled(Table(Columns(_headings(between, starts), starts)), lines, second + 1)


def is_rule(line: str) -> bool:
    """Whether a line holds nothing but dashes, or equals signs."""
    return is_dashes(line) or is_double_rule(line)


def is_dashes(line: str) -> bool:
    """Whether a line holds nothing but dashes."""
    return "--" in line and _DASHES.fullmatch(line) is not None


def is_whole_rule(line: str) -> bool:
    """Whether a line is one rule for all columns."""
    return line.strip()[:4] in ("====", "----") and _WHOLE.fullmatch(line) is not None


def is_double_rule(line: str) -> bool:
    """Whether a line holds nothing but equals signs."""
    return "====" in line and _EQUALS.fullmatch(line) is not None


def is_ellipsis(line: str) -> bool:
    """Whether somebody left lines out here."""
    return line.lstrip()[:1] in ("…", ".") and _ELLIPSIS.fullmatch(line) is not None


def _headings(above: list[str], starts: tuple[int, ...], gap: int = 2) -> tuple[str, ...]:
    named: list[list[str]] = [[] for _ in starts]
    columns = Columns(("",) * len(starts), starts, gap=gap)
    for line in above:
        cells = columns._cut(line) or columns._nearest(line) or ()
        for words, cell in zip(named, cells, strict=False):
            if cell:
                words.append(cell)
    return tuple(" ".join(words) for words in named)


def _filled(table: Table, lines: list[str], start: int) -> Table:
    """Read the rows from line `start` on: to a blank line, or one that heads something else."""
    at = start
    while at < len(lines):
        line = lines[at]
        sign = line.lstrip()[:1]
        if not sign or (sign in ".…" and is_ellipsis(line)):
            break
        if sign in "-=…" and is_rule(line):
            if at != start and table.rows:
                at += 1  # a rule closes the table
            break
        if at + 1 < len(lines) and "--" in lines[at + 1] and is_dashes(lines[at + 1]) and lines[at + 1].count("-") > 4:
            break
        cells = table.columns.cells(line)
        if cells is None or _is_prose(cells):
            table.strange.append(line)
        else:
            table.rows.append(cells)
        at += 1
    table.end = at
    return table


def _is_prose(cells: tuple[str, ...]) -> bool:
    """Whether a line is several words under the first heading and nothing else: no row of the table."""
    return " " in cells[0] and cells[0][-1] != ":" and len(cells) > 1 and not any(cells[1:])
