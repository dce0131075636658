"""What a shell answers to the functions of `platforms.gpu` and `platforms.nvlink`."""

from __future__ import annotations

from fabconsole.sim import gpu_files
from fabconsole.sim.act import Act, captured, together
from fabconsole.sim.checksum import cksum
from fabconsole.sim.machine import Machine
from fabconsole.sim.tools import nvidia_smi
from fabconsole.sim.tools.timeout import limited


def gpus(machine: Machine, words: list[str]) -> Act:
    """``fc_gpu``."""
    status = yield from _smi(machine, ["-L"])
    if status == 0:
        yield machine.takes(0.002, 0.01)
        found = (gpu_files.uuid_line(gpu) for gpu in sorted(machine.host.gpus, key=lambda gpu: gpu.pci))
        yield "".join(("@pci\n", *found)).encode()
    return status


def nvlinks(machine: Machine, words: list[str]) -> Act:
    """``fc_nvl STATE_SUM ERROR_SUM``."""
    state_sum, error_sum = words[1:3]
    status = yield from _section(machine, "-s", state_sum)
    if status == 0:
        status = yield from _section(machine, "-e", error_sum)
    return status


def _section(machine: Machine, option: str, known: str) -> Act:
    status, text = yield from captured(_smi(machine, ["nvlink", option]))
    text += b"\n"
    total = machine.once(("cksum", option), text, lambda: f"{cksum(text)}-{len(text)}")
    if total == known:
        yield f"@{option} {status} {total} same\n".encode()
    else:
        yield f"@{option} {status} {total}\n".encode() + text
    return status


def _smi(machine: Machine, words: list[str]) -> Act:
    """``fc_smi``: under `timeout -k 2 15`, complaints and all."""
    status = yield from together(limited(nvidia_smi.run(machine, ["nvidia-smi", *words]), 15.0))
    return status
