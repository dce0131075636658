"""A YAML file as nodes that know their lines: nothing constructed, nothing executed, everything bounded."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from fabconsole.fabric.errors import DocumentError, Problem
from fabconsole.fabric.printable import printable
from fabconsole.fabric.yaml_slips import slip

_MAX_BYTES = 4 << 20
"""A file of this size takes about 3 s to read; an inventory of 10,000 racks has a quarter of it."""
_MAX_DEPTH = 30
_NOT_YAML = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Controls, surrogates, and byte order marks beyond the first byte: YAML 1.1, 5.1."""

# libyaml is ten times faster than the Python reader, and is only absent from PyYAML's pure wheels.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose_file(path: Path) -> yaml.MappingNode:
    """The top mapping of the file at `path`. Raises DocumentError, with the line, for anything else."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _refused(str(path), 0, _why_unreadable(error)) from error
    return compose(data, str(path))


def compose(data: bytes, file: str) -> yaml.MappingNode:
    """As `compose_file`, of bytes already read; `file` is what problems call them."""
    if len(data) > _MAX_BYTES:
        raise _refused(file, 0, f"is larger than {_MAX_BYTES >> 20} MiB: this is not a file written by hand")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(file, line, f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8") from error
    if odd := _NOT_YAML.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise _refused(file, line, f"holds U+{ord(odd[0]):04X}, which no text does: take it out")
    try:
        _check_depth(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        raise DocumentError([slip(error, text, printable(file))]) from error
    except (ValueError, OverflowError) as error:
        # The Python reader lets an impossible \U escape through to chr().
        raise _refused(file, 0, f"holds a character that does not exist: {error}") from error
    if node is None:
        raise _refused(file, 0, "is empty: it should hold keys and values, such as `key: value`")
    if not isinstance(node, yaml.MappingNode):
        what = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        raise _refused(file, node.start_mark.line + 1, f"is {what}: the document should be a mapping, `key: value`")
    return node


def _check_depth(text: str, file: str) -> None:
    """Composing recurses, in C too, where it would end the process: look at the events first, which do not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else 0
                raise _refused(file, line, f"is nested deeper than {_MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refused(file: str, line: int, message: str) -> DocumentError:
    return DocumentError([Problem(printable(file), line, "", message)])


def _why_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "may not be read: give yourself read permission"
    if isinstance(error, IsADirectoryError):
        return "is a directory: name a file"
    return f"cannot be read: {error.strerror or error}"
