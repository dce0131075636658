"""A single value of a person's YAML, and its place: what it is not is written down, with what would be right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self, TypeVar

import yaml

from fabconsole.fabric import scalars
from fabconsole.fabric.document_ledger import Ledger

_TAG = "tag:yaml.org,2002:"
_PLAIN = {"str", "int", "float", "bool", "timestamp", "value", "merge", "null", "seq", "map"}
"""What YAML makes of an untagged value; all scalars are read as they are written."""
MOST = 1 << 53

T = TypeVar("T")


class Scalar:
    """A value that should be a single one. Its readers return None after writing down why it is not."""

    def __init__(self, ledger: Ledger, node: yaml.Node, key: str, line: int) -> None:
        self._ledger = ledger
        self.key = key
        """Path of keys from the top: ``racks.r00.nodes``, ``on[1]``."""
        self.line = line
        """Where its key stands, counted from 1."""
        self.node = node
        self.again: list[Self] = []
        """What stands where the same key is written again: refused, and read all the same for its own mistakes."""

    @property
    def is_mapping(self) -> bool:
        """True for `key: value` pairs."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_list(self) -> bool:
        """True for `- item` or `[item]`."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_empty(self) -> bool:
        """True where nothing, `~` or `null` stands."""
        return isinstance(self.node, yaml.ScalarNode) and str(self.node.tag) == _TAG + "null"

    def wrong(self, message: str) -> None:
        """Write down what is wrong with this value and what would be right."""
        self._ledger.wrong(self.line, self.key, message)

    def read(self, wanted: str, understand: Callable[[str], T]) -> T | None:
        """What `understand` makes of the scalar; `wanted` names it, and a ValueError's text is the problem."""
        for other in self.again:
            other.read(wanted, understand)
        if self.is_tagged():
            return None
        if not isinstance(self.node, yaml.ScalarNode):
            self.wrong(f"is {self.shape()}: it should be {wanted}")
        elif self.is_empty:
            self.wrong(f"is empty: it should be {wanted}, or leave the key out")
        else:
            try:
                return understand(str(self.node.value))
            except ValueError as error:
                self.wrong(str(error))
        return None

    def text(self) -> str | None:
        """One line of printable text, not empty."""
        return self.read("a text", scalars.line)

    def lines(self) -> str | None:
        """Printable text of one or more lines."""
        return self.read("a text", scalars.lines)

    def integer(self, least: int = 0, most: int = MOST) -> int | None:
        """A whole number from `least` to `most`."""
        return self.read("a whole number", lambda text: scalars.integer(text, least, most))

    def number(self, least: float = 0.0, most: float = float(MOST)) -> float | None:
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

    def shape(self) -> str:
        """What stands here, in a person's words."""
        return "a mapping" if self.is_mapping else "a list" if self.is_list else "a single value"

    def is_tagged(self) -> bool:
        """Whether a tag stands before it, which is refused and never obeyed."""
        tag = str(self.node.tag).removeprefix(_TAG)
        if tag in _PLAIN:
            return False
        self.wrong(f"has the tag {tag}: leave tags out")
        return True
