"""`lspci -vv -s ADDRESS`: the PCIe link of a GPU or an HCA."""

from __future__ import annotations

from fabconsole.sim.act import Act
from fabconsole.sim.machine import Machine

_HCA = "Infiniband controller: Mellanox Technologies MT2910 Family [ConnectX-7]"
_GPU = "3D controller: NVIDIA Corporation GH100 [H100 SXM5 80GB] (rev a1)"


def run(machine: Machine, words: list[str]) -> Act:
    """Forms: bare, and with `-s ADDRESS`; `-v` and more adds the capabilities."""
    yield machine.takes(0.05, 0.2)
    wanted = words[words.index("-s") + 1] if "-s" in words[:-1] else None
    devices = {hca.pci: _HCA for hca in machine.hcas} | {gpu.pci: _GPU for gpu in machine.host.gpus}
    chosen = [pci for pci in sorted(devices) if wanted in (None, pci, pci.removeprefix("0000:"))]
    verbose = any(word.startswith("-v") for word in words)
    lines = []
    for pci in chosen:
        lines.append(f"{pci.removeprefix('0000:')} {devices[pci]}")
        if verbose:
            lines += [*_capabilities(is_hca=devices[pci] is _HCA), ""]
    yield "".join(f"{line}\n" for line in lines).encode()
    return 0


def _capabilities(*, is_hca: bool) -> list[str]:
    return [
        f"\tSubsystem: {'Mellanox Technologies Device 0041' if is_hca else 'NVIDIA Corporation Device 16c1'}",
        "\tControl: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx+",
        "\tStatus: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-",
        "\tLatency: 0",
        "\tNUMA node: 0",
        "\tCapabilities: [60] Express (v2) Endpoint, MSI 00",
        "\t\tDevSta:\tCorrErr- NonFatalErr- FatalErr- UnsupReq- AuxPwr- TransPend-",
        "\t\tLnkCap:\tPort #0, Speed 32GT/s, Width x16, ASPM not supported",
        "\t\t\tClockPM- Surprise- LLActRep- BwNot- ASPMOptComp+",
        "\t\tLnkCtl:\tASPM Disabled; RCB 64 bytes, Disabled- CommClk+",
        "\t\t\tExtSynch- ClockPM- AutWidDis- BWInt- AutBWInt-",
        "\t\tLnkSta:\tSpeed 32GT/s (ok), Width x16 (ok)",
        "\t\t\tTrErr- Train- SlotClk+ DLActive- BWMgmt- ABWMgmt-",
        f"\tKernel driver in use: {'mlx5_core' if is_hca else 'nvidia'}",
        f"\tKernel modules: {'mlx5_core' if is_hca else 'nvidiafb, nouveau, nvidia_drm, nvidia'}",
    ]


TOOLS = {"lspci": run}
