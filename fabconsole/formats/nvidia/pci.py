"""PCI addresses as the console spells them: NVIDIA's tools print `00000000:D5:00.0`, the kernel `0000:d5:00.0`."""

from __future__ import annotations

import re
from functools import lru_cache

ADDRESS = r"(?:[0-9A-Fa-f]{4,8}:)?[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]"
"""Pattern of one, its domain of four or eight digits, or left out as the oldest drivers do."""

_ADDRESS = re.compile(r"(?:([0-9A-Fa-f]{4,8}):)?([0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7])")


@lru_cache(maxsize=1024)
def address(text: str) -> str | None:
    """`0000:d5:00.0` for every spelling; a domain beyond four digits keeps all of them. None: no address."""
    said = _ADDRESS.fullmatch(text.strip())
    if said is None:
        return None
    domain = int(said[1] or "0", 16)
    return f"{domain:04x}:{said[2].lower()}" if domain < 1 << 16 else f"{domain:08x}:{said[2].lower()}"
