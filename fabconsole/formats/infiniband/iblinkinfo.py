"""`iblinkinfo`, with or without `--line`: every port of every node, its state, its speed and its far end.

Shapes: rdma-core infiniband-diags/iblinkinfo.c, and `link_line`. Without `--line` a port's line does not name its
switch: that stands in the heading, and where a heading was lost the line's LID tells that it is another's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

from fabconsole.fabric.printable import printable
from fabconsole.fabric.table import PortState
from fabconsole.formats.format import Format
from fabconsole.formats.infiniband import link_line
from fabconsole.formats.infiniband.diags_messages import shortfall, sorted_out
from fabconsole.formats.infiniband.link_line import Far, Line
from fabconsole.formats.infiniband.port_words import node_type
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said

_HEAD = re.compile(rf"(?P<kind>Switch):? {link_line.GUID}:? (?P<node>.*?):?|(?P<other>CA|Router|\?\?): (?P<name>.*):")
_BEGUN = re.compile(r"(?:0x\S{1,20}\s|\d{1,5}\s+\d{1,3}\[)")
_DIFFERS = re.compile(r"\s*([<>]) (?=\s*(?:0x|\d|Switch|CA: |Router: |\?\?: |numports))")
_NUMBER_OF_PORTS = re.compile(r"numports = \d{1,3}")
_KINDS = {"Switch": "switches", "CA": "hcas", "Router": "routers", "??": "others"}
_SIBLINGS = 1 << 16
"""How far the GUIDs of one adapter's ports lie apart, at most."""
_PIECES = 3
"""Into how many a line is broken on its way, at most."""
_SHOWN = 8
_UNSET = (0, 0xFFFF)
"""LIDs that are none: before the subnet manager came by, and the permissive one (IBTA 4.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One line: a port, and what it is linked to."""

    guid: str | None
    """Port GUID, of a switch its node's; None for a switch or HCA of which the form did not print it."""
    description: str
    """Node description, sanitised."""
    lid: int
    port: int
    state: PortState
    far: Far | None
    """None: down, or up with nothing known behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What one run said."""

    links: tuple[Link, ...]
    by_line: Mapping[int, Link] = field(repr=False)
    """To hand to the next reading, by the hash of a line and its header: one that did not change is not taken apart
    again (12 µs each). The lines themselves would be a quarter of what a sweep leaves in memory."""
    strange: tuple[str, ...] = ()
    """The first lines that were not understood, sanitised."""


@dataclass(slots=True)
class _Node:
    """Whose lines follow, by the last heading; the empty one: nobody's."""

    heading: str = ""
    kind: str = ""
    type: str = ""
    guid: str | None = None
    """Of a switch."""
    name: str = ""
    mark: int | str | None = None
    """Of its first line: a switch's LID, an adapter's GUID."""
    ports: set[int] = field(default_factory=set)
    """Those that were told of an adapter: one that comes again is another's, whose heading was lost."""

    def owns(self, line: Line) -> bool:
        """Whether the line can be one of its ports: else the heading between was lost."""
        if line.node is not None or not self.kind or (self.kind == "Switch") != (line.guid is None):
            return False
        mark = line.lid if line.guid is None else line.guid
        self.mark = mark if self.mark is None else self.mark
        if isinstance(mark, str) and isinstance(self.mark, str):
            if line.port in self.ports and mark != self.mark:
                return False
            self.ports.add(line.port)
            return abs(link_line.apart(mark, self.mark)) < _SIBLINGS
        return mark == self.mark


def read(text: str, before: Mapping[int, Link] | None = None) -> Links:
    """Understand a run. Never raises; a line cut off in its middle is `strange`."""
    before = before or {}
    node = _Node()
    links: list[Link] = []
    by_line: dict[int, Link] = {}
    strange: list[str] = []
    for line in text.split("\n"):
        if not line or line.isspace():
            continue
        key = hash(node.heading + line)
        link = before.get(key)
        if link is None and (said := link_line.taken_apart(line.lstrip())) is not None and said.hint is not None:
            link = _link(said, node)
        if link is not None:
            links.append(link)
            by_line[key] = link
        elif heading := _heading(line):
            node = heading
        elif len(strange) < _SHOWN:
            strange.append(printable(line, 120))
    return Links(links=tuple(links), by_line=by_line, strange=tuple(strange))


def _link(said: Line, node: _Node) -> Link:
    owned = node.owns(said)
    return Link(
        guid=said.guid or (node.guid if owned else None),
        description=said.node if said.node is not None else node.name if owned else "",
        lid=said.lid,
        port=said.port,
        state=said.state,
        far=said.far,
    )


