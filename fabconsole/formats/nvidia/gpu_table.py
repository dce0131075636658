"""`nvidia-smi` without an option: the table of GPUs, that of MIG devices, and that of processes.

A GPU has two lines, and since MIG (driver 450) three; each line is known by its own shape, so that a filtered table is
read too. Seen from drivers 352 to 610, on Linux and Windows.
"""

from __future__ import annotations

import re

from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.logs.stamps import iso
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.nvidia.gpu_values import ECC, amount, count, tell
from fabconsole.formats.nvidia.pci import ADDRESS, address
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said

_VERSIONS = re.compile(r"([A-Z][A-Za-z]{1,10}(?: [A-Z]{2,5})?) Version: ?(\S{1,24})")
_VERSION = re.compile(r"(NVIDIA-SMI|NVML|DRIVER|KMD|CUDA|CUDA UMD|CUDA KMD) version\s*: (\S{1,24})", re.IGNORECASE)
"""`nvidia-smi --version`."""

_NAMED = {
    **dict.fromkeys(("Driver", "DRIVER", "KMD"), "driver_version"),
    **dict.fromkeys(("CUDA", "CUDA UMD"), "cuda_version"),
}
_STAMP = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}")
_RULE = re.compile(r"[+|][-=+|\s]{3,300}")
_GPU = re.compile(r"(\d{1,3})\s+(\S.{0,60}?)\s+(\S{2,8})")
_PLACE = re.compile(rf"({ADDRESS}|N/A)\s+(\S{{2,8}})")
_LOADS = re.compile(r"(\S{1,8})\s+(\S{1,8})\s+(\S{1,6})\s+(\S{1,12}|Unknown Error) ?\s*/\s*(\S{1,12}|Unknown Error)")
_MEMORY = re.compile(r"(\d{1,9}MiB|N/A|ERR!|\[N/A\])\s*/\s*(\d{1,9}MiB|N/A|ERR!|\[N/A\])")
_BUSY = re.compile(r"(\d{1,3}%|N/A|ERR!|\[N/A\])\s+(\S.{0,20})")
_MIG = re.compile(r"(\d{1,3})\s+(\d{1,3}|N/A)\s+(\d{1,3}|N/A)\s+(\d{1,3})")
_PROCESS = re.compile(
    r"(\d{1,3})(?:\s+(\d{1,3}|N/A)\s+(\d{1,3}|N/A))?\s+(\d{1,10})\s+([CGM](?:\+[CGM])?)\s+(\S.{0,300})"
)
_USED = re.compile(r"(?:^|\s)(\d{1,9}MiB|N/A|\[N/A\]|ERR!|\[?Insufficient Permissions\]?)$")
_UNTOLD = re.compile(r"(\d{1,3})\s+(Not Supported|N/A)", re.IGNORECASE)
_HEAD = re.compile(
    r"Bus-Id|Persistence-M|Driver-Model|Pwr:|Compute M\.|MIG M\.|MIG devices|MIG\s+\||\bCI\s+MIG|ID\s+Dev|BAR1-Usage|"
    r"ECC\s*\||Processes:|Process name|ID\s+ID\s+Usage|No running|No MIG devices|GPU Memory|Memory-Usage"
)
_ABRIDGED = re.compile(r"\|?\s*\[?\s?(?:\.{2,}|…)\s?(?:snip\s?\.*)?\]?\s*\|?")
_ENGINES = ("ce", "enc", "dec", "ofa", "jpg")
_MODELS = frozenset(("TCC", "WDDM", "MCDM", "WDM"))


