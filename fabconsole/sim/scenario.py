"""A scenario: what goes wrong in the simulated fabric and when, read from YAML (`config/scenarios/`).

about: What it teaches.
look: How one comes to see it, and by which keys; what there is to be found is told from the faults.
faults:
  - {fault: flapping-cable, on: gpu03-02/mlx5_5, at: 8s, every: 15s, down: 4s}
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Value
from fabconsole.fabric.errors import SourceError
from fabconsole.sim.effects import Effects
from fabconsole.sim.faults import Fault, readers
from fabconsole.sim.wiring import Wiring, wired

MOST_NODES = 2000
"""The largest fabric that a demo lays out."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, understood."""

    name: str
    about: str
    look: str
    faults: tuple[Fault, ...]

    def effects(self, wiring: Wiring, seed: int) -> Effects:
        """What it does to a fabric.

        Raises SourceError, saying how many nodes it takes, where the fabric has not got the place of every fault.
        """
        effects = Effects()
        for number, fault in enumerate(self.faults):
            if not fault.befall(wiring, effects, Random(f"fault {seed} {number}")):
                raise SourceError(self._too_small(wiring))
        return effects

    def _too_small(self, wiring: Wiring) -> str:
        lacking = ", ".join(dict.fromkeys(fault.clue().where for fault in _missing(self.faults, wiring)))
        sizes = range(1, MOST_NODES + 1)
        place = bisect_left(sizes, True, key=lambda nodes: not _missing(self.faults, wired(nodes, 0)))
        here = f"{len(wiring.hosts)} nodes have no {lacking}"
        if place == len(sizes):
            return f"{here}, and no fabric of up to {MOST_NODES:,} has: mend `on` in scenario {self.name}"
        return f"{here}: scenario {self.name} takes --nodes {sizes[place]} or more"


def _missing(faults: Sequence[Fault], wiring: Wiring) -> list[Fault]:
    """Those whose place this fabric has not got. What a fabric has, every larger one has too."""
    return [fault for fault in faults if not fault.befall(wiring, Effects(), Random(0))]


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
