"""What the driver's Xid and SXid numbers mean, how bad each is, and what the vendor says to do.

Numbers, meanings and actions are NVIDIA's Xid catalogue (docs.nvidia.com/deploy/xid-errors) and, for SXid, the
Fabric Manager user guide's tables. A number that is not here is UNKNOWN to us, which is never taken for harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fabconsole.fabric.health import Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the vendor's catalogue."""

    meaning: str
    action: str
    """What the vendor says to do, in its own words made readable."""
    severity: Severity
    domain: str
    """Failure domain: application, GPU, GPU memory, GPU firmware, NVLink, NVSwitch, PCIe, board, superchip, driver."""


_INFO, _WARN, _CRIT = Severity.INFO, Severity.WARN, Severity.CRIT
_NVLINK5 = "follow the NVLink 5 workflow: decode unit, link and status; check the peer and the cable"
_RESTART, _RESET, _CONTACT = "restart the application", "reset the GPU", "contact support"

_XIDS: Mapping[int, Fault] = {
    13: Fault("graphics engine exception", _RESTART, _INFO, "application"),
    31: Fault("MMU page fault", _RESTART, _INFO, "application"),
    32: Fault("invalid push buffer", _RESTART, _INFO, "application"),
    43: Fault("application stopped by a reset of its channel", "none", _INFO, "application"),
    45: Fault("preemptive clean-up", "look at the Xid before it", _INFO, "application"),
    46: Fault("GPU engine timeout", _RESET, _CRIT, "GPU"),
    48: Fault("double-bit ECC error", "drain and reset the GPU; see 63, 64, 94, 95 beside it", _CRIT, "GPU memory"),
    54: Fault("auxiliary power is not connected", "check the mechanicals", _CRIT, "board"),
    61: Fault("micro-controller breakpoint", _CONTACT, _CRIT, "GPU"),
    62: Fault("micro-controller halt", _RESET, _CRIT, "GPU"),
    63: Fault("row remapping recorded", "reset the GPU when idle to apply it", _WARN, "GPU memory"),
    64: Fault("row remapping failed", "reset the GPU; replace it when remaps are used up", _CRIT, "GPU memory"),
    74: Fault("NVLink error", "decode registers and link; see whether the peer has one too", _CRIT, "NVLink"),
    78: Fault("vGPU start error", "update the software", _WARN, "driver"),
    79: Fault("GPU has fallen off the bus", "power-cycle the node, then contact support", _CRIT, "PCIe"),
    80: Fault("corrupted data sent to the GPU", _RESTART, _WARN, "PCIe"),
    92: Fault("high single-bit ECC error rate", "none; contact support if it goes on", _WARN, "GPU memory"),
    94: Fault("contained ECC error", "restart the application; reset the GPU when idle", _WARN, "GPU memory"),
    95: Fault("uncontained ECC error", "stop the jobs and reset the GPU at once", _CRIT, "GPU memory"),
    109: Fault("context switch timeout", _RESET, _CRIT, "GPU"),
    110: Fault("security fault", _RESET, _CRIT, "GPU"),
    119: Fault("GSP RPC timeout", "reset the GPU, else reboot", _CRIT, "GPU firmware"),
    120: Fault("GSP error", "reset the GPU, else reboot", _CRIT, "GPU firmware"),
    121: Fault("C2C link corrected error", "none; contact support if it goes on", _WARN, "superchip"),
    136: Fault("NVLink training failed", "reset the GPU; investigate the link's signal", _CRIT, "NVLink"),
    137: Fault("NVLink remote access fault", "usually an application's fault", _WARN, "application"),
    140: Fault("unrecovered ECC error", _RESET, _CRIT, "GPU memory"),
    143: Fault("GPU initialisation error", _RESET, _CRIT, "GPU"),
    144: Fault("NVLink SAW error", _NVLINK5, _WARN, "NVLink"),
    145: Fault("NVLink RLW error", _NVLINK5, _WARN, "NVLink"),
    146: Fault("NVLink TLW error", _NVLINK5, _WARN, "NVLink"),
    147: Fault("NVLink TREX error", _NVLINK5, _WARN, "NVLink"),
    148: Fault("NVLink NVLPW_CTRL error", _NVLINK5, _WARN, "NVLink"),
    149: Fault("NVLink NETIR error", _NVLINK5, _WARN, "NVLink"),
    150: Fault("NVLink MSE error", _NVLINK5, _WARN, "NVLink"),
    151: Fault("key rotation error", "restart the VM", _WARN, "driver"),
    154: Fault("GPU recovery action changed", "do what the message says", _CRIT, "GPU"),
    155: Fault("NVLink software-defined error", _RESET, _CRIT, "NVLink"),
    156: Fault("resource retirement", _RESET, _CRIT, "GPU"),
    158: Fault("GPU fatal timeout", _RESET, _CRIT, "GPU"),
    167: Fault("PCIe fatal timeout", "reset the GPU or reboot", _CRIT, "PCIe"),
    171: Fault("ECC error in DRAM, qualifies 48", "as for 48", _CRIT, "GPU memory"),
    172: Fault("ECC error in SRAM, qualifies 48", "as for 48", _CRIT, "GPU memory"),
    173: Fault("C2C fatal link error", "reset the GPU; contact support", _CRIT, "superchip"),
    **{code: Fault("SPI or inforom failure", _CONTACT, _WARN, "board") for code in range(122, 126)},
    **{
        code: Fault("support case", "contact support if it goes on", _WARN, "GPU")
        for code in (157, *range(160, 167), *range(168, 171), 175, 176, 185)
    },
}

