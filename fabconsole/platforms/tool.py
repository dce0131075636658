"""How a tool that may hang is run: behind the operator's prefix, under `timeout` where there is one."""

from __future__ import annotations

import shlex

from fabconsole.fabric.inventory import Node
from fabconsole.fabric.printable import printable
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

KILL_AFTER_S = 2
"""From the first signal to the last, for a tool that ignores it."""


def words(text: str | None) -> str:
    """An operator's shell words (`chroot /run/nvidia/driver`), each quoted, so that they are words and nothing more.

    Unbalanced quotes are taken as they stand: the tool's own complaint will name them.
    """
    if not text:
        return ""
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = text.split()
    return shlex.join(parts)


def runner(function: str, node: Node, tool: str, limit_s: int) -> str:
    """One line that defines `function` to run `tool` with its arguments, complaints and all on standard output.

    `timeout` stands behind the prefix: from outside it could not signal what `sudo` or a container started.
    Where it is missing there, the tool runs without; the question's own deadline still holds.
    """
    prefix = words(node.prefix.get(tool))
    before = f"{prefix} " if prefix else ""
    return (
        f"{function}() {{ if {before}timeout -k 1 1 true; then "
        f'set -- timeout -k {KILL_AFTER_S} {limit_s} {tool} "$@"; else set -- {tool} "$@"; fi; '
        f'{before}"$@" 2>&1; }}\n'
    )


def refusal(tool: str, status: int, said: str, limit_s: int) -> Refusal:
    """Why a tool that ended with `status` has no answer; `said` is what it printed."""
    first = printable(next((line for line in said.splitlines() if line.strip()), ""), 200)
    if status == 127:
        return Refusal(reason=Reason.NO_TOOL, detail=f"{tool} is not there")
    if status == 126:
        return Refusal(reason=Reason.NO_PERMISSION, detail=first or f"{tool} may not be run")
    if status in (124, 137):
        return Refusal(reason=Reason.TIMEOUT, detail=f"{tool} was stopped after {limit_s} s")
    return Refusal(reason=Reason.FAILED, detail=f"{first or 'it said nothing'} (status {status})")
