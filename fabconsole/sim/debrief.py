"""What a demo tells when one leaves it: every fault that there was, so that one knows what one did not see."""

from __future__ import annotations

from textwrap import fill

from fabconsole.sim.scenario import Scenario

WIDTH = 80


def debrief(scenario: Scenario) -> str:
    """A line for each fault, earliest first, then how one comes to see them."""
    clues = sorted((fault.clue() for fault in scenario.faults), key=lambda clue: clue.at)
    when = max((len(clue.when) for clue in clues), default=0)
    where = max((len(clue.where) for clue in clues), default=0)
    lines = ["There was to be found:" if clues else "There was nothing to be found."]
    for clue in clues:
        place = f"  {clue.when:<{when}}  {clue.where:<{where}}  "
        lines.append(fill(clue.told, WIDTH, initial_indent=place, subsequent_indent=" " * len(place)))
    return "\n".join([*lines, *(fill(paragraph, WIDTH) for paragraph in scenario.look.split("\n\n"))])
