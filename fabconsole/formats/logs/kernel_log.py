"""One message of the kernel's log, less its stamp, as an event: Xid, SXid, mlx5, PCIe errors, lost messages.

Forms: NVIDIA's Xid catalogue, its open kernel modules (nvrm's `Xid (PCI:0000:01:00 GPU-I:05 GPU-CI:00)` of a MIG
instance) and Fabric Manager guide; Linux drivers/net/ethernet/mellanox/mlx5/core (events.c, health.c, cmd.c),
drivers/pci/pcie/aer.c, dpc.c, drivers/pci/hotplug/pciehp_ctrl.c; systemd journald-kmsg.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.fabric.printable import printable
from fabconsole.fabric.xids import Fault, sxid, xid

_INFO, _WARN, _CRIT = Severity.INFO, Severity.WARN, Severity.CRIT

XID_ERE = "S?Xid \\(|fallen off the bus|RmInitAdapter failed"
"""POSIX extended pattern of lines that are never to be lost among others: what GPUs and NVSwitches say."""

_PLACE_AND_CODE = r"Xid \((?:PCI:)?([0-9a-f:.]{4,20})[^)]{0,40}\): (\d{1,6})\b[,:]?\s*(.*)"
_XID = re.compile(rf"NVRM: (?:GPU at )?{_PLACE_AND_CODE}", re.IGNORECASE)
_SXID = re.compile(f"S{_PLACE_AND_CODE}", re.IGNORECASE)
_SXID_CONTINUED = re.compile(r"(Severity \d|Data \{)")
_PROCESS = re.compile(r"pid='?[^,]*'?, name=[^,]*,?\s*")
_LINK = re.compile(r"\blink (\d{1,3})\b", re.IGNORECASE)
_PCI = re.compile(r"\b((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\b", re.IGNORECASE)
_DEVICE = re.compile(r"infiniband ([A-Za-z0-9_.-]{1,32}):")
_SHORT_PCI = re.compile(r"(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})(?:\.([0-7]))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A message we know: how to find it on the node, and what it is."""

    ere: str
    """POSIX extended pattern, which Python reads alike; the node's `grep` looks for it."""
    kind: str
    severity: Severity
    action: str | None = None


_RULES = (
    _Rule("NVRM: .*fallen off the bus", "log", _CRIT, "power-cycle the node, then contact support"),
    _Rule("NVRM: .*RmInitAdapter failed", "log", _CRIT, "reset the GPU or reboot"),
    _Rule("Port module event.*: module [0-9]+, Cable plugged", "mlx5", _INFO),
    _Rule("Port module event.*[Hh]igh [Tt]emperature", "mlx5", _CRIT, "check the module's cooling"),
    _Rule("Port module event.*: module [0-9]+, Cable (unplugged|error|disabled)", "mlx5", _WARN, "check the module"),
    _Rule("Port module event", "mlx5", _WARN),
    _Rule("Detected insufficient power on the PCIe slot", "mlx5", _WARN, "check the slot's power"),
    _Rule("High temperature on sensors", "mlx5", _WARN, "check the HCA's cooling"),
    _Rule("health compromised|reached miss count", "mlx5", _CRIT, "firmware has stopped; reset the HCA or reboot"),
    _Rule("leak of a command resource", "mlx5", _CRIT, "a firmware command hung; reboot"),
    _Rule(
        "mlx5_core.*(unrecoverable hardware error|Fatal error ([0-9]+ )?detected)",
        *("mlx5", _CRIT, "reset the HCA or reboot"),
    ),
    _Rule("mlx5_core.*Health issue observed.*severity\\([0-3]\\)", "mlx5", _CRIT, "reset the HCA or reboot"),
    _Rule("mlx5_core.*Health issue observed", "mlx5", _WARN, "see the firmware's own words beside it"),
    _Rule("mlx5_core.*health recovery (failed|flow aborted)", "mlx5", _CRIT, "power-cycle the node"),
    _Rule("mlx5_core.*health recovery succeeded", "mlx5", _INFO),
    _Rule("mlx5_core.*ACCESS_REG.*failed", "mlx5", _INFO, "its counters may not be read by this function"),
    _Rule("mlx5_core.*available PCIe bandwidth, limited", "mlx5", _WARN, "seat the card, check the slot and riser"),
    _Rule("available PCIe bandwidth, limited by", "log", _WARN, "seat the card, check the slot and riser"),
    _Rule("mlx5_core.*failed to allocate command entry", "mlx5", _WARN),
    _Rule("infiniband [^ ]+: .*failed", "mlx5", _WARN),
    _Rule("mlx5_core.*: Link down", "mlx5", _WARN),
    _Rule("mlx5_core.*: Link up", "mlx5", _INFO),
    _Rule("NETDEV WATCHDOG.*mlx5.*timed out", "mlx5", _WARN),
    _Rule("PCIe Bus Error: severity=Uncorrect[a-z]+ \\(Non-Fatal\\)", "aer", _WARN),
    _Rule("PCIe Bus Error: severity=Uncorrect", "aer", _CRIT),
    _Rule("PCIe Bus Error: severity=Correct", "aer", _INFO),
    # Where the firmware handles PCIe errors first (APEI), it tells no severity here: status and layer stand beside it.
    _Rule("AER: aer_status: 0x", "aer", _WARN, "look at the [Hardware Error] lines beside it"),
    _Rule("AER: .*device recovery failed", "aer", _CRIT),
    _Rule("AER: .*device recovery successful", "aer", _INFO),
    _Rule("DPC: containment event", "aer", _CRIT),
    _Rule("pcieport.*Slot\\([^)]*\\): (Link Down([^/]|$)|Card not present)", "aer", _CRIT),
    _Rule("Missed [0-9]+ kernel messages", "log", _WARN, "the log has a gap; look at the node itself"),
    _Rule("S?Xid \\(", "log", _WARN, "an Xid in a form that is not known: read it"),
)


