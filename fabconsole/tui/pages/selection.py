"""The lines on what the cursor is on: what it is, how it does and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from fabconsole.fabric.counters import known
from fabconsole.fabric.health import Health, Severity, worst
from fabconsole.state.snapshot import EventView, NvlinkView, PortView, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of, nvlink_of, place_of, rack_named
from fabconsole.tui.drawing import Line, Span, clipped
from fabconsole.tui.pages.events import LOOK, event_at
from fabconsole.tui.pages.nvlinks import up_of
from fabconsole.tui.readings import unit
from fabconsole.tui.waiting import WAITING, row_waits
from fabconsole.tui.wording import clock, gbps, rate, reading, unrepeated, was

_TOLD = ("symbol_error", "link_downed", "link_error_recovery", "port_rcv_errors", "port_xmit_wait")


def selection(snapshot: Snapshot, address: str | None, width: int, waiting: Container[str] = ()) -> tuple[Line, Line]:
    """Two lines on what the cursor is on: what it is, then how it does and why. `waiting` nodes are told calmly."""
    if address is None:
        return (), ()
    event = event_at(address, snapshot)
    if event is not None:
        return _of_event(event, width)
    address = place_of(address)
    rack = rack_named(address)
    if rack is not None:
        return _of_rack(snapshot, rack, width, waiting)
    port = snapshot.port(address)
    if port is not None:
        return _of_port(snapshot, port, width)
    if nvlink_of(address) is not None and (link := snapshot.nvlink(address)) is not None:
        return _of_nvlink(link, width)
    if gpu_of(address) is not None:
        return _of_gpu(snapshot, address, width)
    return _of_node(snapshot, address, width, waiting)


def _two(name: str, health: Health, facts: str, reason: str, width: int, *, waits: bool = False) -> tuple[Line, Line]:
    role = WAITING if waits else health.value.lower()
    first = (Span(" "), Span(health.glyph, role), Span(f" {name}", "strong"), Span(facts, "dim"))
    said = unrepeated(reason, health)
    second = (Span("   "), Span(health.value, role), Span(f"  {said}" if said else "", "text"))
    return clipped(first, width), clipped(second, width)


def in_one(two: tuple[Line, Line], width: int) -> Line:
    """Both lines of `selection` in one, where there is room for one: name and verdict, then facts."""
    first, second = two
    if len(first) < 4:
        return first
    return clipped((*first[:3], Span("  "), *second[1:], *first[3:]), width)


def _of_event(view: EventView, width: int) -> tuple[Line, Line]:
    event = view.event
    glyph, role = LOOK[event.severity]
    times = f" ×{view.count}" if view.count > 1 else ""
    first = (
        Span(" "),
        Span(glyph, role),
        Span(f" {event.node}", "strong"),
        Span(f"   {clock(event.at)}{times}", "dim"),
    )
    said = event.headline if event.text == event.headline else f"{event.headline}   {event.text}"
    return clipped(first, width), clipped((Span("   "), Span(said, "text")), width)


def _of_port(snapshot: Snapshot, port: PortView, width: int) -> tuple[Line, Line]:
    far = f" ⇄ {port.peer}" if port.peer else ""
    state = " ".join(word for word in (port.state.state or "state unknown", port.state.phys_state) if word)
    speed = f" · {gbps(port.state.rate_gbps)} Gb/s" if port.state.rate_gbps is not None else ""
    read = reading(port.age_s, is_old=port.is_old)
    growing = "".join(
        f" · {known(name).label} {rate(value, unit(name))}"
        for name, value in port.rates.items()
        if value and name in _TOLD
    )
    facts = f"{far}   {was(state, port.is_old)}{speed} · {read}{growing}"
    return _two(port.end, port.health, facts, port.reason, width, waits=row_waits(port))


def _of_nvlink(link: NvlinkView, width: int) -> tuple[Line, Line]:
    counted = "".join(f" · {name} {value}" for name, value in link.counters.items() if value)
    facts = f"   {was(link.state.state, link.is_old)}{counted} · {reading(link.age_s, is_old=link.is_old)}"
    return _two(link.end, link.health, facts, link.reason, width, waits=row_waits(link))


def _of_gpu(snapshot: Snapshot, address: str, width: int) -> tuple[Line, Line]:
    node = snapshot.nodes.get(node_of(address))
    links = [link for link in node.nvlinks if link.gpu == gpu_of(address)] if node else []
    own = next((finding for finding in snapshot.findings if finding.end == address), None)
    bad = max(links, key=lambda link: link.health.rank, default=None)
    name = next((f"{link.state.gpu_name} · " for link in links if link.state.gpu_name), "")
    old = next((link for link in links if link.is_old), None)
    told = f"NVLinks were up · {reading(old.age_s, is_old=True)}" if old else "NVLinks up"
    facts = f"   {name}{up_of(links)} {told}" if links else "   its NVLinks were not read yet"
    if own is not None and (bad is None or own.health.rank >= bad.health.rank):
        return _two(address, own.health, facts, own.reason, width)
    if bad is None:
        return _two(address, Health.UNKNOWN, facts, "", width)
    xids = node.gpu_events.get(gpu_of(address) or 0, "") if node else ""
    reasons = (f"nvl{bad.link}: {bad.reason}" if bad.reason else "", xids)
    health = worst([bad.health, Health.WARN]) if xids else bad.health
    return _two(address, health, facts, "; ".join(filter(None, reasons)), width, waits=row_waits(bad))


def _of_node(snapshot: Snapshot, address: str, width: int, waiting: Container[str]) -> tuple[Line, Line]:
    node = snapshot.nodes.get(node_of(address))
    if node is None:
        return _two(address, Health.UNKNOWN, "   not in this fabric", "", width)
    rack = f" · rack {node.rack}" if node.rack else ""
    facts = f"   {node.platform}{rack} · {reading(node.age_s, is_old=node.error is not None)}"
    worst = next((f for f in snapshot.findings if node_of(f.end) == node.name), None)
    reason = node.reason or node.error or (f"{worst.end}: {worst.reason}" if worst else "")
    return _two(node.name, node.health, facts, reason, width, waits=node.name in waiting)


def _of_rack(snapshot: Snapshot, name: str, width: int, waiting: Container[str]) -> tuple[Line, Line]:
    rack = next((rack for rack in snapshot.racks if rack.name == name), None)
    if rack is None:
        return (), ()
    place = "".join(f" · {word} {value}" for word, value in (("row", rack.row), ("pod", rack.pod)) if value)
    nodes = [snapshot.nodes[name] for name in rack.nodes if name in snapshot.nodes]
    bad = Counter(node.health for node in nodes if node.health.severity >= Severity.WARN and node.name not in waiting)
    unread = sum(name in waiting for name in rack.nodes)
    said = [f"{bad[health]} {health.value}" for health in sorted(bad, key=lambda health: -health.rank)]
    said += [f"{unread} not read twice yet"] if unread else []
    reason = f"{', '.join(said)} of {len(rack.nodes)}" if said else ""
    facts = f"   rack{place} · {len(rack.nodes)} nodes"
    return _two(rack.name, rack.health, facts, reason, width, waits=bool(unread) and not bad)
