"""`nvidia-smi`: the forms that a fabric's people use, of an HGX H100 with eight GPUs of eighteen NVLinks."""

from __future__ import annotations

import time

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.course import FOREVER
from fabconsole.sim.effects import NvlinkId
from fabconsole.sim.machine import Machine
from fabconsole.sim.wiring import NVLINKS, Gpu

NAME = "NVIDIA H100 80GB HBM3"
SPEED = "26.562 GB/s"
DRIVER, CUDA = "580.95.05", "13.0"
VBIOS = "96.00.A5.00.01"

_HANGS_S = FOREVER


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: `-L`, `nvlink -s|-e [-i N]`, `-q [-i N]`, `topo -m`."""
    if machine.hangs("nvidia-smi"):
        yield _HANGS_S
    chosen = _chosen(machine, words)
    if chosen is None:
        yield machine.takes(0.5, 0.8)
        yield b"No devices were found\n"
        return 6
    match words[1:2], words[2:3]:
        case ["-L"], _:
            yield machine.takes(0.5, 1.1)
            yield "".join(f"{_title(gpu)}\n" for gpu in chosen).encode()
        case ["nvlink"], [("-s" | "-e") as option]:
            yield machine.takes(0.6, 1.4)
            yield nvlink(machine, option, chosen).encode()
        case ["-q"], _:
            yield machine.takes(1.5, 2.8)
            yield _details(machine, chosen).encode()
        case ["topo"], ["-m"]:
            yield machine.takes(0.8, 1.6)
            yield _topology(machine).encode()
        case _:
            yield Complaint(b"Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.\n")
            return 1
    return 0


def nvlink(machine: Machine, option: str, gpus: tuple[Gpu, ...]) -> str:
    """`nvlink -s` or `nvlink -e`. Rendered anew only when one of the host's links has changed."""
    name = machine.host.name
    effects = machine.fabric.effects
    sick = [link for link in (*effects.nvlink_down, *effects.nvlink_growth) if link.host == name]
    t = machine.now()
    state = tuple((machine.fabric.nvlink_up(link, t), machine.fabric.nvlink_counts(link, t)) for link in sick)
    render = _states if option == "-s" else _errors
    which = tuple(gpu.index for gpu in gpus)
    return machine.once((option, which), state, lambda: "".join(render(machine, gpu, t) for gpu in gpus))


def _states(machine: Machine, gpu: Gpu, t: float) -> str:
    lines = [_title(gpu)]
    for link in range(NVLINKS):
        up = machine.fabric.nvlink_up(NvlinkId(machine.host.name, gpu.index, link), t)
        lines.append(f"\t Link {link}: {SPEED if up else '<inactive>'}")
    return "\n".join((*lines, ""))


def _errors(machine: Machine, gpu: Gpu, t: float) -> str:
    lines = [_title(gpu)]
    for link in range(NVLINKS):
        link_id = NvlinkId(machine.host.name, gpu.index, link)
        replay, recovery, crc = machine.fabric.nvlink_counts(link_id, t)
        lines += [
            f"\t Link {link}: Replay Errors: {replay}",
            f"\t Link {link}: Recovery Errors: {recovery}",
            f"\t Link {link}: CRC Errors: {crc}",
            "",
        ]
    return "\n".join((*lines, ""))


def _chosen(machine: Machine, words: list[str]) -> tuple[Gpu, ...] | None:
    gpus = machine.host.gpus
    if "-i" not in words[:-1]:
        return gpus
    wanted = words[words.index("-i") + 1]
    found = tuple(gpu for gpu in gpus if wanted in (str(gpu.index), gpu.uuid, gpu.pci))
    return found or None


def _title(gpu: Gpu) -> str:
    return f"GPU {gpu.index}: {NAME} (UUID: {gpu.uuid})"


def _details(machine: Machine, gpus: tuple[Gpu, ...]) -> str:
    stamp = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(machine.wall(machine.now())))
    head = (
        "\n==============NVSMI LOG==============\n\n"
        f"{_field(0, 'Timestamp', stamp)}{_field(0, 'Driver Version', DRIVER)}{_field(0, 'CUDA Version', CUDA)}\n"
        f"{_field(0, 'Attached GPUs', str(len(machine.host.gpus)))}"
    )
    return head + "\n".join(_detail(machine, gpu) for gpu in gpus)


