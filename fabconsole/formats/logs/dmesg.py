"""One line of `dmesg`: its stamp, in whichever way it is written, and the message.

Raw stamps count seconds since boot: `[ 1234.567890] `. `--time-format iso` writes the time of day, with a comma.
`--decode` puts facility and level before either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fabconsole.formats.logs.stamped import split


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
    said = split(text, hosts=False)
    if said is None:
        return RingLine(None, None, text)
    if said.since_boot_s is not None:
        return RingLine(said.since_boot_s, None, said.message)
    at = _wall(said.at)
    return RingLine(None, at, said.message if at is not None else text)


def _wall(at: str | None) -> float | None:
    """Seconds since the epoch; a stamp without a zone is taken for UTC."""
    if at is None:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
