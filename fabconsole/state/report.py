"""A snapshot as the JSON document that scripts read, and the exit code they branch on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Mark, Severity
from fabconsole.fabric.table import NvlinkState, PortState
from fabconsole.state.remedies import REMEDIES
from fabconsole.state.snapshot import Coverage, EventView, NodeView, NvlinkView, PortView, Snapshot

_EXIT = {Severity.CRIT: 2, Severity.UNKNOWN: 3, Severity.WARN: 1}
_INCOMPLETE = 3
_LOST = frozenset({Health.MISSING, Health.UNKNOWN, Health.UNTRUSTED})


def exit_code(snapshot: Snapshot) -> int:
    """2 critical, else 3 unknown or not everything answered, else 1 warning, else 0."""
    if snapshot.severity is not Severity.CRIT and not snapshot.coverage.complete:
        return _INCOMPLETE
    return _EXIT.get(snapshot.severity, 0)


def document(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as plain values for `json.dumps`. What is not known is null or absent, never 0."""
    inventory = [view for view in snapshot.nodes.values() if view.rack is not None]
    return {
        "fabric": snapshot.fabric,
        "at": moment(snapshot.at),
        "interval_s": snapshot.interval_s,
        "severity": severity(snapshot.severity),
        "coverage": _coverage(snapshot.coverage),
        "nodes": [_node(view) for view in inventory],
        "switches": [_node(view) for view in snapshot.nodes.values() if view.rack is None],
        "ports": [_port(port) for view in snapshot.nodes.values() for port in view.ports],
        "nvlinks": [_nvlink(link) for view in snapshot.nodes.values() for link in known_nvlinks(view)],
        "events": [each for line in snapshot.events for each in _events(line)],
        "banners": [banner.text for banner in snapshot.banners],
        "warnings": list(snapshot.warnings),
    }


def known_nvlinks(view: NodeView) -> Sequence[NvlinkView]:
    """A node's NVLinks; none where it never answered for them: what `expect` counts alone was not read."""
    return () if any(q.name == "nvlink" and q.age_s is None for q in view.questions) else view.nvlinks


def moment(at: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC, `2026-01-01T00:00:00Z`, with milliseconds where there are any."""
    text = datetime.fromtimestamp(round(at, 3), UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00").removesuffix(".000") + "Z"


def severity(value: Severity) -> str:
    """OK, WARN, UNKNOWN or CRIT."""
    return Severity.OK.name if value is Severity.INFO else value.name


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "nodes": coverage.nodes,
        "polled": coverage.polled,
        "oldest_s": _short(coverage.oldest_s),
        "questions": {
            name: {"asked": q.asked, "answered": q.answered, "oldest_s": _short(q.oldest_s)}
            for name, q in coverage.questions.items()
        },
    }


def _node(view: NodeView) -> dict[str, Any]:
    return {
        "node": view.name,
        "rack": view.rack,
        "platform": view.platform,
        "health": view.health.value,
        "reason": view.reason,
        "age_s": _short(view.age_s),
        "error": view.error,
        "uptime_s": _short(view.uptime_s),
        "questions": {
            q.name: {
                "health": q.health.value,
                "age_s": _short(q.age_s),
                "reason": q.reason.value if q.reason else None,
                "remedy": REMEDIES[q.reason].advice if q.reason else None,
            }
            for q in view.questions
        },
    }


def _port(port: PortView) -> dict[str, Any]:
    state = PortState() if _is_lost(port) else port.state
    return {
        "end": port.end,
        "peer": port.peer,
        "state": state.state,
        "phys_state": state.phys_state,
        "rate_gbps": state.rate_gbps,
        "width": state.width,
        "health": port.health.value,
        "reason": port.reason,
        "age_s": _short(port.age_s),
        "guid": port.state.port_guid or port.state.node_guid,
        "lid": state.lid,
        **_values(port.counters, port.rates, port.marks),
    }


def _nvlink(link: NvlinkView) -> dict[str, Any]:
    state = NvlinkState(state="unknown") if _is_lost(link) else link.state
    return {
        "end": link.end,
        "state": state.state,
        "speed_gbs": state.speed_gbs,
        "health": link.health.value,
        "reason": link.reason,
        "age_s": _short(link.age_s),
        **_values(link.counters, link.rates, link.marks),
    }


def _is_lost(row: PortView | NvlinkView) -> bool:
    """True where what it last said of its state is no longer known to hold: a script must not count it as up."""
    return row.is_old and row.health in _LOST


def _values(counters: Mapping[str, int], rates: Mapping[str, float], marks: Mapping[str, Mark]) -> dict[str, Any]:
    return {
        "counters": dict(counters),
        "rates": {name: float(f"{rate:.6g}") for name, rate in rates.items()},
        "marks": {name: mark.value for name, mark in marks.items()},
    }


def _events(line: EventView) -> Iterator[dict[str, Any]]:
    """An event, then what followed from it: a script folds as it likes."""
    yield {**_event(line.event), "count": line.count, "also": list(line.also)}
    for one in line.under:
        yield from _events(one)


def _event(event: Event) -> dict[str, Any]:
    return {
        "at": moment(event.at),
        "node": event.node,
        "kind": event.kind,
        "code": event.code,
        "severity": event.severity.name,
        "text": event.text,
        "subject": event.subject,
        "link": event.link,
        "meaning": event.meaning,
        "action": event.action,
    }


def _short(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