def _detail(machine: Machine, gpu: Gpu) -> str:
    healthy = _active(machine, gpu.index) == NVLINKS
    bus = f"00000000:{gpu.pci.removeprefix('0000:').upper()}"
    warm = 38 + gpu.index + int(machine.now() / 7) % 5
    fields = [
        (1, "Product Name", NAME),
        (1, "Product Brand", "NVIDIA"),
        (1, "Product Architecture", "Hopper"),
        (1, "Persistence Mode", "Enabled"),
        (1, "Serial Number", str(gpu.serial)),
        (1, "GPU UUID", gpu.uuid),
        (1, "Minor Number", str(gpu.index)),
        (1, "VBIOS Version", VBIOS),
        (1, "GPU Recovery Action", "None" if healthy else "GPU Reset"),
        (1, "GSP Firmware Version", DRIVER),
        (1, "PCI", None),
        (2, "Bus Id", bus),
        (2, "GPU Link Info", None),
        (3, "PCIe Generation", None),
        (4, "Max", "5"),
        (4, "Current", "5"),
        (3, "Link Width", None),
        (4, "Max", "16x"),
        (4, "Current", "16x"),
        (2, "Replays Since Reset", "0"),
        (1, "ECC Errors", None),
        (2, "Volatile", None),
        (3, "SRAM Uncorrectable Parity", "0"),
        (3, "DRAM Correctable", "0"),
        (3, "DRAM Uncorrectable", "0"),
        (1, "Remapped Rows", None),
        (2, "Correctable Error", "0"),
        (2, "Uncorrectable Error", "0"),
        (2, "Pending", "No"),
        (2, "Remapping Failure Occurred", "No"),
        (1, "Temperature", None),
        (2, "GPU Current Temp", f"{warm} C"),
        (2, "Memory Current Temp", f"{warm + 9} C"),
        (1, "Fabric", None),
        (2, "State", "Completed"),
        (2, "Status", "Success"),
        (2, "CliqueId", "0"),
        (2, "ClusterUUID", "00000000-0000-0000-0000-000000000000"),
        (2, "Health", None),
        (3, "Bandwidth", "N/A"),
        (1, "Processes", "None"),
    ]
    return f"GPU {bus}\n" + "".join(_field(*field) for field in fields)


def _active(machine: Machine, gpu: int) -> int:
    links = (NvlinkId(machine.host.name, gpu, link) for link in range(NVLINKS))
    return sum(machine.fabric.nvlink_up(link, machine.now()) for link in links)


def _field(depth: int, name: str, value: str | None) -> str:
    start = " " * 4 * depth + name
    return f"{start}\n" if value is None else f"{start:<55}: {value}\n"


def _topology(machine: Machine) -> str:
    gpus, nics = len(machine.host.gpus), len(machine.host.hcas)
    names = [*(f"GPU{gpu}" for gpu in range(gpus)), *(f"NIC{nic}" for nic in range(nics))]
    lines = ["\t".join(("", *names, "CPU Affinity", "NUMA Affinity", "GPU NUMA ID"))]
    for row, name in enumerate(names):
        cells = [_reach(machine, row, column) for column in range(len(names))]
        half = 0 if row < gpus / 2 else 1
        tail = [f"{56 * half}-{56 * half + 55}", str(half), "N/A"] if row < gpus else []
        lines.append("\t".join((name, *cells, *tail)))
    legend = [
        "",
        "Legend:",
        "",
        "  X    = Self",
        "  SYS  = Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)",
        "  NODE = Connection traversing PCIe as well as the interconnect between PCIe Host Bridges within a NUMA node",
        "  PIX  = Connection traversing at most a single PCIe bridge",
        "  NV#  = Connection traversing a bonded set of # NVLinks",
        "",
        "NIC Legend:",
        "",
        *(f"  NIC{number}: {hca.name}" for number, hca in enumerate(machine.host.hcas)),
        "",
    ]
    return "\n".join((*lines, *legend))


def _reach(machine: Machine, row: int, column: int) -> str:
    """What two of the host's GPUs and NICs have between them; GPUs come first."""
    gpus = len(machine.host.gpus)
    if row == column:
        return " X "
    if row < gpus and column < gpus:
        return f"NV{min(_active(machine, row), _active(machine, column))}"
    one, other = row % gpus, column % gpus
    if one == other:
        return "PIX"
    return "NODE" if one * 2 // gpus == other * 2 // gpus else "SYS"


TOOLS = {"nvidia-smi": run}
