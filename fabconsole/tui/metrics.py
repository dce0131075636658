"""What the cells can show: one metric after another, each a look for every port, NVLink and node.

Missing, stale, unknown and zero look different in every metric. Errors and congestion have a colour scale each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fabconsole.fabric.health import Health, Mark, Severity
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView


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
    health: Level(health.rank, health.glyph, health.value.lower(), health.severity >= Severity.WARN)
    for health in Health
}


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
        return Level(10 + step, STEPS[step], f"{self.role}-{step}", step >= self.loud_from)

    @property
    def saturated(self) -> Level:
        """The look of a counter at its maximum: it has no rate. Waiting gets there within hours, and no fault does."""
        if self is CONGESTION:
            return Level(11, Mark.SATURATED.glyph, "dim", False)
        return Level(18, Mark.SATURATED.glyph, "warn", True)


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
            return level_of(node.health)
        return max(parts, default=BLANK)

    def _level(self, thing: PortView | NvlinkView, counters: tuple[str, ...]) -> Level:
        if not self.port_counters and not self.nvlink_counters:
            return _LEVELS[thing.health]
        if not counters:
            return BLANK
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
            return Level(19, mark.glyph, "unknown", True)
        rate = thing.rates.get(name)
        # A count without a rate is not yet judged: it must not look like a zero.
        return level_of(Health.UNKNOWN)._replace(rank=20) if rate is None else self.scale.level(rate)


METRICS = (
    Metric("health", "health"),
    Metric("symbol", "symbol errors", ("symbol_error",)),
    Metric("downs", "link downs", ("link_downed",)),
    Metric("wait", "xmit wait", ("port_xmit_wait",), scale=CONGESTION),
    Metric("nvlink", "NVLink errors", nvlink_counters=("replay", "recovery", "crc")),
)
"""In the order that `m` goes through them."""


class NodeLevels(NamedTuple):
    """One node's cells."""

    own: Level
    """The node itself."""
    parts: Mapping[str, Level]
    """Address of a port or GPU to its look; a GPU's is its worst NVLink."""
    worst: Level


class LevelCache:
    """Looks of every node under one metric, worked out again only for what changed."""

    def __init__(self) -> None:
        self._metric: Metric | None = None
        self._known: dict[str, tuple[NodeView, Mapping[str, Level], NodeLevels]] = {}

    def of(self, node: NodeView, metric: Metric) -> NodeLevels:
        """The node's looks; the same object while they are equal, so that what was drawn of them still holds."""
        if metric is not self._metric:
            self._metric, self._known = metric, {}
        known = self._known.get(node.name)
        if known is not None and known[0] is node:
            return known[2]
        gpus = known[1] if known is not None and known[0].nvlinks is node.nvlinks else gpu_levels(node, metric)
        levels = levels_of(node, metric, gpus)
        if known is not None and known[2] == levels:
            levels = known[2]
        self._known[node.name] = (node, gpus, levels)
        return levels


def levels_of(node: NodeView, metric: Metric, gpus: Mapping[str, Level] | None = None) -> NodeLevels:
    """The looks of a node and of everything under it; `gpus` where they are known already."""
    parts = {port.end: metric.port(port) for port in node.ports}
    parts.update(gpu_levels(node, metric) if gpus is None else gpus)
    own = metric.node(node, parts.values())
    return NodeLevels(own, parts, max((own, *parts.values())))


def gpu_levels(node: NodeView, metric: Metric) -> Mapping[str, Level]:
    """The look of each GPU: its worst NVLink's. A hundred and more a node, so nothing is done twice."""
    worst: dict[int, Level] = {}
    for link in node.nvlinks:
        level = metric.nvlink(link)
        known = worst.get(link.gpu)
        if known is not level and (known is None or level > known):
            worst[link.gpu] = level
    return {f"{node.name}/gpu{gpu}": level for gpu, level in worst.items()}
