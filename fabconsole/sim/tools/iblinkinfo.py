"""`iblinkinfo`: every port of every switch, what it runs at and who is at the other end."""

from __future__ import annotations

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.subnet import adapters, answering, by_guid, could_be, drawn, neighbour, shut_out, unopened
from fabconsole.sim.wiring import SWITCH_PORTS, End, Hca, Host, Switch

_SWEEP_S = (0.5, 1.1)


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: `--line`, `--switches-only`, `-G GUID`; `-C` and `-P` make no difference here."""
    if shut_out(machine):
        return (yield from unopened("Failed to open (null) port 0", 1))
    in_lines = "--line" in words or "-l" in words
    guid = words[words.index("-G") + 1] if "-G" in words else None
    if guid is not None:
        status = yield from _one(machine, int(guid, 0), in_lines=in_lines)
        return status
    switches = list(answering(machine))
    pause = machine.takes(*_SWEEP_S) / max(1, len(switches))
    for switch in switches:
        yield pause
        yield _switch(machine, switch, in_lines=in_lines).encode()
    if "--switches-only" not in words:
        yield "".join(_adapter(machine, host, hca, in_lines=in_lines) for host, hca in adapters(machine)).encode()
    return 0


def _one(machine: Machine, guid: int, *, in_lines: bool) -> Act:
    yield machine.takes(0.1, 0.3)
    found = by_guid(machine, guid)
    if found is None:
        yield Complaint(f"ibwarn: [4711] main: Failed to resolve 0x{guid:x}; attempting full scan\n".encode())
        yield machine.takes(*_SWEEP_S)
        yield Complaint(f"Failed to find port: 0x{guid:x}\n".encode())
        return 0
    if isinstance(found, Switch):
        yield _switch(machine, found, in_lines=in_lines).encode()
    else:
        yield _adapter(machine, *found, in_lines=in_lines).encode()
    return 0


def _switch(machine: Machine, switch: Switch, *, in_lines: bool) -> str:
    lines = [_port(machine, switch, port, in_lines=in_lines) for port in range(1, SWITCH_PORTS + 1)]
    head = [] if in_lines else [f"Switch: 0x{switch.guid:016x} {switch.name}:"]
    return "\n".join((*head, *lines, ""))


def _port(machine: Machine, switch: Switch, port: int, *, in_lines: bool) -> str:
    start = f'0x{switch.guid:016x} "{switch.name:>30}" {switch.lid:>6}' if in_lines else f"      {switch.lid:>6}"
    return f"{start} {port:>4}[  ] " + _link(machine, End(switch.name, str(port)), in_lines=in_lines)


def _adapter(machine: Machine, host: Host, hca: Hca, *, in_lines: bool) -> str:
    name = machine.fabric.described(End(host.name, hca.name), machine.now())
    link = _link(machine, End(host.name, hca.name), in_lines=in_lines)
    if in_lines:
        return f'0x{hca.guid:016x} "{name:>30}" {hca.lid:>6} {1:>4}[  ] {link}\n'
    return f"CA: {name}:\n      0x{hca.guid:016x} {hca.lid:>6} {1:>4}[  ] {link}\n"


def _link(machine: Machine, end: End, *, in_lines: bool) -> str:
    """From the arrow on, the port's own columns being written."""
    link = machine.fabric.wiring.link_of.get(end)
    line = None if link is None else machine.fabric.line(link, machine.now())
    if link is None or line is None or not line.up:
        return f'{drawn(line)}             [  ] "" ( )'
    far = neighbour(machine, end, link)
    guid = f"0x{far.guid:016x} " if in_lines else ""
    return f'{drawn(line)}  {guid}{far.lid:>6} {far.port:>4}[  ] "{far.description}" {could_be(line)}'


TOOLS = {"iblinkinfo": run}
