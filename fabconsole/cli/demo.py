"""`demo`: which scenario, what it teaches, and what there was to be found."""

from __future__ import annotations

import click

from fabconsole.fabric.errors import ResourceError

MOST_NODES = 16_384
"""The largest fabric that the simulation lays out; said here too, where nothing needs importing."""
FIRST_PAGE_NODES = 49
"""What the scenario first-page takes; dead-leaf takes one."""


def usual(nodes: int) -> str:
    """The scenario that a fabric of so many nodes shows unless another is named."""
    return "first-page" if nodes >= FIRST_PAGE_NODES else "dead-leaf"


def scenarios() -> str:
    """What each scenario teaches, for `--list`."""
    from textwrap import fill

    from fabconsole.fabric.resources import every
    from fabconsole.sim.scenario import read_scenario

    read = {name: read_scenario(path).about for name, path in every("config/scenarios").items()}
    return "\n\n".join(
        f"{name}\n{fill(about, 96, initial_indent='  ', subsequent_indent='  ')}" for name, about in read.items()
    )


def need_scenario(name: str) -> None:
    """A slip is told before anything starts: raises click.UsageError."""
    from textwrap import fill

    from fabconsole.sim.scenarios import find_scenario

    try:
        find_scenario(name)
    except ResourceError as error:
        raise click.UsageError(fill(str(error), 72, break_long_words=False, break_on_hyphens=False)) from error


def to_be_found(scenario: str) -> str:
    """What there was to be found, for who has looked."""
    from fabconsole.sim.debrief import debrief
    from fabconsole.sim.scenario import read_scenario
    from fabconsole.sim.scenarios import find_scenario

    return debrief(read_scenario(find_scenario(scenario)))
