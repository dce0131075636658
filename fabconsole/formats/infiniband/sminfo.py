"""`sminfo`: who is the master subnet manager, and is it moving.

Shape: rdma-core infiniband-diags/sminfo.c, one line; GUIDs are not padded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(
    r"^[ \t]*sminfo: sm lid (\d{1,5}) sm guid 0x([0-9a-fA-F]{1,16}), "
    r"activity count (\d{1,20}) priority (\d{1,2}) state (\d{1,2}) \S+",
    re.MULTILINE,
)
_STATES = ("Not active", "Discovering", "Standby", "Master")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A subnet manager."""

    lid: int
    guid: str
    """Port GUID, sixteen hex digits."""
    activity: int
    """Grows while it is alive."""
    priority: int
    state: str
    """Master, Standby, Discovering, Not active (IBTA 14.4.1)."""


def read(text: str) -> Manager | None:
    """Understand a run's standard output; None where it names no manager. Never raises."""
    said = _LINE.search(text)
    if said is None:
        return None
    state = int(said[5])
    return Manager(
        lid=int(said[1]),
        guid=said[2].lower().zfill(16),
        activity=int(said[3]),
        priority=int(said[4]),
        state=_STATES[state] if state < len(_STATES) else f"state {state}",
    )
