"""What `nv show …` prints without `-o json`, made the objects that it prints with it.

A tree has the columns `operational`, `applied`, `pending` under a rule and depth by indentation; lists are tables with
a rule for every column; a module's data are `name : value` with depth by indentation. Source: the Cumulus Linux guide,
"Monitoring Interfaces and Transceivers with NVUE".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from fabconsole.formats.switches.columns import Columns, Table, dashed, is_dashes, is_double_rule, is_ellipsis

_TREE = frozenset({"operational", "applied", "pending", "description", "startup"})
_REVISION = re.compile(r"\s*Rev ID: ?\S{1,40}\s*")
_KEY = re.compile(r"\[?[\w.:/@+-]{1,80}\]?")
_PAIR = re.compile(r"( *)([\w-][\w /().-]{0,60}?) *:(?: +(.*))?$")
_TITLE = re.compile(r" *(\w[\w /-]{2,60}) *")
_QUANTITY = re.compile(r"\d[\d.,]{0,20} (?:[KMGTP]?i?B|Bytes|ns|C|V|mA|mW|dBm|W|RPM)", re.IGNORECASE)

_ROUTING = "Routing"
Tree = dict[str, object]


@dataclass(slots=True)
class Part:
    """One answer's tree, table or pairs."""

    line: int
    """Where it began, to know which command it answers."""
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
    at, title = 0, ""
    while at < len(lines):
        line = lines[at]
        under = lines[at + 1] if at + 1 < len(lines) else ""
        if is_dashes(line) and len(line.split()) == 1 and under.strip() and not _is_ruled(lines, at + 1):
            at = _list(lines, at + 1, told)
        elif not line.strip() or is_dashes(line) or is_double_rule(line):
            at += 1
        elif _is_tree_head(line) and not under.strip() and at + 2 < len(lines) and is_dashes(lines[at + 2]):
            lines = [*lines[: at + 1], *lines[at + 2 :]]  # a mail put a blank line before the rule
        elif (
            (is_double_rule(under) and _TITLE.fullmatch(line))
            or _is_title(line, under, lines, at)
            or (classic and _is_underlined(line, under))
        ):
            title, at = line.strip(), at + 2
        elif classic and title == _ROUTING:
            told.titled.setdefault(title, []).append(line.strip())
            at += 1
        elif is_dashes(under) or _two_lines(lines, at):
            at = _table(lines, at, title, told)
        elif _PAIR.match(line.expandtabs()):
            at = _pairs(lines, at, told)
        else:
            told.strange.append(line)
            at += 1
    return told


def _is_tree_head(line: str) -> bool:
    return bool(line.split()) and set(line.split()) <= _TREE


def _is_ruled(lines: list[str], at: int) -> bool:
    return at + 1 < len(lines) and (is_dashes(lines[at + 1]) or is_dashes(lines[at])) is not None


def _list(lines: list[str], at: int, told: Parts) -> int:
    """Values under a rule without a heading: only the command names them."""
    part = Part(at)
    while at < len(lines) and lines[at].strip() and " " not in lines[at].strip():
        _put(part.tree, "value", lines[at].strip())
        at += 1
    if part.tree:
        told.found.append(part)
    return at


def _two_lines(lines: list[str], at: int) -> bool:
    """Whether the heading has a second line before its rule."""
    return (
        at + 2 < len(lines)
        and is_dashes(lines[at + 2])
        and bool(lines[at + 1].strip())
        and (lines[at + 1][:1] == " " or lines[at][:1] == " ")
        and ":" not in lines[at]
        and _is_wider(lines[at], lines[at + 2])
    )


def _is_wider(heading: str, rule: str) -> bool:
    return len(re.findall(r"\S+(?: \S+)*", heading)) > 1 and len(rule.strip()) > len(heading.strip()) // 2


def _is_title(line: str, under: str, lines: list[str], at: int) -> bool:
    """`LLDP Details` over one rule as long as itself, with a table's headings to follow."""
    if not (is_dashes(under) and _TITLE.fullmatch(line)) or len(under.split()) > 1:
        return False
    follows = next((after for after in lines[at + 2 : at + 4] if after.strip()), "")
    place = lines.index(follows, at + 2) if follows else 0
    return bool(follows) and place + 1 < len(lines) and is_dashes(lines[place + 1])


def _is_underlined(line: str, under: str) -> bool:
    """A title, or a table of one column, which has no more to say."""
    return is_dashes(under) and len(under.split()) == 1 and len(under.strip()) == len(line.strip())


def _table(lines: list[str], at: int, title: str, told: Parts) -> int:
    rule = at + 1 if is_dashes(lines[at + 1]) else at + 2
    heads = {word for line in lines[at:rule] for word in line.split()}
    if heads and (heads <= _TREE or _REVISION.fullmatch(lines[at])):
        return _tree(lines, rule, title, told)
    if len(lines[rule].split()) == 1 and len(lines[rule].strip()) > 60 and len(lines[at].split()) > 2:
        table = _one_rule(lines, at, rule)
    else:
        found = dashed(lines, rule)
        if found is None:
            return rule + 1
        table = found
    told.found.append(Part(at, table=table, title=title))
    told.strange.extend(table.strange)
    return max(table.end, rule + 1)


