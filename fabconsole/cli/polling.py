"""`snapshot`: ask everything a few times, show it, tell the worst by the exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from fabconsole.cli.limits import raise_descriptor_limit
from fabconsole.cli.progress import progress
from fabconsole.cli.prompting import Prompting
from fabconsole.collector.collector import Collector
from fabconsole.fabric.clock import SteadyClock, elapsed
from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.state.fabric import FabricState
from fabconsole.state.polling import observed
from fabconsole.state.report import document, exit_code
from fabconsole.state.snapshot import Snapshot

ONCE = "one reading has no rates: what is down, degraded or missing shows, and nothing is known to be well; --polls 2"
"""Said where everything was asked once: a port that is up may count errors all the while."""


def at_interval(inventory: Inventory, interval_s: float | None) -> Inventory:
    """The inventory with one interval for every rhythm; as it is where none is given."""
    if interval_s is None:
        return inventory
    poll = replace(inventory.poll, fast_s=interval_s, slow_s=interval_s, in_band_s=interval_s)
    return replace(inventory, poll=poll)


async def observe(path: Path, *, polls: int, interval_s: float | None) -> Snapshot:
    """Ask every question of the fabric `polls` times.

    Raises DocumentError where the inventory or the thresholds are wrong.
    """
    inventory = at_interval(read_inventory(path, platforms=names()), interval_s)
    raise_descriptor_limit()
    if sys.stderr.isatty():
        often = f"{polls} times; --interval SECONDS shortens it" if polls > 1 else "once"
        click.echo(f"asking {len(inventory.nodes)} nodes {often} …", err=True)
    clock = SteadyClock()
    source = Prompting(Collector(inventory, read_thresholds(), clock=clock))
    state = FabricState()
    try:
        with progress(elapsed, lambda: source.is_asking) as tell:
            await observed(source, state, polls, source.clock, tell)
    finally:
        await source.aclose()
    picture = state.snapshot(clock())
    return replace(picture, warnings=(*picture.warnings, ONCE)) if polls == 1 else picture


def show(snapshot: Snapshot, *, as_json: bool) -> int:
    """Print a snapshot and return its exit code."""
    if as_json:
        click.echo(json.dumps(document(snapshot), indent=1, ensure_ascii=False))
    else:
        from fabconsole.cli.paper import Paper, paper_width
        from fabconsole.state.listing import render

        Paper(paper_width()).print(render(snapshot))
    return exit_code(snapshot)
