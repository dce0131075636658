"""The events of the fabric, alike ones folded into one line, newest first, bounded however loud a node is."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state import consequences
from fabconsole.state.gpu_events import gpu_number, xids_of_gpus
from fabconsole.state.judge import OK, Verdict
from fabconsole.state.manager_names import MANAGER
from fabconsole.state.pci_names import PciNames, is_name
from fabconsole.state.shared_events import gathered
from fabconsole.state.silence import SESSION
from fabconsole.state.snapshot import EventView
from fabconsole.state.xid_bursts import is_echo, is_root, place_of, root_of

_PER_NODE = 64
"""Folded lines a node keeps; a flooding one pushes out only its own."""
_SHOWN = 1000
_NOT_THE_NODES_HEALTH = frozenset({"state", SESSION})
"""A port that came back, or a node, is judged as it is now."""
_NOTHING_KNOWN = PciNames()
_LINK_DOWN = re.compile(r": Link down$")
_NUMBERS = re.compile(r"0x[0-9a-fA-F]+|\d+")


_WHAT_TO_DO_NOW = 154
"""The Xid by which the driver says that the recovery it asks for is another now, or none."""


class _Likeness(NamedTuple):
    """What makes two events one line: an Xid its number, place, meaning and weight, the rest its words without
    numbers.
    """

    kind: str
    code: int | None
    subject: str | None
    """As it was logged: what has that address may be known only later."""
    link: int | None
    words: str
    ended: float | None = None
    """When the last of them happened, where others came too long after it to be of one spell."""


@dataclass(frozen=True, slots=True)
class Loudest:
    """The worst that a node's recent events say of it."""

    verdict: Verdict
    since: float
    """Its onset."""
    until: float
    """When the next of them is too old to count."""
    gpu: str | None
    """Which GPU it is about, `gpu3`; None: another thing, or the node."""
    echoes: tuple[Event, ...] = ()
    """The node's echoes of NVLink bursts."""
    root: str | None = None
    """Where the burst began, if nothing worse than its echoes is to be told of the node."""


class Timeline:
    """Every node's events, folded."""

    def __init__(self) -> None:
        self.colours_s = 3600.0
        """For how long an event colours its node: noise does not push it out before."""
        self.racks: Mapping[str, Sequence[str]] = {}
        """The hosts of each rack."""
        self._nodes: dict[str, OrderedDict[_Likeness, EventView]] = {}
        self._names: dict[str, PciNames] = {}
        self._views: tuple[EventView, ...] | None = ()
        self._versions: dict[str, int] = {}
        self._burst_roots: tuple[EventView, ...] = ()

    def add(self, event: Event) -> None:
        """Take one in, unless it is known already: a log read again after a reconnect."""
        lines = self._nodes.setdefault(event.node, OrderedDict())
        likeness = _likeness(event)
        before = lines.get(likeness)
        if before is not None and event.at == before.event.at and event.text == before.event.text:
            return
        if before is not None and event.at - before.event.at > self.colours_s:
            lines[likeness._replace(ended=before.event.at)] = before
            before = None
        lines[likeness] = _called(_folded(before, event), self._name(event.node, likeness))
        lines.move_to_end(likeness)
        while len(lines) > _PER_NODE:
            since = event.at - self.colours_s
            del lines[min(lines, key=lambda key: _worth(lines[key].event, since))]
        self._views = None
        self._versions[event.node] = self.version(event.node) + 1
        if is_root(event):
            self._root_moved()

    def locate(self, node: str, names: PciNames) -> None:
        """From now on a node's PCI addresses have these names, in what was logged before too.

        Costs nothing while `names` is the same object.
        """
        if self._names.get(node) is names:
            return
        self._names[node] = names
        lines = self._nodes.get(node)
        if lines is None:
            return
        for likeness, view in lines.items():
            lines[likeness] = _called(view, self._name(node, likeness))
        self._views = None
        self._versions[node] = self.version(node) + 1
        if any(root.event.node == node for root in self._burst_roots):
            self._root_moved()

    def keep(self, nodes: set[str]) -> None:
        """Forget nodes that are no longer of this fabric."""
        for name in self._nodes.keys() - nodes:
            del self._nodes[name]
            self._views = None
            self._burst_roots = tuple(root for root in self._burst_roots if root.event.node in nodes)
        self._names = {name: names for name, names in self._names.items() if name in nodes}
        self._versions = {name: version for name, version in self._versions.items() if name in nodes}

    def views(self) -> tuple[EventView, ...]:
        """Newest first; the same object while nothing happened."""
        if self._views is None:
            lines = (line for of_node in self._nodes.values() for line in of_node.items())
            told = consequences.gathered([(likeness.words, view) for likeness, view in lines])
            every = list(gathered(told, self.racks))
            every.sort(key=lambda view: view.event.at, reverse=True)
            self._views = tuple(every[:_SHOWN])
        return self._views

    def version(self, node: str) -> int:
        """Grows with every event of a node."""
        return self._versions.get(node, 0)

    def loudest(self, node: str, now: float, window_s: float) -> Loudest:
        """What a node's recent events make of its health."""
        recent = tuple(self._recent(node, now, window_s))
        roots = self._burst_roots
        echoes = [(view, root) for view in recent if (root := root_of(view, roots))] if roots else []
        apart = {id(view) for view, _ in echoes}
        loudest = self._loudest([view for view in recent if id(view) not in apart], recent, window_s)
        if not echoes:
            return loudest
        told = tuple(view.event for view, _ in echoes)
        if loudest.verdict is not OK:
            return replace(loudest, echoes=told)
        alone = self._loudest([view for view, _ in echoes], recent, window_s)
        return replace(alone, echoes=told, root=place_of(echoes[0][1]))

    @staticmethod
    def _loudest(views: Sequence[EventView], recent: Sequence[EventView], window_s: float) -> Loudest:
        """What some of a node's recent events make of its health."""
        best, since, until, gpu = OK, 0.0, float("inf"), None
        asking = (view.event for view in recent if _says_what_to_do(view.event))
        wanted = {event.subject: event.action or "none" for event in asking}
        for view in views:
            verdict = _verdict(view, wanted.get(view.event.subject, "none"))
            if verdict is OK:
                continue
            until = min(until, view.event.at + window_s)
            if verdict.health.rank > best.health.rank or (verdict.health is best.health and view.first_at < since):
                best, since = verdict, view.first_at
                gpu = None if gpu_number(view.event.subject) is None else view.event.subject
        return Loudest(best, since, until, gpu)

    def gpu_events(self, node: str, now: float, window_s: float) -> Mapping[int, str]:
        """The recent Xids of each of a node's GPUs."""
        return xids_of_gpus(self._recent(node, now, window_s))

    def _root_moved(self) -> None:
        """What the echoes of a burst make of their nodes is to be drawn anew."""
        every = [(node, view) for node, lines in self._nodes.items() for view in lines.values()]
        self._burst_roots = tuple(view for _, view in every if is_root(view.event))
        for node in {node for node, view in every if is_echo(view.event)}:
            self._versions[node] = self.version(node) + 1

    def _recent(self, node: str, now: float, window_s: float) -> Iterator[EventView]:
        return (view for view in self._nodes.get(node, {}).values() if view.event.at + window_s > now)

    def _name(self, node: str, likeness: _Likeness) -> str | None:
        return self._names.get(node, _NOTHING_KNOWN).name(likeness.subject)


