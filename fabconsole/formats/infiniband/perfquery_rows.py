"""`perfquery` as a paste: a row a record, with what the masks in its header say that it cannot count."""

from __future__ import annotations

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband import pma_counters
from fabconsole.formats.infiniband.diags_messages import sorted_out
from fabconsole.formats.infiniband.perfquery import ALL, WHOLE, Listing, Port
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said


def _reading(paste: Paste) -> Reading:
    listing = Listing()
    listing.read(paste.lines)
    events, unparsed = sorted_out(listing.strange)
    return Reading(rows=[_row(port) for port in listing.ports], events=events, unparsed=unparsed)


def _row(port: Port) -> Row:
    unsupported = list(port.unsupported)
    counters: dict[str, int | float | None] = dict(port.counts)
    counters.update(dict.fromkeys((*unsupported, *port.unknown)))
    marks = [f"unsupported {name}" for name in unsupported] + [f"unknown {name}" for name in port.unknown]
    marks += pma_counters.saturated(port.counts.items(), extended=port.extended)
    extra: dict[str, Said] = {"lid": port.lid, "port": port.port, "kind": port.kind or None}
    if port.kind in WHOLE:
        extra["extended"] = port.extended
    if port.port == ALL:
        marks.insert(0, "sum")
    if not port.kind:
        marks.insert(0, "header lost")
    extra = {name: value for name, value in extra.items() if value is not None}
    extra.update(port.said)
    return Row(id=_id(port), counters=counters, marks=marks, extra=extra)


def _id(port: Port) -> str:
    number = "?" if port.port is None else port.port
    if port.lid is not None:
        return f"lid{port.lid}/{number}"
    return f"path{port.said['path']}/{number}" if "path" in port.said else f"?/{number}"


FORMAT = Format(
    name="perfquery",
    family="infiniband",
    commands=("perfquery", *(f"perfquery -{option}" for option in "xalEDTXSc")),
    versions="OFED 1.2 to rdma-core 57",
    yields="counters of ports, and which of them are counted at all",
    signs={
        r"^[ \t#*]*\w[\w \-]{0,60}: ?(?:Lid \w{1,6}|DR path) [^\n]{0,200}(?:port \d|all ports)[^\n]{0,4}CapMask": 100,
        r"^[ \t#*]*\w{0,20}Port\w{0,40}[\w \-]{0,50}counters: ?(?:Lid|DR path)": 100,
        r"^[ \t#*]*PortSamplesControl: ?(?:Lid|DR path)": 100,
        r"^[ \t]*(?:SymbolError\w+|Link(?:ErrorRec|Downed|Rec)\w*|(?:Port)?(?:Xmi?t|Rcv)\w+|VL15Dropped):\.\.": 60,
        r"^[ \t]*(?:/\S{1,80}/)?perfquery: ib(?:error|warn|panic)": 100,
    },
    read=_reading,
)
