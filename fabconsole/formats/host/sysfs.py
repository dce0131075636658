"""The files of `/sys/class/infiniband/*/ports/*`: each one line of text, understood.

Spellings: Linux drivers/infiniband/core/sysfs.c (`state_show`, `rate_show`, `phys_state_to_str`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabconsole.fabric.printable import printable
from fabconsole.formats.infiniband.port_words import logical, physical

_RATE = re.compile(r"([0-9.]{1,12})(?: [A-Z]DR\S*)? Gb/sec(?: \((\d{1,2}X)(?: ?([A-Z0-9]{1,8}))?\))?")
_PCI = re.compile(r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
_DIGITS = b"0123456789\n"


@dataclass(frozen=True, slots=True)
class Rate:
    """`400 Gb/sec (4X NDR)`, taken apart."""

    gbps: float
    width: str | None
    """"1X" to "12X"."""
    generation: str | None


def rate(text: str) -> Rate | None:
    """A `rate` file; None where it says no speed."""
    said = _RATE.match(text)
    if said is None:
        return None
    try:
        gbps = float(said[1])
    except ValueError:
        return None
    return Rate(gbps, said[2], said[3]) if gbps > 0 else None


def logical_state(text: str) -> str | None:
    """A `state` file, `4: ACTIVE`, as IBTA spells it; a word we do not know is passed on as it stands."""
    word = _word(text)
    return printable(logical(word), 32) if word else None


def physical_state(text: str) -> str | None:
    """A `phys_state` file, `5: LinkUp`."""
    word = _word(text)
    return printable(physical(word), 32) if word else None


def lid(text: str) -> int | None:
    """A `lid` or `sm_lid` file, `0x3a4`; 0 and 0xffff mean that none is assigned."""
    try:
        value = int(text, 16) if text.startswith("0x") else int(text)
    except ValueError:
        return None
    return value if 0 < value < 0xFFFF else None


def guid(text: str) -> str | None:
    """A `node_guid` file, `0c42:a103:00b3:1234`, as sixteen hex digits; None for none."""
    digits = text.strip().replace(":", "").lower()
    return digits if len(digits) == 16 and set(digits) <= set("0123456789abcdef") and digits != "0" * 16 else None


def guid_of_gid(text: str) -> str | None:
    """The port GUID: the lower half of `gids/0` on InfiniBand (IBTA 4.1.1)."""
    groups = text.strip().split(":")
    return guid(":".join(groups[4:])) if len(groups) == 8 else None


def pci_address(text: str) -> str | None:
    """The name of the directory that a device's `device` link leads to, where that is a PCI function."""
    return text if _PCI.fullmatch(text) else None


def counters(block: bytes) -> tuple[NDArray[np.uint64], NDArray[np.bool_] | None] | None:
    """Values of counter files, one a line, and which of them the node says it cannot count (None: none).

    `N/A (no PMA)` is such a file's content, and is not 0. None where any line is neither.
    Plain numbers cost about 25 ns each.
    """
    unsupported = None
    if block.translate(None, _DIGITS):
        lines = block.split(b"\n")[:-1]
        unsupported = np.array([line.startswith(b"N/A") for line in lines], dtype=np.bool_)
        block = b"".join(b"0\n" if line.startswith(b"N/A") else line + b"\n" for line in lines)
        if block.translate(None, _DIGITS):
            return None
    if b"\n\n" in block or block.startswith(b"\n") or (block and not block.endswith(b"\n")):
        return None
    return np.fromstring(block, dtype=np.uint64, sep="\n"), unsupported


def _word(text: str) -> str:
    number, colon, word = text.partition(":")
    return word.strip() if colon else number.strip()
