"""A text that is not YAML: which slip of the finger it most likely is, where, and what would be right."""

from __future__ import annotations

import re
from collections.abc import Sequence

import yaml

from fabconsole.fabric.errors import Problem
from fabconsole.fabric.printable import printable

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_KEY = re.compile(r"""[\s-]{0,200}("[^"]{0,200}"|'[^']{0,200}'|[^\s#\[\]{}"'][^#]{0,200}?)\s{0,20}:(?:\s|$)""")
_VALUE = re.compile(r"""\s{0,200}[^\s#{\[|>&!"']""")
"""A value that ends with its line: no comment, and nothing that opens what may go on below."""

_AT, _FROM = False, True
_SLIPS: Sequence[tuple[str, bool, str]] = (
    ("another document", _AT, "holds a second document after `---`: one document a file"),
    (
        "document start",
        _AT,
        "is not YAML: what stands above is whole; write one mapping, `key: value`",
    ),
    ("duplicate anchor", _AT, "defines an anchor (&name) a second time, first in line {line}: give each its own name"),
    ("undefined alias", _AT, "uses an alias (*name) that no anchor (&name) defines; quote a text that begins with *"),
    ("an (alias|anchor)|a tag", _FROM, "is not YAML: quote a text that begins with {here}"),
    ("any token|node content", _AT, "is not YAML: no text begins with {here}; quote it"),
    ("quoted.*unexpected", _FROM, "is not YAML: the quote that opens here, {here}, is not closed"),
    ("unknown escape", _AT, "is not YAML: between double quotes a backslash is an escape; use single quotes"),
    ("expected ':'", _FROM, "is not YAML: no `: ` after {here}, or no blank after a dash"),
    (
        "a flow",
        _FROM,
        "is not YAML: what {here} opens is not closed before {there}; quote what holds [ or ,",
    ),
)
"""What libyaml and PyYAML say, whether to look at where it began or where it ended, and what that means.

`{here}` is what stands there, `{there}` what stands where it ended, `{line}` where it began.
"""


def slip(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """What is wrong with `text`, in the line and at the key where a person will mend it."""
    lines = _LINE_BREAK.split(text)
    number, message = _told(error, lines)
    return Problem(file, number + 1, _key_of(number, lines), message)


def _told(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> tuple[int, str]:
    """Line, counted from 0, and message."""
    at = error.problem_mark
    if at is None:
        return 0, f"is not YAML: {printable(error.problem or str(error))}"
    begun = error.context_mark or at
    said = f"{error.context or ''} {error.problem or ''}"
    line = lines[at.line] if at.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or line[at.column : at.column + 1] == "\t":
        return at.line, "is not YAML: a tab stands where blanks should; indent with blanks"
    for pattern, place, message in _SLIPS:
        if re.search(pattern, said):
            mark = begun if place is _FROM else at
            return mark.line, message.format(here=_rest(lines, mark), there=_rest(lines, at), line=begun.line + 1)
    if "mapping values" in said or "a block" in said:
        return at.line, _out_of_place(line, at.column, len(indent))
    return at.line, f"is not YAML: {printable(said.strip())}"


def _out_of_place(line: str, column: int, indent: int) -> str:
    """A key, or a value's end, where none may be."""
    if line.count(": ", 0, column + 2) > 1:
        return "is not YAML: a second `: ` in the line; quote a text that holds a colon and a blank"
    if column > indent and ": " not in line[column : column + 2] and line[column:].strip() != ":":
        return "is not YAML: the value ends before its line does; quote a text that begins with [ or {"
    return (
        "is not YAML: this line does not go on from those above; indent it as its neighbours, "
        "and see that each key above has its `: `"
    )


def _rest(lines: Sequence[str], mark: yaml.Mark) -> str:
    rest = lines[mark.line][mark.column :].strip() if mark.line < len(lines) else ""
    return f"`{printable(rest, 24)}`" if rest else f"the end of line {mark.line}" if mark.line else "the end"


def _key_of(number: int, lines: Sequence[str]) -> str:
    """The path of keys that line `number` is at or under, as its indentation has it.

    A key whose value stands beside it has nothing below it, however far the next line is indented.
    """
    path: list[str] = []
    depth = None
    for line in map(str.expandtabs, reversed(lines[: number + 1])):
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if not bare or bare.startswith("#") or (depth is not None and indent >= depth):
            continue
        said = _KEY.match(line)
        if said and (depth is None or not _VALUE.match(line, said.end())):
            path.append(said[1].strip("\"'"))
        depth = indent
        if indent == 0:
            break
    return printable(".".join(reversed(path)))
