"""Where the collector's tree of tasks came down by itself: our own mistake, told and not hidden."""

from __future__ import annotations

import logging

from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.printable import printable

log = logging.getLogger(__name__)


def broken(error: Exception) -> SourceError:
    """What the reader of the stream is told: the first thing that broke. The log has all of it.

    A task group says of what was raised in it only how many there were.
    """
    log.error("the collector broke", exc_info=error)
    cause: BaseException = error
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    return SourceError(f"the collector broke: {type(cause).__name__}: {printable(str(cause))}")