def _worth(event: Event, since: float) -> tuple[int, float]:
    """The order in which lines are given up: the old ones, then those that say least, each from the oldest on."""
    return (event.severity + 1 if event.at > since else 0), event.at


def _folded(before: EventView | None, event: Event) -> EventView:
    if before is None:
        return EventView(event=event, first_at=event.at, count=1)
    latest = event if event.at >= before.event.at else before.event
    return EventView(event=latest, first_at=min(before.first_at, event.at), count=before.count + 1)


def _called(view: EventView, name: str | None) -> EventView:
    return view if view.event.subject == name else replace(view, event=replace(view.event, subject=name))


def _likeness(event: Event) -> _Likeness:
    return _Likeness(event.kind, event.code, event.subject, event.link, _words(event))


def _words(event: Event) -> str:
    """What tells events of one number apart: 149 says of one link that it went down, fatally, and that it has errors.

    But for the one number that says what is to be done now: there the latest holds, and the earlier ones do not.
    """
    if event.code is None:
        return event.text if event.kind == "state" else _NUMBERS.sub("#", event.text)
    if _says_what_to_do(event):
        return ""
    return f"{event.meaning} {event.severity.name}"


def _is_read_anyway(event: Event) -> bool:
    """True for a link that went down on a port we read: how it is now is judged there, not for an hour by a line."""
    return event.kind == "mlx5" and _LINK_DOWN.search(event.text) is not None and is_name(event.subject)


def _says_what_to_do(event: Event) -> bool:
    return event.kind == "xid" and event.code == _WHAT_TO_DO_NOW


def _verdict(view: EventView, wanted: str) -> Verdict:
    """What one line makes of its node's health; `wanted` is what the driver asks for now, which goes before advice for
    any GPU.
    """
    event = view.event
    if event.kind == MANAGER and event.subject != MANAGER:
        return OK  # a handover is no fault of the host that saw it
    if event.kind in _NOT_THE_NODES_HEALTH or event.severity < Severity.WARN or _is_read_anyway(event):
        return OK
    health = {Severity.WARN: Health.WARN, Severity.UNKNOWN: Health.UNKNOWN}.get(event.severity, Health.CRIT)
    times = f" ({view.count}×)" if view.count > 1 else ""
    advice = event.action or "none"
    if event.kind == "xid" and wanted != "none":
        advice = f"{wanted} (Xid {_WHAT_TO_DO_NOW})"
    is_told = advice == "none" or _says_what_to_do(event)
    return Verdict(health, f"{event.headline}{times}{'' if is_told else f': {advice}'}")
