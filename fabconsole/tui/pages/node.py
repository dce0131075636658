"""One node: what it is, what it was asked, its ports, its NVLinks, what happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from fabconsole.fabric.health import Health
from fabconsole.state import remedies
from fabconsole.state.remedies import REMEDIES
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView, QuestionView, Snapshot
from fabconsole.stream.records import FAR_SIDE, Reason
from fabconsole.tui.drawing import Line, Span, flowed, wrapped
from fabconsole.tui.levels import LevelCache
from fabconsole.tui.metrics import Metric, level_of
from fabconsole.tui.pages.events import of_nodes, own_events
from fabconsole.tui.pages.nvlinks import gpus_of, is_shown, nvlink_lines
from fabconsole.tui.pages.ports import SeriesOf, port_lines
from fabconsole.tui.sieve import EVERYTHING, Sieve
from fabconsole.tui.wording import age, latency, moment, span, unrepeated

_EVENTS = 30


@dataclass(frozen=True, slots=True)
class NodePage:
    """Draws one node."""

    snapshot: Snapshot
    node: str
    metric: Metric
    levels: LevelCache
    series: SeriesOf
    sieve: Sieve = EVERYTHING

    def lines(self, width: int) -> tuple[Line, ...]:
        """What is well is counted and not shown while only faults are wanted."""
        node = self.snapshot.nodes.get(self.node)
        if node is None:
            return ((Span(f" {self.node} is no longer in this fabric", "dim"),),)
        lines = [tuple(part._replace(address=node.name) for part in line) for line in wrapped(_facts(node), width, 3)]
        lines += flowed(_questions(node, self.snapshot.at), width, 7) if node.questions else []
        if node.error and node.error not in node.reason:
            lines += wrapped([Span(f" {node.error}", "unknown")], width, 1)
        for reason in dict.fromkeys(_in_the_way(node)):
            lines += wrapped([Span(f" {remedies.said(reason)}: ", "unknown"), Span(REMEDIES[reason].advice)], width, 3)
        if why := node.facts.get("log.polled"):
            lines += wrapped([Span(f" {remedies.SLOWER_LOG}: ", "unknown"), Span(why)], width, 3)
        for part in (self._ports(node, width), self._nvlinks(node, width)):
            lines += [(), *shown] if (shown := tuple(part)) else []
        mine = islice(of_nodes(self.snapshot.events, {self.node}), _EVENTS)
        return (*lines, (), *own_events(self.snapshot, list(mine), width))

    def _ports(self, node: NodeView, width: int) -> Iterator[Line]:
        shown = [port for port in node.ports if self._is_shown(port)]
        yield from _as_of(shown)
        if shown:
            yield from port_lines(shown, self.snapshot, self.metric, self.series, width)
        yield from _held_back("PORTS", len(node.ports) - len(shown), bool(shown))

    def _is_shown(self, port: PortView) -> bool:
        return self.sieve.passes(self.metric.port(port)) or self.sieve.passes(level_of(port.health))

    def _nvlinks(self, node: NodeView, width: int) -> Iterator[Line]:
        if not node.nvlinks and not node.gpu_events:
            return
        gpus = gpus_of(node, self.levels.alarms(node))
        shown = [gpu for gpu in gpus if is_shown(gpu, self.metric, self.sieve)]
        yield from _as_of([link for gpu in shown for link in gpu.links.values()])
        if shown:
            yield from nvlink_lines(shown, self.metric, width)
        yield from _held_back("NVLINK", len(gpus) - len(shown), bool(shown), "GPU")


def _as_of(rows: Sequence[PortView | NvlinkView]) -> Iterator[Line]:
    """How old are those that were not read when it was due."""
    old = [row.age_s for row in rows if row.is_old and row.age_s is not None]
    if old:
        some = f"{len(old)} of {len(rows)} " if len(old) < len(rows) else ""
        yield (Span(f" {Health.STALE.glyph} {some}as of {age(max(old))} ago, not read since", "stale"),)


def _held_back(title: str, number: int, some_are_shown: bool, what: str = "port") -> Iterator[Line]:
    """How many are not shown."""
    if number:
        said = f"{number} {'more ' if some_are_shown else ''}{what}{'s' if number > 1 else ''} well, not shown"
        yield (Span(f"   {said}", "dim"),) if some_are_shown else (Span(f" {title}  ", "title"), Span(said, "dim"))


def _facts(node: NodeView) -> list[Span]:
    facts = [node.platform]
    if node.rack:
        facts.append(f"rack {node.rack}")
    if node.uptime_s is not None:
        facts.append(f"up {span(node.uptime_s)}")
    name = node.facts.get("gpu0.name")
    if name:
        facts.append(f"{node.facts.get('gpus', '')} × {name}".strip())
    if driver := node.facts.get("driver"):
        facts.append(f"driver {driver}")
    if job := node.facts.get("job"):
        facts.append(f"inside job {job}")
    return [
        Span(" "),
        Span(f"{node.health.glyph} {node.health.value}", node.health.value.lower()),
        Span(f"  {unrepeated(node.reason, node.health)}" if node.reason else "", "text"),
        Span("  " + " · ".join(facts), "dim"),
    ]


def _questions(node: NodeView, now: float) -> Iterator[list[Span]]:
    """`hca · < 5 s in 84 ms`: how old each answer is and how long it took, or why there is none."""
    yield [Span(" ASKED ", "title")]
    for question in node.questions:
        yield [
            Span(f" {question.name} ", "text"),
            Span(question.health.glyph, question.health.value.lower()),
            Span(f" {_answer(question, node, now)}", "dim" if question.reason is None else "unknown"),
        ]
        yield [Span("  ")]  # by itself: at the end of a line it takes no room


def _answer(question: QuestionView, node: NodeView, now: float) -> str:
    """What the node itself is told to be wrong with is not told of each question again."""
    said = "no answer yet" if question.age_s is None else age(question.age_s)
    if question.reason is None:
        return said if question.latency_s is None else f"{said} in {latency(question.latency_s)}"
    why = ": ".join(filter(None, (question.reason.value, question.detail)))
    since = f" since {moment(question.since, now)}" if question.since is not None else ""
    told = "" if why in (node.reason, node.error) or not question.detail else f": {question.detail}"
    return f"{said}, {remedies.said(question.reason)}{since}{told}"


def _in_the_way(node: NodeView) -> Iterator[Reason]:
    """Why what has no answer has none; a connection that fails is one reason, whatever its questions met."""
    reasons = [q.reason for q in node.questions if q.reason is not None and q.health is not Health.NOT_SUPPORTED]
    return iter([reason for reason in reasons if reason in FAR_SIDE] or reasons)
