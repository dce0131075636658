"""Slurm: which nodes are in which state and why, which jobs run where, partitions, topology, and the controller's load.

`sinfo`, `squeue`, `scontrol show …`, `sdiag`, slurmrestd's JSON and topology.conf.
"""

from __future__ import annotations

import re
from collections import Counter

from fabconsole.formats.format import Format
from fabconsole.formats.json_text import documents
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.site import slurm_accounting, slurm_json, slurm_tables
from fabconsole.formats.site.slurm_diagnosis import Diagnosis
from fabconsole.formats.site.slurm_records import FIRST, Records

_STATE = (
    r"(?:idle|alloc(?:ated)?|mix(?:ed)?|down|drain(?:ed|ing)?|drng|comp(?:leting)?|maint|resv|reserved|fail(?:ing)?|unk"
    r"|unknown|plnd|planned|boot|futr|inval)[*~#!%$@^-]?"
)
_DATE = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d{1,2} [\d:]{8} (?:\w{2,5} )?\d{4}")
_PING = re.compile(r"\s*(Slurmctld)\((\w{1,16})\) at (\S{1,80}) is (UP|DOWN)\s*")


class _Scan:
    """One pass over the lines of a text."""

    def __init__(self) -> None:
        self.said = Reading()
        self._records = Records(self.said)
        self._diagnosis = Diagnosis(self.said)
        self._heading: slurm_tables.Heading | None = None
        self._accounts: slurm_accounting.Jobs | None = None
        self._before = ""

    def read(self, lines: list[str]) -> Reading:
        for line in lines:
            if not line or line.isspace():
                self._records.blank()
                self._accounts = None
            elif not self._line(line):
                self.said.unparsed.append(line)
        _counted(self.said)
        return self.said

    def _line(self, line: str) -> bool:
        if self._accounts is not None and (row := self._accounts.row(line)) is not None:
            self.said.rows.append(row)
            return True
        if "=" in line and (first := FIRST.match(line)) is not None:
            self._heading = self._accounts = None
            return self._records.begin(first[1], line)
        if self._heading is None and "=" not in line and (row := slurm_tables.bare(line)) is not None:
            self.said.rows.append(row)
            return True
        if self._diagnosis.line(line) or (self._heading is None and self._records.line(line)):
            return True
        return self._tabled(line) or self._once(line)

    def _tabled(self, line: str) -> bool:
        if "---" in line and (jobs := slurm_accounting.under(self._before, line)) is not None:
            self._accounts, self._heading = jobs, None
            if self.said.unparsed and self.said.unparsed[-1] == self._before:
                self.said.unparsed.pop()
            return True
        self._before = line
        if (heading := slurm_tables.heading(line)) is not None:
            self._heading = heading
            return True
        if self._heading is None:
            return False
        row = self._heading.row(line) or slurm_tables.bare(line)
        if row is not None:
            self.said.rows.append(row)
        return row is not None

    def _once(self, line: str) -> bool:
        if _DATE.fullmatch(line.strip()):
            self.said.facts["taken"] = line.strip()
        elif line.startswith("CLUSTER: "):
            self.said.facts["cluster"] = line.partition(": ")[2].strip()
        elif ping := _PING.fullmatch(line):
            self.said.rows.append(Row(id=ping[3], state=ping[4].lower(), extra={"kind": "controller", "role": ping[2]}))
        else:
            return False
        return True


def _counted(said: Reading) -> None:
    """How many nodes and jobs are in each state, as printed."""
    counted = Counter((str(row.extra.get("kind")), str(row.extra.get("printed_state", ""))) for row in said.rows)
    for kind in ("node", "job"):
        states: dict[str, Said] = {
            state: count for (one, state), count in counted.most_common() if one == kind and state
        }
        if states:
            said.facts[f"{kind}_states"] = states
    switches = sum(count for (one, _), count in counted.items() if one == "switch")
    if switches:
        said.facts["switches"] = switches


def _reading(paste: Paste) -> Reading:
    if slurm_json.looks_like(paste.text):
        found = documents(paste.text)
        said = Reading()
        slurm_json.read(found, said)
        rest = _Scan().read(found.rest)
        said.unparsed += rest.unparsed
        said.rows += rest.rows
        said.facts |= rest.facts
        _counted(said)
        return said
    return _Scan().read(paste.lines)


FORMAT = Format(
    name="slurm",
    family="site",
    commands=(
        "sinfo",
        "squeue",
        "scontrol show node",
        "scontrol show partition",
        "scontrol show topology",
        "scontrol show job",
        "sacct",
        "sdiag",
        "sinfo --json",
        "squeue --json",
    ),
    aliases=("slurmrestd", "topology.conf"),
    versions="Slurm 17.02 to 24.05",
    yields="nodes, their states and why they are drained; jobs, partitions, topology, the controller's statistics",
    signs={
        rf"^ *[A-Za-z][\w.-]{{1,60}}[,|]{_STATE}$": 60,
        r"^ *\d{1,12}(?:_\d+)?[,|](?:RUNNING|PENDING|COMPLETING|COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL)": 60,
        r"^[\w.-]{2,60}[,|](?:idle|allocated|mixed|drained|draining|completing)[*~#!%$@^-]?[,|]": 60,
        r"^[^|\n]{1,60}\|[^|\n]{1,60}\|(?:RUNNING|PENDING)\|": 60,
        r"^ *NodeName=\S+ +(?:Arch|CPUs|CoresPerSocket|NodeAddr|State)=": 100,
        r"^ *PartitionName=\S+": 100,
        r"^ *JobId=\d+ ": 100,
        r"^ *(?:SwitchName|BlockName|AggregatedBlock)=\S+ ": 100,
        r"^ *sdiag output at ": 100,
        r"^ *(?:Server thread count|Main schedule statistics|Backfilling stats)": 60,
        r"^ *PARTITION +AVAIL +TIMELIMIT +NODES +STATE": 100,
        r"^ *NODELIST +NODES +PARTITION +STATE": 100,
        r"^ *REASON +(?:USER +TIMESTAMP +)?NODELIST": 100,
        r"^ *(?:NODELIST|HOSTNAMES) +(?:STATE|GRES|CPUS|PARTITION)\b": 100,
        r"^ *PARTITION +AVAIL +TIMELIMIT +NODES\(A/I/O/T\)": 100,
        r"^ *JobID +(?:JobIDRaw +)?JobName +": 100,
        r"^ *JobID\|(?:[A-Z]\w{1,24}\|){1,40}": 60,
        r"^ *JOBID +PARTITION +NAME +USER +ST": 100,
        r"^(?:[A-Z_:()/ ]{2,24}[|,])*(?:NODELIST|HOSTNAMES|STATE|JOBID|AVAIL)[|,]": 60,
        r'"type" *: *"openapi\\?/': 100,
        r'"(?:slurmd_version|job_state|reason_set_by_user|next_state_after_reboot|alloc_cpus|req_switch)" *:': 60,
        r"^Slurmctld\(\w+\) at ": 100,
    },
    read=_reading,
)
