"""The console on one inventory: rooms wired together, SSH imported after the first paint."""

from __future__ import annotations

from pathlib import Path

from fabconsole.cli import loop
from fabconsole.cli.limits import raise_descriptor_limit
from fabconsole.fabric.clock import SteadyClock
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names
from fabconsole.state.fabric import FabricState
from fabconsole.stream.source import Source
from fabconsole.tui.app import FabConsole


def run(path: Path, theme: str) -> int:
    """Show the fabric of the inventory at `path` until the operator quits; the exit code.

    Raises DocumentError where the inventory, the thresholds or the theme is wrong.
    """
    inventory = read_inventory(path, platforms=names())
    thresholds = read_thresholds()
    state = FabricState()
    clock = SteadyClock()
    raise_descriptor_limit()

    def source() -> Source:
        from fabconsole.collector.collector import Collector

        app.leisure.settle()
        return Collector(inventory, thresholds, clock=clock)

    app = FabConsole(source_of=source, picture=state, apply=state.apply, theme=theme, clock=clock)
    with app.leisure.alone():
        loop.run(app.run_async())
    if app.defect is not None:
        raise app.defect
    return app.return_code or 0
