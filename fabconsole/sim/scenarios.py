"""Which scenarios there are, by name: known before anything that understands one is imported."""

from __future__ import annotations

from pathlib import Path

from fabconsole.fabric import scalars
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.resources import every

FOLDER = "config/scenarios"


def find_scenario(name: str) -> Path:
    """The file of a scenario by its name, or the path of one's own.

    Raises ResourceError, naming those there are.
    """
    if name.endswith(".yaml"):
        return Path(name)
    known = every(FOLDER)
    if name not in known:
        meant = scalars.nearest(name, list(known))
        there = f":{meant}" if meant else f"; there are {', '.join(known)}, or name a file that ends in .yaml"
        raise ResourceError(f"no scenario {name!r}{there}")
    return known[name]
