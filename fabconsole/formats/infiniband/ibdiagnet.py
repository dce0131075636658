"""`ibdiagnet`: the stages of a fabric's check, what each found, and of what the fabric consists.

Forms: what ibdiagnet 2 prints and writes to ibdiagnet2.log, with `-I-`, `-W-` and `-E-` before what it says and a rule
above each stage's name; the same of version 1, whose table has the errors first; and the files beside the log, with a
port's counters, its cable, its link: ibdiagnet2.pm, .cables, .net_dump, .net_dump_ext, .lst, .db_csv.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.health import Severity
from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.complaints import complaint, is_typed
from fabconsole.formats.infiniband.ibdiagnet_fabric import Fabric, named
from fabconsole.formats.infiniband.ibdiagnet_links import Links
from fabconsole.formats.infiniband.ibdiagnet_port import Ports, canonical
from fabconsole.formats.infiniband.ibdiagnet_tables import Tables
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Said
from fabconsole.formats.values import integer, snake

_SAID = re.compile(r"-([IWEFD])- {0,4}(.*)")
_RULE = re.compile(r"(?:-I)?-{10,200}")
_STAGES = re.compile(
    r"(?:-I- )?\s*stages?\s{1,64}(warnings|errors)\s{1,32}(warnings|errors)(?:\s{1,32}comment)?", re.IGNORECASE
)
_STAGE = re.compile(r"(?:-I- )?\s{0,16}(\S.{0,80}?)\s{1,80}(\d{1,9}|N/?A)\s{1,32}(\d{1,9}|N/?A)(?:\s{1,32}(\S.*)|)")
_LEGEND = re.compile(
    r"\s*(?:Load Plugins from:|\(You can specify more paths .*|Plugin Name\s+Result\s+Comment|Summary"
    r"|Stages Status Report:|Please see \S.* for complete log|# This database file was .*)\s*"
)
_FOREIGN = frozenset({"warning", "error", "info", "note", "usage", "ssh", "bash", "traceback"})
"""What other streams' lines begin with."""
_LONGEST = 4096
"""A text to which nothing more is added."""
_SEVERITIES = {"I": Severity.INFO, "D": Severity.INFO, "W": Severity.WARN, "E": Severity.CRIT, "F": Severity.CRIT}


def read(paste: Paste) -> Reading:
    """Understand a run's output, its log, or part of one. Never raises."""
    said = _Report()
    for line in paste.lines:
        if line and not line.isspace():
            said.take(line)
    return said.whole()


