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

    Raises click.UsageError where no format has that name, ResourceError where the file is too large, OSError.
    """
    known = None if name == "auto" else _known(name)
    paste = Paste(_read(file))
    one, *others = (known,) if known else likeliest(paste) or (None,)
    if one is None:
        click.echo("fabconsole: this bears no tool's signs: name its format; `parse --list` tells them", err=True)
        return EXIT_UNREAD
    reading = read(one, paste)
    understood = bool(reading.rows or reading.events or reading.facts)
    also = [other.name for other in others] if reading.unparsed else []
    if as_json:
        _print_json(one, reading, also, paste.ends_mid_line)
    else:
        _show(one, reading, every=every, others=also, ends_mid_line=paste.ends_mid_number)
    if not understood:
        click.echo(f"fabconsole: nothing of it was understood as {one.name}; `auto` recognises the tool", err=True)
    return 0 if understood else EXIT_UNREAD


def _known(name: str) -> Format:
    try:
        return named(name)
    except ResourceError as error:
        raise click.UsageError(str(error)) from error


def _print_json(one: Format, reading: Reading, others: list[str], ends_mid_line: bool) -> None:
    if others:
        reading.facts["other_formats"] = [*others]
    if ends_mid_line:
        reading.facts["ends_mid_line"] = True
    click.echo(json.dumps(document(one.name, reading), indent=1, ensure_ascii=False))


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


def _show(one: Format, reading: Reading, *, every: bool, others: list[str], ends_mid_line: bool) -> None:
    from fabconsole.cli.paper import Paper, paper_width
    from fabconsole.formats.listing.page import render

    paper = Paper(paper_width())
    paper.print(render(one.name, reading, paper.width, every=every, others=others, ends_mid_line=ends_mid_line))
