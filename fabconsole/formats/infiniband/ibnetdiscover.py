"""`ibnetdiscover`: every node of a subnet, and which port of it is linked to which of another; and its ports report.

Shapes: rdma-core infiniband-diags/ibnetdiscover.c (`dump_topology` with `-f`, `-g` and `--diff`, `dump_ports_report`,
`list_nodes`). The file that `ibnetdiscover FILE` writes is the same text, which simulators and managers read too.
"""

from __future__ import annotations

import re

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.diags_messages import shortfall, sorted_out
from fabconsole.formats.infiniband.ibnodes import counts
from fabconsole.formats.infiniband.link_line import DIGITS, hidden, padded
from fabconsole.formats.infiniband.node_list import KINDS, node
from fabconsole.formats.infiniband.topology_line import link, reported
from fabconsole.formats.logs.stamps import iso
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said

_ID = re.compile(
    rf"[<>]? ?(vendid|devid|sysimgguid|switchguid|h?caguid|rtguid|\?\?\?guid)=(?:0x)?({DIGITS})"
    rf"(?:\(({DIGITS})\))?(?:\s{{0,24}}#\s{{0,8}}(.*))?",
    re.ASCII,
)
_NODE = re.compile(
    rf'([<>]?) ?(Switch|H?[Cc]a|Rt|\?\?\?)\s{{0,24}}(\d{{1,5}})\s{{1,8}}"[SHR?]-(?:0x)?({DIGITS})"'
    r'(?:\s{0,24}#\s{0,8}"(.*)"\s{0,4}(.*))?',
    re.ASCII,
)
_SWITCH = re.compile(r"(base|enhanced) port 0 lid (\d{1,6})(?: lmc (\d{1,2}))?", re.ASCII)
_FACT = re.compile(
    rf"#? ?(?:(Topology file: generated on )(.*)|(Initiated from node )({DIGITS}) port ({DIGITS})"
    r"|(Reported max hops discovered|Total MADs used): (\d{1,10})"
    r"|Max of (\d{1,5}) hops discovered)"
)
_CHASSIS = re.compile(r"Chassis (\d{1,5})(?: \(guid (?:0x)?([0-9a-f]{1,16})\))?")
_HEADING = re.compile(
    r"#|# ?(?:Spine|Line) Nodes|# ?Chassis (?:Switches|CAs)|Non-Chassis Nodes|=~[=~]{8,64} PuTTY log .*"
)
_NUMPORTS = re.compile(r"[<>] numports = (\d{1,5})")
_HOST = re.compile(r"Hostname: (.*)")


def read(paste: Paste) -> Reading:
    """Understand a topology, a ports report or a listing. Never raises."""
    said = _Topology()
    for line in paste.lines:
        if not line or line.isspace():
            continue
        said.take(line)
    return said.whole(cut=paste.ends_mid_line)


