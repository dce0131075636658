"""How commands end: an exit code and a plain sentence, never a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import NoReturn

import click

from fabconsole.fabric.errors import DocumentError, FabconsoleError

EXIT_REFUSED = 78
"""A file of the user's was refused (sysexits EX_CONFIG), so that `snapshot`'s 1, 2 and 3 keep their meaning."""
EXIT_USAGE = 64
"""The command line was not understood (EX_USAGE)."""
EXIT_OUTPUT = 74
"""A file or the output could not be read or written (EX_IOERR)."""
EXIT_INTERRUPTED = 130
"""Ctrl-C: a shell's 128 and the signal's number."""
EXIT_UNREAD = 141
"""Nobody reads the output any more (`| head`): what a shell says of a tool that SIGPIPE ends."""
EXIT_INTERNAL = 70
"""A defect of ours (EX_SOFTWARE); the log file has it."""


class Commands(click.Group):
    """A group whose commands end plainly. click itself would exit by 1, which is a warning of the fabric's."""

    def invoke(self, ctx: click.Context) -> object:
        """Of click."""
        with speaking_plainly():
            return super().invoke(ctx)


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """No traceback reaches an operator: what we foresaw says what to do, what we did not is in the log."""
    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise  # click tells of these itself
    except (KeyboardInterrupt, click.Abort):
        _end("interrupted", EXIT_INTERRUPTED, of="\nfabconsole: " if sys.stderr.isatty() else "fabconsole: ")
    except DocumentError as error:
        _end(str(error), EXIT_REFUSED, of="")
    except FabconsoleError as error:
        _end(str(error), EXIT_REFUSED)
    except BrokenPipeError:
        _end("", EXIT_UNREAD)
    except OSError as error:
        _end(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", EXIT_OUTPUT)
    except Exception:
        from fabconsole.cli.log import log_defect

        _end(f"this should not have happened; the details are in {log_defect()}", EXIT_INTERNAL)


def _end(said: str, code: int, *, of: str = "fabconsole: ") -> NoReturn:
    if said:
        with suppress(OSError):  # where a terminal is gone nobody can be told, and the exit code still holds
            click.echo(f"{of}{said}", err=True)
    _let_go_of_output()
    sys.exit(code)


def _let_go_of_output() -> None:
    """Python flushes standard output once more as it ends, and from 3.12 on would make the exit status 120 of it."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(code: int | str | None) -> NoReturn:
    """End the process at once: Python would wait for a thread that hangs (a name that is looked up, a dead disk)."""
    with suppress(OSError):  # nobody reads it any more
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def speak_utf8() -> None:
    """In any locale: a glyph that it lacks would become `?`, which is a state of its own, or end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
