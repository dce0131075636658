"""A scenario: what goes wrong in the simulated fabric and when, read from YAML (`config/scenarios/`).

about: What it teaches.
look: How one comes to see it, and by which keys; what there is to be found is told from the faults.
faults:
  - {fault: flapping-cable, on: gpu03-02/mlx5_5, at: 8s, every: 15s, down: 4s}
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Value
from fabconsole.fabric.errors import SourceError
from fabconsole.sim.effects import Effects
from fabconsole.sim.extent import least_nodes, missing
from fabconsole.sim.faults import Fault, readers
from fabconsole.sim.wiring import MOST_NODES, Wiring


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, understood."""

    name: str
    about: str
    look: str
    faults: tuple[Fault, ...]

    def effects(self, wiring: Wiring, seed: int) -> Effects:
        """What it does to a fabric of one subnet; see `befall`."""
        return self.befall((wiring,), seed)[0]

    def befall(self, subnets: Sequence[Wiring], seed: int) -> tuple[Effects, ...]:
        """What it does to each subnet of a fabric.

        Raises SourceError, saying how many nodes it takes, where the fabric has not got the place of every fault.
        """
        effects = tuple(Effects() for _ in subnets)
        for number, fault in enumerate(self.faults):
            befallen = [
                fault.befall(wiring, done, Random(f"fault {seed} {number}"))
                for wiring, done in zip(subnets, effects, strict=True)
            ]
            if not any(befallen):
                raise SourceError(self._too_small(subnets))
        return effects

    def _too_small(self, subnets: Sequence[Wiring]) -> str:
        lacking = ", ".join(dict.fromkeys(fault.clue().where for fault in missing(self.faults, subnets)))
        here = f"{sum(len(wiring.hosts) for wiring in subnets):,} nodes have no {lacking}"
        enough = least_nodes(self.faults)
        if enough is None:
            return f"{here}, and no fabric of up to {MOST_NODES:,} has: mend `on` in scenario {self.name}"
        return f"{here}: scenario {self.name} takes --nodes {enough} or more"


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