_UNKNOWN_XID = Fault("not in our catalogue", "look it up in NVIDIA's Xid catalogue", _WARN, "GPU")

_RESET_ALL = "reset every GPU and NVSwitch of the domain"
_PARTITION = Fault("NVSwitch partition error", "restart the VM or reset the fabric", _CRIT, "NVSwitch")
_HOST = Fault("NVSwitch fatal error", "reset the whole NVSwitch domain's host", _CRIT, "NVSwitch")
_SWITCH_WATCH = Fault("NVSwitch non-fatal error", "watch; look for Xid 74 beside it", _WARN, "NVSwitch")
_UNKNOWN_SXID = Fault("not in our catalogue", "look it up in NVIDIA's Fabric Manager guide", _WARN, "NVSwitch")


def _all(codes: Iterable[int], fault: Fault) -> dict[int, Fault]:
    return dict.fromkeys(codes, fault)


_SXIDS: Mapping[int, Fault] = {
    **_all((11004, 11012, 11021, 11022, 11023, 12021, 12023, 15008, 15011, 19049, 22013), _SWITCH_WATCH),
    20001: Fault("NVLink transmit replay", "watch; look for Xid 74 beside it", _WARN, "NVLink"),
    20009: Fault("NVLink receive short error rate", "watch; look for Xid 74 beside it", _WARN, "NVLink"),
    20012: Fault("NVLink broken connection", "check the mechanicals", _WARN, "NVLink"),
    12028: Fault("NVSwitch egress non-posted PRIV error", "restart the job", _WARN, "NVSwitch"),
    19084: Fault("NVSwitch AN1 heartbeat timeout", _RESET_ALL, _CRIT, "NVSwitch"),
    **_all((11001, 11009, 11013, *range(11018, 11021), 12001, 12002, 12022, *range(12024, 12028)), _PARTITION),
    **_all((12030, 12031, 12032, 14017, 15001, 15006, *range(15009, 15011), 15012, 15013, 22012), _PARTITION),
    **_all((code for code in range(19047, 19071) if code != 19049), _PARTITION),
    **_all(range(24004, 24008), _PARTITION),
    20034: Fault("NVLink LTSSM fault up", "restart the VM or reset the fabric", _CRIT, "NVLink"),
    10003: _HOST,
    **_all((10004, 10005), Fault("NVSwitch thermal event", "check the cooling", _CRIT, "NVSwitch")),
    **_all((12020, 22003, 22011, *range(23001, 23018)), _HOST),
}

_MNEMONIC = re.compile(r"[A-Z][A-Z0-9]{1,15}_[A-Z0-9_]{1,40}\b")
_NVLINK5_ACTIONS = {
    "NETIR_LINK_DOWN": "reset the GPU; check the peer and the cable",
    "NETIR_LINK_EVT": "reset the GPU; check the peer and the cable",
    "NETIR_BER_EVENT": "watch the link's bit errors",
    "MSE_WATCHDOG": _RESET,
}
"""By the word that names the unit and what befell it, or how that word begins."""

_FATAL = re.compile(r"\b(non-?fatal|fatal)\b", re.IGNORECASE)
_RECOVERY = re.compile(r"changed from \S+ \([^)]*\) to (0x[0-9a-f]+|\d+) \(([^)]*)\)", re.IGNORECASE)


def xid(code: int, detail: str = "") -> Fault:
    """What Xid `code` means, given the rest of its line.

    144 to 150 say themselves what befell (`NETIR_LINK_EVT`) and whether that is Fatal or Nonfatal; 154 names its own
    action (`GPU Reset Required`).
    """
    fault = _XIDS.get(code, _UNKNOWN_XID)
    if code == 154:
        return _recovery(fault, detail)
    if 144 <= code <= 150:
        return _nvlink5(fault, detail)
    return fault


def sxid(code: int, detail: str = "") -> Fault:
    """What SXid `code` means, given the rest of its line, whose own Fatal makes any of them critical."""
    fault = _SXIDS.get(code, _UNKNOWN_SXID)
    return fault if fault.severity is _CRIT else _said(fault, detail)


def _nvlink5(fault: Fault, detail: str) -> Fault:
    word = _MNEMONIC.match(detail)
    if word is None:
        return _said(fault, detail)
    action = next((does for begin, does in _NVLINK5_ACTIONS.items() if word[0].startswith(begin)), fault.action)
    return _said(replace(fault, meaning=f"NVLink {word[0]}", action=action), detail)


def _said(fault: Fault, detail: str) -> Fault:
    word = _FATAL.search(detail)
    if word is None:
        return fault
    return replace(fault, severity=_WARN if word[1].lower().startswith("non") else _CRIT)


def _recovery(fault: Fault, detail: str) -> Fault:
    said = _RECOVERY.search(detail)
    if said is None:
        return fault
    number, words = int(said[1], 0), said[2].strip()
    severity = {0: _INFO, 3: _WARN}.get(number, _CRIT)
    action = " ".join(word if word.isupper() else word.lower() for word in words.split()) or "none"
    return replace(fault, meaning=f"GPU recovery: {action}", severity=severity, action=action)
