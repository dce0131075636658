"""What can go wrong in the simulated fabric: one module a family, found by being here.

A module has `FAULTS`: the word of a scenario's `fault:` key to a reader, which takes the fault's section and gives a
`Fault`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Protocol

from fabconsole.fabric.document import Section
from fabconsole.sim.clue import Clue
from fabconsole.sim.effects import Effects
from fabconsole.sim.wiring import Wiring


class Fault(Protocol):
    """Something that goes wrong at its time."""

    def clue(self) -> Clue:
        """What there is to be found of it."""
        ...

    def befall(self, wiring: Wiring, effects: Effects, dice: Random) -> bool:
        """Write down what it does; False where this fabric has not got its place."""
        ...


Reader = Callable[[Section], Fault]


@cache
def readers() -> Mapping[str, Reader]:
    """Every word that `fault:` may be."""
    found: dict[str, Reader] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found.update(getattr(module, "FAULTS", {}))
    return dict(sorted(found.items()))
