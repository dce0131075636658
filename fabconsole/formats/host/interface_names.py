"""Which network interface an answer is about, where the answer itself does not say: the command, or a line above it."""

from __future__ import annotations

import re

_COMMAND = re.compile(r"\bethtool((?:\s+-{1,2}[\w-]{1,24})*)\s+([\w@][\w.:@/-]{0,31})")
_HEADING = re.compile(
    r"[\s=#*>-]{0,16}(?:interface|port|device|nic|dev)?[\s:=]{0,3}"
    r"((?:eth|en[opsxPb]|ib[ps]?|swp|bond|roce[po]|rdma|Ethernet|hsn|p\d{1,3}p|em|vlan|br|team|lan|gpu|net)[\w.@-]{0,15}|"
    r"lo|mgmt|oob)[\s:=#*<-]{0,16}",
    re.IGNORECASE,
)


def asked(command: str) -> str | None:
    """The interface that an `ethtool` command asks about."""
    said = _COMMAND.search(command)
    return said[2] if said else None


def heading(line: str) -> str | None:
    """The interface whose name alone stands on a line, as somebody's loop prints it: `=== eth0 ===`, `eth0:`."""
    said = _HEADING.fullmatch(line) if len(line) < 64 and ": " not in line else None
    return said[1] if said else None


def nameless(nth: int) -> str:
    """What the `nth` of those without a name is called, counted from 0."""
    return "interface" if not nth else f"interface {nth + 1}"
