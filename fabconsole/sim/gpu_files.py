"""The files of a simulated host's NVIDIA driver: `/proc/driver/nvidia/gpus/*/information`.

Form: NVIDIA's open kernel modules, kernel-open/nvidia/nv-procfs.c.
"""

from __future__ import annotations

from fabconsole.sim.machine import Machine
from fabconsole.sim.tools.nvidia_details import DRIVER, NAME, VBIOS
from fabconsole.sim.wiring import Gpu

_FIRST_IRQ = 512


def tree(machine: Machine) -> dict[str, str]:
    """Every file under `gpus/` that tells of a GPU, by its path there."""
    return {f"{gpu.pci}/information": "".join(f"{line}\n" for line in _information(gpu)) for gpu in machine.host.gpus}


def uuid_line(gpu: Gpu) -> str:
    """What `grep -H '^GPU UUID:' */information` prints of it."""
    return f"{gpu.pci}/information:{_uuid(gpu)}\n"


def _information(gpu: Gpu) -> tuple[str, ...]:
    return (
        f"Model: \t\t {NAME}",
        f"IRQ:   \t\t {_FIRST_IRQ + gpu.index}",
        _uuid(gpu),
        f"Video BIOS: \t {VBIOS.lower()}",
        "Bus Type: \t PCIe",
        "DMA Size: \t 52 bits",
        "DMA Mask: \t 0xfffffffffffff",
        f"Bus Location: \t {gpu.pci}",
        f"Device Minor: \t {gpu.index}",
        f"GPU Firmware: \t {DRIVER}",
        "GPU Excluded:\t No",
    )


def _uuid(gpu: Gpu) -> str:
    return f"GPU UUID: \t {gpu.uuid}"
