"""What the fabric manager of an NVL72 says of a place in the rack: a port, switch, GPU, compute node or partition.

Forms, one line each: `Trunk port failure detected for switch GUID 0x… and switch chassis sn 1, slot 2 port number 3 …`,
`fabric manager received port down event on switch with GUID 0x…, port GUID 0x…, and port num 3`, `Lost connection to
GPU on nodeId 7, …`, `GPU Health for chassisId 1, slotNumber 4, hostId 1, gpuId 3 is set to UNHEALTHY`. Some of them it
says at level INFO though a link or a GPU is gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Said
from fabconsole.formats.values import integer, snake

_FIELD = re.compile(
    r"\b(chassisId|slotNumber|hostId|gpuId|nodeId|switchId|systemGuid|gpuGUID|switchGUID|partition Id|port LID"
    r"|GPU state|port num(?:ber)?|(?:port|node|switch)(?: with)? GUID|chassis sn|slot|cage|moduleId|team limit)"
    r" (\w{1,40})",
    re.IGNORECASE,
)
_HEALTH = re.compile(r"\b(GPU|Compute Node|Switch) Health for .{4,160}? is (?:set to )?([A-Za-z_]{4,24})")
_EVENT = re.compile(
    r"(trunk port failure) detected|(trunk link failure) event|(port down|port up) event on"
    r"|(lost connection to (?:GPU|switch|compute node))|(port loss) on switch|went into an? (unexpected error state)"
    r"|(multicast team limit)|(failed to get switch info)",
    re.IGNORECASE,
)
_NAMES = {
    "port_number": "port_num",
    "switch_with_guid": "switch_guid",
    "node_guid": "switch_guid",
    "chassis_sn": "chassis_serial",
    "slot": "slot_number",
}
_TEXTS = frozenset({"chassis_serial", "gpu_state"})


@dataclass(frozen=True, slots=True)
class Place:
    """What befell what."""

    severity: Severity
    fields: dict[str, Said]
    """`what` and the numbers by which the place is called."""
    subject: str | None = None
    """A switch's port as `b0cf0e0300d1aa40/73`, else a GUID as printed."""
    port: int | None = None


def place(message: str) -> Place | None:
    """Understand a message; None where it tells of no place, or that all is well there. Never raises."""
    if health := _HEALTH.search(message):
        well = health[2].upper() == "HEALTHY"
        what = f"{health[1]} health {health[2]}"
        return None if well else _place(what, message, _CRIT if health[2].upper() == "UNHEALTHY" else _WARN)
    said = _EVENT.search(message)
    if said is None:
        return None
    what = next(group for group in said.groups() if group).lower()
    return _place(what, message, Severity.INFO if what == "port up" else _CRIT if "lost" in what else _WARN)


_WARN, _CRIT = Severity.WARN, Severity.CRIT


def _place(what: str, message: str, severity: Severity) -> Place:
    fields: dict[str, Said] = {"what": what}
    for name, value in _FIELD.findall(message):
        key = snake(name)
        key = _NAMES.get(key, key)
        number = integer(value) if value.isdigit() and key not in _TEXTS else None
        fields.setdefault(key, value if number is None else number)
    port = fields.get("port_num")
    switch = fields.get("switch_guid")
    guid = switch or fields.get("gpu_guid") or fields.get("system_guid")
    subject = guid if isinstance(guid, str) else None
    if isinstance(switch, str) and isinstance(port, int):
        subject = f"{switch.lower().removeprefix('0x').zfill(16)}/{port}"
    return Place(severity, fields, subject, port if isinstance(port, int) else None)
