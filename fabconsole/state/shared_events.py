"""What befell many nodes at once: one line of the timeline, not one a node."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from fabconsole.fabric.health import Severity
from fabconsole.state.silence import SESSION
from fabconsole.state.snapshot import EventView

_MANY = 3
_WAYS = {Severity.CRIT: "down", Severity.INFO: "up"}
"""What an event of a link, which has a far end, says of it; any other state is told port by port."""
_APART_S = 10.0
"""Nodes find out within a poll and its deadline of each other, not at the same instant."""


def gathered(views: Iterable[tuple[str, EventView]]) -> Iterator[EventView]:
    """Each event as it is, given with its words less their numbers.

    Nodes that fell silent alike are one, and so are the links that went down, or came back, with what they all lead to.
    """
    silent: dict[str, list[EventView]] = {}
    turned: dict[tuple[str, str], list[EventView]] = {}
    for words, view in views:
        if view.event.kind == SESSION:
            silent.setdefault(words, []).append(view)
        elif view.event.peer and (way := _WAYS.get(view.event.severity)):
            turned.setdefault((view.event.peer.partition("/")[0], way), []).append(view)
        else:
            yield view
    for group in silent.values():
        yield from _told(group, _one)
    for (far, way), group in turned.items():
        yield from _told(group, partial(_links, far, way))


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
    )


def _one(alike: Sequence[EventView]) -> EventView:
    """The first of them, saying how many more there are."""
    first, *others = alike
    what, colon, why = first.event.text.partition(": ")
    event = replace(first.event, text=f"{what}, with {len(others)} more{colon}{why}")
    return replace(
        first,
        event=event,
        first_at=min(view.first_at for view in alike),
        count=max(view.count for view in alike),
        also=tuple(view.event.node for view in others),
    )
