"""`ibstat`: the HCAs of a host, as libibumad sees them."""

from __future__ import annotations

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.files import CAPABILITIES, FIRMWARE
from fabconsole.sim.machine import Machine
from fabconsole.sim.wiring import Hca

_STATES = {1: "Down", 2: "Initializing", 3: "Armed", 4: "Active"}
_FAILED = 255


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: all HCAs, `ibstat CA`, `ibstat CA PORT`, `-l`."""
    yield machine.takes(0.01, 0.05)
    names = [word for word in words[1:] if not word.startswith("-")]
    hcas = machine.hcas
    if "-l" in words:
        yield "".join(f"{hca.name}\n" for hca in hcas).encode()
        return 0
    chosen = [hca for hca in hcas if not names or hca.name == names[0]]
    if not chosen:
        yield Complaint(f"ibpanic: [4711] main: '{names[0]}' IB device can't be found: Success\n".encode())
        return _FAILED
    if len(names) > 1:
        yield f"CA: '{chosen[0].name}'\n{_port(machine, chosen[0], depth=0)}".encode()
        return 0
    yield "".join(_adapter(machine, hca) for hca in chosen).encode()
    return 0


def _adapter(machine: Machine, hca: Hca) -> str:
    return (
        f"CA '{hca.name}'\n"
        "\tCA type: MT4129\n"
        "\tNumber of ports: 1\n"
        f"\tFirmware version: {machine.tells(FIRMWARE)}\n"
        "\tHardware version: 0\n"
        f"\tNode GUID: 0x{hca.guid:016x}\n"
        f"\tSystem image GUID: 0x{hca.guid:016x}\n" + _port(machine, hca, depth=1)
    )


def _port(machine: Machine, hca: Hca, *, depth: int) -> str:
    line = machine.fabric.line(hca.link, machine.now())
    start = "\t" * depth
    fields = (
        f"State: {_STATES[line.number]}",
        f"Physical state: {line.phys}",
        f"Rate: {line.speed.gbps if line.speed else 10}",
        f"Base lid: {hca.lid}",
        "LMC: 0",
        f"SM lid: {machine.fabric.master(machine.now()).lid}",
        f"Capability mask: {CAPABILITIES}",
        f"Port GUID: 0x{hca.guid:016x}",
        "Link layer: InfiniBand",
    )
    return f"{start}Port 1:\n" + "".join(f"{start}{start}{field}\n" for field in fields)


TOOLS = {"ibstat": run}
