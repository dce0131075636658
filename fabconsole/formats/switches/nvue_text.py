"""What `nv show …` prints without `-o json`, made the objects that it prints with it.

Trees are read by `nvue_tree`; lists are tables with a rule for every column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from fabconsole.formats.switches.columns import Columns, Table, dashed, is_dashes, is_double_rule, is_ellipsis
from fabconsole.formats.switches.nvue_tree import HEADS, REVISION, Tree, of_pairs, pair, put, under_rule

_TITLE = re.compile(r" *(\w[\w /-]{2,60}) *")
_CELL = re.compile(r"\S+(?: \S+)*")
_ROUTING = "Routing"


@dataclass(slots=True)
class Part:
    """One answer's tree, table or pairs."""

    tree: Tree = field(default_factory=dict)
    applied: Tree = field(default_factory=dict)
    """What is set, where that column stood."""
    table: Table | None = None
    title: str = ""


@dataclass(slots=True)
class Parts:
    """A whole text."""

    found: list[Part] = field(default_factory=list)
    titled: dict[str, list[str]] = field(default_factory=dict)
    """Title to the lines below it that are neither a table nor pairs."""
    strange: list[str] = field(default_factory=list)


def parts(lines: list[str], *, classic: bool = False) -> Parts:
    """Every tree, table and run of pairs, in order. Never raises.

    `classic`: it is `net show` that answered, with a rule under every title, of its length.
    """
    told = Parts()
    lines = _together(lines)
    at, title = 0, ""
    while at < len(lines):
        line = lines[at]
        if not line or line.isspace():
            at += 1
            continue
        under = lines[at + 1] if at + 1 < len(lines) else ""
        ruled = is_dashes(under)
        if is_dashes(line):
            alone = len(line.split()) == 1 and under.strip() and not _is_ruled(lines, at + 1)
            at = _list(lines, at + 1, told) if alone else at + 1
        elif is_double_rule(line):
            at += 1
        elif _is_title(line, lines, at, ruled) or (classic and ruled and _is_underlined(line, under)):
            title, at = line.strip(), at + 2
        elif classic and title == _ROUTING:
            told.titled.setdefault(title, []).append(line.strip())
            at += 1
        elif ruled or _two_lines(lines, at):
            at = _table(lines, at, title, told)
        elif pair(line) is not None:
            grown = of_pairs(lines, at)
            told.found.append(Part(tree=grown.tree))
            at = grown.end
        else:
            told.strange.append(line)
            at += 1
    return told


def _together(lines: list[str]) -> list[str]:
    """The lines without the blank one that a mail put between a tree's heading and its rule."""
    apart = {
        at + 1
        for at in range(len(lines) - 2)
        if not lines[at + 1].strip() and _is_tree_head(lines[at]) and is_dashes(lines[at + 2])
    }
    return [line for at, line in enumerate(lines) if at not in apart] if apart else lines


def _is_tree_head(line: str) -> bool:
    return bool(line.split()) and set(line.split()) <= HEADS


def _is_ruled(lines: list[str], at: int) -> bool:
    return is_dashes(lines[at]) or (at + 1 < len(lines) and is_dashes(lines[at + 1]))


def _list(lines: list[str], at: int, told: Parts) -> int:
    """Values under a rule without a heading: only the command names them."""
    part = Part()
    while at < len(lines) and lines[at].strip() and " " not in lines[at].strip():
        put(part.tree, "value", lines[at].strip())
        at += 1
    if part.tree:
        told.found.append(part)
    return at


def _two_lines(lines: list[str], at: int) -> bool:
    """Whether the heading has a second line before its rule."""
    return (
        at + 2 < len(lines)
        and "--" in lines[at + 2]
        and is_dashes(lines[at + 2])
        and bool(lines[at + 1].strip())
        and (lines[at + 1][:1] == " " or lines[at][:1] == " ")
        and ":" not in lines[at]
        and _is_wider(lines[at], lines[at + 2])
    )


def _is_wider(heading: str, rule: str) -> bool:
    return len(_CELL.findall(heading)) > 1 and len(rule.strip()) > len(heading.strip()) // 2


def _is_title(line: str, lines: list[str], at: int, ruled: bool) -> bool:
    """`Drop Counters` over equals signs; `LLDP Details` over one rule with a table's headings to follow."""
    if not ruled:
        return at + 1 < len(lines) and is_double_rule(lines[at + 1]) and _TITLE.fullmatch(line) is not None
    if len(lines[at + 1].split()) > 1 or not _TITLE.fullmatch(line):
        return False
    place = next((after for after in (at + 2, at + 3) if after < len(lines) and lines[after].strip()), len(lines))
    return place + 1 < len(lines) and is_dashes(lines[place + 1])


def _is_underlined(line: str, under: str) -> bool:
    """A title, or a table of one column, which has no more to say."""
    return len(under.split()) == 1 and len(under.strip()) == len(line.strip())


def _table(lines: list[str], at: int, title: str, told: Parts) -> int:
    rule = at + 1 if is_dashes(lines[at + 1]) else at + 2
    heads = {word for line in lines[at:rule] for word in line.split()}
    if heads and (heads <= HEADS or REVISION.fullmatch(lines[at])):
        grown = under_rule(lines, rule)
        told.found.append(Part(tree=grown.tree, applied=grown.applied))
        told.strange.extend(grown.strange)
        return grown.end
    if len(lines[rule].split()) == 1 and len(lines[rule].strip()) > 60 and len(lines[at].split()) > 2:
        table = _under_one_rule(lines, at, rule)
    else:
        found = dashed(lines, rule)
        if found is None:
            return rule + 1
        table = found
    told.found.append(Part(table=table, title=title))
    told.strange.extend(table.strange)
    return max(table.end, rule + 1)


def _under_one_rule(lines: list[str], at: int, rule: int) -> Table:
    """The table from line `at` on with one long rule, line `rule`, below its headings, which begin where columns do."""
    main = max(lines[at:rule], key=lambda line: len(line.split()))
    starts = [said.start() for said in _CELL.finditer(main)]
    if starts and starts[0] > 8:
        starts.insert(0, 0)
    headings = [""] * len(starts)
    columns = Columns(tuple(headings), tuple(starts))
    for line in lines[at:rule]:
        for place, cell in enumerate(columns.cells(line) or ()):
            headings[place] = f"{headings[place]} {cell}".strip()
    table = Table(Columns(tuple(headings), tuple(starts)))
    end = rule + 1
    while end < len(lines) and lines[end].strip() and not is_ellipsis(lines[end]):
        cells = table.columns.cells(lines[end])
        if cells is None:
            table.strange.append(lines[end])
        else:
            table.rows.append(cells)
        end += 1
    table.end = end
    return table
