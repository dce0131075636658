"""NVLink 5 bursts: one link fails, and the GPUs that had traffic over it complain as well. The root and its echoes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.gpu_events import gpu_number
from fabconsole.state.snapshot import EventView, Finding

_NVLINK5 = range(144, 151)
_CONTAINED = re.compile(r"\bNonfatal XC1\b")
"""The driver's word for an error that it kept on this GPU and that began on another: `145, RLW_SRC_TRACK Nonfatal XC1
i0 Link 12 (…)`; what begins a burst says `Fatal XC0`."""
_AFTER_S = 10.0
_SKEW_S = 2.0
"""Hosts date their messages by their own clocks."""


def is_root(event: Event) -> bool:
    """True for an NVLink 5 error that is fatal where it is logged."""
    return event.kind == "xid" and event.code in _NVLINK5 and event.severity is Severity.CRIT


def is_echo(event: Event) -> bool:
    """True for one that another GPU brought about, and that asks for nothing by itself."""
    return (
        event.kind == "xid"
        and event.code in _NVLINK5
        and event.severity is Severity.WARN
        and _CONTAINED.search(event.text) is not None
    )


def root_of(view: EventView, roots: Iterable[EventView]) -> EventView | None:
    """The fatal error that an echo followed within seconds: one of its own node before others, then the latest.

    None where the event is no echo, where none was heard of, or where any of what is folded into the line did not
    follow one: it is a trouble of its own.
    """
    if not is_echo(view.event):
        return None
    near = [root for root in roots if _follows(view, root)]
    return max(near, key=lambda root: (root.event.node == view.event.node, root.first_at), default=None)


def place_of(root: EventView) -> str:
    """What the worst list calls the root: its GPU, else its node."""
    subject = root.event.subject
    return root.event.node if gpu_number(subject) is None else f"{root.event.node}/{subject}"


def _follows(view: EventView, root: EventView) -> bool:
    return root.first_at - _SKEW_S <= view.first_at and view.event.at <= root.first_at + _AFTER_S


def gathered(found: Sequence[Finding]) -> list[Finding]:
    """What is wrong, the echoes of a burst in the line of its root, which comes first of what is as bad."""
    echoing: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.echo_of is not None:
            echoing.setdefault(finding.echo_of, []).append(finding)
    roots = {id(f): echoing[f.end] for f in found if f.end in echoing and f.health is Health.CRIT}
    told = {id(one) for under in roots.values() for one in under}
    return [_with(f, roots.get(id(f), [])) for f in found if id(f) not in told]


def _with(root: Finding, under: Sequence[Finding]) -> Finding:
    if not under:
        return root
    echoes = [code for one in (root, *under) for code in one.echoes]
    nodes = len(under) + bool(root.echoes)
    return replace(root, reason=f"{said(echoes, len(echoes), nodes)}: {root.reason}", under=tuple(under))


def said(codes: Iterable[int | None], echoes: int, nodes: int) -> str:
    """`root of 63 Xid 145 on 8 nodes`."""
    numbers = ", ".join(str(code) for code in sorted({code for code in codes if code is not None}))
    where = f" on {nodes} nodes" if nodes > 1 else ""
    return f"root of {echoes} Xid {numbers}{where}"