class _Table:
    """The table, line by line: what a line without its name belongs to is known only from the one before."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._gpu: Row | None = None
        self._next = 0
        """Which of its lines the GPU waits for; 0: none."""
        self._named = False
        """A line that names a GPU came: one without is read by itself only where none did."""
        self._mig: Row | None = None
        self._processes: list[Said] = []

    def line(self, line: str) -> None:
        """Take one in."""
        if line[0] in "+|" and _RULE.fullmatch(line):
            self._gpu, self._mig, self._next = (self._gpu, None, self._next) if "=" in line else (None, None, 0)
        elif "|" in line and self._cells([cell.strip() for cell in line.strip("|").split("|")], line):
            pass
        elif line.startswith("NVIDIA-SMI ") and "Version:" in line:
            self._head(line)
        elif _STAMP.fullmatch(line):
            self.reading.facts |= {"timestamp": line, "at": iso(line)}
        elif said := complaint(line):
            self.reading.events.append(said)
        elif _ABRIDGED.fullmatch(line):
            self.reading.facts["abridged"] = True
        elif version := _VERSION.fullmatch(line):
            name, told = version[1].upper(), version[2]
            key = _NAMED.get(name, values.snake(version[1].replace("-", " ")))
            self.reading.facts[key] = None if values.is_nothing(told) else told
        elif not typed(line) and ("|" not in line or not _HEAD.search(line)):
            self.reading.unparsed.append(line)

    def _cells(self, cells: list[str], line: str) -> bool:
        if "NVIDIA-SMI" in cells[0]:
            return self._head(cells[0])
        if len(cells) == 3:
            return self._first(*cells) or self._second(*cells) or self._third(*cells)
        if len(cells) == 4:
            return self._instance(*cells) or self._bar1(*cells)
        return self._process(line.strip("|").strip())

    def _head(self, cell: str) -> bool:
        self.reading.facts["nvidia_smi"] = cell.split("NVIDIA-SMI", 1)[1].split()[0] if cell.split()[1:] else None
        for name, version in _VERSIONS.findall(cell):
            self.reading.facts[_NAMED.get(name, values.snake(name))] = None if values.is_nothing(version) else version
        return True

    def _first(self, named: str, placed: str, ecc: str) -> bool:
        gpu, place = _GPU.fullmatch(named), _PLACE.fullmatch(placed)
        if gpu is None or place is None:
            return False
        row = self._gpu = Row(id=f"gpu{int(gpu[1])}", extra={"name": gpu[2]})
        self._next, self._named = 2, True
        self.reading.rows.append(row)
        if values.is_nothing(gpu[2]):
            tell(row, "name", None, gpu[2])
        key = "driver_model" if gpu[3] in _MODELS else "persistence"
        tell(row, key, None if values.is_nothing(gpu[3]) else gpu[3], gpu[3])
        tell(row, "bus_id", address(place[1]), place[1])
        tell(row, "display_active", None if values.is_nothing(place[2]) else place[2], place[2])
        _ecc(row, ecc)
        return True

    def _second(self, loads: str, memory: str, busy: str) -> bool:
        load, used, mode = _LOADS.fullmatch(loads), _MEMORY.fullmatch(memory), _BUSY.fullmatch(busy)
        if load is None:
            return False
        if self._gpu is None and not self._named and used is not None:  # first lines were filtered out
            self._gpu, self._next = Row(id=f"row{len(self.reading.rows) + 1}"), 2
            self.reading.rows.append(self._gpu)
        if self._gpu is None or self._next != 2:
            return False
        row, self._next = self._gpu, 3
        if not self._named:
            self._gpu, self._next = None, 0
        for key, value in (("fan_speed_percent", load[1]), ("temperature_c", load[2])):
            tell(row, key, amount(value)[0], value)
        tell(row, "performance_state", None if values.is_nothing(load[3]) else load[3], load[3])
        for key, value in (("power_w", load[4]), ("power_limit_w", load[5])):
            tell(row, key, amount(value)[0], value)
        for key, value in (("memory_used_mib", used[1]), ("memory_total_mib", used[2])) if used else ():
            tell(row, key, amount(value)[0], value)
        if used is None:
            row.extra["memory"] = memory
        if mode is not None:
            tell(row, "utilization_percent", amount(mode[1])[0], mode[1])
        row.extra["compute_mode"] = mode[2] if mode else busy
        return True

    def _third(self, left: str, middle: str, mode: str) -> bool:
        if left or middle:
            return False
        if self._gpu is None or self._next != 3:
            return mode == "" or mode == "MIG M."
        tell(self._gpu, "mig_mode", None if values.is_nothing(mode) else mode, mode)
        self._next = 0
        return True

    def _instance(self, ids: str, memory: str, errors: str, engines: str) -> bool:
        said, used = _MIG.fullmatch(ids), _MEMORY.fullmatch(memory)
        if said is None or (used is None and memory):
            return False
        row = self._mig = Row(id=f"gpu{int(said[1])}/mig{int(said[4])}")
        self.reading.rows.append(row)
        tell(row, "gpu_instance", values.integer(said[2]), said[2])
        tell(row, "compute_instance", values.integer(said[3]), said[3])
        if used is None:  # told once for all compute instances of a GPU instance
            row.extra["memory"] = "shared in the GPU instance"
        for key, value in (("memory_used_mib", used[1]), ("memory_total_mib", used[2])) if used else ():
            tell(row, key, amount(value)[0], value)
        cells = errors.split()
        if len(cells) == 2:
            tell(row, "sm", values.integer(cells[0]), cells[0])
            _ecc(row, cells[1])
        for key, value in zip(_ENGINES, engines.split(), strict=False):
            tell(row, key, values.integer(value), value)
        return True

    def _bar1(self, ids: str, memory: str, errors: str, engines: str) -> bool:
        used = _MEMORY.fullmatch(memory)
        if not (ids or memory or errors or engines):
            return True
        if ids or errors or engines or used is None or self._mig is None:
            return False
        for key, value in (("bar1_used_mib", used[1]), ("bar1_total_mib", used[2])):
            tell(self._mig, key, amount(value)[0], value)
        self._mig = None
        return True

    def _process(self, line: str) -> bool:
        said = _PROCESS.fullmatch(line)
        if said is None:
            untold = _UNTOLD.fullmatch(line)
            if untold:
                self._processes.append({"gpu": int(untold[1]), "said": untold[2]})
            return untold is not None
        used = _USED.search(said[6])
        name = said[6][: used.start()].strip() if used else said[6]
        process: dict[str, Said] = {"gpu": int(said[1]), "pid": int(said[4]), "type": said[5], "name": name or None}
        if said[2]:
            process["gpu_instance"], process["compute_instance"] = values.integer(said[2]), values.integer(said[3])
        process["memory_mib"] = amount(used[1])[0] if used else None
        self._processes.append(process)
        return True

    def finish(self) -> Reading:
        """Count, and say which GPU's lines did not come."""
        reading = self.reading
        gpus = [row for row in reading.rows if "/" not in row.id and not row.id.startswith("row")]
        if gpus:
            reading.facts["gpus"] = len({row.id for row in gpus})
        if migs := {row.id for row in reading.rows if "/" in row.id}:
            reading.facts["mig_devices"] = len(migs)
        if self._processes:
            reading.facts["processes"] = self._processes
        if short := [row.id for row in gpus if "compute_mode" not in row.extra]:
            reading.facts["incomplete"] = f"the second line of {', '.join(short[:8])} is missing"
        return reading


