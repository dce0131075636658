"""What the cells can show: one metric after another, each a look for every port, NVLink and node.

Missing, stale, unknown and zero look different in every metric. Errors and congestion have a colour scale each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fabconsole.fabric.health import Health, Mark, Severity
from fabconsole.state.snapshot import Finding, NodeView, NvlinkView, PortView
from fabconsole.tui.addresses import gpu_of, node_of, nvlink_of
from fabconsole.tui.waiting import WAITING, node_waits, row_waits


class Level(NamedTuple):
    """How one cell looks. Ordered: the larger is the worse, and stands for a group."""

    rank: int
    glyph: str
    role: str
    loud: bool
    """False for what an operator need not look at."""


STEPS = "·▁▂▃▄▅▆▇"
"""One glyph a step of a colour scale, so that it reads without colour."""

BLANK = Level(-1, " ", "hidden", False)
"""The metric says nothing of such a thing."""

_UNSEEN = frozenset({Health.DOWN, Health.MISSING, Health.STALE, Health.UNKNOWN, Health.UNTRUSTED})
"""Healths that hide whatever a counter says: they look like themselves in every metric."""
_SILENT = frozenset({Health.EXPECTED_DOWN, Health.NOT_SUPPORTED})


_LEVELS = {
    health: Level(2 * health.rank, health.glyph, health.value.lower(), health.severity >= Severity.WARN)
    for health in Health
}


_WAITS = Level(2 * Health.OK.rank + 1, Health.UNKNOWN.glyph, WAITING, False)
"""In a group it covers what is well and not what is wrong."""


def level_of(health: Health) -> Level:
    """The look of a word."""
    return _LEVELS[health]


@dataclass(frozen=True, slots=True)
class Scale:
    """Eight steps over a rate, a decade each."""

    role: str
    first: float
    """Rate, per second, up to which any growth is the first step."""
    loud_from: int
    words: str
    """How to read it."""

    def level(self, rate: float) -> Level:
        """The look of a rate per second; zero is step 0, the least growth is step 1."""
        step = 0 if rate <= 0 else min(7, 1 + max(0, math.ceil(math.log10(rate / self.first) - 1e-9)))
        return Level(10 + 2 * step, STEPS[step], f"{self.role}-{step}", step >= self.loud_from)

    @property
    def saturated(self) -> Level:
        """The look of a counter at its maximum: it has no rate. Waiting gets there within hours, and no fault does."""
        if self is CONGESTION:
            return Level(12, Mark.SATURATED.glyph, "dim", False)
        return Level(26, Mark.SATURATED.glyph, "warn", True)


ERRORS = Scale("heat", 1 / 60, 1, "1/min, then tenfold a step")
"""First step: one a minute."""
CONGESTION = Scale("congestion", 1e3, 4, "1000 ticks/s, then tenfold a step")
"""First step: 1,000 ticks a second. The length of a tick is the device's, so steps compare like with like only."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to look at the fabric. Without counters: health itself."""

    name: str
    label: str
    port_counters: tuple[str, ...] = ()
    nvlink_counters: tuple[str, ...] = ()
    scale: Scale = ERRORS

    @property
    def is_health(self) -> bool:
        """True for the one that shows the judged word."""
        return not self.port_counters and not self.nvlink_counters

    def port(self, port: PortView) -> Level:
        """How a port looks."""
        return self._level(port, self.port_counters)

    def nvlink(self, link: NvlinkView) -> Level:
        """How an NVLink looks."""
        return self._level(link, self.nvlink_counters)

    def node(self, node: NodeView, parts: Iterable[Level]) -> Level:
        """How a node looks: its own word where that is the metric or hides it, else the worst under it."""
        if self.is_health or node.health in _UNSEEN - {Health.DOWN, Health.MISSING}:
            return _WAITS if node_waits(node) else level_of(node.health)
        return max(parts, default=BLANK)

    def _level(self, thing: PortView | NvlinkView, counters: tuple[str, ...]) -> Level:
        if not self.port_counters and not self.nvlink_counters:
            return _WAITS if row_waits(thing) else _LEVELS[thing.health]
        if not counters:
            return BLANK
        if row_waits(thing):
            return _WAITS._replace(rank=11)
        if thing.health in _UNSEEN:
            return level_of(thing.health)._replace(rank=30 + thing.health.rank)
        if thing.health in _SILENT:
            return level_of(thing.health)
        return max(self._counted(name, thing) for name in counters)

    def _counted(self, name: str, thing: PortView | NvlinkView) -> Level:
        mark = thing.marks.get(name)
        if mark is Mark.UNSUPPORTED or (name not in thing.counters and name not in thing.rates):
            return Level(0, Mark.UNSUPPORTED.glyph, "not-supported", False)
        if mark is Mark.SATURATED:
            return self.scale.saturated
        if mark is Mark.RESET:
            return Level(27, mark.glyph, "unknown", True)
        rate = thing.rates.get(name)
        # A count without a rate is not yet judged: it must not look like a zero.
        return level_of(Health.UNKNOWN)._replace(rank=28) if rate is None else self.scale.level(rate)