def _heading(line: str) -> _Node | None:
    said = _HEAD.fullmatch(line.strip())
    if said is None:
        return None
    name = intern(printable(said["node"] if said["kind"] else said["name"], 64))
    kind = said["kind"] or said["other"]
    return _Node(line, kind, node_type(kind), link_line.padded(said[2]), name)


def _reading(paste: Paste) -> Reading:
    walk = _Walk()
    for line in paste.lines:
        walk.take(line)
    _name_peers(walk.rows)
    events, unparsed = sorted_out(walk.unparsed)
    return Reading(rows=walk.rows, events=events, facts=dict(_counted(walk)) | shortfall(events), unparsed=unparsed)


def _name_peers(rows: list[Row]) -> None:
    """Without `--line` a far end is told by its LID: its own line in the same text has its GUID."""
    ends: dict[str, set[str]] = {}
    for row in rows:
        if row.extra["lid"] in _UNSET:
            continue
        ends.setdefault(f"lid{row.extra['lid']}/{row.extra['port']}", set()).add(row.id)
    for row in rows:
        if row.peer and len(end := ends.get(row.peer, set())) == 1:  # two subnets in one text share their LIDs
            (row.peer,) = end


class _Walk:
    """Line by line through a paste: one that was broken in pieces on its way is put together again."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.unparsed: list[str] = []
        self.differing: list[Said] = []
        """Numbers of ports that are not what they were, of a comparison."""
        self.nodes: dict[str, set[str]] = {}
        self._node = _Node()
        self._pieces = 0
        """How many of the last lines may be the beginning of one."""

    def take(self, line: str) -> None:
        text = line.strip()
        if not text:
            return
        differs = _DIFFERS.match(line) if text[0] in "<>" else None
        bare = line[differs.end() :].strip() if differs else text
        if said := link_line.taken_apart(bare):
            self._keep(said, differs[1] if differs else "")
        elif heading := _heading(bare):
            self._node, self._pieces = heading, 0
            self.nodes.setdefault(heading.kind, set()).add(heading.guid or heading.name)
        elif differs and _NUMBER_OF_PORTS.fullmatch(bare):
            self.differing.append(f"{self._node.name}: {text}")
        elif not self._joined(text):
            self.unparsed.append(line)
            self._pieces = 1 if _BEGUN.match(bare) else (self._pieces + 1) % _PIECES if self._pieces else 0

    def _joined(self, text: str) -> bool:
        """Whether this line ends what the last ones began."""
        if not self._pieces:
            return False
        pieces = [piece.strip().rstrip("\\") for piece in self.unparsed[-self._pieces :]]
        for between in (" ", ""):
            if said := link_line.taken_apart(between.join((*pieces, text))):
                del self.unparsed[-self._pieces :]
                self._keep(said, "")
                return True
        return False

    def _keep(self, said: Line, differs: str) -> None:
        self._pieces = 0
        owned = self._node.owns(said)
        guid = said.guid or (self._node.guid if owned else None)
        row = link_line.row(said, guid, said.node if said.node is not None else self._node.name if owned else None)
        if owned:
            row.extra["node_type"] = self._node.type
        if differs:
            row.extra["differs"] = differs
            row.marks.append("only before" if differs == "<" else "only now")
        self.rows.append(row)


def _counted(walk: _Walk) -> Iterator[tuple[str, Said]]:
    for kind, found in walk.nodes.items():
        yield _KINDS[kind], len(found)
    if walk.differing:
        yield "differing", walk.differing
    if walk.rows:
        yield "ports", len(walk.rows)
        yield "active", sum(row.state == "Active" for row in walk.rows)
        yield "down", sum(row.state == "Down" for row in walk.rows)
        yield "degraded", sum("degraded" in row.marks for row in walk.rows)


FORMAT = Format(
    name="iblinkinfo",
    family="infiniband",
    commands=("iblinkinfo", "iblinkinfo --line", "iblinkinfo -l", "iblinkinfo --switches-only", "iblinkinfo -d"),
    versions="OFED 1.4 to rdma-core 57",
    yields="ports with state, width, speed and far end; what a link could be",
    signs={
        r"^(?!.{0,40}Link info:).{0,200}\d\[[^\]\n]{0,3}\] {0,8}==\(.{1,200}\)==>": 100,
        r"^[ \t]*==\( {0,8}\d{1,2}X[^\n]{1,80}/ {0,8}[A-Z]\w{2,20}\)==>": 60,
        r"^[ \t]*(?:/\S{1,80}/)?iblinkinfo: ib(?:error|warn|panic)": 100,
        r"^[ \t]*Switch:? 0x[0-9a-fA-F]{1,16} .{0,80}:$": 30,
        r"^[ \t]*(?:CA|Router): .{1,80}:$": 20,
    },
    read=_reading,
)
