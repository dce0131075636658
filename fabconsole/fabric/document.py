"""Reading a person's YAML so that every mistake is found at once, with its line, its key and what would be right.

    document = Document.read(path)
    root = document.root
    root.require("fabric")
    fabric = root.text("fabric", "")
    fast_s = root.section("poll").seconds("fast", 5.0)
    for name, value in root.section("racks").entries():
        row = value.section().text("row", None)
    document.finish()

Reading never raises: what is wrong is written down, and the default (or None) stands in so that the walk goes on
to the next mistake. `finish` raises DocumentError with all of them: use nothing that was read before it has
returned. The keys that were asked for are the keys that exist; one nobody asked for is unknown.

Anchors and aliases work; tags, merge keys and a key written twice are refused. A scalar is read as it is written:
`on`, `no`, `1e3` and `012` are those letters, whatever YAML 1.1 makes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import yaml

from fabconsole.fabric import scalars
from fabconsole.fabric.errors import DocumentError, Problem
from fabconsole.fabric.printable import printable
from fabconsole.fabric.yaml_nodes import compose, compose_file

_MAX_VISITS = 500_000
"""Values read from one document: aliases of aliases cannot blow it up beyond that."""
_TAG = "tag:yaml.org,2002:"
_SCALARS = {"str", "int", "float", "bool", "timestamp", "value", "merge"}
_MERGE = "<<"
_MOST = 1 << 53

T = TypeVar("T")
D = TypeVar("D")
"""What stands in for an absent or wrong value: the caller says."""


class Document:
    """One file being read, and what is wrong with it so far."""

    def __init__(self, node: yaml.MappingNode, file: str) -> None:
        self.file = printable(file)
        self._problems: dict[Problem, None] = {}
        self._sections: list[Section] = []
        self._visits = 0
        self.root = Value(self, node, "", node.start_mark.line + 1).section()
        """The document's top mapping."""

    @classmethod
    def read(cls, path: Path) -> Document:
        """Open the file at `path`. Raises DocumentError where it is no readable YAML mapping."""
        return cls(compose_file(path), str(path))

    @classmethod
    def parse(cls, data: bytes, file: str) -> Document:
        """As `read`, of bytes already there; `file` is what problems call them."""
        return cls(compose(data, file), file)

    def wrong(self, line: int, key: str, message: str) -> None:
        """Write down a problem. Said twice (through an alias, say), it is kept once."""
        self._problems[Problem(self.file, line, printable(key), printable(message))] = None

    def finish(self) -> None:
        """Raise DocumentError with every problem, unknown keys among them; return if there is none."""
        for section in self._sections:
            section.report_unknown()
        if self._problems:
            raise DocumentError(tuple(self._problems))

    def opened(self, section: Section) -> None:
        """Remember a mapping, whose unknown keys `finish` will ask for."""
        self._sections.append(section)

    def spend(self, visits: int) -> bool:
        """Count values about to be read. False, and a problem, once they are absurdly many."""
        self._visits += visits
        if self._visits <= _MAX_VISITS:
            return True
        self.wrong(0, "", "unfolds to absurdly many values through its aliases: write fewer")
        return False