class _Topology:
    """What was read so far, and of which node the next port is."""

    def __init__(self) -> None:
        self._said = Reading()
        self._nodes: list[Row] = []
        self._listed: list[Row] = []
        self._near: Row | None = None
        self._told: set[str] = set()
        """Its ports that were told: one that comes again is another's, whose heading was lost."""
        self._unrated: dict[str, Row] = {}
        """Lines without a rate: all have one, or in a version of old none has."""
        self._ids: dict[str, Said] = {}

    def take(self, line: str) -> None:
        plain = line.strip()
        if '"[' in plain and (row := link(plain, self._near)) is not None:
            self._keep(row, plain)
        elif "=" in plain and (named := _ID.fullmatch(plain)) is not None:
            self._identify(named)
        elif '"' in plain and (begun := _NODE.fullmatch(plain)) is not None:
            self._begin(begun)
        elif "0x" in plain and (row := reported(plain)) is not None:
            self._said.rows.append(row)
        elif "ports" in plain and (row := node(plain)) is not None:
            self._listed.append(row)
        elif not self._told_once(plain):
            self._said.unparsed.append(line)

    def whole(self, *, cut: bool) -> Reading:
        """All of it; `cut`: the last line may lack its end."""
        said = self._said
        said.events, said.unparsed = sorted_out(said.unparsed)
        torn = list(self._unrated.items())
        if len(torn) == len(said.rows):
            torn = torn[-1:] if cut else []
        for line, row in torn:
            row.extra["peer_lid"] = None  # its last digits may be what is missing
            said.unparsed.append(line)
        if self._nodes:
            said.facts |= counts(self._nodes) | _lacking(self._nodes, said.rows)
            said.facts |= {"links": len(said.rows), "nodes": [_told(one) for one in self._nodes]}
        elif self._listed:
            said.facts |= counts(self._listed)
        elif said.rows:
            said.facts |= {"links": len(said.rows)} if "node_type" not in said.rows[0].extra else _ports(said.rows)
        said.rows += self._listed
        said.facts = shortfall(said.events) | said.facts
        return said

    def _keep(self, row: Row, line: str) -> None:
        port = row.id.partition("/")[2]
        if port in self._told and "diff" not in row.extra:
            self._near = None
            row = link(line, None) or row
        self._told.add(port)
        if "generation" not in row.extra:
            self._unrated[line] = row
        self._said.rows.append(row)

    def _identify(self, named: re.Match[str]) -> None:
        if named[1] == "vendid" or self._near is not None:
            self._near, self._told, self._ids = None, set(), {}
        key, value, port, remark = named.groups()
        value = (padded(value) or "") if key.endswith("guid") else f"0x{value}"
        if key == "sysimgguid" or not key.endswith("guid"):
            self._ids[key] = value
        if port is not None:
            self._ids["port_guid"] = padded(port)
        if remark:
            self._ids["chassis" if remark.startswith("Chassis") else "slot"] = remark

    def _begin(self, begun: re.Match[str]) -> None:
        diff, kind, ports, guid, name, rest = begun.groups()
        extra: dict[str, Said] = {"node": name or "", "node_type": KINDS.get(kind.capitalize(), "unknown")}
        extra["ports"] = int(ports)
        if at := _SWITCH.fullmatch(rest or ""):
            extra |= {"port0": at[1], "lid": int(at[2])} | ({"lmc": int(at[3])} if at[3] else {})
        elif rest:
            extra["remark"] = rest.strip()
        if diff:
            extra["diff"] = diff
        self._near, self._told = Row(id=padded(guid) or "", extra=extra | self._ids), set()
        self._ids = {}
        self._nodes.append(self._near)

    def _told_once(self, line: str) -> bool:
        facts = self._said.facts
        if (fact := _FACT.fullmatch(line)) is not None:
            if fact[1]:
                facts["generated"] = iso(fact[2]) or fact[2]
            elif fact[3]:
                facts["initiated_from_node"], facts["initiated_from_port"] = padded(fact[4]), padded(fact[5])
            elif fact[8]:
                facts["max_hops"] = int(fact[8])
            else:
                facts["max_hops" if fact[6].startswith("Rep") else "total_mads"] = int(fact[7])
        elif (chassis := _CHASSIS.fullmatch(line)) is not None:
            known = facts.setdefault("chassis", [])
            if isinstance(known, list):
                known.append({"chassis": int(chassis[1]), "guid": chassis[2].zfill(16) if chassis[2] else None})
        elif (host := _HOST.fullmatch(line)) is not None:
            facts["hostname"] = host[1]
        elif (count := _NUMPORTS.fullmatch(line)) is not None and self._near is not None:
            self._near.extra["ports_before" if "<" in line else "ports_after"] = int(count[1])
        else:
            return _HEADING.fullmatch(line) is not None
        return True


def _told(one: Row) -> dict[str, Said]:
    return {"guid": one.id, **one.extra}


def _lacking(nodes: list[Row], links: list[Row]) -> dict[str, Said]:
    """What a whole topology has and this one has not: a record of every node that a link leads to."""
    if any("diff" in one.extra or hidden(one.id.partition("/")[0]) for one in (*nodes, *links)):
        return {}
    own = {one.id for one in nodes}
    missing = {one.extra["peer_node_guid"] for one in links} - own
    return {"incomplete": f"{len(missing)} nodes that links lead to are not listed themselves"} if missing else {}


def _ports(rows: list[Row]) -> dict[str, Said]:
    kinds = [row.extra.get("node_type") for row in rows]
    return {
        "switch_ports": kinds.count("switch"),
        "hca_ports": kinds.count("ca"),
        "router_ports": kinds.count("router"),
        "ports_without_peer": sum(row.peer is None for row in rows),
    }


FORMAT = Format(
    name="ibnetdiscover",
    family="infiniband",
    commands=("ibnetdiscover", "ibnetdiscover -p", "ibnetdiscover -l", "ibnetdiscover -f", "ibnetdiscover -g"),
    versions="infiniband-diags 1.5 to rdma-core 57, MLNX_OFED 5",
    yields="links with both ends, nodes, chassis",
    signs={
        r"^[ \t>#]*Topology file: generated on ": 100,
        r'^[ \t]*(?:Switch|Ca|Rt)[ \t]{0,8}\d{1,5} "[SHR]-[0-9a-f]{16}"': 100,
        r'^[ \t]*\[\d{1,5}\].{0,32}"[SHR]-[0-9a-f]{16}"\[\d{1,5}\]': 100,
        r'^[ \t]*(?:Switch|Ca|Rt)[ \t]{0,8}\d{1,5} ?"[SHR]-\w{0,16}[^\w"\n]\S{0,20}"': 100,
        r"^[ \t]*(?:/\S{1,80}/)?ibnetdiscover: ib(?:error|warn|panic)": 100,
        r"^[ \t]*(?:CA|SW|RT) {1,16}\d{1,6} {1,16}\d{1,5} {1,4}0x[0-9a-f]{16} (?:\d{1,2}x|\?\?) ": 100,
        r"^[ \t]*(?:Switch|Ca|Rt|Router)\s{0,16}: 0x[0-9a-f]{16} ports \d{1,5} devid 0x": 100,
    },
    read=read,
)