def _ecc(row: Row, printed: str) -> None:
    if printed in ("On", "Off"):
        row.extra["ecc"] = printed
    else:
        count(row, ECC, printed)


def _read(paste: Paste) -> Reading:
    table = _Table()
    for line in paste.lines:
        if line := line.strip():
            table.line(line)
    return table.finish()


FORMAT = Format(
    name="nvidia-smi-table",
    family="nvidia",
    commands=("nvidia-smi",),
    versions="drivers 352 to 610, Linux and Windows",
    yields="GPUs with temperature, power, memory, load, ECC and MIG mode; MIG devices; processes; versions",
    signs={
        r"(?:\||^) {0,3}NVIDIA-SMI \d{3}\.": 100,
        r"^[ \t]{0,40}\| GPU {1,4}Name .{0,60}\| Bus-Id": 100,
        r"^[ \t]{0,40}\|\s{0,8}\d{1,3} .{1,60}\|\s{0,8}[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}"
        r"\.\d {1,8}\S{2,4} \|": 60,
        r"^[ \t]{0,40}\|\s?\S{1,5} {1,6}\S{1,5} {1,6}\S{1,4} .{1,30}/.{1,20}\|.{1,12}MiB / {0,6}\d{1,9}MiB": 60,
        r"^[ \t]{0,40}\| (?:MIG devices|Processes):  .{0,120}\|": 60,
        r"NVIDIA-SMI has failed because|^NVIDIA-SMI version\s{1,8}: \d": 100,
        r"^No devices (?:were )?found|Failed to initialize NVML|Unable to determine the device handle": 30,
    },
    read=_read,
)
