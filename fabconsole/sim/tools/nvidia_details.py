"""`nvidia-smi -q`: what a fabric's people look for in it, in the order and columns of driver 590 on H100."""

from __future__ import annotations

import time
from textwrap import dedent

from fabconsole.sim.effects import NvlinkId
from fabconsole.sim.machine import Machine
from fabconsole.sim.wiring import NVLINKS, Gpu

NAME = "NVIDIA H100 80GB HBM3"
DRIVER, CUDA = "580.95.05", "13.0"
VBIOS = "96.00.A5.00.01"

_VALUES_AT = 55

_FIELDS = dedent(
    """\
    Product Name: {name}
    Product Brand: NVIDIA
    Product Architecture: Hopper
    Persistence Mode: Enabled
    Addressing Mode: None
    MIG Mode
        Current: Disabled
        Pending: Disabled
    Serial Number: {serial}
    GPU UUID: {uuid}
    Minor Number: {index}
    VBIOS Version: {vbios}
    MultiGPU Board: No
    Platform Info
        Module Id: {module}
        GPU Fabric GUID: N/A
    GPU Operation Mode
        Current: N/A
        Pending: N/A
    GPU Recovery Action: {recovery}
    GSP Firmware Version: {driver}
    PCI
        Bus: 0x{bus_number}
        Device: 0x00
        Domain: 0x0000
        Device Id: 0x233010DE
        Bus Id: {bus}
        Sub System Id: 0x16C110DE
        GPU Link Info
            PCIe Generation
                Max: 5
                Current: 5
                Device Current: 5
                Device Max: 5
                Host Max: 5
            Link Width
                Max: 16x
                Current: 16x
        Replays Since Reset: 0
        Replay Number Rollovers: 0
    Fan Speed: N/A
    Performance State: P0
    Clocks Event Reasons
        Idle: Not Active
        SW Power Cap: Not Active
        HW Slowdown: Not Active
            HW Thermal Slowdown: Not Active
            HW Power Brake Slowdown: Not Active
        SW Thermal Slowdown: Not Active
    FB Memory Usage
        Total: 81559 MiB
        Reserved: 479 MiB
        Used: {used} MiB
        Free: {free} MiB
    Compute Mode: Default
    Utilization
        GPU: {busy} %
        Memory: {busy_memory} %
    ECC Mode
        Current: Enabled
        Pending: Enabled
    ECC Errors
        Volatile
            SRAM Correctable: 0
            SRAM Uncorrectable Parity: 0
            SRAM Uncorrectable SEC-DED: 0
            DRAM Correctable: 0
            DRAM Uncorrectable: 0
        Aggregate
            SRAM Correctable: 0
            SRAM Uncorrectable Parity: 0
            SRAM Uncorrectable SEC-DED: 0
            DRAM Correctable: 0
            DRAM Uncorrectable: 0
            SRAM Threshold Exceeded: No
        Channel Repair Pending: No
        TPC Repair Pending: No
    Retired Pages
        Single Bit ECC: N/A
        Double Bit ECC: N/A
        Pending Page Blacklist: N/A
    Remapped Rows
        Correctable Error: 0
        Uncorrectable Error: 0
        Pending: No
        Remapping Failure Occurred: No
        Bank Remap Availability Histogram
            Max: 2560 bank(s)
            High: 0 bank(s)
            Partial: 0 bank(s)
            Low: 0 bank(s)
            None: 0 bank(s)
    Temperature
        GPU Current Temp: {warm} C
        GPU T.Limit Temp: {margin} C
        GPU Shutdown T.Limit Temp: -8 C
        GPU Slowdown T.Limit Temp: -2 C
        GPU Max Operating T.Limit Temp: 0 C
        Memory Current Temp: {warm_memory} C
    GPU Power Readings
        Average Power Draw: {power:.2f} W
        Current Power Limit: 700.00 W
        Default Power Limit: 700.00 W
        Max Power Limit: 700.00 W
    Clocks
        Graphics: 1980 MHz
        SM: 1980 MHz
        Memory: 2619 MHz
        Video: 1545 MHz
    Fabric
        State: Completed
        Status: Success
        CliqueId: 0
        ClusterUUID: 00000000-0000-0000-0000-000000000000
        Health
            Summary: N/A
            Bandwidth: N/A
            Route Recovery in progress: N/A
            Route Unhealthy: N/A
            Access Timeout Recovery: N/A
            Incorrect Configuration: N/A
    Processes: None
    Capabilities
        EGM: disabled
    """
)


def details(machine: Machine, gpus: tuple[Gpu, ...]) -> str:
    """Of the GPUs that were asked for; the head counts all."""
    stamp = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(machine.wall(machine.now())))
    head = (
        f"Timestamp: {stamp}\nDriver Version: {DRIVER}\nCUDA Version: {CUDA}\n\n"
        f"Attached GPUs: {len(machine.host.gpus)}\n"
    )
    told = "\n".join(_one(machine, gpu) for gpu in gpus)
    return f"\n==============NVSMI LOG==============\n\n{_aligned(head)}{told}"


def active_links(machine: Machine, gpu: int) -> int:
    """How many of a GPU's NVLinks are up."""
    links = (NvlinkId(machine.host.name, gpu, link) for link in range(NVLINKS))
    return sum(machine.fabric.nvlink_up(link, machine.now()) for link in links)


def _one(machine: Machine, gpu: Gpu) -> str:
    bus = f"00000000:{gpu.pci.removeprefix('0000:').upper()}"
    warm = 58 + gpu.index + int(machine.now() / 7) % 5
    used = 71_000 + 512 * gpu.index
    said = _FIELDS.format(
        name=machine.tells(NAME),
        serial=gpu.serial,
        uuid=gpu.uuid,
        index=gpu.index,
        vbios=VBIOS,
        module=gpu.index + 1,
        recovery="None" if active_links(machine, gpu.index) == NVLINKS else "Reset",
        driver=DRIVER,
        bus=bus,
        bus_number=bus[9:11],
        used=used,
        free=81_559 - 479 - used,
        busy=97 + gpu.index % 3,
        busy_memory=61 + gpu.index,
        warm=warm,
        margin=87 - warm,
        warm_memory=warm + 9,
        power=618 + 7.31 * gpu.index,
    )
    return f"GPU {bus}\n" + _aligned("".join(f"    {line}\n" for line in said.splitlines()))


def _aligned(text: str) -> str:
    """Each `name: value` with its value where all values stand."""
    lines = (line.partition(": ") for line in text.splitlines())
    return "".join(f"{name:<{_VALUES_AT}}: {value}\n" if colon else f"{name}\n" for name, colon, value in lines)
