"""`nvidia-smi`: the forms that a fabric's people use, of an HGX H100 with eight GPUs of eighteen NVLinks."""

from __future__ import annotations

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.effects import NvlinkId
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.nvidia_details import NAME, details
from fabconsole.sim.tools.nvidia_topology import topology
from fabconsole.sim.wiring import NVLINKS, Gpu

SPEED = "26.562 GB/s"


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: `-L`, `nvlink -s|-e [-i N]`, `-q [-i N]`, `topo -m`. Each takes its one to three seconds."""
    hangs_s = machine.hangs("nvidia-smi")
    if hangs_s is not None:
        yield hangs_s
    chosen = _chosen(machine, words)
    if chosen is None:
        yield machine.takes(1.0, 1.3)
        yield b"No devices were found\n"
        return 6
    match words[1:2], words[2:3]:
        case ["-L"], _:
            yield machine.takes(1.0, 1.6)
            yield "".join(f"{_title(machine, gpu)}\n" for gpu in chosen).encode()
        case ["nvlink"], [("-s" | "-e") as option]:
            yield machine.takes(1.0, 1.9)
            yield nvlink(machine, option, chosen).encode()
        case ["-q"], _:
            yield machine.takes(1.5, 2.8)
            yield details(machine, chosen).encode()
        case ["topo"], ["-m"]:
            yield machine.takes(1.2, 2.2)
            yield topology(machine).encode()
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
    state = (
        machine.tells(NAME),
        *((machine.fabric.nvlink_up(link, t), machine.fabric.nvlink_counts(link, t)) for link in sick),
    )
    render = _states if option == "-s" else _errors
    which = tuple(gpu.index for gpu in gpus)
    return machine.once((option, which), state, lambda: "".join(render(machine, gpu, t) for gpu in gpus))


def _states(machine: Machine, gpu: Gpu, t: float) -> str:
    lines = [_title(machine, gpu)]
    for link in range(NVLINKS):
        up = machine.fabric.nvlink_up(NvlinkId(machine.host.name, gpu.index, link), t)
        lines.append(f"\t Link {link}: {SPEED if up else '<inactive>'}")
    return "\n".join((*lines, ""))


def _errors(machine: Machine, gpu: Gpu, t: float) -> str:
    lines = [_title(machine, gpu)]
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


def _title(machine: Machine, gpu: Gpu) -> str:
    return f"GPU {gpu.index}: {machine.tells(NAME)} (UUID: {gpu.uuid})"


TOOLS = {"nvidia-smi": run}
