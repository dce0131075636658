"""How a host behaves towards who asks it: well, or in one of these manners for a while."""

from __future__ import annotations

from enum import StrEnum


class Manner(StrEnum):
    """One way to misbehave. What each does to a connection is `doorman`'s, to an answer `misconduct`'s."""

    FROZEN = "frozen"
    """Its programs stand still; its kernel still takes TCP."""
    CUT = "cut"
    """No packet gets through to it or from it."""
    REFUSING = "refusing"
    """Nobody listens: connections end, new ones are refused."""
    LOCKED = "locked"
    """The account is locked: who is in is thrown out, no key lets in."""
    REKEYED = "rekeyed"
    """It has another host key."""
    LATE = "late"
    """Whatever it says comes seconds late."""
    TRICKLING = "trickling"
    """It says one byte a second."""
    FLOODING = "flooding"
    """Its answers do not end, and come as fast as they are taken."""
    NOISY = "noisy"
    """It talks unasked on every channel, as fast as it is listened to."""
    UNCLOSING = "unclosing"
    """It never says that a command has ended."""
    BREAKING = "breaking"
    """It closes the channel in the middle of an answer."""
    GARBLING = "garbling"
    """Bytes of its answers are others."""
    FORGING = "forging"
    """Its answers hold ends and beginnings of answers."""
    ADORNED = "adorned"
    """Every name it tells holds terminal escapes and markup."""
    NO_LOG = "no-log"
    """The account may not read the kernel log."""
    NO_UMAD = "no-umad"
    """The account may not open /dev/infiniband/umad*."""
    FULL_DISK = "full-disk"
    """What writes to its disk fails."""


SILENT = (Manner.FROZEN, Manner.CUT)
"""Nothing is read of who talks to it, and nothing is said."""
PARTING = (Manner.REFUSING, Manner.LOCKED, Manner.REKEYED)
"""When one of these begins, every connection ends."""
GATED = (Manner.REFUSING, Manner.CUT, Manner.REKEYED)
"""These take a listener that is the host's alone, see `gate`."""
