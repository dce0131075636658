"""What a hostile host puts into every name it tells: escapes that a terminal obeys, markup, words of a shell."""

from __future__ import annotations

from fabconsole.sim.effects import Effects
from fabconsole.sim.manner import Manner

ADORNMENT = "\x1b]0;owned\x07\x1b[2J\x1b[31;5m[bold red]'$(id)'[/bold red]\t\x9b0m\u202e"


def adorned(effects: Effects, host: str, name: str, t: float) -> str:
    """`name` as `host` tells it at `t`."""
    spells = effects.manners.get(host, {}).get(Manner.ADORNED)
    return f"{name}{ADORNMENT}" if spells is not None and spells.covers(t) else name


def cleaned(description: str) -> str:
    """As infiniband-diags print a node's description: what cannot be printed is a blank."""
    return "".join(char if char.isascii() and char.isprintable() else " " for char in description)
