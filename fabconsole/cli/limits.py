"""As many connections as the system allows: a descriptor each."""

from __future__ import annotations

import resource

from fabconsole.fabric.inventory import Inventory

_OWN = 64
"""Descriptors for everything but nodes: files, sockets of libraries, the terminal."""


def descriptors_for(inventory: Inventory) -> str:
    """Raise the soft limit to the hard one; a warning where that is still less than the nodes need."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    needed = len(inventory.nodes) + _OWN
    if hard == resource.RLIM_INFINITY or hard >= needed:
        return ""
    return f"{len(inventory.nodes):,} nodes need {needed:,} open files, {hard:,} are allowed: raise `ulimit -Hn`"
