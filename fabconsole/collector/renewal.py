"""Whether a file is another than the one that was read."""

from __future__ import annotations

from pathlib import Path

Written = tuple[int, int] | None
"""When it was written last, in nanoseconds, and its size in bytes; None: it is not there."""


def written(file: Path) -> Written:
    """What tells two states of a file apart, for the cost of a stat."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
