"""A scenario: what goes wrong in the simulated fabric and when, read from YAML (`config/scenarios/`).

about: What it teaches.
look: How one comes to see it, and by which keys; what there is to be found is told from the faults.
include: [flapping-cable, {scenario: dead-leaf, at: 40s}]  # other scenarios' faults: at once, or each at its time
faults:
  - {fault: frozen-host, on: gpu12-00, at: 8s, lasts: 2m}

A fault of hosts is on one (`on: gpu12-00`), on many (`on: "gpu[00-03]-[00-03]"`) or on a share of all that the seed
chooses (`share: 5%`); from `at` or `ago` on for as long as it `lasts`, again `every` so often, on each host so much
later than on the one before as they are `apart`.

Faults that meet in one place are all there: what is down, dead or frozen for two reasons is so while one of them
lasts, what is counted adds up; of two hangs of one tool, two speeds, names or clocks the one holds that is named last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from fabconsole.fabric import scalars
from fabconsole.fabric.document import Document, Value
from fabconsole.fabric.errors import DocumentError, Problem, ResourceError, SourceError
from fabconsole.sim.effects import Effects
from fabconsole.sim.extent import least_nodes, missing
from fabconsole.sim.faults import Fault, readers
from fabconsole.sim.faults.places import beginning_at
from fabconsole.sim.scenarios import Part, find_scenario, parts
from fabconsole.sim.wiring import MOST_NODES, Wiring


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file, or several played together, understood."""

    name: str
    about: str
    look: str
    faults: tuple[Fault, ...]

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
    """Understand the file at `path` and those that it includes. Raises DocumentError with every problem of them."""
    return _read([Part(path, 0.0, "")])


def read_scenarios(said: str) -> Scenario:
    """The scenarios that `first-page,dead-leaf@40s` means, as one.

    Raises DocumentError with every problem of their files, ResourceError where there is none of that name.
    """
    return _read(parts(said))


def _read(parts: Sequence[Part]) -> Scenario:
    reading = _Reading()
    scenarios = [reading.scenario(part.path, part.at) for part in parts]
    if reading.problems:
        raise DocumentError(tuple(dict.fromkeys(reading.problems)))
    names = [scenario.name + part.when for scenario, part in zip(scenarios, parts, strict=True)]
    if len(parts) == 1:
        return replace(scenarios[0], name=names[0])
    return Scenario(
        name=",".join(names),
        about=_each(names, [scenario.about for scenario in scenarios]),
        look=_each(names, [scenario.look for scenario in scenarios]),
        faults=tuple(fault for scenario in scenarios for fault in scenario.faults),
    )


def _each(names: Sequence[str], texts: Sequence[str]) -> str:
    """A paragraph each."""
    return "\n\n".join(f"{name}: {text.strip()}" for name, text in zip(names, texts, strict=True))


class _Reading:
    """Files being read, one by another, and what is wrong with them so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def scenario(self, path: Path, at: float, within: tuple[Path, ...] = ()) -> Scenario:
        """That of one file, its times counted from `at`; `within` are those that include it."""
        try:
            document = Document.read(path)
        except DocumentError as error:
            self.problems += error.problems
            return Scenario(path.stem, "", "", ())
        root = document.root
        root.require("about", "look")
        about, look = root.lines("about", ""), root.lines("look", "")
        faults: list[Fault] = []
        for value in root.items("include"):
            faults += self._included(value, at, (*within, path))
        with beginning_at(at):
            faults += [fault for value in root.items("faults") if (fault := _fault(value)) is not None]
        try:
            document.finish()
        except DocumentError as error:
            self.problems += error.problems
        return Scenario(path.stem, about, look, tuple(faults))

    def _included(self, value: Value, at: float, within: tuple[Path, ...]) -> tuple[Fault, ...]:
        def found(name: str) -> Path:
            try:
                path = find_scenario(name, beside=within[-1].parent)
            except ResourceError as error:
                raise ValueError(str(error)) from error
            if not path.is_file():
                raise ValueError(f"there is no file {path}")
            if path.resolve() in (outer.resolve() for outer in within):
                raise ValueError(f"{name} would be included in itself")
            return path

        later = 0.0
        if value.is_mapping:
            section = value.section()
            section.require("scenario")
            path = section.read("scenario", "a scenario", found, None)
            later = section.seconds("at", 0.0, least=0)
        else:
            path = value.read("a scenario", found)
        return () if path is None else self.scenario(path, at + later, within).faults


def _fault(value: Value) -> Fault | None:
    section = value.section()
    section.require("fault")
    words = tuple(readers())
    word = section.read("fault", f"one of {', '.join(words)}", lambda text: scalars.choice(text, words), None)
    return None if word is None else readers()[word](section)
