"""What a program does as it runs: writes bytes, lets time pass, ends with a status. Nothing here does I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabconsole.sim.machine import Machine


class Complaint(bytes):
    """Bytes on standard error."""


class Stuck(float):
    """Seconds to wait in D state: whatever signal comes, they are waited."""


Act = Generator[float | bytes, None, int]
"""Yields bytes for standard output, `Complaint`s, and seconds to wait; returns the exit status."""

Program = Callable[["Machine", list[str]], Act]
"""A tool: what it does when it is called with these words, its own name first."""

NOT_FOUND = 127


def not_found(name: str) -> Act:
    """What a shell says of a tool that is not there."""
    yield Complaint(f"sh: 1: {name}: not found\n".encode())
    return NOT_FOUND


def quiet(act: Act) -> Act:
    """`2>/dev/null`."""
    status = yield from each(act, lambda said: None if isinstance(said, Complaint) else said)
    return status


def together(act: Act) -> Act:
    """`2>&1`."""
    status = yield from each(act, lambda said: bytes(said) if isinstance(said, Complaint) else said)
    return status


def captured(act: Act) -> Generator[float | bytes, None, tuple[int, bytes]]:
    """`$(...)`: lets the time pass, and returns the status and what was said, newlines at its end cut off."""
    pieces: list[bytes] = []

    def kept(said: bytes) -> bytes | None:
        if isinstance(said, Complaint):
            return said
        pieces.append(said)
        return None

    status = yield from each(act, kept)
    return status, b"".join(pieces).rstrip(b"\n")


def each(act: Act, change: Callable[[bytes], bytes | None]) -> Act:
    """`act`, of what it says `change` alone; None: nothing."""
    while True:
        try:
            said = next(act)
        except StopIteration as end:
            return int(end.value)
        changed = change(said) if isinstance(said, bytes) else said
        if changed is not None:
            yield changed
