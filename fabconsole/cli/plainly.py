"""How commands end: an exit code and a plain sentence, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

import click

from fabconsole.fabric.errors import DocumentError, FabconsoleError

EXIT_REFUSED = 78
"""A file of the user's was refused (sysexits EX_CONFIG), so that `snapshot`'s 1, 2 and 3 keep their meaning."""
EXIT_USAGE = 64
"""The command line was not understood (EX_USAGE)."""
EXIT_OUTPUT = 74
"""A file or the output could not be read or written (EX_IOERR)."""
EXIT_INTERNAL = 70
"""A defect of ours (EX_SOFTWARE); the log file has it."""


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """No traceback reaches an operator: what we foresaw says what to do, what we did not is in the log."""
    try:
        yield
    except DocumentError as error:
        click.echo(str(error), err=True)
        sys.exit(EXIT_REFUSED)
    except FabconsoleError as error:
        click.echo(f"fabconsole: {error}", err=True)
        sys.exit(EXIT_REFUSED)
    except OSError as error:
        click.echo(f"fabconsole: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", err=True)
        _let_go_of_output()
        sys.exit(EXIT_OUTPUT)
    except Exception:
        from fabconsole.cli.log import log_defect

        click.echo(f"fabconsole: this should not have happened; the details are in {log_defect()}", err=True)
        sys.exit(EXIT_INTERNAL)


def _let_go_of_output() -> None:
    """Python flushes standard output once more as it ends, and from 3.12 on would make the exit status 120 of it."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def speak_utf8() -> None:
    """In any locale: a glyph that it lacks would become `?`, which is a state of its own, or end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
