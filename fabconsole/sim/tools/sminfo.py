"""`sminfo`: which subnet manager is master, and that it is at work."""

from __future__ import annotations

from fabconsole.sim.act import Act
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.subnet import shut_out, unopened

_SWEEPS_PER_S = 1.7


def run(machine: Machine, words: list[str]) -> Act:
    """One line."""
    if shut_out(machine):
        return (yield from unopened("sminfo: iberror: failed: Failed to open '(null)' port '0'", 255))
    yield machine.takes(0.01, 0.04)
    master = machine.fabric.master(machine.now())
    # Each manager counts for itself; the one that takes over has been a standby, and has done less.
    activity = 4_484_381 // master.lid + int(machine.now() * _SWEEPS_PER_S)
    who = f"sm lid {master.lid} sm guid 0x{master.guid:x}"
    yield f"sminfo: {who}, activity count {activity} priority 14 state 3 SMINFO_MASTER\n".encode()
    return 0


TOOLS = {"sminfo": run}
