"""The tools on a simulated host's PATH: one module a tool, found by being here.

A module has `TOOLS`: name to `act.Program`. Shapes are the real tools' own, looked at in their output.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from fabconsole.sim.act import Act, Program, not_found
from fabconsole.sim.machine import Machine


@cache
def programs() -> Mapping[str, Program]:
    """Everything that can be called, by name."""
    found: dict[str, Program] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found.update(getattr(module, "TOOLS", {}))
    return found


def run(machine: Machine, words: list[str]) -> Act:
    """Call a tool by its name, or by its path."""
    name = words[0].rpartition("/")[2]
    program = programs().get(name)
    return not_found(words[0]) if program is None else program(machine, words)
