"""Whether a new connection may take a file descriptor, so that enough are left for everything but nodes."""

from __future__ import annotations

import errno
import resource
import socket

from fabconsole.collector.failure import Failure, none_left

KEPT = 64
"""Descriptors for everything else: the audit log, key files, names that are looked up, connections just begun. Of few,
a quarter: without them it is not the next node that fails, but whatever comes next, with words of its own."""


def shortage() -> Failure | None:
    """Why no connection may be begun now; None: it may. Costs some microseconds."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return None
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            lowest = probe.fileno()  # of those that are free: the system gives no other
    except OSError as error:
        if error.errno not in (errno.EMFILE, errno.ENFILE):
            return None  # something else is short: the connection itself will say what
        lowest = allowed
    return none_left() if lowest >= allowed - min(KEPT, allowed // 4) else None
