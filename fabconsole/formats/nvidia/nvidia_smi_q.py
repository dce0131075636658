"""`nvidia-smi -q`, whole or by sections (`-d ECC,FABRIC`): the full report on each GPU as text.

Names and values stand in two columns, sections by their indentation, four blanks a level: nvidia-smi(1). A name that
has a value may have more beside it, set in deeper (`HW Slowdown`, `Process ID`): they belong to the same section.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from fabconsole.formats.format import Format
from fabconsole.formats.nvidia import gpu_report
from fabconsole.formats.nvidia.complaints import complaint
from fabconsole.formats.nvidia.gpu_report import DEEPEST, LISTS, Report, Tree
from fabconsole.formats.nvidia.pci import address as pci_address
from fabconsole.formats.nvidia.report_names import of_text
from fabconsole.formats.nvidia.report_outline import ONCE, kept
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.strangers import alone

_GPU = re.compile(r"GPU ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]):?")
_TITLE = re.compile(r"=+ ?NVSMI LOG ?=+")
_NOTE = re.compile(r"(.{0,200}?) \[(Deprecated[^\]]{0,200})\]")
_BEGINS_RUN = frozenset({"timestamp", "driver_version", "kmd_version", "attached_gpus"})
_PRINTED = re.compile(r"[A-Za-z][^:]{0,78}")


@dataclass(slots=True)
class _Section:
    """One that is open."""

    left: int
    """Where its head begins: what is of it begins further right."""
    name: str
    tree: Tree
    several: list[Tree] | None = None
    """Where its next element goes, where there may be several."""


class _Text:
    """The reports as far as they have been read."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.unparsed: list[str] = []
        self._gpu: Tree | None = None
        self._headed = False
        """Whether the line that heads the GPU was there."""
        self._left = 0
        """Where that line begins."""
        self._set_in = False
        """Whether a line of the GPU began further right: else the indentation was lost."""
        self._open: list[_Section] = []

    def line(self, line: str) -> None:
        body = line.lstrip(" ")
        left = len(line) - len(body)
        body = body.rstrip()
        if (self._gpu is None or left <= self._left) and self._outside(body, left):
            return
        if left <= self._left:
            if not self._flat(body):
                self.unparsed.append(line)
            return
        name, value, kind = _said(self._section(left).name, body)
        if kind is _Kind.STRANGE or len(self._open) > DEEPEST:
            self.unparsed.append(line)
            return
        if self._gpu is None:
            self._begin(None)
        self._set_in = True
        self._within(left, name, value, kind)

    def _flat(self, body: str) -> bool:
        """Take a line whose indentation was lost, by what is known of the report; whether it could be."""
        if self._gpu is None or self._set_in:
            return False
        opened = [section.name for section in self._open]
        name, value, kind = _said(opened[-1] if opened else "", body)
        stay = None if kind is _Kind.STRANGE else kept(opened, name, head=kind is _Kind.HEAD)
        if stay is None:
            return False
        del self._open[stay:]
        if stay < len(opened):
            name, value, kind = _said(opened[stay - 1] if stay else "", body)
        self._within(1 + stay, name, value, kind)
        return True

    def _outside(self, body: str, left: int) -> bool:
        """Whether a line stood before or between the GPUs'; it is kept then."""
        if head := _GPU.fullmatch(body):
            self._begin(pci_address(head[1]))
            self._left = left
        elif _TITLE.fullmatch(body):
            self._run()
        elif (said := complaint(body)) is not None:
            self._report().complain(said)
        elif left <= self._left and " :" in body and _PRINTED.match(body):
            if self._gpu is not None and not self._set_in and of_text(body.partition(" :")[0].rstrip()) not in ONCE:
                return False
            self._fact(body)
        else:
            return body == "--"  # stands between what `grep -A` found
        return True

    def _fact(self, body: str) -> None:
        printed, _, text = body.partition(" :")
        name, text = of_text(printed.rstrip()), text.strip()
        if name in _BEGINS_RUN and (self._gpu is not None or name in self._report().facts):
            self._run()
        facts = self._report().facts
        if note := _NOTE.fullmatch(text):
            text = note[1]
            gpu_report.put(facts, f"{name}_note", note[2])
        gpu_report.put(facts, *gpu_report.said("", name, text))

    def _within(self, left: int, name: str, value: Any, kind: _Kind) -> None:
        section = self._section(left)
        if not self._open:
            if name in section.tree and name not in LISTS and not (self._headed and section.tree[name] == value):
                self._begin(None)  # all of it begins anew: the line that heads the next GPU is missing
                section = self._section(left)
        elif section.several is not None and name in section.tree and not name.startswith("graphics"):
            section.tree = {}
            section.several.append(section.tree)
        if kind is _Kind.HEAD:
            tree = gpu_report.branch(section.tree, name)
            self._open.append(_Section(left, name, tree, section.tree[name] if name in LISTS else None))
        elif name in LISTS:
            section.tree[name] = [] if value == "None" else value
        elif section.name == "supported_clocks" and name.startswith("graphics"):
            section.tree.setdefault(name, []).append(value)
        else:
            gpu_report.put(section.tree, name, value)

    def _section(self, left: int) -> _Section:
        """The section that a line which begins at `left` is of."""
        while self._open and self._open[-1].left >= left:
            self._open.pop()
        return self._open[-1] if self._open else _Section(-1, "", self._gpu if self._gpu is not None else {})

    def _begin(self, address: str | None) -> None:
        self._gpu, self._open, self._headed, self._set_in = {}, [], address is not None, False
        self._report().gpus.append((address, self._gpu))

    def _run(self) -> None:
        if not self.reports or self.reports[-1] != Report():
            self.reports.append(Report())
        self._gpu, self._open, self._headed, self._left = None, [], False, 0

    def _report(self) -> Report:
        if not self.reports:
            self.reports.append(Report())
        return self.reports[-1]


