"""What befell many nodes at once: one line of the timeline, not one a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from fabconsole.fabric.health import Severity
from fabconsole.state.consequences import is_link_down, is_out
from fabconsole.state.silence import SESSION
from fabconsole.state.snapshot import EventView
from fabconsole.state.turns import CLEARED

_MANY = 3
_WAYS = {Severity.CRIT: "down", Severity.INFO: "up"}
"""What an event of a link, which has a far end, says of it; any other state is told port by port."""
_APART_S = 10.0
"""Nodes find out within a poll and its deadline of each other, not at the same instant."""
_RACK_S = 30.0
"""Hosts of a rack without power are found out within an echo's deadline and a redial of each other."""
Racks = Mapping[str, Sequence[str]]
"""The hosts of each rack."""


def gathered(views: Iterable[tuple[str, EventView]], racks: Racks) -> Iterator[EventView]:
    """Each event as it is, given with its words less their numbers.

    Nodes that fell silent alike are one, and so are the links that went down, or came back, with what they all lead to.
    The hosts of one of the `racks` that went out with their links, all of them at once, are the rack.
    """
    lines = list(views)
    whole = list(_of_racks([view for _, view in lines if is_out(view)], racks))
    covered = {id(one) for rack in whole for one in rack.under}
    yield from whole
    silent: dict[str, list[EventView]] = {}
    turned: dict[tuple[str, str], list[EventView]] = {}
    for words, view in lines:
        if id(view) in covered:
            continue
        if view.event.kind == SESSION:
            silent.setdefault(words, []).append(view)
        elif view.event.text.startswith(CLEARED):
            silent.setdefault(CLEARED, []).append(view)
        elif view.event.peer and (way := _WAYS.get(view.event.severity)):
            turned.setdefault((view.event.peer.partition("/")[0], way), []).append(view)
        else:
            yield view
    for group in silent.values():
        yield from _told(group, _one)
    single: dict[tuple[str, str], list[EventView]] = {}
    for (far, way), group in turned.items():
        for told in _told(group, partial(_links, far, way)):
            if told.event.peer:
                single.setdefault((told.event.node, way), []).append(told)
            else:
                yield told
    for (near, way), group in single.items():  # a switch's own, to a far end each
        yield from _told(group, partial(_links, near, way))


def _of_racks(out: Sequence[EventView], racks: Racks) -> Iterator[EventView]:
    of_node = {view.event.node: view for view in out}
    for rack, hosts in racks.items() if out else ():
        inside = [of_node[host] for host in hosts if host in of_node]
        begun = [view.event.at for view in inside]
        if len(inside) > 1 and len(inside) == len(hosts) and max(begun) - min(begun) <= _RACK_S:
            links = sum(is_link_down(one.event) for view in inside for one in view.under)
            first = min(inside, key=lambda view: view.event.at)
            text = f"no power? {len(hosts)} hosts stop answering, {links} links down"
            event = replace(first.event, node=f"rack {rack}", text=text)
            yield EventView(event=event, first_at=event.at, count=1, also=tuple(hosts), under=tuple(inside))


def _told(group: list[EventView], one: Callable[[Sequence[EventView]], EventView]) -> Iterator[EventView]:
    group.sort(key=lambda view: view.event.at)
    while group:
        many = next((n for n in range(1, len(group)) if _apart(group[n - 1], group[n])), len(group))
        yield from (one(group[:many]),) if many >= _MANY else group[:many]
        group = group[many:]


def _apart(before: EventView, after: EventView) -> bool:
    return after.event.at - before.event.at > _APART_S


def _links(far: str, way: str, alike: Sequence[EventView]) -> EventView:
    """The first of them, told of the `far` node that they all lead to: how many links to it went that way."""
    first = alike[0]
    others = dict.fromkeys(view.event.node for view in alike if view.event.node != far)
    return replace(
        first,
        event=replace(first.event, node=far, subject=None, peer=None, text=f"{len(alike)} links to {far} {way}"),
        first_at=min(view.first_at for view in alike),
        also=tuple(others),
        under=tuple(alike),
    )


def _one(alike: Sequence[EventView]) -> EventView:
    """The first of them, saying how many more there are."""
    first, *others = alike
    what, colon, why = first.headline.partition(": ")
    text = f"{what}, with {len(others)} more{colon}{why}"
    return replace(
        first,
        event=replace(first.event, text=text),
        told=text if first.told else "",
        first_at=min(view.first_at for view in alike),
        count=max(view.count for view in alike),
        also=tuple(view.event.node for view in others),
        under=tuple(alike),
    )
