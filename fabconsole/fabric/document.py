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

from pathlib import Path

import yaml

from fabconsole.fabric.document_ledger import Ledger
from fabconsole.fabric.document_section import Section, Value
from fabconsole.fabric.yaml_nodes import compose, compose_file

__all__ = ["Document", "Section", "Value"]


class Document:
    """One file being read, and what is wrong with it so far."""

    def __init__(self, node: yaml.MappingNode, file: str) -> None:
        self._ledger = Ledger(file)
        self.root = Value(self._ledger, node, "", node.start_mark.line + 1).section()
        """The document's top mapping."""

    @property
    def file(self) -> str:
        """Its name, as problems have it."""
        return self._ledger.file

    @classmethod
    def read(cls, path: Path) -> Document:
        """Open the file at `path`. Raises DocumentError where it is no readable YAML mapping."""
        return cls(compose_file(path), str(path))

    @classmethod
    def parse(cls, data: bytes, file: str) -> Document:
        """As `read`, of bytes already there; `file` is what problems call them."""
        return cls(compose(data, file), file)

    def finish(self) -> None:
        """Raise DocumentError with every problem, unknown keys among them; return if there is none."""
        self._ledger.close()
