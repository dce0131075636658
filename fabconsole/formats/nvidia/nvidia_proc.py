"""The NVIDIA driver's own files, `/proc/driver/nvidia/gpus/0000:18:00.0/information`: which GPU has which PCI address.

Form: NVIDIA's open kernel modules, kernel-open/nvidia/nv-procfs.c. A folder is named as the file's `Bus Location`
and as an Xid spell the address; `GPU UUID` is question marks while the GPU is not initialised, or is left out.
"""

from __future__ import annotations

import re

FOLDER = "/proc/driver/nvidia/gpus"
"""One folder a GPU; not there without the driver, nor in a container that was given none of it."""

UUID_BRE = "^GPU UUID:"
"""POSIX basic pattern of the line that names the GPU."""

_ADDRESS = r"[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]"
_LINE = re.compile(rf"({_ADDRESS})/information:GPU UUID:\s*(\S{{1,80}})\s*", re.IGNORECASE)


def addresses(text: str) -> dict[str, str]:
    """UUID to PCI address, `0000:18:00.0`, in what `grep -H` finds by `UUID_BRE` in all files; other lines are none."""
    lines = (_LINE.fullmatch(line) for line in text.splitlines())
    return {said[2]: said[1].lower() for said in lines if said}