class _Kind(Enum):
    """What a line within a GPU's part is."""

    VALUE = 1
    HEAD = 2
    STRANGE = 3


_STRANGE = ("", None, _Kind.STRANGE)


@lru_cache(maxsize=16384)
def _said(section: str, body: str) -> tuple[str, Any, _Kind]:
    """Name and value of a line of `section`."""
    printed, colon, text = body.partition(":")
    if not _PRINTED.fullmatch(printed.rstrip()) or (text and text[0] != " "):
        return _STRANGE
    name = of_text(printed.rstrip())
    if not colon:
        return name, None, _Kind.HEAD
    key, value = gpu_report.said(section, name, text.strip())
    return key, value, _Kind.VALUE


def _reading(paste: Paste) -> Reading:
    text = _Text()
    for line in paste.lines:
        if line and not line.isspace():
            text.line(line.expandtabs() if "\t" in line else line)
    return gpu_report.reading(text.reports, text.unparsed, paste.commands)


FORMAT = Format(
    name="nvidia-smi-q",
    family="nvidia",
    commands=("nvidia-smi -q", "nvidia-smi -q -d ECC", "nvidia-smi --query"),
    versions="drivers 510 to 610",
    yields="GPUs: identity, PCIe, ECC, remapped rows, fabric, temperatures, power, clocks, processes",
    signs={
        r"^[ \t]*=+ ?NVSMI LOG ?=+": 100,
        r"^[ \t]*GPU [0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f][ \t]*$": 60,
        r"^[ \t]*Attached GPUs {1,60}: \d": 40,
        r"^ {4,24}(?:Fabric|ECC Errors|Remapped Rows|Retired Pages|GPU Link Info|MIG Mode|ECC Mode)[ \t]*$": 30,
        r"^[ \t]*(?:GPU Recovery Action|Remapping Failure Occurred|GPU Fabric GUID|SRAM Threshold Exceeded) +: ": 150,
        r"^ {4,24}(?:CliqueId|ClusterUUID|Replays Since Reset|GPU UUID|Product Name|GPU Current Temp) {1,60}: ": 30,
    },
    read=alone(_reading),
)
