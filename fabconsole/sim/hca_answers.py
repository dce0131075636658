"""What a shell answers to the functions of `platforms.hca_text`, byte for byte, from the simulated state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from fabconsole.platforms import hca_text
from fabconsole.sim import files
from fabconsole.sim.act import Act
from fabconsole.sim.machine import Machine
from fabconsole.sim.wiring import Hca

_LOOP = re.compile(r"for d in ([^;]*); do \(cd \$d/ports && exec grep -h '' ([^)]*)\); echo \"@\$d \$\?\"; done; ")

_READ_S = (0.002, 0.006)
"""What reading a few hundred files of sysfs takes."""

_FAILED = 2
"""`cd` into, or `grep` of, what is not there."""


def listing(machine: Machine, words: list[str]) -> Act:
    """``fc_hl``."""
    yield machine.takes(*_READ_S)
    hcas = machine.hcas
    names = " ".join(hca.name for hca in hcas) or "*"
    yield "\n".join([names, *(_listed(machine, hca) for hca in hcas), ""]).encode()
    return 0


def values(machine: Machine, words: list[str], definition: str) -> Act:
    """``fc_hv``, as the line `definition` defines it."""
    yield machine.takes(*_READ_S)
    numbers = {hca.name: number for number, hca in enumerate(machine.hcas)}
    read = files.polled(machine)
    lines = [" ".join(numbers) or "*"]
    for names, pick, missing in _loops(definition):
        for name in names:
            if name in numbers:
                lines += pick(read[numbers[name]])
            lines.append(f"@{name} {_FAILED if missing or name not in numbers else 0}")
    lines.append("")
    yield "\n".join(lines).encode()
    return 0


def _listed(machine: Machine, hca: Hca) -> str:
    said = files.standing(machine, hca)
    once = ("node_guid", "fw_ver", "board_id", "ports/1/link_layer", "ports/1/gids/0")
    return "\n".join(
        (
            f"@{hca.name}",
            f"device={hca.pci}",
            *(f"{path}={said[path]}" for path in once),
            "ports/1",
            *(f"ports/{path}" for path in _LISTED),
        )
    )


_LISTED = (
    *(f"1/{name}" for name in hca_text.STATE_FILES),
    *(path for path in files.POLLED if "counters/" in path),
)


class _Pick:
    """Takes the values of some files out of all."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._at = [files.POLLED.index(path) for path in wanted if path in files.POLLED]
        self._get = itemgetter(*self._at) if len(self._at) > 1 else None

    def __call__(self, read: tuple[str, ...]) -> Sequence[str]:
        if self._get is not None:
            picked: Sequence[str] = self._get(read)
            return picked
        return [read[at] for at in self._at]


@lru_cache(maxsize=256)
def _loops(definition: str) -> tuple[tuple[tuple[str, ...], _Pick, bool], ...]:
    """(devices, how to take their files, whether one is missing) of each loop."""
    found = []
    for names, wanted in _LOOP.findall(definition):
        paths = wanted.split()
        found.append((tuple(names.split()), _Pick(paths), any(path not in files.POLLED for path in paths)))
    return tuple(found)
