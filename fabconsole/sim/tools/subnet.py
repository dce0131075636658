"""What the in-band tools see from a host: which switches answer, what hangs on a port, who has a LID or GUID."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.fabric import Line
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner
from fabconsole.sim.wiring import End, Hca, Host, Switch

_UNOPENED = "ibwarn: [4711] mad_rpc_open_port: can't open UMAD port ((null):0)\n"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What hangs on the far end of a port."""

    guid: int
    lid: int
    port: int
    description: str


def answering(machine: Machine) -> Iterator[Switch]:
    """The switches that answer now."""
    t = machine.now()
    return (switch for switch in machine.fabric.wiring.switches if not machine.fabric.is_dead(switch.name, t))


def adapters(machine: Machine) -> Iterator[tuple[Host, Hca]]:
    """The HCAs that answer now: those to which there is a way."""
    fabric, t = machine.fabric, machine.now()
    return ((host, hca) for host in fabric.wiring.hosts for hca in host.hcas if fabric.line(hca.link, t).up)


def shut_out(machine: Machine) -> bool:
    """Whether the account may not open its host's umad devices."""
    return machine.behaves(Manner.NO_UMAD)


def unopened(complaint: str, status: int) -> Act:
    """What a tool says that cannot open them: libibmad's words, then its own."""
    yield Complaint(f"{_UNOPENED}{complaint}\n".encode())
    return status


def neighbour(machine: Machine, end: End, link: int) -> Neighbour:
    """Who is at the other end of `link`, seen from `end`."""
    wiring = machine.fabric.wiring
    far = wiring.links[link].other(end)
    if far.node in wiring.switch:
        switch = wiring.switch[far.node]
        return Neighbour(switch.guid, switch.lid, int(far.port), switch.name)
    hca = next(hca for hca in wiring.host[far.node].hcas if hca.name == far.port)
    return Neighbour(hca.guid, hca.lid, 1, machine.fabric.described(far, machine.now()))


def by_lid(machine: Machine, lid: int) -> Switch | tuple[Host, Hca] | None:
    """Who has this LID; None where nobody answers there."""
    wiring = machine.fabric.wiring
    if 1 <= lid <= len(wiring.switches):
        switch = wiring.switches[lid - 1]
        return None if machine.fabric.is_dead(switch.name, machine.now()) else switch
    return next((found for found in adapters(machine) if found[1].lid == lid), None)


def by_guid(machine: Machine, guid: int) -> Switch | tuple[Host, Hca] | None:
    """Who has this GUID; None where nobody answers there."""
    there: Iterator[Switch | tuple[Host, Hca]] = chain(answering(machine), adapters(machine))
    return next((found for found in there if (found if isinstance(found, Switch) else found[1]).guid == guid), None)


def lid(machine: Machine, end: End) -> int:
    """Of a switch, or of the HCA that `end` is."""
    wiring = machine.fabric.wiring
    if end.node in wiring.switch:
        return wiring.switch[end.node].lid
    return next(hca.lid for hca in wiring.host[end.node].hcas if hca.name == end.port)


def drawn(line: Line | None) -> str:
    """The arrow of iblinkinfo; None: nothing was ever plugged in."""
    if line is None or line.speed is None:
        return "==(                Down/ Polling)==>"
    state = {1: "Down", 2: "Initialize", 4: "Active"}[line.number]
    return f"==({line.speed.width:>2}X {line.speed.lane + ' Gbps':>18} {state:>6}/{line.phys:>8})==>"


def could_be(line: Line | None) -> str:
    """What iblinkinfo says of a link below what both ends can do."""
    if line is None or line.speed is None:
        return "( )"
    wider = "Could be 4X" if line.speed.width < 4 else ""
    faster = "Could be 106.25 Gbps" if line.speed.generation != "NDR" else ""
    return f"({wider} {faster})"