def _one_rule(lines: list[str], at: int, rule: int) -> Table:
    """A table with one long rule below its headings: their beginnings are the columns'."""
    main = max(lines[at:rule], key=lambda line: len(line.split()))
    starts = [said.start() for said in re.finditer(r"\S+(?: \S+)*", main)]
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


def _tree(lines: list[str], rule: int, title: str, told: Parts) -> int:
    groups = [said.start() for said in re.finditer(r"-+", lines[rule])]
    heads = ["applied"] if _REVISION.fullmatch(lines[rule - 1]) else lines[rule - 1].split()
    if len(groups) == len(heads):
        return _nameless(lines, rule, groups, heads, told)
    part = Part(rule, title=title)
    told.found.append(part)
    loose = len(groups) > 1 and lines[rule - 1].find(heads[0]) < groups[1] - 1
    columns = Columns(("", *heads), tuple(groups[: len(heads) + 1]))
    depths: list[tuple[int, Tree, Tree]] = [(-1, part.tree, part.applied)]
    at, last = rule + 1, ""
    while at < len(lines) and lines[at].strip() and not is_ellipsis(lines[at]):
        line = lines[at].expandtabs()
        if is_dashes(line) or (at + 1 < len(lines) and is_dashes(lines[at + 1])):
            break
        cells = _loose(line) if loose else columns.cells(line)
        if cells is None or (cells[0] and not _KEY.fullmatch(cells[0])) or not (cells[0] or last):
            told.strange.append(lines[at])
        elif cells[0]:
            last = _grow(depths, line, cells, heads)
        else:
            _add(depths, last, cells, heads)
        at += 1
    return at


def _nameless(lines: list[str], rule: int, starts: list[int], heads: list[str], told: Parts) -> int:
    """A tree of a single value, which only the command names: it is called `value`."""
    columns, at = Columns(tuple(heads), tuple(starts)), rule + 1
    part = Part(rule)
    while at < len(lines) and lines[at].strip() and (cells := columns.cells(lines[at])) is not None:
        for head, cell in zip(heads, cells, strict=True):
            tree = part.tree if head == "operational" else part.applied
            if cell and (head != "pending" or "value" not in part.applied):
                _put(tree, "value", cell)
        at += 1
    told.found.append(part)
    return at


def _loose(line: str) -> tuple[str, ...] | None:
    """A line whose blanks were lost: a name, then one value, or two."""
    name, *rest = line.split(" ") if line.split() == line.strip().split(" ") else line.split()
    words = [word for word in rest if word] if name else rest
    name = name or (words.pop(0) if words else "")
    if len(words) < 2 or _QUANTITY.fullmatch(" ".join(words)):
        return (name, " ".join(words), "")
    return (name, words[0], words[1]) if len(words) == 2 else (name, " ".join(words), "")


def _grow(depths: list[tuple[int, Tree, Tree]], line: str, cells: tuple[str, ...], heads: list[str]) -> str:
    """Hang a line's name where its indentation says; returns the name."""
    indent = len(line) - len(line.lstrip())
    while depths[-1][0] >= indent:
        depths.pop()
    name = cells[0].strip("[]")
    operational, applied = _values(cells, heads)
    _, tree, applied_tree = depths[-1]
    if operational or applied:
        if operational:
            _put(tree, name, operational)
        if applied:
            _put(applied_tree, name, applied)
    elif not cells[0].startswith("["):
        below: Tree = {}
        below_applied: Tree = {}
        if isinstance(known := tree.setdefault(name, below), dict):
            below = known
        if isinstance(known := applied_tree.setdefault(name, below_applied), dict):
            below_applied = known
        depths.append((indent, below, below_applied))
    return name


def _values(cells: tuple[str, ...], heads: list[str]) -> tuple[str, str]:
    told = dict(zip(heads, cells[1:], strict=False))
    return told.get("operational", ""), told.get("applied", "") or told.get("pending", "")


def _add(depths: list[tuple[int, Tree, Tree]], last: str, cells: tuple[str, ...], heads: list[str]) -> None:
    """A value that has a line of its own belongs to the name before."""
    operational, applied = _values(cells, heads)
    _, tree, applied_tree = depths[-1]
    if operational:
        _put(tree, last, operational)
    if applied:
        _put(applied_tree, last, applied)


def _put(tree: Tree, name: str, value: str) -> None:
    before = tree.get(name)
    if before is None or before == {}:
        tree[name] = value
    elif isinstance(before, list):
        before.append(value)
    elif not isinstance(before, Mapping):
        tree[name] = [before, value]


def _pairs(lines: list[str], at: int, told: Parts) -> int:
    """`name : value`, deeper by indentation below a name without a value."""
    part = Part(at)
    told.found.append(part)
    depths: list[tuple[int, Tree]] = [(-1, part.tree)]
    while at < len(lines) and (said := _PAIR.match(lines[at].expandtabs())):
        indent = len(said[1])
        while depths[-1][0] >= indent:
            depths.pop()
        if said[3] is None or not said[3].strip():
            below = depths[-1][1].setdefault(said[2], {})
            depths.append((indent, below if isinstance(below, dict) else {}))
        else:
            _put(depths[-1][1], said[2], said[3].strip())
        at += 1
    return at
