"""Trees as `nv show …` prints them: depth by indentation, a column of what works and one of what is set.

Below a rule stand `operational`, `applied` or `pending`; a module's data are `name : value` instead. Source: the
Cumulus Linux guide, "Monitoring Interfaces and Transceivers with NVUE".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from fabconsole.formats.switches.columns import Columns, is_dashes, is_ellipsis

Tree = dict[str, object]

HEADS = frozenset({"operational", "applied", "pending", "description", "startup"})
"""What a tree's columns are called."""
REVISION = re.compile(r"\s*Rev ID: ?\S{1,40}\s*")
"""The heading of a tree of one revision."""
_PAIR = re.compile(r"( *)([\w-][\w /().-]{0,60}?) *:(?: +(.*))?$")
_GROUP = re.compile(r"-+")
_WIDEST = 1000
_LONGEST = 84
_WORDS = 4
"""That a name may have."""
_KEY = re.compile(r"\[?[\w.:/@+-]{1,80}\]?")
_OVERFLOWN = re.compile(r" *([\w-]{8,80}) (\S.*)")
_BLANKS = re.compile(r"  +")
_QUANTITY = re.compile(r"\d[\d.,]{0,20} (?:[KMGTP]?i?B|Bytes|ns|C|V|mA|mW|dBm|W|RPM)", re.IGNORECASE)


@dataclass(slots=True)
class Grown:
    """A tree that stood in a text."""

    tree: Tree = field(default_factory=dict)
    applied: Tree = field(default_factory=dict)
    """What is set, where that column stood."""
    strange: list[str] = field(default_factory=list)
    """Lines within that are none of its own."""
    end: int = 0
    """The line after its last."""


def under_rule(lines: list[str], rule: int) -> Grown:
    """The tree whose rule is line `rule`, its heading the line above."""
    plan = _plan(lines[rule - 1], lines[rule]) if len(lines[rule]) < _WIDEST else None
    heads, starts, loose = plan or _plan.__wrapped__(lines[rule - 1], lines[rule])
    if len(starts) == len(heads):
        return _nameless(lines, rule, list(starts), list(heads))
    told = Grown(end=rule + 1)
    columns = Columns(("", *heads), starts[: len(heads) + 1])
    branches = _Branches(heads, told)
    for at in range(rule + 1, len(lines)):
        line = lines[at].expandtabs() if "\t" in lines[at] else lines[at]
        if _ends(lines, at):
            break
        cells = _loose(line) if loose else columns.cells(line)
        if cells is None or " " in cells[0]:
            cells = _overflown(line)
        if cells is None or not branches.grow(line, cells):
            told.strange.append(lines[at])
        told.end = at + 1
    return told


@lru_cache(maxsize=256)
def _plan(heading: str, rule: str) -> tuple[tuple[str, ...], tuple[int, ...], bool]:
    """What the columns are called, where they begin, and whether the blanks between were lost."""
    starts = tuple(said.start() for said in _GROUP.finditer(rule))
    heads = ("applied",) if REVISION.fullmatch(heading) else tuple(heading.split())
    return heads, starts, len(starts) > 1 and heading.find(heads[0]) < starts[1] - 1


@lru_cache(maxsize=4096)
def _name(cell: str) -> str | None:
    """A name without the brackets of a list; None: it is none."""
    return cell.strip("[]") if _KEY.fullmatch(cell) else None


def _ends(lines: list[str], at: int) -> bool:
    line = lines[at]
    sign = line.lstrip()[:1]
    if not sign or (sign in "-.…" and (is_ellipsis(line) or is_dashes(line))):
        return True
    return at + 1 < len(lines) and "--" in lines[at + 1] and is_dashes(lines[at + 1])


