"""Where the operator is, and the way back: Enter goes in, Esc comes out to the very cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from fabconsole.state.snapshot import NvlinkView, PortView, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of, rack_named


class View(Enum):
    """The kinds of place."""

    FABRIC = "fabric"
    RACK = "rack"
    NODE = "node"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Place:
    """A view of one thing, and what is selected in it."""

    view: View
    subject: str = ""
    """A rack's name, a node's, a link end's address; empty for the fabric."""
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """The places from the fabric to here."""

    places: tuple[Place, ...] = (Place(View.FABRIC),)

    @property
    def here(self) -> Place:
        """The place that is shown."""
        return self.places[-1]

    def at(self, cursor: str | None) -> Trail:
        """The same place with something else selected."""
        return Trail((*self.places[:-1], replace(self.here, cursor=cursor)))

    def into(self, place: Place) -> Trail:
        """One place further."""
        return Trail((*self.places, place))

    def out(self) -> Trail:
        """One place back, its selection as it was left; the fabric's is the last."""
        return Trail(self.places[:-1]) if len(self.places) > 1 else self

    def crumbs(self) -> Sequence[str]:
        """The way here, for the header: the last of each kind, a link in place of the node it is on."""
        last = {place.view: place.subject for place in self.places[1:]}
        link = last.get(View.LINK)
        if link is not None and node_of(link) == last.get(View.NODE):
            del last[View.NODE]
        return list(last.values())


def inside(place: Place, address: str, snapshot: Snapshot) -> Place | None:
    """Where Enter on `address` leads from `place`; None where there is nothing further in."""
    if place.view is View.FABRIC:
        rack = rack_named(address) or rack_of(address, snapshot)
        if rack is None:
            return to(address, snapshot)
        return Place(View.RACK, rack, _worst_in(rack, snapshot) if rack_named(address) else address)
    if place.view is View.RACK:
        return Place(View.NODE, node_of(address), address) if node_of(address) in snapshot.nodes else None
    if place.view is View.NODE:
        return _link(address, snapshot)
    return Place(View.NODE, node_of(address), address) if node_of(address) != node_of(place.subject) else None


def to(address: str, snapshot: Snapshot) -> Place | None:
    """The place that shows `address` itself: its link for a port or an NVLink, else its line on the node's page."""
    node = snapshot.nodes.get(node_of(address))
    if node is None:
        return None
    if thing_at(address, snapshot) is not None:
        return Place(View.LINK, address, address)
    return Place(View.NODE, node.name, address)


def _link(address: str, snapshot: Snapshot) -> Place | None:
    """The link at `address`; of a GPU its worst NVLink; None where there is none."""
    if thing_at(address, snapshot) is not None:
        return Place(View.LINK, address, address)
    node = snapshot.nodes.get(node_of(address))
    links = [link for link in node.nvlinks if link.gpu == gpu_of(address)] if node else []
    bad = max(links, key=lambda link: link.health.rank, default=None)
    return None if bad is None else Place(View.LINK, bad.end, bad.end)


def far_end(place: Place, address: str, snapshot: Snapshot) -> Place | str:
    """The same view of the other end of the link at `address`; a sentence where there is none."""
    port = snapshot.port(address)
    if port is None:
        if gpu_of(address) is not None:
            return "an NVLink's far end is inside its node"
        return "choose a port: a link has a far end, a node has many"
    if port.peer is None:
        return f"no far end is known of {address}"
    if node_of(port.peer) not in snapshot.nodes:
        return f"{port.peer} is not in this fabric"
    if place.view in (View.FABRIC, View.LINK):
        return replace(place, cursor=port.peer)
    if place.view is View.NODE:
        return Place(View.NODE, node_of(port.peer), port.peer)
    rack = rack_of(port.peer, snapshot)
    return Place(View.RACK, rack, port.peer) if rack is not None else Place(View.NODE, node_of(port.peer), port.peer)


def rack_of(address: str, snapshot: Snapshot) -> str | None:
    """The rack of what is at `address`."""
    name = node_of(address)
    return next((rack.name for rack in snapshot.racks if name in rack.nodes), None)


def thing_at(address: str, snapshot: Snapshot) -> PortView | NvlinkView | None:
    """The port or NVLink at `address`."""
    return snapshot.port(address) or snapshot.nvlink(address)


def _worst_in(rack: str, snapshot: Snapshot) -> str | None:
    names = next((view.nodes for view in snapshot.racks if view.name == rack), ())
    nodes = [snapshot.nodes[name] for name in names if name in snapshot.nodes]
    return max(nodes, key=lambda node: node.health.rank).name if nodes else None
