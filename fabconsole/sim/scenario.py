"""A scenario: what goes wrong in the simulated fabric and when, read from YAML (`config/scenarios/`).

about: What it teaches.
look: How one comes to see it, and by which keys; what there is to be found is told from the faults.
faults:
  - {fault: flapping-cable, on: gpu03-02/mlx5_5, at: 8s, every: 15s, down: 4s}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Value
from fabconsole.sim.clue import Clue
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults import Fault, readers
from fabconsole.sim.wiring import Wiring


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

    def clues(self, wiring: Wiring) -> Iterator[Clue]:
        """What there is to be found on a fabric, fault by fault."""
        for fault in self.faults:
            if fault.befall(wiring, Effects(), Random(0)):
                yield fault.clue()


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
