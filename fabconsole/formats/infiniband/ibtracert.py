"""`ibtracert`: the way from one port to another, hop by hop, as the switches' tables have it.

Shapes: rdma-core infiniband-diags/ibtracert.c (`dump_endnode`, `dump_route`, with `-n` without names; `dump_mcpath` for
`-m`); of old the LIDs were hexadecimal. A hop tells which port the way leaves the node before by, and which it comes in
by; an end node is called by its node's GUID, its port as a hop by the port's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.infiniband.link_line import DIGITS, padded
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said
from fabconsole.formats.values import integer

_TYPE = r"(?:(ca|switch|router|iwarp rnic|\?\?\?) )?"
_GUID = rf"(?:port )?\{{?(?:0x)?({DIGITS})\}}?"
_LID = r"(0x[0-9a-f]{1,4}|\d{1,6})"
_PLACE = r"(?: (?:base )?lid " + _LID + r"(?:-" + _LID + r')?)?(?: "(.*)")?'
_END = re.compile(
    r"(From|To|processing|found target|new remote|ERR: circle discovered at) "
    + _TYPE
    + _GUID
    + r"(?:\[(\d{1,5})\]| (?:portnum|port) (\d{1,5}))"
    + _PLACE,
    re.ASCII,
)
_HOP = re.compile(r"\[(-?\d{1,5})\] -> " + _TYPE + _GUID + r"\[(\d{1,5})\]" + _PLACE, re.ASCII)
_PAIRS = re.compile(r"(\d{1,9}) lid/guid pairs processed from (.*)", re.ASCII)


@dataclass(slots=True)
class _Path:
    """One way, from its `From` on."""

    number: int
    hops: int = 0
    rows: list[Row] = field(default_factory=list)
    told: dict[str, Said] = field(default_factory=dict)

    def end(self, word: str, row: Row) -> None:
        """Take the node that it begins or ends at."""
        self.told[word] = row.extra.get("node") or row.id
        self.told[f"{word}_port"] = row.id
        if "lid" in row.extra:
            self.told[f"{word}_lid"] = row.extra["lid"]

    def facts(self) -> dict[str, Said]:
        hops = [row for row in self.rows if "hop" in row.extra]
        known = [row.extra["node_type"] for row in hops if "node_type" in row.extra]
        through = known.count("switch") if len(known) == len(hops) else None
        return {
            **self.told,
            "hops": self.hops,
            "switches": through,
            "complete": "from" in self.told and "to" in self.told,
        }


def read(paste: Paste) -> Reading:
    """Understand one way, or several in a row. Never raises."""
    said = Reading()
    paths: list[_Path] = []
    for line in paste.lines:
        if not line or line.isspace():
            continue
        plain = line.strip()
        if plain[0] == "[" and (hop := _HOP.fullmatch(plain)) is not None:
            _go_on(paths, hop)
        elif plain[0] in "FTpfnE" and (end := _END.fullmatch(plain)) is not None:
            _begin_or_end(paths, end)
        elif (pairs := _PAIRS.fullmatch(plain)) is not None:
            said.facts |= {"pairs": int(pairs[1]), "ports_file": pairs[2]}
        else:
            said.unparsed.append(line)
    said.events, said.unparsed = sorted_out(said.unparsed)
    said.rows = [row for path in paths for row in path.rows]
    if paths:
        said.facts |= {"paths": [path.facts() for path in paths]}
    return said


def _begin_or_end(paths: list[_Path], end: re.Match[str]) -> None:
    word, kind, guid, port, plain_port, lid, last_lid, name = end.groups()
    row = _row(guid, port or plain_port, (kind, lid, last_lid, name))
    if word not in ("From", "To"):
        _path(paths).rows.append(row)
        row.extra["step"] = word  # -v: what the search came by
        return
    if word == "From" or not paths or "to" in paths[-1].told:
        paths.append(_Path(len(paths) + 1))
    path = paths[-1]
    path.end(word.lower(), row)
    row.extra["path"] = path.number
    if word == "From":
        path.rows.append(row)


def _go_on(paths: list[_Path], hop: re.Match[str]) -> None:
    out, kind, guid, port, lid, last_lid, name = hop.groups()
    path = _path(paths)
    before = path.rows[-1] if path.rows else None
    row = _row(guid, port, (kind, lid, last_lid, name))
    path.hops += 1
    row.extra["path"], row.extra["hop"] = path.number, path.hops
    if before is not None and "step" not in before.extra:
        before.extra["exit_port"] = int(out)
        row.peer = f"{before.id.partition('/')[0]}/{out}"
    else:
        row.extra["came_from_port"] = int(out)
    path.rows.append(row)


def _path(paths: list[_Path]) -> _Path:
    """The path that a line belongs to: a new one where its beginning was lost."""
    if not paths or "to" in paths[-1].told:
        paths.append(_Path(len(paths) + 1))
    return paths[-1]


@lru_cache(maxsize=1 << 12)
def _lid(text: str) -> int | None:
    return integer(text)


def _row(guid: str, port: str, place: tuple[str | None, str | None, str | None, str | None]) -> Row:
    kind, lid, last_lid, name = place
    extra: dict[str, Said] = {}
    if kind is not None:
        extra["node_type"] = kind
    if name is not None:
        extra["node"] = name
    if lid is not None:
        extra["lid"] = _lid(lid)
    if last_lid is not None and last_lid != lid:
        extra["last_lid"] = _lid(last_lid)
    return Row(id=f"{padded(guid)}/{port}", extra=extra)


FORMAT = Format(
    name="ibtracert",
    family="infiniband",
    commands=("ibtracert", "ibtracert -n", "ibtracert -m"),
    versions="infiniband-diags 1.5 to rdma-core 57",
    yields="ways through the subnet, hop by hop",
    signs={
        r"^[ \t]*(?:From|To) (?:ca|switch|router) \{?0x[0-9a-f]{1,16}\}? port(?:num)? \d": 100,
        r"^[ \t]*(?:From|To) \{0x[0-9a-f]{16}\}\[\d": 100,
        r"^[ \t]*\[-?\d{1,5}\] -> (?:(?:ca|switch|router) )?(?:port )?\{?0x[0-9a-f]{1,16}\}?\[\d": 100,
        r"^[ \t]*(?:/\S{1,80}/)?ibtracert: ib(?:error|warn|panic)": 100,
    },
    read=read,
)