class _Report:
    """What was read so far, and of which stage the next line is."""

    def __init__(self) -> None:
        self._said = Reading()
        self._ports = Ports()
        self._tables = Tables(self._ports.by_id)
        self._links = Links(self._ports.by_id)
        self._fabric = Fabric(self._said.facts)
        self._stage = ""
        self._titled = False
        """Whether the next line may be a stage's name: the last was a rule."""
        self._under = False
        """Whether the last line was one: version 1 has a rule below it as well."""
        self._columns: tuple[str, str] | None = None
        self._goes_on = False

    def take(self, line: str) -> None:
        plain, titled, under = line.strip(), self._titled, self._under
        self._titled = self._under = False
        if plain[0] == "-":
            self._signed(plain, line, titled=titled, under=under)
        elif "arnings" in plain and (columns := _STAGES.fullmatch(plain)) is not None:
            self._head(columns)
        elif self._columns and (stage := _STAGE.fullmatch(plain)) is not None:
            self._count_stage(stage, self._columns)
        elif self._tables.take(plain) or self._ports.count(plain) or self._links.take(plain):
            self._goes_on = False
        else:
            self._rest(line, plain, titled=titled)

    def whole(self) -> Reading:
        self._said.rows = list(self._ports.by_id.values())
        self._tables.settle()
        if self._tables.counts:
            self._said.facts["tables"] = self._tables.counts
        if self._fabric.behind:
            self._said.facts["incomplete"] = self._fabric.behind
        return self._said

    def _signed(self, plain: str, line: str, *, titled: bool, under: bool) -> None:
        if plain.endswith("----") and _RULE.fullmatch(plain):
            self._titled, self._columns, self._goes_on = not under, None, False
        elif (columns := _STAGES.fullmatch(plain)) is not None:
            self._head(columns)
        elif self._columns and (stage := _STAGE.fullmatch(plain)) is not None:
            self._count_stage(stage, self._columns)
        elif (told := _SAID.fullmatch(plain)) is not None:
            self._columns = None
            self._tell(told[1], told[2], titled=titled)
        else:
            self._rest(line, plain, titled=titled)

    def _tell(self, sign: str, text: str, *, titled: bool) -> None:
        self._goes_on = sign in "WEF"
        check, finished, result = text.partition(" finished ")
        if finished:
            self._check(check, result.rstrip("."))
        if sign in "WEF":
            self._event(sign, text, self._ports.find(text))
        elif finished:
            self._ports.end()
        elif titled and not text.endswith("."):
            self._stage, self._under = text, True
        elif self._fabric.tell(text):
            pass
        elif (value := named(text)) is not None:
            self._fabric.keep(*value)
        elif not _LEGEND.fullmatch(text):
            self._event(sign, text, None)

    def _rest(self, line: str, plain: str, *, titled: bool) -> None:
        if _LEGEND.fullmatch(plain):
            self._stage = "" if plain.startswith("Load ") else plain if titled else self._stage
        elif (entry := complaint(plain)) is not None:
            self._said.events.append(entry)
        elif self._fabric.take(plain):
            self._goes_on = False
        elif (value := named(plain.removeprefix("# "))) is not None and _is_fact(value[0]):
            self._fabric.keep(*value)
        elif titled and len(plain) < 100:
            self._stage = plain
        elif self._goes_on and line[0] in " \t" and len(self._said.events[-1].text) < _LONGEST:
            last = self._said.events[-1]
            self._said.events[-1] = replace(last, text=f"{last.text} {plain}")
        elif not is_typed(line):
            self._said.unparsed.append(line)

    def _head(self, columns: re.Match[str]) -> None:
        self._columns, self._goes_on = (columns[1].lower(), columns[2].lower()), False

    def _count_stage(self, stage: re.Match[str], columns: tuple[str, str]) -> None:
        counts: dict[str, Said] = {columns[0]: integer(stage[2]), columns[1]: integer(stage[3])}
        if stage[4]:
            counts["comment"] = stage[4]
        if not counts.keys() - columns and not any(count != 0 for count in counts.values()):
            well = self._said.facts.setdefault("stages_without_findings", [])
            if isinstance(well, list) and stage[1] not in well:
                well.append(stage[1])
            return
        self._fabric.nest("stages")[stage[1]] = counts

    def _check(self, name: str, result: str) -> None:
        """A check that is made twice: the worse counts."""
        checks = self._fabric.nest("checks")
        if checks.get(name, "successfully") == "successfully":
            checks[name] = result

    def _event(self, sign: str, text: str, subject: str | None) -> None:
        kind = snake(self._stage) or "ibdiagnet"
        self._said.events.append(Entry(at=None, kind=kind, text=text, severity=_SEVERITIES[sign], subject=subject))


def _is_fact(name: str) -> bool:
    """Whether a name is none of another stream's, and no counter of a port that is not known: lower case."""
    return name[0].isupper() and name.lower() not in _FOREIGN and canonical(name) not in COUNTERS


FORMAT = Format(
    name="ibdiagnet",
    family="infiniband",
    commands=(
        "ibdiagnet",
        *(f"ibdiagnet2.{file}" for file in ("log", "pm", "db_csv", "net_dump", "net_dump_ext", "cables", "lst")),
    ),
    versions="ibdiagnet 1.5 and 2.1 to 2.13, files of 2.10",
    yields="stages with warnings and errors, findings by port, what the fabric consists of, subnet managers, links",
    signs={
        r"^[ \t]*-[IWE]- .{1,100} finished (?:successfully|with )": 100,
        r"^[ \t]*-I- Stage\s{1,64}Warnings\s{1,32}Errors": 100,
        r"^[ \t]*(?:IB Switches|IB Channel Adapters|IB Aggregation Nodes)\s{1,32}: \d": 100,
        r"^[ \t]*-I- Discovering \.\.\. \d": 100,
        r"^[ \t]*-[WE]- (?:Link: |lid=0x|\S{1,200}/P\d{1,4} - )": 100,
        r"^[ \t]*Port=\d{1,5} Lid=0x[0-9a-f]{1,6} GUID=0x": 100,
        r"^[#\s]{0,16}Running version\s{0,16}: {0,4}\"IBDIAGNET ": 100,
        r"^[ \t]*\"[^\"\n]{1,100}\", \w{1,32}, 0x[0-9a-f]{1,16}, LID \d": 100,
        r"^[ \t]*\{ (?:CA|SW|RTR) Ports:[0-9a-f]{2} SystemGUID:": 100,
        r"^START_(?:NODES|PORTS|LINKS|PM_INFO|CABLE_INFO|NODES_INFO|TEMP_SENSING|SWITCHES)[ \t]*$": 100,
        r"^[ \t]*-[IWE]- ": 30,
    },
    read=read,
)
