"""`ibqueryerrors`: ports whose error counters are above a threshold, and what was checked.

A port that is left out is clean only where a `Summary` covers it: its switch answered, nothing was suppressed, the
thresholds were zero. Shapes: rdma-core infiniband-diags/ibqueryerrors.c (`print_results`, `print_summary`); 64-bit
counters carry a human-readable value in parentheses, plain ones do not, and `port ALL` is a sum over a switch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from fabconsole.fabric.printable import printable
from fabconsole.formats.infiniband import link_line
from fabconsole.formats.infiniband.ibqueryerrors_counters import counters
from fabconsole.formats.infiniband.ibqueryerrors_summary import Summary, Tally

_GUID = rb"0x([0-9a-fA-F]{1,16}|[0-9a-fA-FxX*#.\xe2\x80\xa6]{1,24}|[0-9a-fA-F]{0,15}<\w{1,16}>)"
_HEAD = re.compile(rb"(Errors|Data Counters) for (?:" + _GUID + rb'[ \t]*)?(?:"(.*)")?')
_PORT = re.compile(rb"GUID\s{1,8}" + _GUID + rb"\s{1,8}port\s{1,8}(ALL|\d{1,3}):(.*)")
_LINK = re.compile(rb"Link info:\s*(.*)")
_QUERY = re.compile(r"query failed on (.*), .*?Lid (\d{1,5}) port (\d{1,3})$", re.MULTILINE)
_SIBLINGS = 1 << 16
"""How far the GUIDs of one adapter's ports lie apart, at most."""
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
    unknown: tuple[str, ...] = ()
    """Counters of its line whose value is no number."""
    link: str = ""
    """What `-r` tells of its link, see `link_line`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One switch or HCA with errors."""

    guid: str | None
    """Of a switch; HCAs are headed by their name alone, and each port line has its GUID."""
    description: str
    ports: Mapping[int, Port]
    total: Mapping[str, int] = field(default_factory=dict)
    """`port ALL`: a sum, saturating like its parts, and no port."""
    data: bool = False
    """Of `--counters`: no errors, and every port is there."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A query that was not answered, as the tool's stderr names it. Port 255 stands for all ports at once."""

    description: str
    lid: int
    port: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A port's line that is not what it should be."""

    port: Port
    """Number -1: `port ALL`."""
    node: Node | None
    """Whose it is; None: the heading above it is another's, or there is none."""
    mark: str
    """In words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """What one run said."""

    nodes: tuple[Node, ...]
    summary: Summary | None
    """None: it broke off, or did not start."""
    strange: tuple[str, ...] = ()
    """The first lines that were not understood, or belong to nobody, sanitised."""
    doubts: tuple[Doubt, ...] = ()
    totals: Mapping[int, Port] = field(default_factory=dict)
    """`port ALL` by the place of its node among `nodes`, as its line says it."""
    summaries: tuple[Summary, ...] = ()
    """Of several runs in a row, each one's."""
    rest: tuple[str, ...] = ()
    """Every line that was not understood."""

    @property
    def whole(self) -> bool:
        """Every port that the summary counts as bad has its line here: none was lost or not understood."""
        return self.summary is not None and sum(len(node.ports) for node in self.nodes) >= self.summary.bad_ports


def read(text: bytes) -> Errors:
    """Understand a run's standard output. Never raises."""
    run = _Run()
    for line, end in _lines(text):
        run.take(line, end)
    return run.errors


def failures(stderr: str) -> tuple[Failure, ...]:
    """Which queries failed, from the warnings on standard error. Never raises."""
    return tuple(Failure(printable(name, 64), int(lid), int(port)) for name, lid, port in _QUERY.findall(stderr))


