"""Events that follow from another: a host that goes out and its links, one that boots and its adapters, an NVLink that
fails and the GPUs behind it. They are told in its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Severity
from fabconsole.state.silence import SESSION
from fabconsole.state.snapshot import EventView
from fabconsole.state.turns import MISSED, REBOOTED
from fabconsole.state.xid_bursts import is_root, root_of, said

_BEFORE_S = 40.0
"""A host is found out a poll and its deadlines after its links are."""
_SWEEP_S = 150.0
"""A switch is missed by a sweep, its links are seen to be down by hosts: two sweeps, and the time one takes."""
_AFTER_S = 180.0
"""The sweep looks once a minute and takes its time; adapters come up one after the other."""
_NEWS_S = 10.0
_KERNEL_S = 60.0
"""From a kernel's first words to the answer that tells of the boot, for what is no trouble."""
Line = tuple[str, EventView]
"""A line of the timeline, and its words less their numbers."""
_Of = Mapping[str, Sequence[EventView]]
"""By node."""


def gathered(lines: Sequence[Line]) -> list[Line]:
    """The lines, with what followed from one of them under that one."""
    views = [view for _, view in lines]
    causes = {id(view): cause for view, cause in _followers(views)}
    under: dict[int, list[EventView]] = {}
    for view in views:
        cause = causes.get(id(view))
        if cause is not None and id(cause) not in causes:
            under.setdefault(id(cause), []).append(view)
    folded = {id(view) for those in under.values() for view in those}
    return [(words, _with(view, under.get(id(view), ()))) for words, view in lines if id(view) not in folded]


def _followers(views: Sequence[EventView]) -> Iterator[tuple[EventView, EventView]]:
    """Each event that followed from another, and that other."""
    roots = [view for view in views if is_root(view.event)]
    lost, booted = _of_nodes(views, is_loss), _of_nodes(views, _is_boot)
    missed = _of_nodes(views, _is_missed)
    up = {(view.event.node, view.event.subject): view.event.at for view in views if _is_up(view.event)}
    for view in views:
        cause = root_of(view, roots) if roots else None
        cause = (
            cause
            or (_loss(view, lost, missed) if lost or missed else None)
            or (_boot(view, booted, up) if booted else None)
        )
        if cause is not None and cause is not view:
            yield view, cause


def is_loss(event: Event) -> bool:
    """True where a node is no longer reached."""
    return event.kind == SESSION and event.text.startswith(("stops answering", "does not answer"))


def is_out(view: EventView) -> bool:
    """True where a node was lost together with links that lead to it."""
    return bool(view.under) and is_loss(view.event) and view.event.severity is Severity.CRIT


def is_link_down(event: Event) -> bool:
    """True for a link between two ends that are known, seen to go down at either."""
    return event.kind == "state" and event.severity is Severity.CRIT and bool(event.peer)


def _loss(view: EventView, lost: _Of, missed: _Of) -> EventView | None:
    """The loss of the node that a link went down to, or that had left a question unanswered a moment before."""
    event = view.event
    if event.kind == SESSION and event.text.startswith("no answer to "):
        return _near(view, lost.get(event.node, ()), _BEFORE_S, 0.0)
    if not is_link_down(event):
        return None
    gone = _near(view, missed.get(_far(event), ()), _SWEEP_S, _AFTER_S)
    return gone or _near(view, lost.get(_far(event), ()), _BEFORE_S, _AFTER_S)


def _boot(view: EventView, booted: _Of, up: Mapping[tuple[str, str | None], float]) -> EventView | None:
    """The boot after which an adapter was listed or a link came up; a link that went down is told until it is up."""
    event = view.event
    before_s = _NEWS_S if event.severity > Severity.INFO else _KERNEL_S
    here = _near(view, booted.get(event.node, ()), before_s, _AFTER_S)
    if event.severity > Severity.INFO:
        mended = event.kind == "state" and up.get((event.node, event.subject), 0.0) > event.at
        return here if mended and not _is_boot(event) else None
    if here is None and event.kind == "state":
        here = _near(view, booted.get(_far(event), ()), before_s, _AFTER_S)
    return here if event.kind in ("state", "mlx5", SESSION) else None


def _near(view: EventView, causes: Sequence[EventView], before_s: float, after_s: float) -> EventView | None:
    """The latest of the causes that all of what is folded into a line lies so close to."""
    near = [c for c in causes if c.event.at - before_s <= view.first_at and view.event.at <= c.event.at + after_s]
    return max(near, key=lambda cause: cause.event.at, default=None)


def _with(view: EventView, under: Sequence[EventView]) -> EventView:
    """The line of what the others followed from."""
    if not under:
        return view
    below = tuple(sorted(under, key=lambda one: one.event.at, reverse=True))
    if is_root(view.event):
        nodes = {one.event.node for one in below}
        root = said([one.event.code for one in below], len(below), len(nodes))
        return replace(view, under=below, told=f"{root}: {view.event.headline}")
    if _is_boot(view.event):
        return replace(view, under=below, told=f"{REBOOTED}, with {len(below)} more")
    links = sum(is_link_down(one.event) for one in below)
    if not links:
        return replace(view, under=below)
    if _is_missed(view.event):
        return replace(view, under=below, told=f"{view.event.headline}; {links} link{'s' * (links > 1)} to it down")
    what, colon, why = view.event.text.partition(": ")
    down = f"its {links} links down" if links > 1 else "its link down"
    event = replace(view.event, severity=Severity.CRIT)
    return replace(view, event=event, under=below, told=f"{what}, {down}{colon}{why}")


def _of_nodes(views: Sequence[EventView], wanted: Callable[[Event], bool]) -> _Of:
    found: dict[str, list[EventView]] = {}
    for view in views:
        if wanted(view.event):
            found.setdefault(view.event.node, []).append(view)
    return found


def _is_boot(event: Event) -> bool:
    return event.text == REBOOTED


def _is_missed(event: Event) -> bool:
    """True for a switch that a sweep did not find."""
    return event.kind == "state" and event.severity is Severity.CRIT and event.text.startswith(MISSED)


def _is_up(event: Event) -> bool:
    return event.kind == "state" and event.severity is Severity.INFO


def _far(event: Event) -> str:
    return (event.peer or "").partition("/")[0]
