"""Every node's cells under one metric, worked out again only for what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fabconsole.fabric.health import Health
from fabconsole.state.rows import differ_in_age_alone, ends_of, verdicts_of
from fabconsole.state.snapshot import Finding, NodeView
from fabconsole.tui.addresses import gpu_of, node_of, nvlink_of
from fabconsole.tui.metrics import Level, Metric, level_of, look_of
from fabconsole.tui.waiting import node_waits


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
    ports: Mapping[str, Level]
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
        ports = known.ports if known and differ_in_age_alone(known.node.ports, node.ports) else None
        ports = port_levels(node, metric) if ports is None else ports
        gpus = known.gpus if known and differ_in_age_alone(known.node.nvlinks, node.nvlinks) else None
        gpus = gpu_levels(node, metric) if gpus is None else gpus
        levels = levels_of(node, metric, {**ports, **gpus}, alarms)
        if known is not None and known.levels == levels:
            levels = known.levels
        self._drawn[node.name] = _Drawn(node, alarms, ports, gpus, levels)
        return levels


def levels_of(
    node: NodeView, metric: Metric, below: Mapping[str, Level] | None = None, alarms: GpuAlarms = _QUIET
) -> NodeLevels:
    """The looks of a node and of everything `below` it, where those are known already."""
    parts = {**port_levels(node, metric), **gpu_levels(node, metric)} if below is None else dict(below)
    if metric.is_health:
        for gpu, health in alarms.items():
            place, told = f"{node.name}/gpu{gpu}", level_of(health)
            parts[place] = max(parts.get(place, told), told)
    own = metric.node(node, parts.values())
    return NodeLevels(own, parts, max((own, *parts.values())), node_waits(node))


def port_levels(node: NodeView, metric: Metric) -> Mapping[str, Level]:
    """The look of each port. Health is known of each as it was judged; for a counter it has to be viewed."""
    if metric.is_health:
        return dict(zip(ends_of(node.ports), map(look_of, verdicts_of(node.ports)), strict=True))
    return {port.end: metric.port(port) for port in node.ports}


def gpu_levels(node: NodeView, metric: Metric) -> Mapping[str, Level]:
    """The look of each GPU by its worst NVLink. A hundred and more a node, so nothing is done twice."""
    looks = map(look_of, verdicts_of(node.nvlinks)) if metric.is_health else map(metric.nvlink, node.nvlinks)
    worst: dict[str, Level] = {}
    for end, level in zip(ends_of(node.nvlinks), looks, strict=True):
        gpu = end.rpartition("/")[0]
        known = worst.get(gpu)
        if known is not level and (known is None or level > known):
            worst[gpu] = level
    return worst
