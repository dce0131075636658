"""A port's states, GUIDs and lanes as host tools spell them, in IBTA's words.

Spellings: rdma-core infiniband-diags/ibstat.c and libibverbs/examples/devinfo.c, iproute2 rdma/link.c, Linux
drivers/infiniband/core/sysfs.c.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NUMBERED = re.compile(r"(.{1,64}?) ?\((\d{1,4})\)|\d{1,3}: ?(.{1,64})")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_LOGICAL = {
    "down": "Down",
    "init": "Initialize",
    "initialize": "Initialize",
    "initializing": "Initialize",
    "armed": "Armed",
    "active": "Active",
    "activedefer": "ActiveDefer",
}
_PHYSICAL = {
    "sleep": "Sleep",
    "polling": "Polling",
    "disabled": "Disabled",
    "portconfigurationtraining": "PortConfigurationTraining",
    "portconfigurationtrainning": "PortConfigurationTraining",  # so in devinfo.c
    "armed": "PortConfigurationTraining",  # so in rdma/link.c
    "linkup": "LinkUp",
    "linkerrorrecovery": "LinkErrorRecovery",
    "linkerrorrecover": "LinkErrorRecovery",
    "phytest": "PhyTest",
}
_GUID = re.compile(r"(?:0x)?([0-9a-fA-F]{16})|((?:[0-9a-fA-F]{4}:){3}[0-9a-fA-F]{4})")
_NODE_TYPES = {
    **dict.fromkeys(("ca", "channel adapter"), "ca"),
    **dict.fromkeys(("switch", "sw"), "switch"),
    **dict.fromkeys(("router", "rt"), "router"),
}
_LANE = {
    1: (2.5, "SDR"),
    2: (5.0, "DDR"),
    4: (10.0, "QDR"),
    8: (10.0, "FDR10"),
    16: (14.0, "FDR"),
    32: (25.0, "EDR"),
    64: (50.0, "HDR"),
    128: (100.0, "NDR"),
    256: (200.0, "XDR"),
}
"""`enum ib_port_speed` of the kernel: what a lane carries in Gb/s, and what it is sold as."""


def unnumbered(text: str) -> str:
    """`PORT_ACTIVE (4)`, `4: ACTIVE` and `4096 (5)` without what they are in the register."""
    said = _NUMBERED.fullmatch(text)
    return text if said is None else said[1] or said[3]


def node_type(text: str) -> str:
    """`CA`, `1: CA`, `Channel Adapter`: ca, switch or router; a word we do not know is passed on as it stands."""
    word = unnumbered(text.strip())
    return _NODE_TYPES.get(word.lower(), word)


@lru_cache(maxsize=256)
def logical(text: str) -> str:
    """A port's state as `PortState` has it; a word we do not know is passed on as it stands."""
    word = unnumbered(text.strip())
    return _LOGICAL.get(_letters(word).removeprefix("port"), word)


@lru_cache(maxsize=256)
def physical(text: str) -> str:
    """As `logical`, of the physical state."""
    word = unnumbered(text.strip())
    return _PHYSICAL.get(_letters(word), word)


def is_down(phys_state: str | None) -> bool:
    """Whether a port is down whatever its logical state: it has no link (IBTA 14.2.5.6)."""
    return phys_state in ("Sleep", "Polling", "Disabled", "PortConfigurationTraining")


def guid(text: str) -> str | None:
    """`0x0c42a10300b31234` or `0c42:a103:00b3:1234` as sixteen hex digits; None for anything else, a zero too."""
    said = _GUID.fullmatch(text.strip())
    if said is None:
        return None
    digits = (said[1] or said[2]).replace(":", "").lower()
    return digits if digits.strip("0") else None


def lane(code: int) -> tuple[float, str] | None:
    """What a lane carries in Gb/s, and its generation, by the number of `active_speed`."""
    return _LANE.get(code)


def unassigned(lid: object, link_layer: object) -> bool:
    """Whether an InfiniBand port has no LID yet: no subnet manager has given it one. RoCE has none ever."""
    return lid in (0, 0xFFFF) and link_layer == "InfiniBand"


def _letters(word: str) -> str:
    return _NOT_LETTERS.sub("", word.lower())
