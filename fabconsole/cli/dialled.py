"""What `check` says of the way to the nodes."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from fabconsole.cli.loop import run
from fabconsole.collector.prospect import prospects
from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.printable import printable

_MANY = 500
"""Nodes that take seconds where an ssh_config is long."""


def dialled(inventory: Inventory) -> Iterator[str]:
    """A line for all nodes of which ssh_config says the same, with `▲` where they cannot be dialled so.

    A key of ours that cannot be read is told and nothing else: an inventory may be checked where they are not.
    """
    if len(inventory.nodes) > _MANY and sys.stderr.isatty():
        click.echo(f"looking up {len(inventory.nodes):,} nodes in ssh_config …", err=True)
    try:
        found = run(prospects(inventory))
    except SourceError as error:
        yield printable(f"▲ {error}")
        return
    for prospect in found:
        yield f"▲ {prospect.line}" if prospect.is_wrong else f"dialled: {prospect.line}"