class _Run:
    """Line by line through a run, or several in a row."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._ports: dict[int, Port] = {}
        """Of the last node."""
        self._totals: dict[int, Port] = {}
        self._doubts: list[Doubt] = []
        self._strange: list[str] = []
        self._rest: list[str] = []
        self._tally = Tally()
        self._last = -1
        """Number of the last port that a link's line may follow."""

    @property
    def errors(self) -> Errors:
        return Errors(
            nodes=tuple(self._nodes),
            summary=self._tally.last,
            strange=tuple(self._strange),
            doubts=tuple(self._doubts),
            totals=self._totals,
            summaries=self._tally.summaries,
            rest=tuple(self._rest),
        )

    def take(self, line: bytes, end: int) -> None:
        if line.startswith(b"GUID") and (said := _PORT.fullmatch(line)):
            self._port(said, line, end)
        elif line.startswith((b"Errors", b"Data")) and (head := _HEAD.fullmatch(line)):
            self._ports = {}
            name = printable(head[3] or b"", 64)
            data = head[1] == b"Data Counters"
            self._nodes.append(Node(guid=_guid(head[2]), description=name, ports=self._ports, total={}, data=data))
            self._last = -1
        elif line.startswith(b"Link") and (link := _LINK.fullmatch(line)):
            self._link(link[1].decode("utf-8", "replace"), line)
        elif not self._tally.take(line):
            self._odd(line, understood=False)

    def _port(self, said: re.Match[bytes], line: bytes, end: int) -> None:
        number = -1 if said[2] == b"ALL" else int(said[2])
        guid = _guid(said[1]) or ""
        counts, extended, unknown, whole = counters(said[3])
        port = Port(guid=guid, number=number, counts=counts, extended=extended, end=end, unknown=unknown)
        node, mark = self._owner(guid, number)
        self._last = -1
        if not whole:
            self._doubts.append(Doubt(port, node, mark))
            self._odd(line, understood=False)
        elif mark and number >= 0:
            self._doubts.append(Doubt(port, node, mark))
            self._odd(line, understood=True)
        elif node is None:
            self._doubts.append(Doubt(port, None, mark))
            self._odd(line, understood=True)
        elif number < 0:
            self._totals[len(self._nodes) - 1] = port
            self._nodes[-1] = replace(node, total=counts)
        else:
            self._ports[number] = port
            self._last = number

    def _owner(self, guid: str, number: int) -> tuple[Node | None, str]:
        """Whose port a line tells of, and what is wrong with that."""
        node = self._nodes[-1] if self._nodes else None
        if node is None:
            return None, "heading lost"
        if node.guid is not None and node.guid != guid:
            torn = guid.lstrip("0") in node.guid
            return (node, "damaged guid") if torn else (None, "heading lost")
        first = next(iter(self._ports.values()), None)
        if number in self._ports or (number < 0 and (node.guid is None or len(self._nodes) - 1 in self._totals)):
            return None, "heading lost"
        if node.guid is None and first is not None and abs(link_line.apart(first.guid, guid)) >= _SIBLINGS:
            return None, "heading lost"
        return node, ""

    def _link(self, text: str, line: bytes) -> None:
        """It follows its port's line; behind any other it is nobody's."""
        if self._last >= 0:
            self._ports[self._last] = replace(self._ports[self._last], link=text)
        elif not (self._doubts and not self._doubts[-1].port.link):
            self._rest.append(line.decode("utf-8", "replace"))
        else:
            last = self._doubts.pop()
            self._doubts.append(Doubt(replace(last.port, link=text), last.node, last.mark))
        self._last = -1

    def _odd(self, line: bytes, *, understood: bool) -> None:
        if len(self._strange) < _SHOWN:
            self._strange.append(printable(line, 120))
        if not understood:
            self._rest.append(line.decode("utf-8", "replace"))


def _lines(text: bytes) -> Iterator[tuple[bytes, int]]:
    start = 0
    while start < len(text):
        stop = text.find(b"\n", start)
        stop = len(text) if stop < 0 else stop
        if line := text[start:stop].strip():
            yield line, stop + 1
        start = stop + 1


def _guid(text: bytes | None) -> str | None:
    return link_line.padded(text.decode("utf-8", "replace")) if text else None
