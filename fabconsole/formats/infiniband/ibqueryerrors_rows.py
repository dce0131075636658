"""`ibqueryerrors` as a paste: a row a port with errors, one for each sum over a switch, and what was looked at.

A port without a row is clean only where the summary covers it: see `ibqueryerrors`. With `--details` some versions
print what they read of one attribute by the names of the other (rdma-core ibqueryerrors.c, `print_results`: the two
ranges of fields are swapped); such a value is marked, its name is the tool's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from fabconsole.formats.format import Format
from fabconsole.formats.infiniband import link_line, pma_counters
from fabconsole.formats.infiniband.diags_messages import shortfall, sorted_out
from fabconsole.formats.infiniband.ibqueryerrors import Errors, Node, Port, read
from fabconsole.formats.infiniband.ibqueryerrors_summary import Summary
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row, Said

_THRESHOLD = re.compile(r"\[(\w{1,64}) ?= ?(\d{1,20})\]")
_FAILURE = re.compile(r"(\w{1,64}) query failed on (.{0,200}), .{0,200}?Lid (\d{1,5}) port (\d{1,3})$")
_OF_RECEIVING = frozenset(
    f"Port{what}Errors"
    for what in ("LocalPhysical", "MalformedPkt", "BufferOverrun", "DLIDMapping", "VLMapping", "Looping")
)
_OF_DISCARDING = frozenset(
    f"Port{what}Discards" for what in ("Inactive", "NeighborMTU", "SwLifetimeLimit", "SwHOQLifetimeLimit")
)
_BROKEN = re.compile(r"^(?![ \t]*(?:GUID|Link|Errors|Data|#|$))", re.MULTILINE)
"""A line that may be the rest of one."""
_OF_EITHER = _OF_RECEIVING | _OF_DISCARDING
_WHOLE = ("GUID", "Link", "Errors", "Data", "#")
"""How lines begin that are no rest of one."""
_DAMAGED = "damaged guid"


def _reading(paste: Paste) -> Reading:
    broken = _BROKEN.search(paste.text) is not None
    errors = read(("\n".join(_unbroken(paste.lines)) if broken else paste.text).encode())
    events, unparsed = sorted_out(errors.rest)
    facts = dict(_summed(errors)) | shortfall(events)
    failures: list[Said] = [
        {"attribute": said[1], "node": said[2], "lid": int(said[3]), "port": int(said[4])}
        for line in errors.rest
        if " query failed on " in line and (said := _FAILURE.search(line))
    ]
    if failures:
        facts["query_failures"] = failures
    if missing := _missing(errors):
        facts["incomplete"] = missing
    rows = list(_rows(errors))
    unparsed = [line for line in unparsed if not _drawn_alone(line, rows)]
    return Reading(rows=rows, events=events, facts=facts, unparsed=unparsed)


def _drawn_alone(line: str, rows: list[Row]) -> bool:
    """Whether a line is a link's whose port's line is not there: it names its port by LID."""
    drawn = link_line.taken_apart(line.partition("Link info:")[2].strip()) if "Link info:" in line else None
    if drawn is not None:
        rows.append(link_line.row(drawn, None, None))
    return drawn is not None


def _unbroken(lines: Iterable[str]) -> Iterator[str]:
    """Lines as the tool printed them: a mail breaks a port's list of counters in several."""
    pieces: list[str] = []
    for line in lines:
        text = line.strip()
        if pieces and text and not text.startswith(_WHOLE) and _goes_on(pieces[-1], text):
            pieces.append(text)
            continue
        if pieces:
            yield " ".join(pieces)
            pieces = []
        if text.startswith("GUID"):
            pieces = [text]
        else:
            yield line
    yield " ".join(pieces)


def _goes_on(before: str, text: str) -> bool:
    opened, closed = text.find("["), text.find("]")
    if before.rfind("[") > before.rfind("]"):
        return closed >= 0 and (opened < 0 or closed < opened)
    return opened == 0 and "==" in text[:80]


def _rows(errors: Errors) -> Iterator[Row]:
    for place, node in enumerate(errors.nodes):
        if total := errors.totals.get(place):
            yield _row(total, node, _DAMAGED if total.guid != node.guid else "")
        for port in node.ports.values():
            yield _row(port, node, "")
    for doubt in errors.doubts:
        yield _row(doubt.port, doubt.node, doubt.mark)


