"""The log file: what an operator is spared, kept for whoever mends it."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from platformdirs import user_log_path

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"
_LIMIT_BYTES = 4 << 20


def log_path() -> Path:
    """Where the log is."""
    return user_log_path("fabconsole") / "fabconsole.log"


def start_log(*, debug: bool) -> None:
    """Write the log to its file, never to the terminal; a place that cannot be written costs the log alone."""
    root = logging.getLogger()
    root.addHandler(_file_or_nothing())
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    # At INFO asyncssh writes several lines a connection, at DEBUG several a packet: none of it is ours to keep.
    logging.getLogger("asyncssh").setLevel(logging.INFO if debug else logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)  # cryptography warns of old algorithms, into the console


def _file_or_nothing() -> logging.Handler:
    logging.raiseExceptions = False  # a full disk must not print into the console
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(log_path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.close(descriptor)
        handler: logging.Handler = RotatingFileHandler(log_path(), maxBytes=_LIMIT_BYTES, backupCount=2)
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    return handler


def log_defect() -> Path:
    """Put the exception being handled into the log, and say where that is."""
    logging.getLogger("fabconsole").exception("not foreseen")
    return log_path()
