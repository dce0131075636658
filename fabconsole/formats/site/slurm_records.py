"""`Key=value` records of Slurm: `scontrol show node|partition|job|topology`, as blocks or one a line, topology.conf."""

from __future__ import annotations

import re
from functools import lru_cache

from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.site import hostlist, slurm_states
from fabconsole.formats.values import snake

_KEY = re.compile(r"(?:^|(?<=\s))([A-Z][A-Za-z0-9_:/]{0,40})=")
FIRST = re.compile(
    r"\s*(NodeName|PartitionName|JobId|SwitchName|BlockName|ReservationName|StepId|TopologyName|NodeSet|FrontendName"
    r"|AggregatedBlock)=",
)
_KINDS = {
    "NodeName": "node",
    "PartitionName": "partition",
    "JobId": "job",
    "SwitchName": "switch",
    "BlockName": "block",
}
_OF_A_LINE = frozenset({"SwitchName", "BlockName", "AggregatedBlock"})
_LAST = frozenset({"Reason", "Comment", "Extra"})
_REASON = re.compile(r"(.*?) ?\[([^@\]]{1,64})@([^\]]{1,40})\]")
_COMMENT = re.compile(r"\s*#\s?(.*)")
_ALIAS = re.compile(r"([\w.-]{1,80})=([\w./ -]{1,80})")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,6})?", re.ASCII)
_NOTHING = frozenset({"(null)", "N/A", "None", "Unknown", ""})
_LISTS = {"Nodes": "node_count", "Switches": "switch_count"}


class Records:
    """Records as their lines come."""

    def __init__(self, said: Reading) -> None:
        self._said = said
        self._row: Row | None = None
        self._before: Row | None = None
        self._aliases: dict[str, str] = {}

    def line(self, line: str) -> bool:
        """Read one line that begins no record; False: it is no part of one."""
        if "#" in line and (comment := _COMMENT.fullmatch(line)):
            return self._comment(comment[1])
        keys = list(_KEY.finditer(line)) if "=" in line else []
        if not keys or line[: keys[0].start()].strip():
            return False
        pairs = _pairs(line, keys)
        if self._row is None and self._before is not None and pairs[0][0] in _LAST and not self._told(pairs[0][0]):
            self._row = self._before  # scontrol leaves a blank line before these
        if self._row is not None:
            self._put(self._row, pairs)
        else:
            self._said.facts |= {_key(name): _typed(text) for name, text in pairs}
        return True

    def _told(self, name: str) -> bool:
        return self._before is not None and _key(name) in self._before.extra

    def blank(self) -> None:
        """A blank line ends a record."""
        if self._row is not None:
            self._before = self._row
        self._row = None

    def begin(self, first: str, line: str) -> bool:
        """Read a record's first line, `first` being its first key."""
        pairs = _pairs(line, list(_KEY.finditer(line)))
        name = pairs[0][1]
        self._row = Row(id=name, extra={"kind": _kind(first)})
        self._before = None
        if name in self._aliases:
            self._row.extra["alias"] = self._aliases[name]
        self._said.rows.append(self._row)
        self._put(self._row, pairs[1:])
        if first in _OF_A_LINE:  # what comes next in topology.conf is about all
            self._row = None
        return True

    def _comment(self, text: str) -> bool:
        if alias := _ALIAS.fullmatch(text.strip()):
            self._aliases[alias[1]] = alias[2]
        else:
            comments = self._said.facts.setdefault("comments", [])
            if isinstance(comments, list) and text.strip():
                comments.append(text.strip())
        return True

    @staticmethod
    def _put(row: Row, pairs: list[tuple[str, str]]) -> None:
        for name, text in pairs:
            if name in {"State", "JobState"}:
                slurm_states.put(row, text)
            elif name == "Reason" and (reason := _REASON.fullmatch(text)):
                row.extra |= {"reason": reason[1], "reason_user": reason[2], "reason_at": reason[3]}
            elif name in _LISTS and row.extra["kind"] != "job":
                names = hostlist.parts(text)
                row.extra[_key(name)] = list(names)
                row.extra[_LISTS[name]] = hostlist.sized(names)
            else:
                row.extra[_key(name)] = _typed(text)


@lru_cache(maxsize=256)
def _kind(first: str) -> str:
    return _KINDS.get(first, snake(first).removesuffix("_name"))


@lru_cache(maxsize=1024)
def _key(name: str) -> str:
    return snake(name.replace("QoS", "Qos").replace("CPUs", "Cpus"))


def _pairs(line: str, keys: list[re.Match[str]]) -> list[tuple[str, str]]:
    ends = [*(key.start() for key in keys[1:]), len(line)]
    return [(key[1], line[key.end() : end].strip()) for key, end in zip(keys, ends, strict=True)]


def _typed(text: str) -> Said:
    if text in _NOTHING:
        return None
    if text[0] in "-0123456789" and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
