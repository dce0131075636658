"""What a screen reads: the fabric at one instant, every value with its doubt, nothing that can change under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Mark, Severity
from fabconsole.fabric.inventory import Expect
from fabconsole.fabric.table import NvlinkState, PortState
from fabconsole.state.rows import at
from fabconsole.stream.records import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PortView:
    """One end of a link: a host's port or a switch's."""

    end: str
    """`gpu017/mlx5_3/1`, `leaf-a01/3`."""
    node: str
    state: PortState
    health: Health
    reason: str
    """Why it has that health, in words, with the number and the rule; empty when OK."""
    peer: str | None
    """The far end's address, or its description where it is not one of our nodes; None: none known."""
    counters: Mapping[str, int]
    """Lifetime values as last read."""
    rates: Mapping[str, float]
    """Per second over the health window; a counter without a rate is not here, and where `is_old` there is none."""
    marks: Mapping[str, Mark]
    age_s: float | None
    """Since the last reading; None: never read."""
    unsteady: str = ""
    """`2 downs in 10 min, last 14:03:22`; empty where it stands, or is down for a first time or for good."""
    is_old: bool = False
    """True: state and counters are of an earlier reading, the last one that was due did not bring them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NvlinkView:
    """One NVLink of one GPU."""

    end: str
    """`gpu017/gpu3/nvl7`."""
    node: str
    gpu: int
    link: int
    state: NvlinkState
    health: Health
    reason: str
    counters: Mapping[str, int]
    rates: Mapping[str, float]
    marks: Mapping[str, Mark]
    age_s: float | None
    is_old: bool = False
    """As of a port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question to one node."""

    name: str
    health: Health
    """OK, STALE, UNKNOWN, UNTRUSTED, NOT-SUPPORTED."""
    age_s: float | None
    """Since the last answer."""
    latency_s: float | None
    interval_s: float
    reason: Reason | None
    """Why the last asking was not answered; None: it was."""
    detail: str = ""
    since: float | None = None
    """Since when it is stuck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """One machine or switch, with everything under it. The same object while nothing changed."""

    name: str
    rack: str | None
    platform: str
    """linux-gpu, …; `switch` for one that was found in-band."""
    health: Health
    reason: str
    age_s: float | None
    """Since the freshest answer of the question asked most often; None: never answered."""
    error: str | None
    """Why the last due poll has no answer; None: it has."""
    uptime_s: float | None
    facts: Mapping[str, str]
    questions: tuple[QuestionView, ...]
    ports: Sequence[PortView]
    """In listing order, what vanished still in its place. The same object while nothing in it changed."""
    nvlinks: Sequence[NvlinkView]
    """By GPU, then link."""
    expect: Expect
    gpu_events: Mapping[int, str] = field(default_factory=dict)
    """GPU number to its recent Xids that ask for something, in a few words: `Xid 94 ×2`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RackView:
    """One rack: hosts as they hang, then its switches."""

    name: str
    row: str | None
    pod: str | None
    nodes: tuple[str, ...]
    health: Health
    faults: int
    """Nodes whose severity is WARN or worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionCoverage:
    """How many of those asked have answered their last due asking."""

    asked: int
    answered: int
    oldest_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What of the fabric this view rests on."""

    nodes: int
    """The inventory's."""
    polled: int
    """Those whose last due poll was answered."""
    oldest_s: float | None
    questions: Mapping[str, QuestionCoverage]

    @property
    def complete(self) -> bool:
        """True when every question has its answer."""
        return self.polled == self.nodes and all(q.answered == q.asked for q in self.questions.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Alike events folded into one line."""

    event: Event
    """The latest of them. Its subject is the GPU's or HCA's name, where what has the PCI address is known."""
    first_at: float
    count: int
    also: tuple[str, ...] = ()
    """More nodes that the same befell at once; the event names the first."""
    under: tuple[EventView, ...] = ()
    """What followed from it and is told in this line, newest first."""
    told: str = ""
    """What happened with what followed from it: `root of 63 Xid 145 on 8 nodes: Xid 149 …`; empty: nothing did."""

    @property
    def headline(self) -> str:
        """What the line says."""
        return self.told or self.event.headline

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node that it befell, what followed from it included."""
        mine = (self.event.node, *self.also)
        return (
            tuple(dict.fromkeys((*mine, *(node for one in self.under for node in one.nodes)))) if self.under else mine
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the worst list: a thing that is not well, since when, and its far end's health."""

    end: str
    """A port, an NVLink, a GPU (`gpu017/gpu3`), a node, or a rack (`rack r03`)."""
    health: Health
    reason: str
    since: float
    """When it first was this bad, seconds since the epoch."""
    peer: str | None = None
    peer_health: Health | None = None
    unsteady: bool = False
    """Its link went down and came back: the reason says how often, and holds whether it is up just now or not."""
    under: tuple[Finding, ...] = ()
    """What is told in this line, and not in lines of its own."""
    echoes: tuple[int, ...] = ()
    """Xids of its node that an NVLink elsewhere brought about."""
    echo_of: str | None = None
    """Where that is, if this line tells of nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Many nodes failing alike: one line instead of hundreds of question marks."""

    text: str
    reason: Reason
    nodes: tuple[str, ...]
    questions: frozenset[tuple[str, str]] = frozenset()
    """Node and question: whose failures it tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """How a counter grew: for a sparkline."""

    at: Sequence[float]
    """Seconds since the epoch, end of each step, oldest first."""
    growth: Sequence[float | None]
    """Per second in that step; None: no reading, saturated or just reset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The fabric at `at`."""

    fabric: str
    at: float
    interval_s: float
    """Of the fast rhythm."""
    severity: Severity
    """Worst of everything; UNKNOWN outranks WARN, CRIT outranks both."""
    coverage: Coverage
    racks: tuple[RackView, ...]
    """The inventory's, in file order; switches of no rack come last in one named "switches"."""
    nodes: Mapping[str, NodeView]
    """Inventory nodes first, then switches found in-band, by name."""
    events: tuple[EventView, ...]
    """Newest first."""
    findings: tuple[Finding, ...]
    """Worst first."""
    banners: tuple[Banner, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def port(self, end: str) -> PortView | None:
        """The port at an address; None where there is none."""
        node = self.nodes.get(end.partition("/")[0])
        return at(node.ports, end) if node else None

    def nvlink(self, end: str) -> NvlinkView | None:
        """The NVLink at an address; None where there is none."""
        node = self.nodes.get(end.partition("/")[0])
        return at(node.nvlinks, end) if node else None
