"""`nvidia-smi topo -m`: what lies between every two GPUs and NICs of a host."""

from __future__ import annotations

from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.nvidia_details import active_links

_UNDERLINED, _PLAIN = "\x1b[4m", "\x1b[0m"
"""Written into pipes too."""

_LEGEND = """
Legend:

  X    = Self
  SYS  = Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)
  NODE = Connection traversing PCIe as well as the interconnect between PCIe Host Bridges within a NUMA node
  PHB  = Connection traversing PCIe as well as a PCIe Host Bridge (typically the CPU)
  PXB  = Connection traversing multiple PCIe bridges (without traversing the PCIe Host Bridge)
  PIX  = Connection traversing at most a single PCIe bridge
  NV#  = Connection traversing a bonded set of # NVLinks

NIC Legend:

"""


def topology(machine: Machine) -> str:
    """The matrix and what its words mean."""
    gpus, nics = len(machine.host.gpus), len(machine.host.hcas)
    names = [*(f"GPU{gpu}" for gpu in range(gpus)), *(f"NIC{nic}" for nic in range(nics))]
    lines = [_UNDERLINED + "\t".join((*names, "CPU Affinity", "NUMA Affinity", "GPU NUMA ID")) + _PLAIN]
    lines[0] = f"\t{lines[0]}"
    for row, name in enumerate(names):
        cells = [_reach(machine, row, column) for column in range(len(names))]
        half = 0 if row < gpus / 2 else 1
        tail = [f"{56 * half}-{56 * half + 55}", str(half), "", "N/A"] if row < gpus else ["", "", ""]
        lines.append("\t".join((name, *cells, *tail)))
    nics_said = (f"  NIC{number}: {hca.name}" for number, hca in enumerate(machine.host.hcas))
    return "\n".join((*lines, "")) + _LEGEND + "\n".join((*nics_said, "", ""))


def _reach(machine: Machine, row: int, column: int) -> str:
    """What two of the host's GPUs and NICs have between them; GPUs come first."""
    gpus = len(machine.host.gpus)
    if row == column:
        return " X "
    if row < gpus and column < gpus:
        return f"NV{min(active_links(machine, row), active_links(machine, column))}"
    one, other = row % gpus, column % gpus
    if one == other:
        return "PIX"
    return "NODE" if one * 2 // gpus == other * 2 // gpus else "SYS"
