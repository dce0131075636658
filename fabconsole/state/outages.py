"""Nodes that are out with all their links: what they take down with them is told with them, not link by link."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fabconsole.fabric.health import Health
from fabconsole.state.findings import UNSEEN
from fabconsole.state.rows import at
from fabconsole.state.snapshot import Finding, NodeView
from fabconsole.stream.records import Reason

Link = frozenset[str]
"""Both ends' addresses."""

_OUT = frozenset({Health.DOWN, Health.MISSING})
_NOT_READY = ("Initialize", "Armed")
_NOT_THERE = frozenset({Reason.UNREACHABLE, Reason.CLOSED})
"""How a host that is off, or restarts, fails to answer; what else fails says nothing of the host."""
_SETTLES_S = 180.0
"""After a boot adapters come back one by one, some links train for two minutes, and the sweep looks once in one."""
_BEFORE_S = 30.0
"""A link may be seen to be down so long before its node is found out, besides two of the node's intervals."""
_AT_ONCE = 3
"""So many links of a host that answers, all it has, went down together: it, and not each of them, is the trouble."""


@dataclass(slots=True)
class Outage:
    """One node that is out, or was lately."""

    begun: float
    links: set[Link] = field(default_factory=set)
    """That went down with it."""
    answers_since: float | None = None
    """Since when it is back; None: it is out."""


def is_out(end: Finding) -> bool:
    """True where either end of a link says that it is down, gone, or not yet configured."""
    return not _OUT.isdisjoint((end.health, end.peer_health)) or end.reason.startswith(_NOT_READY)


class Trouble(NamedTuple):
    """A link that is not well."""

    line: Finding
    is_out: bool
    """It is down or not yet up just now, whatever its line says of the last ten minutes."""


class Outages:
    """Which nodes are out with which links. What began before a node was out stands for itself."""

    def __init__(self) -> None:
        self._known: dict[str, Outage] = {}

    def of(
        self, links: Mapping[Link, Trouble], own: Mapping[str, Finding], nodes: Mapping[str, NodeView], now: float
    ) -> Mapping[str, tuple[Outage, Collection[Link]]]:
        """The nodes that are out or were lately, each with the links that are told with it.

        `links` are those that are not well, `own` is what is said of nodes that are not seen or not there.
        """
        ends: dict[str, list[Link]] = {}
        for link, trouble in links.items():
            for name in {node_of(end) for end in link} & nodes.keys() if trouble.is_out else ():
                ends.setdefault(name, []).append(link)
        self._known = {name: outage for name, outage in self._known.items() if name in nodes}
        for name in ends.keys() | self._known.keys():
            self._judge(nodes, name, own.get(name), {link: links[link] for link in ends.get(name, ())}, now)
        told: set[Link] = set()
        found: dict[str, tuple[Outage, Collection[Link]]] = {}
        for name in sorted(self._known, key=lambda name: is_host(nodes[name])):
            outage = self._known[name]
            mine = [link for link in outage.links - told if link in links and _is_told(links[link])]
            mine.sort(key=lambda link: sorted(link, key=lambda end: node_of(end) != name))
            told.update(mine)
            if mine:
                found[name] = outage, mine
        return found

    def _judge(
        self,
        nodes: Mapping[str, NodeView],
        name: str,
        own: Finding | None,
        links: Mapping[Link, Trouble],
        now: float,
    ) -> None:
        begun, outage = _out_since(nodes, name, own, links), self._known.get(name)
        if begun is not None:
            if outage is None or outage.answers_since is not None:
                outage = self._known[name] = Outage(begun, outage.links if outage else set())
            earliest = begun - _BEFORE_S - 2 * min((q.interval_s for q in nodes[name].questions), default=0.0)
            outage.links.update(link for link, trouble in links.items() if trouble.line.since >= earliest)
        elif outage is not None and not (own is not None and does_not_answer(nodes[name], own)):
            outage.answers_since = now if outage.answers_since is None else outage.answers_since
            if now - outage.answers_since > _SETTLES_S:
                del self._known[name]


def node_of(end: str) -> str:
    """The node an address is on."""
    return end.partition("/")[0]


def _is_told(trouble: Trouble) -> bool:
    return trouble.is_out or trouble.line.unsteady


def is_host(view: NodeView) -> bool:
    """True for what is asked for adapters of its own."""
    return any(question.name == "hca" for question in view.questions)


def does_not_answer(view: NodeView, own: Finding) -> bool:
    """True where what is said of a node is that it is not reached, and not that it turns us away."""
    return own.health in UNSEEN and any(question.reason in _NOT_THERE for question in view.questions)


def _out_since(
    nodes: Mapping[str, NodeView], name: str, own: Finding | None, links: Mapping[Link, Trouble]
) -> float | None:
    """Since when a node is out; None: it is not, or one of its links says that it is not."""
    view = nodes[name]
    if not is_host(view):
        return own.since if own is not None and own.health is Health.MISSING else None
    if not links or not _all_of(view, nodes, links):
        return None
    if own is not None:
        return own.since if does_not_answer(view, own) else None
    since = sorted(trouble.line.since for trouble in links.values())
    return since[0] if len(since) >= _AT_ONCE and since[-1] - since[0] <= _BEFORE_S else None


def _all_of(view: NodeView, nodes: Mapping[str, NodeView], links: Mapping[Link, Trouble]) -> bool:
    """Whether no link of a node is seen to stand. One that was never read tells none of its links itself."""
    far = [port.peer for port in view.ports if port.peer and frozenset((port.end, port.peer)) not in links]
    if not any(port.peer for port in view.ports):
        return len(links) >= (view.expect.hcas or math.inf)
    return not any(_stands(nodes, end) for end in far)


def _stands(nodes: Mapping[str, NodeView], end: str) -> bool:
    """True for an end that is seen, and not down: on a switch that is gone itself nobody sees any."""
    node = nodes.get(node_of(end))
    port = at(node.ports, end) if node else None
    return port is not None and port.health not in UNSEEN and port.health not in _OUT
