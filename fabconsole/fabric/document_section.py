"""The values and mappings of a person's YAML: the keys that are asked for are the keys that exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

import yaml

from fabconsole.fabric import scalars
from fabconsole.fabric.document_ledger import Ledger
from fabconsole.fabric.document_scalar import MOST, Scalar, T

Pairs: TypeAlias = Sequence[tuple[yaml.Node, yaml.Node]]
"""Keys and values as YAML composed them."""

_MERGE = "<<"
_WITHOUT_BLANK = re.compile(r"([\w-]+) *[:={\[]")
"""`nodes:gpu1`, `nodes = gpu1`, `r00 {nodes`: a key and its value run together."""

D = TypeVar("D")
"""What stands in for an absent or wrong value: the caller says."""


class Value(Scalar):
    """One value and its place. Each reader returns None after writing down why it is not what was asked for."""

    def items(self) -> tuple[Value, ...]:
        """The items of a list; a single value is a list of itself; nothing is none."""
        return (*self._items(), *(item for other in self.again for item in other.items()))

    def _items(self) -> tuple[Value, ...]:
        if self.is_empty or not self._ledger.spend(1):
            return ()
        if not isinstance(self.node, yaml.SequenceNode):
            return (Value(self._ledger, self.node, self.key, self.line),)
        nodes = self.node.value
        if self.is_tagged() or not self._ledger.spend(len(nodes)):
            return ()
        return tuple(
            Value(self._ledger, node, f"{self.key}[{index}]", node.start_mark.line + 1)
            for index, node in enumerate(nodes)
        )

    def texts(self) -> tuple[str, ...]:
        """A text, or a list of texts; the wrong ones are left out after being written down."""
        return tuple(text for item in self.items() if (text := item.text()) is not None)

    def section(self) -> Section:
        """The mapping that stands here; an empty one where nothing does, or where it is no mapping."""
        values: Sequence[Value] = [self, *self.again]
        written = [value._pairs() for value in values if not value.is_empty]
        pairs = [each for each in written if each is not None]
        return Section(self._ledger, self.key, self.line, pairs, needed=len(pairs) == len(written))

    def _pairs(self) -> Pairs | None:
        if self.is_tagged():
            return None
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong(f"is {self.shape()}: it should be a mapping, `key: value`")
            return None
        return self.node.value if self._ledger.spend(1 + len(self.node.value)) else None


class Section:
    """A mapping being read. Asking for a key makes it known; where it is absent or wrong the default is handed out.

    Where its own key is written again, what stands there is read as if it were written here.
    """

    def __init__(
        self, ledger: Ledger, key: str, line: int, written: Sequence[Pairs] = (), *, needed: bool = True
    ) -> None:
        self._ledger = ledger
        self.key = key
        """Path of keys from the top; empty for the document's own mapping."""
        self.line = line
        self._needed = needed
        """Not where it stands for what could not be read: what is missing there was not left out."""
        self._values: dict[str, Value] = {}
        self._known: dict[str, None] = {}
        for pairs in written:
            first: dict[str, int] = {}
            for name, value in pairs:
                self._take(name, value, first)
        ledger.at_last(self._report_unknown)

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
            self._ledger.wrong(self.line, self._path(key) if key else self.key, message)

    def require(self, *keys: str) -> None:
        """These keys must be written."""
        for key in keys:
            self._known[key] = None
            if self._needed and key not in self._values:
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
        return value.section() if value else Section(self._ledger, self._path(key), self.line)

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

    def integer(self, key: str, default: D, *, least: int = 0, most: int = MOST) -> int | D:
        """A whole number from `least` to `most`."""
        return self.read(key, "a whole number", lambda text: scalars.integer(text, least, most), default)

    def number(self, key: str, default: D, *, least: float = 0.0, most: float = float(MOST)) -> float | D:
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

    def _report_unknown(self) -> None:
        """Write down every key that nobody asked for."""
        known = list(self._known)
        here = f"known here: {', '.join(known)}" if known else "no key is known here"
        for key, value in self._values.items():
            if key in self._known:
                continue
            meant = _WITHOUT_BLANK.match(key)
            if meant and meant[1] in known:
                value.wrong(f"unknown key: write `{meant[1]}: …`, with a colon and a blank")
            else:
                value.wrong(f"unknown key:{scalars.nearest(key, known)} {here}")

    def _take(self, key: yaml.Node, value: yaml.Node, first: dict[str, int]) -> None:
        """`first` is where each key of the same mapping was written first."""
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            self._ledger.wrong(line, self.key, "has a list or a mapping for a key: a key should be a plain word")
            return
        name = str(key.value)
        path = self._path(name)
        if not name.isprintable():
            odd = next(char for char in name if not char.isprintable())
            self._ledger.wrong(line, path, f"holds U+{ord(odd):04X}, which is not seen: type blanks and letters anew")
        elif name == _MERGE:
            self._ledger.wrong(line, path, "merge keys are not read here: write the keys out")
        else:
            self._keep(name, Value(self._ledger, value, path, line))
            if name in first:
                self._ledger.wrong(line, path, f"is written twice, first in line {first[name]}: keep one of them")
            first.setdefault(name, line)

    def _keep(self, name: str, value: Value) -> None:
        if name in self._values:
            self._values[name].again.append(value)
        else:
            self._values[name] = value

    def _path(self, key: str) -> str:
        return f"{self.key}.{key}" if self.key else key
