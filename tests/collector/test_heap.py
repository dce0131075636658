"""Large blocks of memory are returned to the system when they are freed."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Two blocks of the same size, the first freed before the second is taken; then where the second one came from.
SAID = """
import ctypes
from fabconsole.collector.heap import give_back_large_blocks
give_back_large_blocks()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.free(libc.malloc(4 << 20))
class Info(ctypes.Structure):
    _fields_ = [(f"field{number}", ctypes.c_size_t) for number in range(10)]
libc.mallinfo2.restype = Info
before = libc.mallinfo2().field3
libc.malloc(4 << 20)
print(libc.mallinfo2().field3 - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_after_a_large_block_was_freed_the_next_one_is_still_taken_from_the_system() -> None:
    said = subprocess.run([sys.executable, "-c", SAID], stdout=subprocess.PIPE, text=True, check=True)
    assert said.stdout.strip() == "1"
