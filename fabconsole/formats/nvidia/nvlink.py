"""`nvidia-smi nvlink`, whichever option: a GPU's heading, then a line a link and thing that is told of it.

Forms: `-s` a speed or `<inactive>`; `-e` and `-ec` counters; `-c` capabilities (`Link 0, P2P is supported: true`);
`-p` and `-R` the far end; `-gt d`, `-gt r` and the older `-g 0` throughput. What is told of one link by several
commands is one row. Where a GPU has no link lines, `-s` says why in one of several ways, or says nothing.
Sources: outputs of drivers 418 to 610; NVIDIA's nvidia-smi manual; nvml.h for NVML_NVLINK_BER_*.
"""

from __future__ import annotations

import re

from fabconsole.formats import values
from fabconsole.formats.format import Format
from fabconsole.formats.nvidia.complaints import complaint, typed
from fabconsole.formats.nvidia.nvidia_smi import MOST_LINKS, Gpu, NoLinks, heading, no_links
from fabconsole.formats.nvidia.nvlink_told import told
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.strangers import NVLINK, alone

_LINK = re.compile(r"Link (\d{1,3})([:,]) ?(.*)")
_ABRIDGED = re.compile(r"\[?\s?(?:\.{2,}|…|snip|snipped|cut)\s?\]?", re.IGNORECASE)
_INFO = re.compile(
    r"(NVLE|N[Vv][Ll]ink [A-Za-z ]{1,40}|(?:\w{1,16} )?Firmware [A-Za-z ]{1,40}|Low[ -]?[Pp]ower [A-Za-z ]{1,40}"
    r"|Band[Ww]idth [Mm]ode\w{0,20})\s{0,60}: ?(.{0,200})"
)
"""`--info` and its kin tell of the whole GPU."""

_PARTS = "firmware_version"
"""Since driver 580 `-info` has the firmware's parts in lines of their own below it."""

_PART = re.compile(r"([A-Z][A-Za-z0-9 ]{1,30}?) ?: (\d{1,8}(?:[:.]\d{1,8}){0,5}|N/A)")
_TOLD_OF_ALL = frozenset(("name", "uuid"))
_HEADING_LIKE = re.compile(r"^GPU|UUID")
_STATES = {
    NoLinks.ALL_INACTIVE: "inactive",
    NoLinks.NOT_SUPPORTED: "not supported",
    NoLinks.MIG: "unknown",
    NoLinks.SILENT: "unknown",
}


class _Links:
    """Rows as they come: a thing that was told of a link before begins its next row, for it is a later answer."""

    def __init__(self) -> None:
        self.reading = Reading()
        self._gpu: Row | None = None
        self._nameless = True
        """No heading came yet: `-i N` leaves it out in some versions, and so does a filter."""
        self._found: dict[int, Gpu] = {}
        self._gpus: dict[str, Row] = {}
        self._links: dict[tuple[str, int], tuple[Row, dict[str, int]]] = {}
        """The latest row of a link, and under which heading it was told what."""
        self._headings = 0
        self._infos: dict[str, int] = {}
        """What was told of a whole GPU, and under which heading."""

    def line(self, line: str) -> None:
        """Take one in."""
        said = _LINK.fullmatch(line)
        if said is not None:
            self._link(line, int(said[1]), said[3].strip())
        elif named := heading(line, self._found):
            self._heading(named)
        elif reason := no_links(line):
            self._no_links(line, reason)
        elif self._gpu is not None and self._info(self._gpu, line):
            pass
        elif _ABRIDGED.fullmatch(line):
            self.reading.facts["abridged"] = True
        elif said_wrong := complaint(line):
            self.reading.events.append(said_wrong)
        elif not typed(line):
            self.reading.unparsed.append(line)
            if _HEADING_LIKE.search(line):
                self._gpu, self._nameless = None, False

    def _info(self, gpu: Row, line: str) -> bool:
        parts = gpu.extra.get(_PARTS)
        if isinstance(parts, dict) and (part := _PART.fullmatch(line)):
            if (name := values.snake(part[1].lower())) in parts:
                return False
            gpu.extra[_PARTS] = {**parts, name: None if part[2] == "N/A" else part[2]}
        elif info := _INFO.fullmatch(line):
            key, value = values.snake(info[1].lower()), info[2].strip()
            if self._infos.get(key) == self._headings:  # told twice under one heading: the heading between was lost
                self._gpu, self._nameless = None, False
                return False
            self._infos[key] = self._headings
            gpu.extra[key] = {} if key == _PARTS and not value else None if values.is_nothing(value) else value
        else:
            return False
        return True

    def _heading(self, gpu: Gpu) -> None:
        self._nameless = False
        self._headings += 1
        name = f"gpu{gpu.index}"
        row = self._gpus.get(name)
        if row is None:
            row = self._gpus[name] = Row(id=name, extra={"name": gpu.name})
            self.reading.rows.append(row)
        if gpu.uuid is not None:
            row.extra["uuid"] = gpu.uuid
        self._gpu = row

    def _no_links(self, line: str, reason: NoLinks) -> None:
        if self._gpu is None:
            self.reading.facts["nvlinks"] = reason.value
            self.reading.facts["said"] = line
            return
        self._gpu.state = _STATES[reason]
        self._gpu.extra["nvlinks"] = reason.value
        self._gpu.extra["said"] = line

    def _link(self, line: str, link: int, said: str) -> None:
        name, put = told(said)
        if put is None or link >= MOST_LINKS or (self._gpu is None and not self._nameless):
            self.reading.unparsed.append(line)
            return
        place = ("" if self._gpu is None else self._gpu.id, link)
        row, before = self._links.get(place) or self._begun(place)
        heading = before.get(name)
        if heading == self._headings:  # told twice under one heading: the heading between was lost
            self._gpu, self._nameless = None, False
            self.reading.unparsed.append(line)
            return
        if heading is not None:
            row, before = self._begun(place)
        before[name] = self._headings
        put(row)

    def _begun(self, place: tuple[str, int]) -> tuple[Row, dict[str, int]]:
        gpu, link = place
        row = Row(id=f"{gpu}/nvl{link}" if gpu else f"nvl{link}")
        self.reading.rows.append(row)
        begun: tuple[Row, dict[str, int]] = (row, {})
        self._links[place] = begun
        return begun

    def finish(self) -> Reading:
        """Count, and say of which GPU nothing was listed."""
        reading = self.reading
        links = [row for row in reading.rows if "nvl" in row.id]
        listed: dict[str, list[Row]] = {}
        for row in links:
            listed.setdefault(row.id.partition("/")[0], []).append(row)
        for gpu in self._gpus.values():
            _summed(gpu, listed.get(gpu.id, []))
        if self._gpus:
            reading.facts["gpus"] = len(self._gpus)
        if links:
            reading.facts["links"] = len({row.id for row in links})
            for state in ("up", "inactive", "unknown"):
                if count := sum(row.state == state for row in links):
                    reading.facts[f"links_{state}"] = count
        return reading


