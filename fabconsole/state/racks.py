"""Racks as they stand: hosts as they hang, then switches."""

from __future__ import annotations

from collections.abc import Mapping

from fabconsole.fabric.health import Severity, worst
from fabconsole.fabric.inventory import Inventory
from fabconsole.state.snapshot import NodeView, RackView

NO_RACK = "switches"
"""Where switches are shown that hang in no rack of the inventory."""


def racks(inventory: Inventory, nodes: Mapping[str, NodeView], switches: frozenset[str]) -> tuple[RackView, ...]:
    """The inventory's racks in file order, then one for the `switches` that it does not know."""
    found = [
        _rack(rack.name, rack.row, rack.pod, sorted(rack.nodes, key=lambda name: name in switches), nodes)
        for rack in inventory.racks
    ]
    homeless = [name for name, view in nodes.items() if view.rack is None]
    if homeless:
        found.append(_rack(NO_RACK, None, None, homeless, nodes))
    return tuple(found)


def _rack(name: str, row: str | None, pod: str | None, names: list[str], nodes: Mapping[str, NodeView]) -> RackView:
    views = [nodes[node] for node in names if node in nodes]
    return RackView(
        name=name,
        row=row,
        pod=pod,
        nodes=tuple(view.name for view in views),
        health=worst(view.health for view in views),
        faults=sum(1 for view in views if view.health.severity >= Severity.WARN),
    )
