"""`mlxlink -d DEVICE -m -c`, with or without `--json`: a port, its module and its bit errors, in MFT 4.34's shape.

As text the sections come as they are read, the verdict before the details; as JSON by the alphabet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from fabconsole.sim.act import Act, Complaint
from fabconsole.sim.effects import NDR
from fabconsole.sim.fabric import COLUMNS, Line
from fabconsole.sim.files import FIRMWARE
from fabconsole.sim.machine import Machine
from fabconsole.sim.manner import Manner
from fabconsole.sim.wiring import Hca

_SYMBOLS, _DOWNS, _RECOVERIES = (COLUMNS.index(name) for name in ("symbol_error", "link_downed", "link_error_recovery"))
_SPEEDS = {"mask": "0x000000f1", "values": ["NDR", "HDR", "EDR", "FDR", "SDR"]}


def run(machine: Machine, words: list[str]) -> Act:
    """`-d` takes the RDMA device's name, or its PCI address."""
    name = words[words.index("-d") + 1] if "-d" in words[:-1] else ""
    hca = next((hca for hca in machine.hcas if name in (hca.name, hca.pci)), None)
    yield machine.takes(0.8, 2.2)
    if machine.behaves(Manner.FULL_DISK):
        yield Complaint(f"\n-E- Failed to open device: {name}. No space left on device\n".encode())
        return 1
    if hca is None:
        yield Complaint(f"\n-E- Failed to open device: {name}\n".encode())
        return 1
    sections = _sections(machine, hca)
    yield (_as_json(sections) if "--json" in words else _as_text(sections)).encode()
    return 0


def _sections(machine: Machine, hca: Hca) -> dict[str, dict[str, object]]:
    t = machine.now()
    counts = machine.fabric.hca_counts([hca], t)[0].tolist()
    line = machine.fabric.line(hca.link, t)
    return {
        "Operational Info": _operation(line),
        "Supported Info": {"Enabled Link Speed": _SPEEDS, "Supported Cable Speed": _SPEEDS},
        "Troubleshooting Info": _trouble(line),
        "Tool Information": {"Firmware Version": FIRMWARE, "amBER Version": "5.75", "MFT Version": "4.34.1-10"},
        "Module Info": _module(machine, hca, line, dirty=bool(counts[_SYMBOLS])),
        "Physical Counters and BER Info": _errors(counts, t),
    }


def _module(machine: Machine, hca: Hca, line: Line, *, dirty: bool) -> dict[str, object]:
    lanes = [1.1 + 0.15 * ((hca.lid + lane) % 5) for lane in range(4)]
    rx = [lanes[0], -8.7, *lanes[2:]] if dirty else lanes
    rx = rx if line.up else [lanes[0], -11.4, -40.0, lanes[3]]
    warm = 48 + hca.lid % 9 + int(machine.now() / 11) % 3
    return {
        "Temperature [C]": f"{warm} [-5..75]",
        "Voltage [mV]": "3291.2 [3000..3600]",
        "Bias Current [mA]": _lanes([252.0 + lane for lane in lanes], "[40..480]"),
        "Rx Power Current [dBm]": _lanes(rx, "[-9.914..6.999]"),
        "Tx Power Current [dBm]": _lanes(lanes, "[-6.904..6.999]"),
        "Identifier": "OSFP",
        "Compliance": "IB NDR,400GBASE-DR4",
        "Cable Technology": "1310 nm DFB laser",
        "Cable Type": "Optical Module (separated)",
        "OUI": "Nvidia",
        "Vendor Name": "NVIDIA",
        "Vendor Part Number": "MMS4X00-NS400",
        "Vendor Serial Number": f"MT2422FT{hca.lid:05d}",
        "Rev": "A3",
        "Wavelength [nm]": "1311",
        "FW Version": "46.120.273",
        "Digital Diagnostic Monitoring": "Yes",
        "LOS Alarm": "N/A",
        "IB Cable Width": "1x,2x,4x",
        "Module State": "Ready state",
        "Active Set Host Compliance Code": "IB NDR",
    }


def _operation(line: Line) -> dict[str, object]:
    speed = line.speed
    return {
        "State": "Active" if speed else "Polling",
        "Physical state": line.phys,
        "Speed": f"IB-{speed.generation}" if speed else "N/A",
        "Width": f"{speed.width}x" if speed else "N/A",
        "FEC": "Ethernet_Consortium_LL_50G_RS_FEC_PLR -(272,257+1)" if speed else "N/A",
        "Loopback Mode": "No Loopback",
        "Auto Negotiation": "ON",
    }


def _errors(counts: list[int], t: float) -> dict[str, object]:
    minutes = 2718.1 + t / 60
    symbols = counts[_SYMBOLS]
    return {
        "Time Since Last Clear [Min]": f"{minutes:.1f}",
        "Symbol Errors": str(symbols),
        "Symbol BER": _ratio(symbols / (NDR.gbps * 1e9 * 60 * minutes)),
        "Effective Physical Errors": str(symbols),
        "Effective Physical BER": _ratio(symbols / (NDR.gbps * 1e9 * 60 * minutes)),
        "Raw Physical BER": "4E-9" if symbols else "5E-10",
        "Raw Physical Errors Per Lane": {"values": [str(int(minutes * 60 * errors)) for errors in (19, 93, 45, 57)]},
        "Raw Physical BER Per Lane": {"values": ["1E-10", "1E-9", "4E-10", "5E-10"]},
        "Link Down Counter": str(counts[_DOWNS]),
        "Link Error Recovery Counter": str(counts[_RECOVERIES]),
    }


def _trouble(line: Line) -> dict[str, object]:
    if line.up:
        return {"Status Opcode": "0", "Group Opcode": "N/A", "Recommendation": "No issue was observed"}
    return {"Status Opcode": "15", "Group Opcode": "PHY FW", "Recommendation": "Bad signal integrity"}


def _lanes(values: list[float], limits: str) -> str:
    return ",".join(f"{value:.3f}" for value in values) + f" {limits}"


def _ratio(value: float) -> str:
    """`15E-255` is how the tool writes that there was no error."""
    if value <= 0:
        return "15E-255"
    coefficient, _, power = f"{value:.0e}".partition("e")
    return f"{coefficient}E{int(power)}"


def _as_text(sections: Mapping[str, Mapping[str, object]]) -> str:
    """A heading, a rule under it, then a line a value."""
    lines: list[str] = []
    for title, values in sections.items():
        lines += ["", title, "-" * len(title)]
        lines += [f"{key:<35}: {_in_words(said) if isinstance(said, dict) else said}" for key, said in values.items()]
    return "\n".join([*lines, ""])


def _in_words(said: Mapping[str, object]) -> str:
    """`0x000000f1 (NDR,HDR)` of what has a mask, else the values alone."""
    values = said["values"]
    words = ",".join(values) if isinstance(values, list) else str(values)
    return f"{said['mask']} ({words})" if "mask" in said else words


def _as_json(sections: Mapping[str, Mapping[str, object]]) -> str:
    """Indented by tabs, with a blank before each colon and every brace on a line of its own."""
    document = {"result": {"output": sections}, "status": {"code": 0, "message": "success"}}
    text = json.dumps(document, indent="\t", separators=(",", " : "), sort_keys=True)
    opened = re.sub(r'^(\t*)("[^"\n]*") : ([{\[])$', r"\1\2 :\n\1\3", text, flags=re.MULTILINE)
    return f"{opened}\n\n"


TOOLS = {"mlxlink": run}
