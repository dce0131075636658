"""Whether a machine that says nothing more is cut off, or frozen: its kernel goes on acknowledging what we send."""

from __future__ import annotations

import termios
from array import array
from fcntl import ioctl
from typing import Protocol


class Descriptor(Protocol):
    """A TCP socket, as asyncio lends it."""

    def fileno(self) -> int:
        """-1 where it is closed."""
        ...


def why(socket: Descriptor) -> str | None:
    """What the silence of a machine means to which something was sent some seconds ago; None: nobody knows.

    Of a socket TIOCOUTQ tells the bytes that the other side has not acknowledged: tcp(7), SIOCOUTQ.
    """
    waiting = array("i", [0])
    try:
        ioctl(socket.fileno(), termios.TIOCOUTQ, waiting)
    except (OSError, ValueError):  # it is over by now
        return None
    if waiting[0]:
        return "and its kernel acknowledges no packet of ours: cut off, or down?"
    return "though its kernel acknowledges our packets: frozen, or overloaded?"
