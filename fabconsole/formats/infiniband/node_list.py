"""One line a node, as ibnodes, ibhosts, ibswitches, ibrouters and `ibnetdiscover -l` list them.

Shapes: rdma-core infiniband-diags/scripts/ib{hosts,switches,routers}.in and ibnetdiscover.c (`list_node`), which adds
the device's and the vendor's number.
"""

from __future__ import annotations

import re

from fabconsole.formats.infiniband.link_line import DIGITS, padded
from fabconsole.formats.reading import Row, Said

_NODE = re.compile(
    rf"(Switch|Ca|Hca|Router|Rt|\?\?\?)\s{{0,16}}:\s*(?:0x)?({DIGITS}) ports (\d{{1,5}})"
    r'(?: devid (0x[0-9a-fA-F]{1,8}) vendid (0x[0-9a-fA-F]{1,8}))? "(.*)"'
    r"(?: (base|enhanced) port 0(?: lid (\d{1,6}))?(?: lmc (\d{1,2}))?)?"
)
KINDS = {"Switch": "switch", "Ca": "ca", "Hca": "ca", "Rt": "router", "Router": "router"}
"""What a node is called at the beginning of its line, to what it is."""


def node(line: str) -> Row | None:
    """`Switch : 0x… ports 36 "name" base port 0 lid 2 lmc 0`; None for any other line."""
    said = _NODE.fullmatch(line.strip())
    if said is None:
        return None
    kind, guid, ports, device, vendor, name, port_zero, lid, lmc = said.groups()
    extra: dict[str, Said] = {"node": name, "node_type": KINDS.get(kind, "unknown"), "ports": int(ports)}
    if device is not None:
        extra |= {"devid": device, "vendid": vendor}
    if port_zero is not None:
        extra["port0"] = port_zero
    extra |= {key: int(value) for key, value in (("lid", lid), ("lmc", lmc)) if value is not None}
    return Row(id=padded(guid) or "", extra=extra)
