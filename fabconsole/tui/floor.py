"""The shape of the fabric: what hangs in which rack, before anything is known of its health."""

from __future__ import annotations

from dataclasses import dataclass

from fabconsole.state.rows import ends_of
from fabconsole.state.snapshot import NodeView, RackView, Snapshot


@dataclass(frozen=True, slots=True)
class Host:
    """A machine with its rails and GPUs, as addresses."""

    name: str
    rails: tuple[str, ...]
    """One a port, in listing order. A port that is expected but was never seen is the node's own address."""
    gpus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RackShape:
    """One rack: hosts as they hang, then its switches."""

    name: str
    row: str | None
    hosts: tuple[Host, ...]
    switches: tuple[str, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Everything in it, hosts first."""
        return (*(host.name for host in self.hosts), *self.switches)


@dataclass(frozen=True, slots=True)
class Floor:
    """Every rack, in the inventory's order. Equal floors are laid out alike."""

    racks: tuple[RackShape, ...]

    @property
    def rails(self) -> int:
        """The most rails a host has."""
        return max((len(host.rails) for rack in self.racks for host in rack.hosts), default=0)

    @property
    def gpus(self) -> int:
        """The most GPUs a host has."""
        return max((len(host.gpus) for rack in self.racks for host in rack.hosts), default=0)


class FloorPlan:
    """Shapes of fabrics, worked out again only for nodes that changed."""

    def __init__(self) -> None:
        self._hosts: dict[str, tuple[NodeView, Host | None]] = {}
        self._floor = Floor(())

    def of(self, snapshot: Snapshot) -> Floor:
        """The shape of what `snapshot` shows; the same object while it stands."""
        floor = Floor(tuple(self._rack(rack, snapshot) for rack in snapshot.racks))
        if floor != self._floor:
            self._floor = floor
        return self._floor

    def _rack(self, rack: RackView, snapshot: Snapshot) -> RackShape:
        nodes = [snapshot.nodes[name] for name in rack.nodes if name in snapshot.nodes]
        shapes = [self.host(node) for node in nodes]
        switches = tuple(node.name for node, shape in zip(nodes, shapes, strict=True) if shape is None)
        return RackShape(rack.name, rack.row, tuple(shape for shape in shapes if shape is not None), switches)

    def host(self, node: NodeView) -> Host | None:
        """The shape of one machine; None of a switch."""
        known = self._hosts.get(node.name)
        if known is not None and known[0] is node:
            return known[1]
        shape = None if is_switch(node) else _shape(node)
        if known is not None and known[1] == shape:
            shape = known[1]
        self._hosts[node.name] = (node, shape)
        return shape


def is_switch(node: NodeView) -> bool:
    """True for what has numbered ports and no adapters, `leaf01/3` and not `gpu017/mlx5_3/1`."""
    return node.platform == "switch" or any(end.count("/") == 1 for end in ends_of(node.ports)[:1])


def gpu_count(node: NodeView) -> int:
    """GPUs that were seen, told of or expected, whichever is most."""
    told = node.facts.get("gpus", "")
    seen = node.nvlinks[-1].gpu + 1 if node.nvlinks else 0
    return max(seen, node.expect.gpus or 0, int(told) if told.isdecimal() and len(told) < 4 else 0)


def _shape(node: NodeView) -> Host:
    rails = tuple(ends_of(node.ports)) or (node.name,) * (node.expect.hcas or 0)
    return Host(node.name, rails, tuple(f"{node.name}/gpu{number}" for number in range(gpu_count(node))))
