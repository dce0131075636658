"""What the cells can show: one metric after another, each a look for every port, NVLink and node.

Missing, stale, unknown and zero look different in every metric. Errors and congestion have a colour scale each.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from fabconsole.fabric.health import Health, Mark, Severity
from fabconsole.state.judge import Verdict
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView
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


def look_of(verdict: Verdict) -> Level:
    """The look of a verdict: what only lacks a reading does not raise its voice."""
    return _WAITS if row_waits(verdict) else _LEVELS[verdict.health]


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
        if self.is_health:
            return look_of(Verdict(thing.health, thing.reason))
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
