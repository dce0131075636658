"""`ibdiagnet`: the stages of a fabric's check, what each found, and of what the fabric consists.

Forms: what ibdiagnet 2 prints and writes to ibdiagnet2.log, with `-I-`, `-W-` and `-E-` before what it says and a rule
above each stage's name; the same of version 1, whose table has the errors first; ibdiagnet2.pm and ibdiagnet2.db_csv.
"""

from __future__ import annotations

import re
from dataclasses import replace

from fabconsole.fabric.counters import COUNTERS
from fabconsole.fabric.health import Severity
from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.complaints import complaint
from fabconsole.formats.infiniband.ibdiagnet_port import Ports, canonical
from fabconsole.formats.infiniband.ibdiagnet_tables import Tables
from fabconsole.formats.infiniband.port_words import node_type
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Entry, Reading, Said
from fabconsole.formats.values import integer, snake

_SAID = re.compile(r"-([IWEFD])- {0,4}(.*)")
_RULE = re.compile(r"(?:-I)?-{10,200}")
_DISCOVERED = re.compile(
    r"Discovering \.\.\. (\d{1,7}) nodes? \((\d{1,7}) Switches & (\d{1,7}) CA-s(?:.{0,60})\) discovered\.?"
)
_STAGES = re.compile(
    r"(?:-I- )?\s*stages?\s{1,64}(warnings|errors)\s{1,32}(warnings|errors)(?:\s{1,32}comment)?", re.IGNORECASE
)
_STAGE = re.compile(r"(?:-I- )?\s{0,16}(\S.{0,80}?)\s{1,80}(\d{1,9})\s{1,32}(\d{1,9})(?:\s{1,32}(\S.*)|)")
_NAME = re.compile(r"[A-Za-z][\w /().#-]{0,64}", re.ASCII)
_ENABLED = re.compile(r"\s{0,64}(\S.{0,64}?) is enabled on (\d{1,7}) switches\s*", re.ASCII)
_MANAGER = re.compile(
    r"(?:([A-Z][\w-]{2,20}) SM ?: {0,4})?Port=(\d{1,5}) LID=(\w{1,8}) GUID=0x([0-9a-fA-F]{1,16}) devid=(\d{1,10})"
    r" Priority:(\d{1,3}) Node_Type=(\w{1,8}) Node_Description=(.*)",
    re.ASCII,
)
_MANAGERS = re.compile(r"([A-Z][\w-]{2,20}) SM ?:(?: No \w{1,20} SM)?", re.ASCII)
_PLUGIN = re.compile(r"(lib\S{1,100})\s{1,32}(Succeeded|Failed)\s{1,32}(\S.*)")
_LEGEND = re.compile(
    r"\s*(?:Load Plugins from:|\(You can specify more paths .*|Plugin Name\s+Result\s+Comment|Summary"
    r"|Stages Status Report:)\s*"
)
_PATH = re.compile(r"\s*(/\S{1,200}/plugins/?)\s*")
_COUNTS = {
    "total_nodes": "nodes",
    "ib_switches": "switches",
    "ib_channel_adapters": "hcas",
    "ib_aggregation_nodes": "aggregation_nodes",
    "ib_routers": "routers",
}
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
        self._stage = ""
        self._titled = False
        """Whether the next line may be a stage's name: the last was a rule."""
        self._columns: tuple[str, str] | None = None
        self._role = ""
        self._goes_on = False

    def take(self, line: str) -> None:
        plain, titled = line.strip(), self._titled
        self._titled = False
        if plain[1:2] == plain[3:4] == "-" and _RULE.fullmatch(plain):
            self._titled, self._columns, self._goes_on = True, None, False
        elif "arnings" in plain and (columns := _STAGES.fullmatch(plain)) is not None:
            self._columns = (columns[1].lower(), columns[2].lower())
            self._goes_on = False
        elif self._columns and (stage := _STAGE.fullmatch(plain)) is not None:
            self._count_stage(stage, self._columns)
        elif plain[:1] == plain[2:3] == "-" and (told := _SAID.fullmatch(plain)) is not None:
            self._columns = None
            self._tell(told[1], told[2], titled=titled)
        elif self._tables.take(plain) or self._ports.count(plain):
            self._goes_on = False
        else:
            self._rest(line, titled=titled)

    def whole(self) -> Reading:
        self._said.rows = list(self._ports.by_id.values())
        if self._tables.counts:
            self._said.facts["tables"] = self._tables.counts
        return self._said

    def _tell(self, sign: str, text: str, *, titled: bool) -> None:
        self._goes_on = sign in "WEF"
        check, finished, result = text.partition(" finished ")
        if finished:
            self._nest("checks")[check] = result.rstrip(".")
        if sign in "WEF":
            self._event(sign, text, self._ports.find(text))
        elif finished:
            self._ports.end()
        elif "discovered" in text and (nodes := _DISCOVERED.fullmatch(text)) is not None:
            self._said.facts |= {"nodes": int(nodes[1]), "switches": int(nodes[2]), "hcas": int(nodes[3])}
        elif titled and not text.endswith("."):
            self._stage = text
        elif (value := _named(text)) is not None:
            self._value(*value)
        elif not _LEGEND.fullmatch(text):
            self._event(sign, text, None)

    def _rest(self, line: str, *, titled: bool) -> None:
        if "Port=" in line and (manager := _MANAGER.fullmatch(line.strip())) is not None:
            self._manage(manager)
        elif " SM" in line and (managers := _MANAGERS.fullmatch(line.strip())) is not None:
            self._role = managers[1].lower()
        elif _LEGEND.fullmatch(line):
            self._stage = line.strip() if titled else self._stage
        elif line.startswith("lib") and (plugin := _PLUGIN.fullmatch(line.rstrip())) is not None:
            self._nest("plugins")[plugin[1]] = plugin[2] if plugin[2] == "Succeeded" else f"{plugin[2]}: {plugin[3]}"
        elif "/plugins" in line and (path := _PATH.fullmatch(line)) is not None:
            self._said.facts["plugins_path"] = path[1]
        elif (entry := complaint(line)) is not None:
            self._said.events.append(entry)
        elif (value := _named(line.strip())) is not None and _is_fact(value[0]):
            self._value(*value)
        elif " enabled on " in line and (enabled := _ENABLED.fullmatch(line)) is not None:
            self._said.facts[f"{snake(enabled[1])}_switches"] = int(enabled[2])
        elif titled and line[0] not in " \t" and len(line) < 100:
            self._stage = line.strip()
        elif self._goes_on and line[0] in " \t" and len(self._said.events[-1].text) < _LONGEST:
            last = self._said.events[-1]
            self._said.events[-1] = replace(last, text=f"{last.text} {line.strip()}")
        else:
            self._said.unparsed.append(line)

    def _count_stage(self, stage: re.Match[str], columns: tuple[str, str]) -> None:
        counts: dict[str, Said] = {columns[0]: int(stage[2]), columns[1]: int(stage[3]), "comment": stage[4]}
        self._nest("stages")[stage[1]] = counts

    def _value(self, name: str, value: str) -> None:
        """A value that stands once; one of that name from another stage is told with the stage."""
        if value.startswith("/"):
            self._nest("files")[name] = value
            return
        key, number = snake(name), integer(value.rstrip("."))
        said = value if number is None else number
        if key in _COUNTS:
            key = _COUNTS[key]
        elif self._said.facts.get(key, said) != said and self._stage:
            key = f"{snake(self._stage)}_{key}"
        self._said.facts[key] = said

    def _manage(self, said: re.Match[str]) -> None:
        self._role = said[1].lower() if said[1] else self._role
        known = self._said.facts.setdefault("subnet_managers", [])
        if isinstance(known, list):
            known.append(
                {
                    "role": self._role or None,
                    "guid": said[4].lower().zfill(16),
                    "port": int(said[2]),
                    "lid": integer(said[3]),
                    "priority": int(said[6]),
                    "devid": int(said[5]),
                    "node_type": node_type(said[7]),
                    "node": said[8],
                }
            )

    def _event(self, sign: str, text: str, subject: str | None) -> None:
        kind = snake(self._stage) or "ibdiagnet"
        self._said.events.append(Entry(at=None, kind=kind, text=text, severity=_SEVERITIES[sign], subject=subject))

    def _nest(self, name: str) -> dict[str, Said]:
        known = self._said.facts.get(name)
        if not isinstance(known, dict):
            known = self._said.facts[name] = {}
        return known


