"""Something that happened at one instant on one node, in the words of whoever said it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fabconsole.fabric.health import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A kernel message, a change of state, a handover: what the incident's timeline is made of."""

    at: float
    """Onset, seconds since the epoch, by the clock of who logged it; by ours where that one is wrong."""
    node: str
    kind: str
    """xid, sxid, mlx5, aer, sm, state, log, session."""
    severity: Severity
    text: str
    """One line, sanitised: printable characters only."""
    code: int | None = None
    """Xid or SXid number."""
    subject: str | None = None
    """What on the node it is about: `gpu3`, `mlx5_5`, a PCI address as `0000:18:00.0`; None: the node."""
    link: int | None = None
    """NVLink number, where the message names one."""
    peer: str | None = None
    """The far end of the link that went down or came back, where it is known: `leaf-a01/17`."""
    meaning: str | None = None
    """What the vendor's catalogue calls it: an Xid's number says nothing at three in the morning."""
    action: str | None = None
    """What the vendor's catalogue says to do."""

    @property
    def headline(self) -> str:
        """What happened, short: `Xid 74 NVLink error · gpu3 link 7`; what has no number says it itself.

        `mlx5_core 0000:bc:00.0 ib5: Link down` is told as `mlx5_5: Link down` where it is known what has that address.
        """
        if self.code is None:
            return SPEAKER.sub(f"{self.subject}: ", self.text, count=1) if self.subject else self.text
        number = f"{_NUMBERED.get(self.kind, self.kind)} {self.code}"
        link = None if self.link is None else f"link {self.link}"
        place = " ".join(part for part in (self.subject, link) if part)
        what = f"{number} {self.meaning}" if self.meaning else number
        return f"{what} · {place}" if place else what


SPEAKER = re.compile(
    r"^(?:\w+ )?[0-9a-fA-F]{4,8}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.[0-7](?: \w+)?: (?:\w+:\d+:\(pid -?\d+\): )?"
)
"""Driver, PCI address, interface, place in the source: who says it, before what is said."""

_NUMBERED = {"xid": "Xid", "sxid": "SXid"}