def _words(ere: str) -> tuple[str, ...]:
    """Of each alternative of a pattern the longest text that must stand in a line for it: quick to look for."""
    flat = _ESCAPED.sub("\n", ere)
    while flat != (flat := _GROUP.sub("\n", flat)):
        pass
    return tuple(max(_MEANS_MORE.split(one), key=len) for one in flat.split("|"))


_ESCAPED = re.compile(r"\\.|\[[^\]]*\][*+?]?")
_GROUP = re.compile(r"\([^()]*\)[*+?]?")
_MEANS_MORE = re.compile(r".[?*]|[.+\n]")
_COMPILED = tuple((word, re.compile(rule.ere), rule) for rule in _RULES for word in _words(rule.ere))

OTHER_ERE = "|".join(rule.ere for rule in _RULES)
"""POSIX extended pattern of every other line that `event` understands."""


def event(message: str, node: str, at: float) -> Event | None:
    """What a message tells, `at` its onset by the node's clock; None where it is none of ours. Never raises."""
    message = message[:4096]
    if "Xid (" in message:
        if said := _XID.search(message):
            return _xid(said, message, node, at)
        if said := _SXID.search(message):
            return _sxid(said, message, node, at)
    for word, pattern, rule in _COMPILED:
        if word in message and pattern.search(message):
            return Event(
                at=at,
                node=node,
                kind=rule.kind,
                severity=rule.severity,
                text=printable(message),
                subject=subject(message),
                action=rule.action,
            )
    return None


def _xid(said: re.Match[str], message: str, node: str, at: float) -> Event:
    detail = _PROCESS.sub("", said[3], count=1)
    fault = xid(int(said[2]), detail)
    link = _LINK.search(detail) if fault.domain == "NVLink" or "NVLink" in detail else None
    return _numbered("xid", fault, said, link, message, node, at)


def _sxid(said: re.Match[str], message: str, node: str, at: float) -> Event | None:
    detail = said[3]
    if _SXID_CONTINUED.match(detail):
        return None  # registers of the line before: the same error, not another
    return _numbered("sxid", sxid(int(said[2]), detail), said, _LINK.search(detail), message, node, at)


def _numbered(
    kind: str, fault: Fault, said: re.Match[str], link: re.Match[str] | None, message: str, node: str, at: float
) -> Event:
    return Event(
        at=at,
        node=node,
        kind=kind,
        severity=fault.severity,
        text=printable(message),
        code=int(said[2]),
        subject=_pci(said[1]),
        link=int(link[1]) if link else None,
        meaning=fault.meaning,
        action=fault.action,
    )


def subject(message: str) -> str | None:
    """What a message is about: an InfiniBand device by its name, else the first PCI address; None for neither."""
    if device := _DEVICE.search(message):
        return device[1]
    address = _PCI.search(message)
    return _pci(address[1]) if address else None


def _pci(text: str) -> str | None:
    """`0000:18:00` or `18:00.0` as sysfs writes it, `0000:18:00.0`; None for what is no PCI address."""
    parts = _SHORT_PCI.fullmatch(text)
    if parts is None:
        return None
    return f"{(parts[1] or '0000')[-8:]}:{parts[2]}:{parts[3]}.{parts[4] or 0}".lower()
