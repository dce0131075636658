"""The line of a node, or of a rack, that is out: one trouble, which stands for every link that went down with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from fabconsole.fabric.health import Health, worst
from fabconsole.state.outages import Outage, Trouble, is_host
from fabconsole.state.racks import NO_RACK
from fabconsole.state.snapshot import Finding, NodeView, RackView

_AT_ONCE_S = 30.0
"""Hosts of a rack without power are found out within a poll and its deadlines of each other."""


class Told(NamedTuple):
    """A node that is out, and its line."""

    outage: Outage
    line: Finding
    own: Finding | None
    """What is said of the node itself where it is not seen, which is in the line; None: it answers."""
    links: int
    still: int
    """Links that are not up."""


def told(outage: Outage, name: str, own: Finding | None, links: Sequence[Trouble]) -> Told:
    """The line of a node that is or was out; `own` is what is said of it itself where it is not seen."""
    under, many = tuple(trouble.line for trouble in links), len(links)
    still = sum(trouble.is_out for trouble in links)
    line = Finding(end=name, health=Health.DOWN, reason="", since=outage.begun, under=under)
    if outage.answers_since is not None:
        said = f"{still} of its {len(outage.links)} links not up yet" if still else f"{_its(many)} went down with it"
        line = replace(line, health=worst(one.health for one in under), reason=f"is back; {said}")
    elif own is None:
        line = replace(line, reason=f"{_its(many)} all went down at once")
    elif own.health is Health.MISSING:
        down = f"{many} links to it are down" if many > 1 else "the link to it is down"
        line = replace(line, health=own.health, reason=f"{own.reason}; {down}", since=own.since)
    elif still:
        down = f"{_its(still)} {'are' if still > 1 else 'is'} down"
        line = replace(line, reason=f"{down}; {own.reason}", since=own.since)
    else:
        line = replace(own, reason=f"{own.reason}; {_its(many)} came back", under=under)
    return Told(outage, line, own if outage.answers_since is None else None, many, still)


def by_rack(out: Mapping[str, Told], racks: Iterable[RackView]) -> Sequence[tuple[Finding, Sequence[str]]]:
    """Racks whose every node went out at once: the line of each, and the nodes that it stands for."""
    found = []
    for rack in racks if out else ():
        inside = [out[name] for name in rack.nodes if name in out]
        if len(inside) > 1 and len(inside) == len(rack.nodes) and rack.name != NO_RACK and _at_once(inside):
            found.append((_rack(rack.name, inside), rack.nodes))
    return found


def silent_racks(
    lost: Mapping[str, Finding], nodes: Mapping[str, NodeView], racks: Iterable[RackView]
) -> Sequence[Finding]:
    """Racks of which no host is reached any more since one instant, though links stand: the line of each."""
    found = []
    for rack in racks if len(lost) > 1 else ():
        hosts = [name for name in rack.nodes if name in nodes and is_host(nodes[name])]
        inside = tuple(lost[name] for name in hosts if name in lost)
        since = [one.since for one in inside]
        if len(inside) > 1 and len(inside) == len(hosts) and max(since) - min(since) <= _AT_ONCE_S:
            found.append(
                Finding(
                    end=f"rack {rack.name}",
                    health=worst(one.health for one in inside),
                    reason=f"its {len(inside)} hosts do not answer; {inside[0].reason}",
                    since=min(since),
                    under=inside,
                )
            )
    return found


def _rack(name: str, inside: Sequence[Told]) -> Finding:
    links, still, many = sum(one.links for one in inside), sum(one.still for one in inside), len(inside)
    back = sum(one.own is None for one in inside)
    if not back:
        said = f"no power? its {many} hosts do not answer, and their {still} links are down"
    elif still:
        said = f"{back} of its {many} hosts are back; {still} of their links not up yet"
    else:
        said = f"its {many} hosts are back; their {links} links went down with them"
    return Finding(
        end=f"rack {name}",
        health=worst(one.line.health for one in inside),
        reason=said,
        since=min(one.line.since for one in inside),
        under=tuple(one.line for one in inside),
    )


def _at_once(inside: Sequence[Told]) -> bool:
    begun = [one.outage.begun for one in inside]
    return max(begun) - min(begun) <= _AT_ONCE_S


def _its(links: int) -> str:
    return f"its {links} links" if links > 1 else "its link"
