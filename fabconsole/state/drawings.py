"""Nodes as they were last drawn: one is drawn again only when it said something, aged, or got another far end."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fabconsole.fabric.inventory import Inventory
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.state.findings import Onsets, findings_of
from fabconsole.state.host import Host
from fabconsole.state.host_view import HostView, Surroundings
from fabconsole.state.links import Links
from fabconsole.state.roll_up import Own
from fabconsole.state.scale import Scales
from fabconsole.state.snapshot import Finding, NodeView
from fabconsole.state.sweeps import Subnet
from fabconsole.state.switch import Switch
from fabconsole.state.switch_view import SwitchPorts, in_band_part, switch_view
from fabconsole.state.timeline import Loudest, Timeline

Found = tuple[Subnet, Switch]
"""A switch, and the subnet whose sweeps read it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node, what is wrong with it, and until when that holds."""

    view: NodeView
    findings: tuple[Finding, ...]
    version: tuple[int, ...]
    until: float


class Drawings:
    """Every node's view."""

    def __init__(self, links: Links, timeline: Timeline) -> None:
        self._links = links
        self._timeline = timeline
        self._onsets = Onsets()
        self._inventory = Inventory(fabric="")
        self._thresholds = Thresholds()
        self._scales = Scales(self._thresholds)
        self._hosts: Mapping[str, Host] = {}
        self._views: dict[str, HostView] = {}
        self._ports: dict[str, SwitchPorts] = {}
        self._drawn: dict[str, Drawn] = {}

    def open(self, inventory: Inventory, thresholds: Thresholds, hosts: Mapping[str, Host]) -> None:
        """Draw by these from now on. What was drawn of a host holds while its version does."""
        if thresholds != self._thresholds or inventory.expects != self._inventory.expects:
            self._scales = Scales(thresholds)
            self._ports = {}
            self._drawn = {}
        kept = {name for name, host in hosts.items() if self._hosts.get(name) is host}
        other = (hosts.keys() | self._views.keys()) - kept
        self._drawn = {name: drawn for name, drawn in self._drawn.items() if name not in other}
        self._views = {name: self._views[name] if name in kept else HostView(host) for name, host in hosts.items()}
        self._inventory, self._thresholds, self._hosts = inventory, thresholds, hosts

    def keep(self, names: Collection[str]) -> None:
        """Forget what was drawn of nodes that are no more, a switch that goes by another name among them."""
        if len(self._drawn) > len(names):
            self._drawn = {name: drawn for name, drawn in self._drawn.items() if name in names}
            self._ports = {name: ports for name, ports in self._ports.items() if name in names}
            self._onsets.keep(names)

    def draw(self, name: str, found: Found | None, now: float) -> Drawn:
        """A node at `now`: a host of the inventory, a switch that was `found`, or both."""
        host = self._hosts.get(name)
        version = (
            host.version if host else 0,
            found[0].version if found else 0,
            self._links.version,
            self._timeline.version(name),
        )
        drawn = self._drawn.get(name)
        if drawn is None or drawn.version != version or now >= drawn.until:
            drawn = self._drawn[name] = self._drawn_anew(name, host, found, now, version)
        return drawn

    def _drawn_anew(
        self, name: str, host: Host | None, found: Found | None, now: float, version: tuple[int, ...]
    ) -> Drawn:
        loudest = self._timeline.loudest(name, now, self._thresholds.event_s)
        view, own = self._view(name, found, loudest, now)
        until = min(
            loudest.until,
            host.changes_at(now) if host else math.inf,
            found[0].question.changes_at(now) if found else math.inf,
        )
        return Drawn(view, findings_of(view, own, self._onsets, now), version, until)

    def _view(self, name: str, found: Found | None, loudest: Loudest, now: float) -> tuple[NodeView, tuple[Own, ...]]:
        host, swept = self._hosts.get(name), None
        events = Own("events", loudest.verdict, loudest.since, loudest.gpu, loudest.echoes, loudest.root)
        if found is not None:
            subnet, switch = found
            expect = host.expect if host else self._inventory.expected_of(name)
            ports = self._ports.setdefault(name, SwitchPorts()).rows(
                name, subnet, switch, expect=expect, scale_of=self._scales.of, peers=self._links.peers, now=now
            )
            if host is None:
                return switch_view(name, subnet, switch, ports, expect, events, now)
            swept = in_band_part(subnet, switch, ports, now)
        links, gpu_events = self._links, self._timeline.gpu_events(name, now, self._thresholds.event_s)
        around = Surroundings(self._scales.of, links.peers, links.version, events, gpu_events, swept)
        return self._views[name].view(now, around)