def _row(port: Port, node: Node | None, mark: str) -> Row:
    sums = port.number < 0
    guid = node.guid if node is not None and mark == _DAMAGED else port.guid
    one = Row(id=f"{guid}/{'ALL' if sums else port.number}", counters=dict(port.counts))
    if node is not None:
        one.extra["node"] = node.description
    if sums:
        one.marks.append("sum")
    else:
        one.extra["port"] = port.number
    if port.link:
        _draw(one, port)
    if mark:
        one.marks.append(mark)
    if mark == _DAMAGED:
        one.extra["printed_guid"] = f"0x{port.guid.lstrip('0')}"
    one.extra["extended"] = port.extended
    if port.unknown:
        unknown = [name for name in port.unknown if name not in port.counts]
        one.counters.update(dict.fromkeys(unknown))
        one.marks += [f"unknown {name}" for name in unknown]
    one.marks += pma_counters.saturated(port.counts.items(), extended=port.extended)
    if not _OF_EITHER.isdisjoint(port.counts):
        one.marks += (f"misnamed {name}" for name in _misnamed(port.counts))
    return one


def _draw(one: Row, port: Port) -> None:
    """What `-r` tells of the port's link."""
    drawn = link_line.taken_apart(port.link)
    if drawn is None or drawn.port != port.number:
        one.extra["link_info"] = port.link
        one.marks.append("unknown link")
        return
    link = link_line.row(drawn, port.guid, None)
    one.state, one.phys_state, one.rate_gbps, one.width = link.state, link.phys_state, link.rate_gbps, link.width
    one.peer, one.extra = link.peer, one.extra | link.extra
    one.marks += link.marks


def _misnamed(names: Iterable[str]) -> Iterator[str]:
    others: frozenset[str] = frozenset()
    for name in names:
        if name == "port_xmit_discards":
            others = _OF_RECEIVING
        elif name == "port_rcv_errors":
            others = _OF_DISCARDING
        elif name in others:
            yield name


def _summed(errors: Errors) -> Iterator[tuple[str, Said]]:
    if errors.summary is not None:
        yield from _told(errors.summary).items()
    if len(errors.summaries) > 1:
        runs: list[Said] = [_told(summary) for summary in errors.summaries]
        yield "runs", runs


def _told(summary: Summary) -> dict[str, Said]:
    thresholds: dict[str, Said] = {
        pma_counters.name(name): int(value) for name, value in _THRESHOLD.findall(summary.thresholds)
    }
    suppressed: list[Said] = [pma_counters.name(name) for name in summary.suppressed.replace(",", " ").split()]
    return {
        "nodes_checked": summary.nodes,
        "bad_nodes": summary.bad_nodes,
        "ports_checked": summary.ports,
        "bad_ports": summary.bad_ports,
        "pma_query_failures": summary.failures,
        "thresholds": thresholds,
        "suppressed": suppressed,
    }


def _missing(errors: Errors) -> str | None:
    """What the text announces, or should end with, and does not hold."""
    found = sum(len(node.ports) for node in errors.nodes) + sum(doubt.port.number >= 0 for doubt in errors.doubts)
    if errors.summary is None:
        return "there is no summary: its end is missing" if found or errors.nodes else None
    announced = sum(summary.bad_ports for summary in errors.summaries)
    if announced > found:
        return f"of {announced} ports with errors {found} have their line"
    nodes = sum(summary.bad_nodes for summary in errors.summaries)
    return f"of {nodes} bad nodes {len(errors.nodes)} have their heading" if nodes > len(errors.nodes) else None


_OPTIONS = ("--data", "--details", "--counters", "-r", "-c", "-s")

FORMAT = Format(
    name="ibqueryerrors",
    family="infiniband",
    commands=("ibqueryerrors", *(f"ibqueryerrors {option}" for option in _OPTIONS)),
    versions="infiniband-diags 1.4 to rdma-core 57",
    yields="counters of ports with errors, sums of switches, links; what was checked",
    signs={
        r'^[ \t]*(?:Errors|Data Counters) for (?:0x\w|"[^"\n]{0,80}")': 100,
        r"^[ \t]*GUID[ \t]{1,8}0x\S{1,20}[ \t]{1,8}port[ \t]{1,8}(?:ALL|\d{1,3}):": 100,
        r"^[ \t]*(?:#{1,2}[ \t]*)?Summary: \d{1,9} nodes checked, \d{1,9} bad nodes found": 30,
        r"^[ \t]*(?:#{1,2}[ \t]*)?\d{1,9} PMA query failures": 60,
        r"^[ \t]*ibwarn: ?\[\d{1,10}\] \w{1,40}: \w{1,64} query failed on ": 60,
        r"^[ \t]*(?:/\S{1,80}/)?ibqueryerrors: ib(?:error|warn|panic)": 100,
    },
    read=_reading,
)
