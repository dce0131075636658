"""`ibqueryerrors`: ports whose error counters are above a threshold, and what was checked.

A port that is left out is clean only where a `Summary` covers it: its switch answered, nothing was suppressed, the
thresholds were zero. Shapes: rdma-core infiniband-diags/ibqueryerrors.c (`print_results`, `print_summary`); 64-bit
counters carry a human-readable value in parentheses, plain ones do not, and `port ALL` is a sum over a switch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fabconsole.fabric.counters import BY_PMA_NAME
from fabconsole.fabric.printable import printable

_HEAD = re.compile(rb'\s*(?:Errors|Data Counters) for (?:0x([0-9a-fA-F]{1,16}) )?"(.*)"\s*')
_PORT = re.compile(rb"\s*GUID 0x([0-9a-fA-F]{1,16}) port (ALL|\d{1,3}):((?: *\[[^\[\]]*\])*)\s*")
_ITEM = re.compile(rb"\[(\w{1,64}) == (\d{1,20})( \([^\[\]]*\))?\]")
_NODES = re.compile(rb"\s*## Summary: (\d{1,9}) nodes checked, (\d{1,9}) bad nodes found\s*")
_PORTS = re.compile(rb"\s*##\s+(\d{1,9}) ports checked, (\d{1,9}) ports have errors beyond threshold\s*")
_FAILED = re.compile(rb"\s*##\s+(\d{1,9}) PMA query failures\s*")
_LISTED = re.compile(rb"\s*## (Thresholds|Suppressed):\s*(.*?)\s*")
_QUERY = re.compile(r"query failed on (.*), .*?Lid (\d{1,5}) port (\d{1,3})$", re.MULTILINE)
_NAMES = {printed.encode(): name for printed, name in BY_PMA_NAME.items()}
_MAXIMUM = (1 << 64) - 1
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One port with errors."""

    guid: str
    number: int
    counts: Mapping[str, int]
    """Canonical name to value; a counter that is not here is zero. Names we do not know stay as printed."""
    extended: bool
    """They come from 64-bit counters."""
    end: int
    """Offset of the first byte after its line: when that came, it had been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One switch or HCA with errors."""

    guid: str | None
    """Of a switch; HCAs are headed by their name alone, and each port line has its GUID."""
    description: str
    ports: Mapping[int, Port]
    total: Mapping[str, int] = field(default_factory=dict)
    """`port ALL`: a sum, saturating like its parts, and no port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What the run covered."""

    nodes: int
    bad_nodes: int
    ports: int
    bad_ports: int
    failures: int = 0
    """Queries to a node's performance agent that were not answered."""
    thresholds: str = ""
    suppressed: str = ""

    @property
    def hides_nothing(self) -> bool:
        """No threshold above zero and no counter suppressed: what is left out was read as zero."""
        return not self.thresholds and not self.suppressed


@dataclass(frozen=True, slots=True)
class Failure:
    """A query that was not answered, as the tool's stderr names it. Port 255 stands for all ports at once."""

    description: str
    lid: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """What one run said."""

    nodes: tuple[Node, ...]
    summary: Summary | None
    """None: it broke off, or did not start."""
    strange: tuple[str, ...] = ()
    """The first lines that were not understood, sanitised."""

    @property
    def whole(self) -> bool:
        """Every port that the summary counts as bad has its line here: none was lost or not understood."""
        return self.summary is not None and sum(len(node.ports) for node in self.nodes) >= self.summary.bad_ports


def read(text: bytes) -> Errors:
    """Understand a run's standard output. Never raises."""
    nodes: list[Node] = []
    strange: list[str] = []
    ports: dict[int, Port] = {}
    total: dict[str, int] = {}
    tail: dict[str, int] = {}
    lists: dict[str, str] = {}
    for line, end in _lines(text):
        if head := _HEAD.fullmatch(line):
            ports, total = {}, {}
            nodes.append(Node(guid=_guid(head[1]), description=printable(head[2], 64), ports=ports, total=total))
        elif nodes and (said := _PORT.fullmatch(line)) and (found := _counts(said[3])) is not None:
            guid = _guid(said[1]) or ""
            if said[2] == b"ALL":
                total.update(found[0])
            elif nodes[-1].guid in (None, guid):
                number = int(said[2])
                ports[number] = Port(guid=guid, number=number, counts=found[0], extended=found[1], end=end)
            elif len(strange) < _SHOWN:
                strange.append(printable(line, 120))  # of a switch whose heading was not understood
        elif not _summed(line, tail, lists) and b"Link info:" not in line and len(strange) < _SHOWN:
            strange.append(printable(line, 120))
    return Errors(nodes=tuple(nodes), summary=_summary(tail, lists), strange=tuple(strange))


def failures(stderr: str) -> tuple[Failure, ...]:
    """Which queries failed, from the warnings on standard error. Never raises."""
    return tuple(Failure(printable(name, 64), int(lid), int(port)) for name, lid, port in _QUERY.findall(stderr))


def _lines(text: bytes) -> Iterator[tuple[bytes, int]]:
    start = 0
    while start < len(text):
        stop = text.find(b"\n", start)
        stop = len(text) if stop < 0 else stop
        if line := text[start:stop].strip():
            yield line, stop + 1
        start = stop + 1


def _guid(text: bytes | None) -> str | None:
    return text.decode().lower().zfill(16) if text else None


def _counts(text: bytes) -> tuple[dict[str, int], bool] | None:
    """Counters of one line and whether any is extended; None where an item is none we can read."""
    items = _ITEM.findall(text)
    counts = {_NAMES.get(name) or name.decode("ascii", "replace"): int(value) for name, value, _ in items}
    if len(counts) != text.count(b"[") or max(counts.values(), default=0) > _MAXIMUM:
        return None
    return counts, any(human for _, _, human in items)


def _summed(line: bytes, tail: dict[str, int], lists: dict[str, str]) -> bool:
    if said := _NODES.fullmatch(line):
        tail["nodes"], tail["bad_nodes"] = int(said[1]), int(said[2])
    elif said := _PORTS.fullmatch(line):
        tail["ports"], tail["bad_ports"] = int(said[1]), int(said[2])
    elif said := _FAILED.fullmatch(line):
        tail["failures"] = int(said[1])
    elif said := _LISTED.fullmatch(line):
        lists[said[1].decode().lower()] = printable(said[2], 200)
    return said is not None


def _summary(tail: dict[str, int], lists: dict[str, str]) -> Summary | None:
    """Whole only with its second line: the failures come after it and before the end."""
    if "nodes" not in tail or "ports" not in tail:
        return None
    return Summary(
        nodes=tail["nodes"],
        bad_nodes=tail["bad_nodes"],
        ports=tail["ports"],
        bad_ports=tail["bad_ports"],
        failures=tail.get("failures", 0),
        thresholds=lists.get("thresholds", ""),
        suppressed=lists.get("suppressed", ""),
    )
