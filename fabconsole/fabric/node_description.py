"""How managed NVIDIA switches describe themselves to the subnet: `MF0;leaf-a01:MQM9700/U1`."""

from __future__ import annotations

import re

_MANAGED = re.compile(r"MF\d+;(?P<host>[^:;]+):")


def host_name(description: str) -> str | None:
    """The switch's own host name out of a node description; None where it is not of that kind."""
    managed = _MANAGED.match(description)
    return managed["host"] if managed else None
