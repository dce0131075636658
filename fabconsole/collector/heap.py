"""Memory: what large answers take is given back once they were read, what stays is not looked at again and again."""

from __future__ import annotations

import ctypes
import gc

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


class Settled:
    """Connections that have come to stay. Python's collector of circles would look at all of them, again and again as
    more come: with 2,000 it took 0.1 s each time, in which no key is answered.
    """

    EVERY = 25
    """What so many are made of is looked through in some milliseconds."""

    def __init__(self) -> None:
        self._since = 0

    def one_more(self) -> None:
        """A connection was made. One that ends is freed all the same: see `Doorkeeper.let_go`."""
        self._since += 1
        if self._since >= self.EVERY:
            self._since = 0
            gc.collect()
            gc.freeze()
