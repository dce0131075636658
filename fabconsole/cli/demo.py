"""`demo`: which scenario, what it teaches, and what there was to be found."""

from __future__ import annotations

import click

from fabconsole.fabric.errors import ResourceError

MOST_NODES = 16_384
"""The largest fabric that the simulation lays out; said here too, where nothing needs importing."""
FIRST_PAGE_NODES = 49
"""What the scenario first-page takes; dead-leaf takes one."""

_WIDTH = 80
_TOGETHER = "Several at once, each from its time on: --scenario first-page,dead-leaf@40s"


def meant(said: tuple[str, ...], nodes: int) -> str:
    """The scenarios that were asked for, as one text; else the one that a fabric of so many nodes shows.

    A slip is told before anything starts: raises click.UsageError.
    """
    from textwrap import fill

    from fabconsole.sim.scenarios import parts

    scenario = ",".join(said) or ("first-page" if nodes >= FIRST_PAGE_NODES else "dead-leaf")
    try:
        parts(scenario)
    except ResourceError as error:
        raise click.UsageError(fill(str(error), 72, break_long_words=False, break_on_hyphens=False)) from error
    return scenario


def scenarios() -> str:
    """What each scenario teaches, on how large a fabric, and where to look; for `--list`."""
    from fabconsole.fabric.resources import every
    from fabconsole.sim.extent import least_nodes
    from fabconsole.sim.scenario import read_scenario

    shown = []
    for path in every("config/scenarios").values():
        scenario = read_scenario(path)
        shown.append(_entry(scenario.name, scenario.about, scenario.look, least_nodes(scenario.faults)))
    return "\n\n".join([*shown, click.style(_TOGETHER, dim=True)])


def _entry(name: str, about: str, look: str, nodes: int | None) -> str:
    from textwrap import fill

    takes = "on no fabric" if nodes is None else "on any fabric" if nodes == 1 else f"from {nodes:,} nodes on"
    head = click.style(name, bold=True) + click.style(f"{takes:>{_WIDTH - len(name)}}", dim=True)
    taught = fill(about, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join((head, taught, fill(look, _WIDTH, initial_indent="  → ", subsequent_indent="    ")))


def to_be_found(scenario: str) -> str:
    """What there was to be found, for who has looked."""
    from fabconsole.sim.debrief import debrief
    from fabconsole.sim.scenario import read_scenarios

    return debrief(read_scenarios(scenario))