def _nameless(lines: list[str], rule: int, starts: list[int], heads: list[str]) -> Grown:
    """A tree of a single value, which only the command names: it is called `value`."""
    columns, told = Columns(tuple(heads), tuple(starts)), Grown(end=rule + 1)
    while told.end < len(lines) and lines[told.end].strip() and (cells := columns.cells(lines[told.end])) is not None:
        for head, cell in zip(heads, cells, strict=True):
            tree = told.tree if head == "operational" else told.applied
            if cell and (head != "pending" or "value" not in told.applied):
                put(tree, "value", cell)
        told.end += 1
    return told


def _overflown(line: str) -> tuple[str, ...] | None:
    """A name wider than its column, with its values behind it."""
    said = _OVERFLOWN.fullmatch(line.rstrip())
    return (said[1], *_BLANKS.split(said[2])) if said is not None else None


def _loose(line: str) -> tuple[str, ...] | None:
    """A line whose blanks were lost: a name, then one value, or two."""
    name, *rest = line.split(" ") if line.split() == line.strip().split(" ") else line.split()
    words = [word for word in rest if word] if name else rest
    name = name or (words.pop(0) if words else "")
    if len(words) < 2 or _QUANTITY.fullmatch(" ".join(words)):
        return (name, " ".join(words))
    return (name, words[0], words[1]) if len(words) == 2 else (name, " ".join(words))


class _Branches:
    """Where the next line of a tree hangs."""

    def __init__(self, heads: tuple[str, ...], told: Grown) -> None:
        self._places = [(at + 1, head == "operational") for at, head in enumerate(heads)]
        self._depths: list[tuple[int, Tree, Tree]] = [(-1, told.tree, told.applied)]
        self._last = ""

    def grow(self, line: str, cells: tuple[str, ...]) -> bool:
        """Hang a line's name where its indentation says, a line without one on the name before; False: neither."""
        operational = applied = ""
        for at, is_operational in self._places[: len(cells) - 1]:
            if is_operational:
                operational = cells[at]
            else:
                applied = applied or cells[at]
        key = cells[0]
        if key:
            name = _name(key) if len(key) < _LONGEST else None
            if name is None:
                return False
            self._last = name
            indent = len(line) - len(line.lstrip())
            while self._depths[-1][0] >= indent:
                self._depths.pop()
            if not (operational or applied or key[0] == "["):
                self._branch(indent)
                return True
        elif not self._last:
            return False
        _, tree, applied_tree = self._depths[-1]
        if operational:
            put(tree, self._last, operational)
        if applied:
            put(applied_tree, self._last, applied)
        return True

    def _branch(self, indent: int) -> None:
        _, tree, applied_tree = self._depths[-1]
        below: Tree = {}
        below_applied: Tree = {}
        if isinstance(known := tree.setdefault(self._last, below), dict):
            below = known
        if isinstance(known := applied_tree.setdefault(self._last, below_applied), dict):
            below_applied = known
        self._depths.append((indent, below, below_applied))


def put(tree: Tree, name: str, value: str) -> None:
    """Hang a value on a name; several are a list."""
    before = tree.get(name)
    if before is None or before == {}:
        tree[name] = value
    elif isinstance(before, list):
        before.append(value)
    elif not isinstance(before, Mapping):
        tree[name] = [before, value]


def pair(line: str) -> re.Match[str] | None:
    """Indentation, name and value of `name : value`; None where a line says something else."""
    if ":" not in line:
        return None
    said = _PAIR.match(line.expandtabs())
    return said if said is not None and said[2].count(" ") < _WORDS else None


def of_pairs(lines: list[str], at: int) -> Grown:
    """`name : value` from line `at` on, deeper by indentation below a name without a value."""
    told = Grown(end=at)
    depths: list[tuple[int, Tree]] = [(-1, told.tree)]
    while told.end < len(lines) and (said := pair(lines[told.end])) is not None:
        indent = len(said[1])
        while depths[-1][0] >= indent:
            depths.pop()
        if said[3] is None or not said[3].strip():
            below = depths[-1][1].setdefault(said[2], {})
            depths.append((indent, below if isinstance(below, dict) else {}))
        else:
            put(depths[-1][1], said[2], said[3].strip())
        told.end += 1
    return told