def _summed(gpu: Row, links: list[Row]) -> None:
    if not links and gpu.state is None and gpu.extra.keys() <= _TOLD_OF_ALL:
        gpu.state, gpu.extra["nvlinks"] = _STATES[NoLinks.SILENT], NoLinks.SILENT.value
    elif links:
        gpu.extra["links"] = len({row.id for row in links})
        states = [row.state for row in links if row.state is not None]
        if states:
            gpu.extra["links_up"] = states.count("up")
            gpu.extra["links_inactive"] = states.count("inactive")


def _read(paste: Paste) -> Reading:
    links = _Links()
    for line in paste.lines:
        if line := line.strip():
            links.line(line)
    return links.finish()


FORMAT = Format(
    name="nvidia-smi-nvlink",
    family="nvidia",
    commands=(
        "nvidia-smi nvlink -s",
        "nvidia-smi nvlink -e",
        "nvidia-smi nvlink -ec",
        "nvidia-smi nvlink -c",
        "nvidia-smi nvlink -R",
        "nvidia-smi nvlink -p",
        "nvidia-smi nvlink -gt d",
        "nvidia-smi nvlink -gt r",
        "nvidia-smi nvlink --status",
        "nvidia-smi nvlink -info",
        "nvidia-smi nvlink",
    ),
    versions="drivers 418 to 610, V100 to B300",
    yields="state, speed, counters, BER, capabilities and far end of every NVLink; why a GPU has none",
    signs={
        r"^[ \t]{0,40}Link \d{1,3}(?:: (?:\d+(?:\.\d+)? GB/s|<inactive>|Remote Device)|, .{1,60}supported)": 100,
        r"^[ \t]{0,40}Link \d{1,3}: .{1,40}(?:Errors|events|discards|BER|[TR]x\d?)\b": 100,
        r"^[ \t]{0,40}Link \d{1,3}: [A-Z][A-Za-z -]{1,40}: \S": 60,
        r"^[ \t]{0,40}Link \d{1,3}: [0-9A-Fa-f]{8}:[0-9A-Fa-f]{2}:": 100,
        r"^[ \t]{0,40}NVLE: \S|^[ \t]{0,40}NETIR(?: [A-Z]{2,5})?: \d": 100,
        r"[Nn][Vv][Ll]ink information as all links are in|Device does not have or support Nvlink"
        r"|Nvlink queries are not supported|Unable to retrieve N[Vv]Link information": 100,
        r"^[ \t]{0,40}GPU \d{1,3}: .{1,80}\(UUID: GPU-": 30,
    },
    read=alone(_read, NVLINK),
)
