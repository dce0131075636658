"""POSIX `cksum`, by way of zlib: twelve kilobytes in microseconds, where a loop would take ten milliseconds."""

from __future__ import annotations

import zlib

_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ALL = 0xFFFFFFFF


def cksum(data: bytes) -> int:
    """The first number that `cksum` prints.

    The same polynomial as zlib's, taken from the other end of each byte, started at zero, the length appended.
    """
    length = len(data)
    tail = bytearray()
    while length:
        tail.append(length & 0xFF)
        length >>= 8
    register = zlib.crc32((data + tail).translate(_MIRRORED), _ALL) ^ _ALL
    return int(f"{register:032b}"[::-1], 2) ^ _ALL
