"""A name that can be typed and addressed for each switch a sweep found, from what it calls itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

from fabconsole.fabric.node_description import host_name

_UNUSABLE = re.compile(r"[^A-Za-z0-9_.:+-]+")
_TAIL = 4


def usable(description: str) -> str:
    """A node name out of a node description: no blank, no slash; "switch" where nothing is left of it."""
    name = _UNUSABLE.sub("-", host_name(description) or description).strip("-.")
    return name or "switch"


def named(found: Mapping[str, str], before: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """GUID to name, given GUID to description and the names so far.

    A switch keeps its name while its description stands for it; of several that call themselves alike (or like
    what is `taken`), each newcomer gets the end of its GUID.
    """
    wanted = {guid: usable(description) for guid, description in found.items()}
    names = {guid: name for guid, name in before.items() if guid in wanted and _fits(name, wanted[guid])}
    used = set(names.values()) | set(taken)
    alike = Counter(name for guid, name in wanted.items() if guid not in names)
    for guid in sorted(wanted.keys() - names.keys()):
        name = wanted[guid]
        if alike[name] > 1 or name in used:
            name = next(longer for longer in _longer(name, guid) if longer not in used)
        names[guid] = name
        used.add(name)
    return names


def _fits(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(f"{wanted}-")


def _longer(name: str, guid: str) -> list[str]:
    return [f"{name}-{guid[-_TAIL:]}", f"{name}-{guid}", f"{name}-{guid}-switch"]
