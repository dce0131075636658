"""The lines that are always there: fabric and coverage on top, the selection and the keys at the foot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from fabconsole.fabric.counters import known
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import NvlinkView, PortView, Snapshot
from fabconsole.tui.addresses import gpu_of, node_of, nvlink_of, rack_named
from fabconsole.tui.drawing import Line, Span, clipped, length, spread
from fabconsole.tui.floor import is_switch
from fabconsole.tui.metrics import METRICS, STEPS, Metric
from fabconsole.tui.wording import age, clock, gbps, rate


def header(snapshot: Snapshot, crumbs: Sequence[str], width: int) -> Line:
    """Fabric, coverage by question, and how many nodes are how unwell. What does not fit goes, the way here first."""
    counts = _counts(snapshot)
    names = [_name(snapshot, crumbs), _name(snapshot, crumbs[-1:])]
    sizes = [] if crumbs else _sizes(snapshot)
    full, short, least = (_coverage(snapshot, brevity) for brevity in range(3))
    wanted = [(names[0], [*sizes, *full])]
    wanted += [(name, middle) for middle in (full, short, least) for name in names]
    for name, middle in wanted:
        if length(name) + length(middle) + length(counts) + 1 <= width:
            break
    return spread([*name, *middle], counts, width)


def _name(snapshot: Snapshot, crumbs: Sequence[str]) -> list[Span]:
    spans = [Span(" "), Span(snapshot.fabric.upper(), "strong")]
    return spans + [span for crumb in crumbs for span in (Span(" › ", "faint"), Span(crumb, "strong"))]


def _sizes(snapshot: Snapshot) -> list[Span]:
    switches = sum(is_switch(node) for node in snapshot.nodes.values())
    hosts = len(snapshot.nodes) - switches
    said = f"{hosts} hosts" + (f" · {switches} switches" if switches else "")
    return [Span(f"   {said}", "dim")]


def _coverage(snapshot: Snapshot, brevity: int) -> list[Span]:
    """`63/64 · hca 63 · nvlink 60/64`: a question that all answered says one number, the others are loud.

    Brevity 1 leaves out how many were asked, 2 the questions that the same number answered as were polled.
    """
    coverage = snapshot.coverage
    spans = [Span("   "), Span(f"{coverage.polled}/{coverage.nodes}", _loud(coverage.polled == coverage.nodes))]
    for name, question in coverage.questions.items():
        full = question.answered == question.asked
        if brevity == 2 and (full or question.answered == coverage.polled):
            continue
        said = f"{question.answered}" if full or brevity else f"{question.answered}/{question.asked}"
        spans += [Span(" · ", "faint"), Span(f"{name} {said}", _loud(full))]
    return spans


def _loud(full: bool) -> str:
    return "dim" if full else "unknown"


def _counts(snapshot: Snapshot) -> list[Span]:
    counted = Counter(node.health for node in snapshot.nodes.values() if node.health.severity >= Severity.WARN)
    spans: list[Span] = []
    for health in sorted(counted, key=lambda word: -word.rank):
        spans += [Span(f"{health.glyph} {counted[health]}", health.value.lower()), Span(" ")]
    if not spans and snapshot.nodes and snapshot.severity <= Severity.INFO and snapshot.coverage.complete:
        spans = [Span("· all well", "live"), Span("  ")]
    return spans


def pulse(now: float, heard_at: float | None, interval_s: float, ended: bool, width: int) -> Line:
    """The clock, and whether records still come."""
    if ended:
        state = Span("■ ENDED", "crit")
    elif heard_at is None:
        state = Span("○ WAITING", "dim")
    elif now - heard_at > 2 * interval_s + 1:
        state = Span("◌ STALE", "stale")
    else:
        state = Span("● LIVE", "live")
    return spread([], [Span(f"{clock(now)}Z ", "text"), state, Span(" ")], width)


def metric_tabs(metric: Metric, width: int) -> Line:
    """Every metric, the one that is shown in front, and how its scale reads."""
    spans: list[Span] = [Span(" ")]
    for one in METRICS:
        spans += [Span(one.label, "key" if one is metric else "dim"), Span("   ")]
    if metric.is_health:
        return clipped(spans, width)
    scale = [Span(glyph, f"{metric.scale.role}-{step}") for step, glyph in enumerate(STEPS)]
    return spread(spans, [*scale, Span(f"  {metric.scale.words} ", "dim")], width)


def selection(snapshot: Snapshot, address: str | None, width: int) -> tuple[Line, Line]:
    """Two lines on what the cursor is on: what it is, then how it does and why."""
    if address is None:
        return (), ()
    rack = rack_named(address)
    if rack is not None:
        return _of_rack(snapshot, rack, width)
    port = snapshot.port(address)
    if port is not None:
        return _of_port(snapshot, port, width)
    if nvlink_of(address) is not None and (link := snapshot.nvlink(address)) is not None:
        return _of_nvlink(link, width)
    if gpu_of(address) is not None:
        return _of_gpu(snapshot, address, width)
    return _of_node(snapshot, address, width)


def _two(name: str, health: Health, facts: str, reason: str, width: int) -> tuple[Line, Line]:
    role = health.value.lower()
    first = (Span(" "), Span(health.glyph, role), Span(f" {name}", "strong"), Span(facts, "dim"))
    second = (Span("   "), Span(health.value, role), Span(f"  {reason}" if reason else "", "text"))
    return clipped(first, width), clipped(second, width)


def in_one(two: tuple[Line, Line], width: int) -> Line:
    """Both lines of `selection` in one, where there is room for one: name and verdict, then facts."""
    first, second = two
    if len(first) < 4:
        return first
    return clipped((*first[:3], Span("  "), *second[1:], *first[3:]), width)


def _of_port(snapshot: Snapshot, port: PortView, width: int) -> tuple[Line, Line]:
    far = f" ⇄ {port.peer}" if port.peer else ""
    state = " ".join(word for word in (port.state.state or "state unknown", port.state.phys_state) if word)
    speed = f" · {gbps(port.state.rate_gbps)} Gb/s" if port.state.rate_gbps is not None else ""
    growing = "".join(
        f" · {known(name).label} {rate(value)}" for name, value in port.rates.items() if value and name in _TOLD
    )
    return _two(
        port.end, port.health, f"{far}   {state}{speed} · read {age(port.age_s)} ago{growing}", port.reason, width
    )


_TOLD = ("symbol_error", "link_downed", "link_error_recovery", "port_rcv_errors", "port_xmit_wait")


def _of_nvlink(link: NvlinkView, width: int) -> tuple[Line, Line]:
    counted = "".join(f" · {name} {value}" for name, value in link.counters.items() if value)
    return _two(
        link.end, link.health, f"   {link.state.state}{counted} · read {age(link.age_s)} ago", link.reason, width
    )


def _of_gpu(snapshot: Snapshot, address: str, width: int) -> tuple[Line, Line]:
    node = snapshot.nodes.get(node_of(address))
    links = [link for link in node.nvlinks if link.gpu == gpu_of(address)] if node else []
    if not links:
        return _two(address, Health.UNKNOWN, "", "its NVLinks were not read yet", width)
    bad = max(links, key=lambda link: link.health.rank)
    up = sum(link.state.state == "up" for link in links)
    name = f" {links[0].state.gpu_name}" if links[0].state.gpu_name else ""
    reason = "" if bad.health is Health.OK else f"nvl{bad.link}: {bad.reason}"
    return _two(address, bad.health, f"  {name} · {up}/{len(links)} NVLinks up", reason, width)


def _of_node(snapshot: Snapshot, address: str, width: int) -> tuple[Line, Line]:
    node = snapshot.nodes.get(node_of(address))
    if node is None:
        return _two(address, Health.UNKNOWN, "   not in this fabric", "", width)
    rack = f" · rack {node.rack}" if node.rack else ""
    facts = f"   {node.platform}{rack} · read {age(node.age_s)} ago"
    worst = next((f for f in snapshot.findings if node_of(f.end) == node.name), None)
    reason = node.reason or node.error or (f"{worst.end}: {worst.reason}" if worst else "")
    return _two(node.name, node.health, facts, reason, width)


def _of_rack(snapshot: Snapshot, name: str, width: int) -> tuple[Line, Line]:
    rack = next((rack for rack in snapshot.racks if rack.name == name), None)
    if rack is None:
        return (), ()
    place = "".join(f" · {word} {value}" for word, value in (("row", rack.row), ("pod", rack.pod)) if value)
    reason = f"{rack.faults} of {len(rack.nodes)} not well" if rack.faults else ""
    return _two(rack.name, rack.health, f"   rack{place} · {len(rack.nodes)} nodes", reason, width)


def keys_line(hints: Sequence[tuple[str, str]], note: str, width: int) -> Line:
    """The most useful keys here, and what else is on: metric, marks, filter."""
    spans: list[Span] = [Span(" ")]
    for key, what in hints:
        pair = [Span(key, "key"), Span(f" {what}   ", "dim")]
        if length(spans) + length(pair) + len(note) + 1 > width:
            break
        spans += pair
    return spread(spans, [Span(f"{note} ", "text")] if note else [], width)
