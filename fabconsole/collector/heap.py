"""Memory: what large answers take is given back once they were read."""

from __future__ import annotations

import ctypes

_M_MMAP_THRESHOLD = -3  # malloc.h
_LARGE = 1 << 20  # asyncio receives into 256 kB, each time anew: those are to come from the heap


def give_back_large_blocks() -> None:
    """Let the C library take blocks of more than 1 MB from the system, and return them when they are freed.

    glibc does so too, up to the first such block; from then on it takes all of that size from its heap, where what
    comes after them keeps their room from being returned. A sweep passes as megabytes of text, in several copies: 20 kB
    a host that stay, of a fabric of 500. Other C libraries have no such limit to set.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
