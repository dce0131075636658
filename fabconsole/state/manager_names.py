"""Events of the subnet manager, told by the names of the nodes it runs on, and of those nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from fabconsole.fabric.event import Event

MANAGER = "sm"
"""Kind of such an event; and its subject, once it is told of the node on which the subnet manager runs."""
_SAID = re.compile(r"0x([0-9a-f]{16}) \(lid \d+, priority \d+\)")


def named(event: Event, owners: Mapping[str, str]) -> Event:
    """The event with names in place of the GUIDs in `owners` (GUID to node), and of the last node that it names.

    What is said of a manager that nobody knows stays with the host that asked.
    """
    said = _SAID.findall(event.text) if event.kind == MANAGER else []
    if not said:
        return event
    text = _SAID.sub(lambda found: owners.get(found[1], found[0]), event.text)
    master = owners.get(said[-1])
    if master is None:
        return replace(event, text=text)
    return replace(event, node=master, subject=MANAGER, text=text)
