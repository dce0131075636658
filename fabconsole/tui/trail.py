"""Where the operator is, and the way back: Enter goes in, Esc comes out to the very cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from fabconsole.state.snapshot import NvlinkView, PortView, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of, rack_named
from fabconsole.tui.floor import is_switch


class View(Enum):
    """The kinds of place."""

    FABRIC = "fabric"
    RACK = "rack"
    NODE = "node"
    LINK = "link"


_INWARD = tuple(View)


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
        """One place further; into the place that this one was gone in from, it is a step back: going to and fro
        between two ends leaves no long way out.
        """
        there = self.places[-2] if len(self.places) > 1 else None
        back = there is not None and (there.view, there.subject) == (place.view, place.subject)
        return Trail((*(self.places[:-2] if back else self.places), place))

    def out(self) -> Trail:
        """One place back, its selection as it was left; the fabric's is the last."""
        return Trail(self.places[:-1]) if len(self.places) > 1 else self

    def outermost(self) -> Trail:
        """All the way back, to the fabric as it was left."""
        return Trail(self.places[:1])

    def crumbs(self) -> Sequence[str]:
        """The way here, for the header: the last of each kind, none that is further in than what is shown, a link in
        place of the node it is on.
        """
        last: dict[View, str] = {}
        for place in self.places[1:]:
            last = {view: subject for view, subject in last.items() if _INWARD.index(view) < _INWARD.index(place.view)}
            last[place.view] = place.subject
        link = last.get(View.LINK)
        if link is not None and node_of(link) == last.get(View.NODE):
            del last[View.NODE]
        return list(last.values())


def inside(place: Place, address: str, snapshot: Snapshot) -> Place | None:
    """Where Enter on `address` leads from `place`; None where there is nothing further in.

    From the fabric a host's cells lead to its rack, a switch's to the switch: the rack that it is in tells no more.
    """
    rack = rack_named(address)
    if rack is not None:
        return Place(View.RACK, rack, _worst_in(rack, snapshot))
    node = snapshot.nodes.get(node_of(address))
    if node is None or place.view is View.NODE:
        return _link(address, snapshot)
    if place.view is View.FABRIC and not is_switch(node) and (rack := rack_of(address, snapshot)) is not None:
        return Place(View.RACK, rack, address)
    return Place(View.NODE, node.name, address)


def to(address: str, snapshot: Snapshot) -> Place | None:
    """The place that shows `address` itself: a rack, its link for a port or an NVLink, else its line on the node's
    page.
    """
    rack = rack_named(address)
    if rack is not None:
        return Place(View.RACK, rack, _worst_in(rack, snapshot))
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


def far_end(place: Place | None, address: str, snapshot: Snapshot) -> Place | str:
    """The other end of the link at `address`: selected in `place` where that draws it, else on its node's page.

    `place` is None for a list, which draws ends as names alone. A sentence where there is no single far end.
    """
    port = snapshot.port(address)
    if port is None:
        return _no_far_end(place, address, snapshot)
    if port.peer is None:
        return f"no far end is known of {address}"
    if node_of(port.peer) not in snapshot.nodes:
        return f"{port.peer} is not in this fabric"
    if place is not None and _draws(place, port.peer, snapshot):
        return replace(place, cursor=port.peer)
    return Place(View.NODE, node_of(port.peer), port.peer)


def _draws(place: Place, address: str, snapshot: Snapshot) -> bool:
    if place.view is View.RACK:
        return place.subject == rack_of(address, snapshot)
    return place.view is not View.NODE or place.subject == node_of(address)


def _no_far_end(place: Place | None, address: str, snapshot: Snapshot) -> str:
    """What to do instead."""
    if gpu_of(address) is not None:
        return "no NVLink's far end is known: nothing that is asked tells it"
    node = snapshot.nodes.get(address)
    if node is None:
        return "a rack has many links: enter, then N on one"
    links = sum(port.peer is not None for port in node.ports)
    if not links:
        return f"no far end is known of {address}"
    many = f"{links} link{'s' if links > 1 else ''}"
    here = place is not None and (place.view, place.subject) == (View.NODE, node.name)
    return f"{address} has {many}: {'' if here else 'enter, then '}N on {'one' if links > 1 else 'it'}"


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
