"""A command executed on a simulated host: its words taken apart, its tool called."""

from __future__ import annotations

import shlex

from fabconsole.platforms.shell import unguarded
from fabconsole.sim import tools
from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.machine import Machine

_SYNTAX = 2


def run(machine: Machine, text: str) -> Act:
    """Run one command, or several with `||`, `&&` or `;` between them; there is no other shell language here."""
    inner = unguarded(text)
    try:
        lexer = shlex.shlex(text if inner is None else inner, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
    except ValueError as error:
        yield Complaint(f"sh: 1: Syntax error: {error}\n".encode())
        return _SYNTAX
    status, joint, call = 0, ";", list[str]()
    for word in (*words, ";"):
        if word not in ("||", "&&", ";"):
            call.append(word)
            continue
        if call and (joint == ";" or (joint == "||") == (status != 0)):
            status = yield from tools.run(machine, call)
        joint, call = word, []
    return status
