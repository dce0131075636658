"""`timeout` and `sudo`: words put before another tool."""

from __future__ import annotations

from fabconsole.sim.act import Act, Stuck
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools import run as call

TIMED_OUT = 124


def limited(act: Act, limit_s: float) -> Act:
    """Run until `limit_s` seconds have passed, then end with 124; what is in D state is waited for."""
    left = limit_s
    while True:
        try:
            said = next(act)
        except StopIteration as end:
            return int(end.value)
        if isinstance(said, bytes | Stuck):
            yield said
        elif said >= left:
            yield left
            return TIMED_OUT
        else:
            left -= said
            yield said


def timeout(machine: Machine, words: list[str]) -> Act:
    """`timeout [-k SECONDS] SECONDS TOOL ...`."""
    rest = words[3:] if words[1] == "-k" else words[1:]
    status = yield from limited(call(machine, rest[1:]), float(rest[0]))
    return status


def sudo(machine: Machine, words: list[str]) -> Act:
    """`sudo [-n] TOOL ...`: the account may everything."""
    status = yield from call(machine, [word for word in words[1:] if word != "-n"])
    return status


TOOLS = {"timeout": timeout, "sudo": sudo}
