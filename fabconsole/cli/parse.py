"""`parse`: a tool's words, live or out of a ticket, as rows, events and facts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from fabconsole.fabric.errors import ResourceError
from fabconsole.formats.document import document
from fabconsole.formats.format import Format, formats, named
from fabconsole.formats.hosts import likeliest, read
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

EXIT_UNREAD = 65
"""Nothing of the text was understood (sysexits EX_DATAERR)."""
_MOST = 1 << 28


def parse(name: str, file: str, *, as_json: bool, every: bool) -> int:
    """Read `file`, `-` for standard input, print what it says, and return the exit code.

    Raises ResourceError where no format has that name or nobody's signs are in the text, OSError.
    """
    paste = Paste(_read(file))
    one, *others = _recognised(paste) if name == "auto" else (named(name),)
    reading = read(one, paste)
    understood = bool(reading.rows or reading.events or reading.facts)
    if as_json:
        if paste.ends_mid_line:
            reading.facts["ends_mid_line"] = True
        click.echo(json.dumps(document(one.name, reading), indent=1, ensure_ascii=False))
    else:
        _show(one, reading, every=every, ends_mid_line=paste.ends_mid_line)
    if not understood:
        click.echo(f"fabconsole: nothing of it was understood as {one.name}; `auto` recognises the tool", err=True)
    if others and reading.unparsed:
        also = ", ".join(other.name for other in others)
        click.echo(
            f"fabconsole: it bears signs of {also} too; what is not understood here may be read by that", err=True
        )
    return 0 if understood else EXIT_UNREAD


def listing(*, as_json: bool) -> None:
    """Print every format there is."""
    if as_json:
        click.echo(json.dumps([_described(one) for one in formats()], indent=1))
        return
    for one in formats():
        click.echo(f"{one.name:22} {one.yields}")


def _described(one: Format) -> dict[str, object]:
    return {
        "name": one.name,
        "family": one.family,
        "commands": one.commands,
        "aliases": one.aliases,
        "versions": one.versions,
        "yields": one.yields,
    }


def _recognised(paste: Paste) -> tuple[Format, ...]:
    found = likeliest(paste)
    if not found:
        raise ResourceError("this text bears no tool's signs: name its format; `fabconsole parse --list` tells them")
    return found


def _read(file: str) -> bytes:
    if file == "-" and sys.stdin.isatty():
        click.echo("paste the text, then press Enter and Ctrl-D", err=True)
    data = sys.stdin.buffer.read(_MOST + 1) if file == "-" else _bounded(Path(file))
    if len(data) > _MOST:
        raise ResourceError(f"{file} is larger than {_MOST >> 20} MiB: cut out what matters")
    return data


def _bounded(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(_MOST + 1)


def _show(one: Format, reading: Reading, *, every: bool, ends_mid_line: bool) -> None:
    from fabconsole.cli.paper import Paper, paper_width
    from fabconsole.formats.listing.page import render

    paper = Paper(paper_width())
    paper.print(render(one.name, reading, paper.width, every=every, ends_mid_line=ends_mid_line))
