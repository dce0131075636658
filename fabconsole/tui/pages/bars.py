"""The lines that are always there: fabric, coverage and clock on top, the metrics under them, the keys at the foot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import product

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import Coverage, Snapshot
from fabconsole.tui.drawing import Line, Span, clipped, cut, fit, length, plain, spread, wrapped
from fabconsole.tui.floor import is_switch
from fabconsole.tui.metrics import METRICS, STEPS, Metric
from fabconsole.tui.waiting import WAITING
from fabconsole.tui.wording import clock

CLOCK_WIDTH = 21
_BANNERS = 3
"""Lines that they may take from the fabric."""
NARROW_CLOCK_WIDTH = 12
"""Columns of the clock where there is no room for words."""


def header(snapshot: Snapshot, crumbs: Sequence[str], width: int, waiting: Collection[str] = ()) -> Line:
    """Fabric, coverage by question, and how many nodes are how unwell. What does not fit goes, the way here first,
    then what is whole; a question that not all have answered is always told.
    """
    if not snapshot.nodes:
        return spread([Span(" "), Span(snapshot.fabric.upper() or "FABCONSOLE", "strong")], [], width)
    fabric, sizes = snapshot.fabric, [] if crumbs else _sizes(snapshot)
    names = [_name(fabric, crumbs), _name(fabric, crumbs[-1:])]
    each, alike, gaps, numbers = _coverage(snapshot.coverage)
    bad = (node for node in snapshot.nodes.values() if node.health.severity >= Severity.WARN)
    unwell = Counter(node.health for node in bad if node.name not in waiting)
    roomy, tight, worst = (_counts(snapshot, unwell, waiting, brevity) for brevity in range(3))
    worded = [Span("nodes with ", "dim"), *roomy] if snapshot.severity > Severity.INFO else roomy
    wanted = [(names[0], [*sizes, *each], worded), (names[0], each, worded), (names[0], alike, worded)]
    wanted += [(name, middle, tail) for middle, tail, name in product((each, alike, gaps), (roomy, tight), names)]
    wanted += [(_name("", crumbs[-1:]), middle, tight) for middle in (gaps, numbers)]
    wanted += [(name, middle, worst) for middle, name in product((gaps, numbers), (*names, _name("", crumbs[-1:])))]
    for name, middle, tail in wanted:
        if length(name) + length(middle) + length(tail) + 2 <= width:
            break
    return spread([*name, *middle], tail, width)


def _name(fabric: str, crumbs: Sequence[str]) -> list[Span]:
    parts = [part for part in (fabric.upper(), *crumbs) if part]
    spans = [Span(" ")]
    for number, part in enumerate(parts):
        spans += [*([Span(" › ", "faint")] if number else []), Span(part, "strong")]
    return spans


def _sizes(snapshot: Snapshot) -> list[Span]:
    switches = sum(is_switch(node) for node in snapshot.nodes.values())
    hosts = len(snapshot.nodes) - switches
    said = f"{hosts} hosts" + (f" · {switches} switches" if switches else "")
    return [Span(f"   {said}", "dim")]


def _coverage(coverage: Coverage) -> tuple[list[Span], ...]:
    """From the most words to the least: each question, questions that are alike together, those with a gap alone,
    and these by how many are missing.

    `63/64 · hca 63/64 · nvlink 64`: where all have answered there is one number; at the narrowest `hca −1`, which
    cannot be taken for it.
    """
    polled = (coverage.polled, coverage.nodes)
    each = {name: (question.answered, question.asked) for name, question in coverage.questions.items()}
    alike: dict[tuple[int, int], list[str]] = {}
    for name, counted in each.items():
        alike.setdefault(counted, []).append(name)
    together = {" ".join(names): counted for counted, names in alike.items()}
    gaps = {names: counted for names, counted in together.items() if counted[0] != counted[1]}
    nodes = [] if polled in gaps.values() else [_counted("", polled)]
    return (
        _joined([_counted("", polled), *(_counted(name, counted) for name, counted in each.items())]),
        _joined([_counted("", polled), *(_counted(names, counted) for names, counted in together.items())]),
        _joined([*nodes, *(_counted(names, counted) for names, counted in gaps.items())]),
        _joined([*nodes, *(_counted(names, counted, short=True) for names, counted in gaps.items())]),
    )


def _counted(names: str, counted: tuple[int, int], *, short: bool = False) -> Span:
    answered, asked = counted
    whole = answered == asked
    said = f"−{asked - answered}" if short else f"{answered}" if whole and names else f"{answered}/{asked}"
    return Span(f"{names} {said}".strip(), "dim" if whole else "gap")


def _joined(parts: Sequence[Span]) -> list[Span]:
    spans = [Span("   ")]
    for number, part in enumerate(parts):
        spans += [*([Span(" · ", "faint")] if number else []), part]
    return spans


def _counts(snapshot: Snapshot, unwell: Counter[Health], waiting: Collection[str], brevity: int) -> list[Span]:
    """`▼ 1 ✖ 2 ◌ 1`; brevity 1 without the blanks between, 2 the worst and how many others: `▼1+3`."""
    ordered = sorted(unwell, key=lambda word: -word.rank)
    blank = "" if brevity else " "
    spans: list[Span] = []
    for health in ordered[:1] if brevity > 1 else ordered:
        spans += [Span(f"{health.glyph}{blank}{unwell[health]}", health.value.lower()), Span(" ")]
    if brevity > 1 and len(ordered) > 1:
        spans[-1:] = [Span(f"+{sum(unwell[health] for health in ordered[1:])}", "dim"), Span(" ")]
    if waiting and not (brevity > 1 and spans):
        spans += [Span(f"{Health.UNKNOWN.glyph} reading {len(waiting)}", WAITING), Span(" ")]
    if not spans and snapshot.severity <= Severity.INFO and snapshot.coverage.complete:
        spans = [Span("· all well", "live"), Span("  ")]
    return spans


def pulse(
    now: float, heard_at: float | None, interval_s: float, ended: bool, width: int, *, is_read: bool = True
) -> Line:
    """The clock, and whether records still come; where it is narrow the clock gives way to what is not well.

    `is_read` is False while not one node has answered: records of failures alone are no live picture.
    """
    if ended:
        state, live = Span("■ ENDED", "crit"), False
    elif heard_at is None:
        state, live = Span("○ WAITING", "dim"), False
    elif now - heard_at > 2 * interval_s + 1:
        state, live = Span("◌ STALE", "stale"), False
    elif not is_read:
        state, live = Span("○ NO DATA", "stale"), False
    else:
        state, live = Span("● LIVE", "live"), True
    time = Span(f"{clock(now)}Z ", "text")
    if width >= CLOCK_WIDTH:
        return spread([], [time, state, Span(" ")], width)
    return spread([], [time, state._replace(text=state.text[0])] if live else [state], width)


def banner_lines(texts: Sequence[str], width: int) -> list[Line]:
    """Each in as many lines as it takes, if there is room for all; else what can be said in a line of each."""
    lines = [plain([line]) for text in texts for line in wrapped([Span(f" {text}")], width, 1)]
    if len(lines) > _BANNERS:
        more = len(texts) - _BANNERS
        tail = f"   … and {more} more" if more > 0 else ""
        lines = [f" {text}" for text in texts[:_BANNERS]]
        lines[-1] = cut(lines[-1], width - len(tail)) + tail
    return [(Span(fit(line, width), "banner"),) for line in lines]


def metric_tabs(metric: Metric, width: int, legend: str = "") -> Line:
    """Every metric, the one that is shown in front, and how its scale reads; health's has `legend` in its place."""
    spans: list[Span] = [Span(" ")]
    for one in METRICS:
        spans += [Span(one.label, "key" if one is metric else "dim"), Span("   ")]
    if metric.is_health:
        return spread(spans, [Span(f"{legend} ", "dim")], width) if legend else clipped(spans, width)
    scale = [Span(glyph, f"{metric.scale.role}-{step}") for step, glyph in enumerate(STEPS)]
    return spread(spans, [*scale, Span(f"  {metric.scale.words} ", "dim")], width)


def keys_line(hints: Sequence[tuple[str, str]], always: Sequence[tuple[str, str]], note: str, width: int) -> Line:
    """The most useful keys here, those that are `always` named, and what else is on: metric, marks, filter."""
    ends = [span for pair in always for span in _hint(*pair)]
    tail = [Span(f" {cut(note, (width - length(ends)) // 2 - 3)} ", "text")] if note else []
    spans: list[Span] = []
    for pair in hints:
        if length(spans) + length(_hint(*pair)) + length(ends) + length(tail) + 1 > width:
            break
        spans += _hint(*pair)
    return spread([*spans, *ends], tail, width)


def _hint(key: str, what: str) -> list[Span]:
    return [Span(" "), Span(key, "key"), Span(f" {what} ", "dim"), Span(" ")]