_NVLINK_ERRORS = (
    *("replay", "recovery", "crc"),
    # Blackwell's own. Effective errors are left out: a few of them are as normal as retransmission mends them.
    *("recovery_failed", "symbol_error", "port_rcv_errors", "local_link_integrity_errors"),
    *("malformed_packets", "buffer_overruns", "rcv_general_errors", "xmit_error_discards"),
)

METRICS = (
    Metric("health", "health"),
    Metric("symbol", "symbol errors", ("symbol_error",)),
    Metric("downs", "link downs", ("link_downed",)),
    Metric("wait", "xmit wait", ("port_xmit_wait",), scale=CONGESTION),
    Metric("nvlink", "NVLink errors", nvlink_counters=_NVLINK_ERRORS),
)
"""In the order that `m` goes through them."""


class NodeLevels(NamedTuple):
    """One node's cells."""

    own: Level
    """The node itself."""
    parts: Mapping[str, Level]
    """Address of a port or GPU to its look; a GPU's is its worst NVLink, or what it logged where that is worse."""
    worst: Level
    waits: bool
    """True where all that is unknown of it is a matter of seconds."""


GpuAlarms = Mapping[int, Health]
"""GPU number to what its Xids make of it."""
_QUIET: GpuAlarms = {}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A node's looks and what they were made of."""

    node: NodeView
    alarms: GpuAlarms
    gpus: Mapping[str, Level]
    levels: NodeLevels


class LevelCache:
    """Looks of every node under one metric, worked out again only for what changed."""

    def __init__(self) -> None:
        self._metric: Metric | None = None
        self._drawn: dict[str, _Drawn] = {}
        self._alarms: dict[str, dict[int, Health]] = {}

    def hear(self, findings: Iterable[Finding]) -> None:
        """Take what is found of GPUs themselves, which no NVLink of theirs tells."""
        self._alarms = {}
        for finding in findings:
            gpu = gpu_of(finding.end) if "/gpu" in finding.end else None
            if gpu is not None and nvlink_of(finding.end) is None:
                self._alarms.setdefault(node_of(finding.end), {})[gpu] = finding.health

    def alarms(self, node: NodeView) -> GpuAlarms:
        """What a node's Xids make of its GPUs: the worst of them is a finding, the others ask for something too."""
        found = self._alarms.get(node.name, _QUIET)
        return {**dict.fromkeys(node.gpu_events, Health.WARN), **found} if node.gpu_events else found

    def of(self, node: NodeView, metric: Metric) -> NodeLevels:
        """The node's looks; the same object while they are equal, so that what was drawn of them still holds."""
        if metric is not self._metric:
            self._metric, self._drawn = metric, {}
        known = self._drawn.get(node.name)
        alarms = self.alarms(node)
        if known is not None and known.node is node and known.alarms == alarms:
            return known.levels
        gpus = known.gpus if known is not None and known.node.nvlinks is node.nvlinks else gpu_levels(node, metric)
        levels = levels_of(node, metric, gpus, alarms)
        if known is not None and known.levels == levels:
            levels = known.levels
        self._drawn[node.name] = _Drawn(node, alarms, gpus, levels)
        return levels


def levels_of(
    node: NodeView, metric: Metric, gpus: Mapping[str, Level] | None = None, alarms: GpuAlarms = _QUIET
) -> NodeLevels:
    """The looks of a node and of everything under it; `gpus` where they are known already."""
    parts = {port.end: metric.port(port) for port in node.ports}
    parts.update(gpu_levels(node, metric) if gpus is None else gpus)
    if metric.is_health:
        for gpu, health in alarms.items():
            place, told = f"{node.name}/gpu{gpu}", level_of(health)
            parts[place] = max(parts.get(place, told), told)
    own = metric.node(node, parts.values())
    return NodeLevels(own, parts, max((own, *parts.values())), node_waits(node))


def gpu_levels(node: NodeView, metric: Metric) -> Mapping[str, Level]:
    """The look of each GPU by its worst NVLink. A hundred and more a node, so nothing is done twice."""
    worst: dict[int, Level] = {}
    for link in node.nvlinks:
        level = metric.nvlink(link)
        known = worst.get(link.gpu)
        if known is not level and (known is None or level > known):
            worst[link.gpu] = level
    return {f"{node.name}/gpu{gpu}": level for gpu, level in worst.items()}
