"""`ibnodes`, `ibhosts`, `ibswitches`, `ibrouters`: a line a node, with its number of ports."""

from __future__ import annotations

from collections import Counter

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.infiniband.link_line import hidden
from fabconsole.formats.infiniband.node_list import node
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said


def read(paste: Paste) -> Reading:
    """Understand a listing, or several in a row. Never raises."""
    said = Reading()
    for line in paste.lines:
        if not line.strip():
            continue
        if (row := node(line)) is not None:
            said.rows.append(row)
        else:
            said.unparsed.append(line)
    said.events, said.unparsed = sorted_out(said.unparsed)
    said.facts = counts(said.rows)
    return said


def counts(rows: list[Row]) -> dict[str, Said]:
    """How many nodes of each kind were listed; nothing where none were. A node listed twice is one.

    Where digits of the GUIDs are hidden several nodes share theirs: the name tells them apart.
    """
    if not rows:
        return {}
    one = {(row.id, row.extra["node"] if hidden(row.id) else ""): row.extra["node_type"] for row in rows}
    kinds = Counter(one.values())
    return {"switches": kinds["switch"], "hcas": kinds["ca"], "routers": kinds["router"]}


FORMAT = Format(
    name="ibnodes",
    family="infiniband",
    commands=("ibnodes", "ibswitches", "ibhosts", "ibrouters"),
    versions="infiniband-diags 1.5 to rdma-core 57",
    yields="nodes: GUID, name, number of ports, a switch's LID",
    signs={
        r'^\s*(?:Switch|Ca|Rt)\s{0,16}: 0x[0-9a-f]{16} ports \d{1,5} "': 100,
        r"^[ \t]*(?:/\S{1,80}/)?ib(?:nodes|hosts|switches|routers): ib(?:error|warn|panic)": 100,
    },
    read=read,
)
