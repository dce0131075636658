"""Which scenarios there are, by name, and which are meant: known before anything that understands one is imported."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fabconsole.fabric import scalars
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.resources import every

FOLDER = "config/scenarios"
SUFFIX = ".yaml"
_LATEST_S = 86_400.0


class Part(NamedTuple):
    """One scenario of those that are played together."""

    path: Path
    at: float
    """Seconds after the simulation begins at which it begins."""
    when: str
    """The same, as it was said: `@40s`, or nothing."""


def find_scenario(name: str, beside: Path | None = None) -> Path:
    """The file of a scenario by its name, or the path of one's own, a relative one in the folder `beside`.

    Raises ResourceError, naming those there are.
    """
    if name.endswith(SUFFIX):
        return Path(name) if beside is None else beside / name
    known = every(FOLDER)
    if name not in known:
        meant = scalars.nearest(name, list(known))
        there = f":{meant}" if meant else f"; there are {', '.join(known)}, or name a file that ends in {SUFFIX}"
        raise ResourceError(f"no scenario {name!r}{there}")
    return known[name]


def parts(said: str) -> tuple[Part, ...]:
    """Those that `first-page,dead-leaf@40s` means: at once, or each at its time.

    Raises ResourceError where there is no such scenario, or where a time is none.
    """
    return tuple(_part(piece.strip()) for piece in said.split(","))


def _part(said: str) -> Part:
    name, at, when = (said, "", "") if said.endswith(SUFFIX) else said.partition("@")
    path = find_scenario(name)
    try:
        return Part(path, scalars.seconds(when, 0.0, _LATEST_S) if at else 0.0, at + when)
    except ValueError as error:
        raise ResourceError(f"scenario {said!r}: {error}; as in {name}@40s") from error