def _named(text: str) -> tuple[str, str] | None:
    """`Total Nodes             : 24` and the like; None for any other text."""
    name, colon, value = text.partition(":")
    name, value = name.rstrip(), value.lstrip()
    return (name, value) if colon and value and _NAME.fullmatch(name) else None


def _is_fact(name: str) -> bool:
    """Whether a name is none of another stream's, and no counter of a port that is not known."""
    return name.lower() not in _FOREIGN and canonical(name) not in COUNTERS


FORMAT = Format(
    name="ibdiagnet",
    family="infiniband",
    commands=("ibdiagnet", "ibdiagnet2.log", "ibdiagnet2.pm", "ibdiagnet2.db_csv"),
    versions="ibdiagnet 1.5 and 2.1 to 2.13",
    yields="stages with warnings and errors, findings by port, counts of nodes and links, subnet managers",
    signs={
        r"^[ \t]*-[IWE]- .{1,100} finished (?:successfully|with )": 100,
        r"^[ \t]*-I- Stage\s{1,64}Warnings\s{1,32}Errors": 100,
        r"^[ \t]*(?:IB Switches|IB Channel Adapters|IB Aggregation Nodes)\s{1,32}: \d": 100,
        r"^[ \t]*-I- Discovering \.\.\. \d": 100,
        r"^[ \t]*-[WE]- (?:Link: |lid=0x|\S{1,200}/P\d{1,4} - )": 100,
        r"^[ \t]*Port=\d{1,5} Lid=0x[0-9a-f]{1,6} GUID=0x": 100,
        r"^START_(?:NODES|PORTS|LINKS|PM_INFO|CABLE_INFO|NODES_INFO|TEMP_SENSING|SWITCHES)[ \t]*$": 100,
        r"^[ \t]*-[IWE]- ": 30,
    },
    read=read,
)
