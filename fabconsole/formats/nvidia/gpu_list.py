"""`nvidia-smi -L`: each GPU with its UUID, and under it its MIG devices.

A MIG device's UUID is `MIG-…` since driver 470, `MIG-GPU-…/instance/instance` before.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.nvidia.nvidia_smi import Gpu, heading
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

_MIG = re.compile(r"MIG (\S{1,40})\s+Device\s+(\d{1,3}): \(UUID: (\S{1,100})\)")
_ABRIDGED = re.compile(r"\[?\s?(?:\.{2,}|…)\s?\]?")
_GPU_LIKE = re.compile(r"^GPU|UUID")


def _read(paste: Paste) -> Reading:
    reading, found = Reading(), dict[int, Gpu]()
    gpu: Row | None = None
    for raw in paste.lines:
        line = raw.strip()
        if not line:
            continue
        if named := heading(line, found):
            gpu = Row(id=f"gpu{named.index}", extra={"name": named.name})
            if named.uuid is not None:
                gpu.extra["uuid"] = named.uuid
            reading.rows.append(gpu)
        elif gpu is not None and (mig := _MIG.fullmatch(line)):
            extra = {"profile": mig[1], "uuid": mig[3]}
            reading.rows.append(Row(id=f"{gpu.id}/mig{int(mig[2])}", extra={**extra}))
        elif said := complaint(line):
            reading.events.append(said)
        elif _ABRIDGED.fullmatch(line):
            reading.facts["abridged"] = True
        elif not typed(line):
            reading.unparsed.append(line)
            gpu = None if _GPU_LIKE.search(line) else gpu
    if reading.rows:
        reading.facts["gpus"] = sum("/" not in row.id for row in reading.rows)
    if migs := sum("/" in row.id for row in reading.rows):
        reading.facts["mig_devices"] = migs
    return reading


FORMAT = Format(
    name="nvidia-smi-list",
    family="nvidia",
    commands=("nvidia-smi -L", "nvidia-smi --list-gpus"),
    versions="drivers 352 to 610",
    yields="GPUs and MIG devices with name, profile and UUID",
    signs={
        r"^[ \t]{0,40}GPU \d{1,3}: .{1,80}\(UUID: GPU-": 40,
        r"^[ \t]{0,40}MIG \S{1,40}\s{1,12}Device\s{1,8}\d{1,3}: \(UUID: MIG-": 100,
    },
    read=_read,
)
