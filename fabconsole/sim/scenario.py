"""A scenario: what goes wrong in the simulated fabric and when, read from YAML (`config/scenarios/`).

about: What it teaches.
look: Where to look, and which keys lead there.
faults:
  - {fault: flapping-cable, on: gpu03-02/mlx5_5, at: 8s, every: 15s, down: 4s}
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Value
from fabconsole.fabric.errors import ResourceError
from fabconsole.fabric.resources import every
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults import Fault, readers
from fabconsole.sim.wiring import Wiring

FOLDER = "config/scenarios"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, understood."""

    name: str
    about: str
    look: str
    faults: tuple[Fault, ...]

    def effects(self, wiring: Wiring, seed: int) -> Effects:
        """What it does to a fabric. Faults on places that this fabric has not got are left out."""
        effects = Effects()
        for number, fault in enumerate(self.faults):
            fault.befall(wiring, effects, Random(f"fault {seed} {number}"))
        return effects


def find_scenario(name: str) -> Path:
    """The file of a scenario by its name, or the path of one's own.

    Raises ResourceError, naming those there are.
    """
    if name.endswith(".yaml"):
        return Path(name)
    known = every(FOLDER)
    if name not in known:
        raise ResourceError(f"no scenario {name!r}; there are {', '.join(known)}, or name a file that ends in .yaml")
    return known[name]


def read_scenario(path: Path) -> Scenario:
    """Understand the file at `path`. Raises DocumentError with every problem."""
    document = Document.read(path)
    root = document.root
    root.require("about", "look")
    about, look = root.lines("about", ""), root.lines("look", "")
    faults = [fault for value in root.items("faults") if (fault := _fault(value)) is not None]
    document.finish()
    return Scenario(path.stem, about, look, tuple(faults))


def _fault(value: Value) -> Fault | None:
    section = value.section()
    section.require("fault")
    words = tuple(readers())
    word = section.read("fault", f"one of {', '.join(words)}", lambda text: scalars.choice(text, words), None)
    return None if word is None else readers()[word](section)
