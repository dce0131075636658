"""One diagnostic: what it answers, what it is run on, and the words it runs; read from a YAML file of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Section, Value
from fabconsole.runbook.read_only import objection
from fabconsole.runbook.template import VIA, Template, template


class Target(StrEnum):
    """What a command can be run on."""

    NODE = "node"
    PORT = "port"
    """A port of a host."""
    GPU = "gpu"
    NVLINK = "nvlink"
    SWITCH = "switch"
    SWITCH_PORT = "switch-port"


class Class(StrEnum):
    """What a command does to the fabric."""

    READ_ONLY = "read-only"
    LOADS_DEVICE = "loads-device"
    """Reads, and is felt by the device or the subnet: not to be run on many at once."""


class Where(StrEnum):
    """On which node it is run."""

    NODE = "node"
    IN_BAND = "in-band"
    """On a host with that role: what is asked about is reached over InfiniBand itself."""


_CHANGES = ("intrusive", "disruptive")
DEFAULT_TIMEOUT_S = 20.0
_STANDS_FOR = {f"{{{VIA}}}": ("-C", f"{{{VIA}}}", "-P", f"{{{VIA}}}")}
"""What a word becomes when it is filled in, to be held against what a tool may be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A diagnostic that only reads."""

    id: str
    """The file's name without `.yaml`."""
    title: str
    about: str = ""
    """What to look for in its output."""
    on: tuple[Target, ...]
    platforms: tuple[str, ...] = ()
    """Platforms it exists on; empty: all."""
    kind: Class = Class.READ_ONLY
    where: Where = Where.NODE
    root: bool = False
    """Run through the node's `become`."""
    timeout_s: float = DEFAULT_TIMEOUT_S
    runs: tuple[Template, ...]
    """The command, then what is tried in turn where the one before failed."""
    vouched_by: str | None = None
    """Who answers for a tool that fabconsole does not know."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Placeholders it cannot do without."""
        return tuple(dict.fromkeys(hole for one in self.runs for hole in one.needs))


def read_command(path: Path) -> Command:
    """Understand the command at `path`. Raises DocumentError with every problem."""
    document = Document.read(path)
    root = document.root
    root.require("title", "on", "run")
    vouched_by = root.text("vouched_by", None)
    command = Command(
        id=path.stem,
        title=root.text("title", ""),
        about=root.lines("about", "").strip(),
        on=tuple(_choices(root, "on", Target)),
        platforms=root.texts("platforms"),
        kind=_class(root),
        where=Where(root.choice("where", tuple(Where), Where.NODE)),
        root=root.flag("root", False),
        timeout_s=root.seconds("timeout", DEFAULT_TIMEOUT_S, least=1, most=600),
        runs=tuple(_runs(root, vouched_by)),
        vouched_by=vouched_by,
    )
    if any(f"{{{VIA}}}" in one.words for one in command.runs) and command.where is not Where.IN_BAND:
        root.wrong("{via} is the in-band role's device and port: write `where: in-band`", "run")
    document.finish()
    return command


def _choices(root: Section, key: str, options: type[Target]) -> Collection[Target]:
    found = [item.choice(tuple(options)) for item in root.items(key)]
    if root.get(key) and not found:
        root.wrong(f"is empty: at least one of {', '.join(options)}", key)
    return [options(one) for one in found if one is not None]


def _class(root: Section) -> Class:
    return root.read("class", "read-only or loads-device", _understood_class, Class.READ_ONLY)


def _understood_class(text: str) -> Class:
    if text in _CHANGES:
        raise ValueError(f"{text}: commands that change the fabric are not run from here: only {', '.join(Class)}")
    return Class(scalars.choice(text, tuple(Class)))


def _runs(root: Section, vouched_by: str | None) -> list[Template]:
    items = root.items("run")
    if root.get("run") and not items:
        root.wrong("is empty: write a command", "run")
    found = (_run(item, vouched_by) for item in items)
    return [one for one in found if one is not None]


def _run(item: Value, vouched_by: str | None) -> Template | None:
    one = item.read("a command", template)
    if one is None:
        return None
    if why := objection([word for each in one.words for word in _STANDS_FOR.get(each, (each,))], vouched_by):
        item.wrong(why)
    return one
