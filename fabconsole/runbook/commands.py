"""The diagnostics there are, those that fit what is selected, and the exact shell text one becomes.

catalogue = load_commands()
selection = selected("gpu017/mlx5_3/1", snapshot, inventory)
for command in fitting(catalogue.commands, selection): ...
await source.run(order(command, selection, inventory, run="d-17"))
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from fabconsole.fabric.errors import CommandError, DocumentError, Problem
from fabconsole.fabric.inventory import InBand, Inventory, Node
from fabconsole.fabric.resources import every
from fabconsole.runbook.command import Class, Command, Target, Where, read_command
from fabconsole.runbook.selection import Selection, selected
from fabconsole.runbook.template import Template, quoted
from fabconsole.stream.source import Order

__all__ = [
    "Catalogue",
    "Class",
    "Command",
    "Selection",
    "Target",
    "Where",
    "fitting",
    "load_commands",
    "order",
    "selected",
]

_KILL_AFTER_S = 2
"""From asking a command to stop to stopping it: what a tool hanging on a sick device needs."""
_GRACE_S = 5.0
"""What the connection may add to a command's own time."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was read of `config/commands/`; a file that is wrong costs itself alone."""

    commands: tuple[Command, ...]
    problems: tuple[Problem, ...] = ()


def load_commands() -> Catalogue:
    """Every file of `config/commands/`, a user's hiding the shipped one of its name.

    Raises ResourceError where fabconsole's own directory is not there.
    """
    commands: list[Command] = []
    problems: list[Problem] = []
    for path in every("config/commands").values():
        try:
            commands.append(read_command(path))
        except DocumentError as error:
            problems += error.problems
    return Catalogue(tuple(commands), tuple(problems))


def fitting(commands: Iterable[Command], selection: Selection) -> tuple[Command, ...]:
    """Those that can be run on `selection` now, the most particular first."""
    fit = [command for command in commands if _fits(command, selection)]
    return tuple(sorted(fit, key=lambda command: (len(command.on), command.kind is Class.LOADS_DEVICE, command.title)))


def order(command: Command, selection: Selection, inventory: Inventory, *, run: str) -> Order:
    """The order that runs `command` on `selection` under the id `run`.

    Raises CommandError where it does not fit, or its node is none we have an account on.
    """
    name = selection.asker if command.where is Where.IN_BAND else selection.node
    node = inventory.nodes.get(name) if name else None
    if node is None:
        raise CommandError(f"{command.title}: {name or 'no host has the in-band role'}: not a node of the inventory")
    if not _fits(command, selection):
        raise CommandError(f"{command.title}: does not fit {selection.address}")
    texts = [_text(one, command, selection, node) for one in command.runs]
    deadline_s = len(texts) * (command.timeout_s + _KILL_AFTER_S) + _GRACE_S
    return Order(run=run, node=node.name, command=" || ".join(texts), deadline_s=deadline_s)


def _fits(command: Command, selection: Selection) -> bool:
    if selection.target not in command.on or not all(hole in selection.values for hole in command.needs):
        return False
    if command.where is Where.IN_BAND:
        return selection.asker is not None
    return not command.platforms or selection.platform in command.platforms


def _text(one: Template, command: Command, selection: Selection, node: Node) -> str:
    """The time limit, then root, then the tool's own prefix, then the words, as `platforms.tool` has it and says why.

    Behind words of the operator's nothing is killed: sudo passes the first signal on, and could not pass on a KILL.
    """
    become = shlex.split(node.become) if command.root and node.become else []
    prefix = shlex.split(node.prefix.get(one.tool, ""))
    kill = [] if become or prefix else ["-k", str(_KILL_AFTER_S)]
    via = _via(node.in_band) if command.where is Where.IN_BAND else []
    return quoted(["timeout", *kill, f"{command.timeout_s:g}", *become, *prefix, *one.filled(selection.values, via)])


def _via(role: InBand | None) -> list[str]:
    if role is None:
        return []
    ca = ["-C", role.ca] if role.ca else []
    return ca + (["-P", str(role.port)] if role.port is not None else [])