class Value:
    """One value and its place. Each reader returns None after writing down why it is not what was asked for."""

    def __init__(self, document: Document, node: yaml.Node, key: str, line: int) -> None:
        self.document = document
        self.key = key
        """Path of keys from the top: ``racks.r00.nodes``, ``on[1]``."""
        self.line = line
        """Where its key stands, counted from 1."""
        self._node = node

    @property
    def is_mapping(self) -> bool:
        """True for `key: value` pairs."""
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """True for `- item` or `[item]`."""
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_empty(self) -> bool:
        """True where nothing, `~` or `null` stands."""
        return isinstance(self._node, yaml.ScalarNode) and str(self._node.tag) == _TAG + "null"

    def wrong(self, message: str) -> None:
        """Write down what is wrong with this value and what would be right."""
        self.document.wrong(self.line, self.key, message)

    def read(self, wanted: str, understand: Callable[[str], T]) -> T | None:
        """What `understand` makes of the scalar; `wanted` names it, and a ValueError's text is the problem."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.wrong(f"is {self._shape()}: it should be {wanted}")
        elif self.is_empty:
            self.wrong(f"is empty: it should be {wanted}, or leave the key out")
        elif self._is_plain(_SCALARS):
            try:
                return understand(str(self._node.value))
            except ValueError as error:
                self.wrong(str(error))
        return None

    def text(self) -> str | None:
        """One line of printable text, not empty."""
        return self.read("a text", scalars.line)

    def lines(self) -> str | None:
        """Printable text of one or more lines."""
        return self.read("a text", scalars.lines)

    def integer(self, least: int = 0, most: int = _MOST) -> int | None:
        """A whole number from `least` to `most`."""
        return self.read("a whole number", lambda text: scalars.integer(text, least, most))

    def number(self, least: float = 0.0, most: float = float(_MOST)) -> float | None:
        """A number from `least` to `most`."""
        return self.read("a number", lambda text: scalars.number(text, least, most))

    def seconds(self, least: float = 0.001, most: float = 1e9) -> float | None:
        """A duration such as `500ms`, `5s`, `2 min`, `15m`, `1h`, `7d`, in seconds; zero only with `least=0`."""
        return self.read("a duration such as 5s", lambda text: scalars.seconds(text, least, most))

    def flag(self) -> bool | None:
        """true or false."""
        return self.read("true or false", scalars.flag)

    def choice(self, options: Sequence[str]) -> str | None:
        """One of `options`."""
        return self.read(f"one of {', '.join(options)}", lambda text: scalars.choice(text, options))

    def items(self) -> tuple[Value, ...]:
        """The items of a list; a single value is a list of itself; nothing is none."""
        if self.is_empty or not self.document.spend(1):
            return ()
        if not isinstance(self._node, yaml.SequenceNode):
            return (self,)
        nodes = self._node.value
        if not self._is_plain({"seq"}) or not self.document.spend(len(nodes)):
            return ()
        return tuple(
            Value(self.document, node, f"{self.key}[{index}]", node.start_mark.line + 1)
            for index, node in enumerate(nodes)
        )

    def texts(self) -> tuple[str, ...]:
        """A text, or a list of texts; the wrong ones are left out after being written down."""
        return tuple(text for item in self.items() if (text := item.text()) is not None)

    def section(self) -> Section:
        """The mapping that stands here; an empty one where nothing does, or where it is no mapping."""
        if not isinstance(self._node, yaml.MappingNode):
            if not self.is_empty:
                self.wrong(f"is {self._shape()}: it should be a mapping, `key: value`")
            return Section(self.document, self.key, self.line)
        plain = self._is_plain({"map"}) and self.document.spend(1 + len(self._node.value))
        return Section(self.document, self.key, self.line, self._node.value if plain else ())

    def _shape(self) -> str:
        return "a mapping" if self.is_mapping else "a list" if self.is_list else "a single value"

    def _is_plain(self, tags: set[str]) -> bool:
        tag = str(self._node.tag).removeprefix(_TAG)
        if tag not in tags:
            self.wrong(f"has the tag {tag}: leave tags out")
        return tag in tags


class Section:
    """A mapping being read. Asking for a key makes it known; where it is absent or wrong the default is handed out."""

    def __init__(
        self, document: Document, key: str, line: int, pairs: Sequence[tuple[yaml.Node, yaml.Node]] = ()
    ) -> None:
        self.document = document
        self.key = key
        """Path of keys from the top; empty for the document's own mapping."""
        self.line = line
        self._values: dict[str, Value] = {}
        self._known: dict[str, None] = {}
        for name, value in pairs:
            self._take(name, value)
        document.opened(self)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are written, in file order."""
        return tuple(self._values)

    def wrong(self, message: str, key: str | None = None) -> None:
        """Write down what is wrong with this section, or with one key of it."""
        place = self._values.get(key) if key else None
        if place is not None:
            place.wrong(message)
        else:
            self.document.wrong(self.line, self._path(key) if key else self.key, message)

    def require(self, *keys: str) -> None:
        """These keys must be written."""
        for key in keys:
            self._known[key] = None
            if key not in self._values:
                self.wrong("is missing: this key is needed here", key)

    def get(self, key: str) -> Value | None:
        """The value of `key`, or None where it is not written."""
        self._known[key] = None
        return self._values.get(key)

    def entries(self) -> Iterator[tuple[str, Value]]:
        """Every key with its value, for mappings whose keys are free names."""
        for key, value in self._values.items():
            self._known[key] = None
            yield key, value

    def section(self, key: str) -> Section:
        """The mapping at `key`; an empty one where it is not written."""
        value = self.get(key)
        return value.section() if value else Section(self.document, self._path(key), self.line)

    def items(self, key: str) -> tuple[Value, ...]:
        """The items of the list at `key`; a single value is a list of itself."""
        value = self.get(key)
        return value.items() if value else ()

    def texts(self, key: str) -> tuple[str, ...]:
        """The text, or the list of texts, at `key`."""
        value = self.get(key)
        return value.texts() if value else ()

    def read(self, key: str, wanted: str, understand: Callable[[str], T], default: D) -> T | D:
        """What `understand` makes of the scalar at `key`; see `Value.read`."""
        value = self.get(key)
        found = value.read(wanted, understand) if value else None
        return default if found is None else found

    def text(self, key: str, default: D) -> str | D:
        """One line of printable text."""
        return self.read(key, "a text", scalars.line, default)

    def lines(self, key: str, default: D) -> str | D:
        """Printable text of one or more lines."""
        return self.read(key, "a text", scalars.lines, default)

    def integer(self, key: str, default: D, *, least: int = 0, most: int = _MOST) -> int | D:
        """A whole number from `least` to `most`."""
        return self.read(key, "a whole number", lambda text: scalars.integer(text, least, most), default)

    def number(self, key: str, default: D, *, least: float = 0.0, most: float = float(_MOST)) -> float | D:
        """A number from `least` to `most`."""
        return self.read(key, "a number", lambda text: scalars.number(text, least, most), default)

    def seconds(self, key: str, default: D, *, least: float = 0.001, most: float = 1e9) -> float | D:
        """A duration such as `500ms`, `5s`, `2 min`, `15m`, `1h`, `7d`, in seconds; zero only with `least=0`."""
        return self.read(key, "a duration such as 5s", lambda text: scalars.seconds(text, least, most), default)

    def flag(self, key: str, default: D) -> bool | D:
        """true or false."""
        return self.read(key, "true or false", scalars.flag, default)

    def choice(self, key: str, options: Sequence[str], default: D) -> str | D:
        """One of `options`."""
        wanted = f"one of {', '.join(options)}"
        return self.read(key, wanted, lambda text: scalars.choice(text, options), default)

    def report_unknown(self) -> None:
        """Write down every key that nobody asked for."""
        known = list(self._known)
        for key, value in self._values.items():
            if key not in self._known:
                here = f"known here: {', '.join(known)}" if known else "no key is known here"
                value.wrong(f"unknown key:{scalars.nearest(key, known)} {here}")

    def _take(self, key: yaml.Node, value: yaml.Node) -> None:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            self.document.wrong(line, self.key, "has a list or a mapping for a key: a key should be a plain word")
            return
        name = str(key.value)
        path = self._path(name)
        if name == _MERGE:
            self.document.wrong(line, path, "merge keys are not read here: write the keys out")
        elif name in self._values:
            first = self._values[name].line
            self.document.wrong(line, path, f"is written twice, first in line {first}: keep one of them")
        else:
            self._values[name] = Value(self.document, value, path, line)

    def _path(self, key: str) -> str:
        return f"{self.key}.{key}" if self.key else key
