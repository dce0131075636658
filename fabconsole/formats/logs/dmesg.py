"""One line of `dmesg`: its stamp, in whichever way it is written, and the message.

Raw stamps count seconds since boot: `[ 1234.567890] `. `--time-format iso` writes the time of day, with a comma.
`--decode` puts facility and level before either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_RAW = re.compile(
    r"(?:<\d{1,3}>)?(?:[a-z0-9]{2,8}\s*:[a-z]{3,6}\s*: )?\[\s*(\d{1,10}\.\d{1,9})(?:\]|,[^\]]{0,20}\])\s?(.*)"
)
_ISO = re.compile(
    r"(?:[a-z0-9]{2,8}\s*:[a-z]{3,6}\s*: )?"
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[,.](\d{1,6})((?:[+-]\d\d:?\d\d)|Z)?\s(.*)"
)


@dataclass(frozen=True, slots=True)
class RingLine:
    """One line of the kernel's ring buffer."""

    since_boot_s: float | None
    """By the kernel's own clock; None where the stamp is a time of day, or there is none."""
    at: float | None
    """Seconds since the epoch, where the stamp says so itself."""
    message: str

    def wall(self, boot_at: float) -> float | None:
        """When it was said, seconds since the epoch; `boot_at` is when the node booted. None: it has no stamp."""
        if self.at is not None:
            return self.at
        return None if self.since_boot_s is None else boot_at + self.since_boot_s


def line(text: str) -> RingLine:
    """One line, less its newline; one without a stamp is all message. Never raises."""
    if said := _RAW.fullmatch(text):
        return RingLine(float(said[1]), None, said[2])
    if said := _ISO.fullmatch(text):
        at = _wall(said[1], said[2], said[3])
        if at is not None:
            return RingLine(None, at, said[4])
    return RingLine(None, None, text)


def _wall(stamp: str, fraction: str, zone: str | None) -> float | None:
    try:
        moment = datetime.fromisoformat(stamp + (zone or "Z").replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() + float(f"0.{fraction}")
