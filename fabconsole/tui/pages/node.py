"""One node: its ports with their counters, its NVLinks as a matrix, what it was asked, what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import NodeView, NvlinkView, PortView, QuestionView, Series, Snapshot
from fabconsole.tui.drawing import Line, Span, clipped, fit, right
from fabconsole.tui.floor import gpu_count
from fabconsole.tui.metrics import METRICS, LevelCache, Metric, level_of
from fabconsole.tui.pages.lists import event_line
from fabconsole.tui.readings import growth, lifetime
from fabconsole.tui.sparkline import sparkline
from fabconsole.tui.wording import age, gbps, latency, span

SeriesOf = Callable[[str, str], Series]
_STATE = 7
_RATE = 9
_SPARK = 10
_EVENTS = 30
_UP = 13
"""Columns of `   18/18 up` and what is between it and the next."""
_XID = 8
_COUNTERS = (
    ("symbol_error", "symbol"),
    ("link_downed", "downs"),
    ("port_rcv_errors", "rcv err"),
    ("port_xmit_wait", "wait"),
)


@dataclass(frozen=True, slots=True)
class NodePage:
    """Draws one node."""

    snapshot: Snapshot
    node: str
    metric: Metric
    levels: LevelCache
    series: SeriesOf

    def lines(self, width: int) -> tuple[Line, ...]:
        """What it is, what it was asked, ports, NVLinks, events."""
        node = self.snapshot.nodes.get(self.node)
        if node is None:
            return ((Span(f" {self.node} is no longer in this fabric", "dim"),),)
        facts = clipped(_facts(node), width)
        lines: list[Line] = [tuple(part._replace(address=node.name) for part in facts)]
        if node.questions:
            lines.append(clipped(_questions(node.questions), width))
        if node.error:
            lines.append(clipped([Span(f" {node.error}", "unknown")], width))
        if node.ports:
            lines += [(), *self._ports(node.ports, width)]
        if node.nvlinks or node.gpu_events:
            lines += [(), *self._matrix(node, width)]
        lines += [(), *self._events(width)]
        return tuple(lines)

    def _ports(self, ports: Sequence[PortView], width: int) -> Iterator[Line]:
        name = max(6, *(cell_len(_short(port.end)) for port in ports)) + 2
        far = max(8, *(cell_len(port.peer or "") for port in ports)) + 4
        columns = _Columns.fitting(width - name - 3 - far)
        heads = "".join(right(label, size) for label, size in columns.heads)
        spark = fit(f"  {'symbols':<{_SPARK}}", _SPARK + 2) if columns.spark else ""
        yield (Span(fit(" PORTS", name + 3), "title"), Span(f"{heads}{spark}  far end", "faint"))
        for port in ports:
            yield clipped(self._port(port, name, columns), width)

    def _port(self, port: PortView, name: int, columns: _Columns) -> list[Span]:
        level = self.metric.port(port)
        loud = port.health is not Health.OK
        state = port.state
        speed = f"{gbps(state.rate_gbps)} {state.generation or ''}".strip()
        spans = [
            Span(" "),
            Span(level.glyph, level.role),
            Span(" "),
            Span(fit(_short(port.end), name), "strong" if loud else "text"),
            Span(right(state.state or "?", columns.state), "text" if state.state == "Active" else "warn"),
            Span(right(speed, columns.rate), "degraded" if port.health is Health.DEGRADED else "dim"),
        ]
        for counter, _ in columns.counters:
            spans += columns.reading(port, counter)
        if columns.spark:
            drawn = sparkline(self.series(port.end, "symbol_error").growth, _SPARK)
            spans += [Span("  "), Span(drawn, "warn" if set(drawn) - set(" ▁·") else "faint")]
        return [span._replace(address=port.end) for span in (*spans, Span("  "), *self._peer(port))]

    def _peer(self, port: PortView) -> list[Span]:
        if port.peer is None:
            return [Span("–", "faint")]
        far = self.snapshot.port(port.peer)
        if far is None:
            return [Span(port.peer, "dim")]
        return [Span(port.peer, "dim"), Span(" "), Span(far.health.glyph, far.health.value.lower())]

    def _matrix(self, node: NodeView, width: int) -> Iterator[Line]:
        numbers = sorted({link.link for link in node.nvlinks})
        pitch = 3 if 10 + 3 * len(numbers) + _UP + _XID <= width else 2
        heads = "".join(right(str(number), pitch) if pitch > 2 else " " * pitch for number in numbers)
        xid = fit("", _UP) + "Xid" if node.gpu_events else ""
        yield clipped((Span(fit(" NVLINK", 9), "title"), Span(f"{heads}{xid}", "faint")), width)
        gpus: dict[int, dict[int, NvlinkView]] = {gpu: {} for gpu in (*range(gpu_count(node)), *node.gpu_events)}
        for link in node.nvlinks:
            gpus[link.gpu][link.link] = link
        for gpu, links in gpus.items():
            yield clipped(self._gpu(node, gpu, links, numbers, pitch), width)

    def _gpu(
        self, node: NodeView, gpu: int, links: dict[int, NvlinkView], numbers: Sequence[int], pitch: int
    ) -> list[Span]:
        metric = self.metric if self.metric.nvlink_counters else METRICS[0]
        alarm = self.levels.alarms(node).get(gpu, Health.OK)
        own = max([METRICS[0].nvlink(link) for link in links.values()] + [level_of(alarm)])
        spans = [
            Span(" "),
            Span(own.glyph if own.loud else " ", own.role),
            Span(" "),
            Span(fit(f"gpu{gpu}", 6), "strong" if own.loud else "text", f"{node.name}/gpu{gpu}"),
        ]
        for number in numbers:
            link = links.get(number)
            spans.append(Span(" " * (pitch - 1)))
            if link is None:
                spans.append(Span(" "))
                continue
            level = metric.nvlink(link)
            spans.append(Span(level.glyph, level.role, link.end))
        up = sum(link.state.state == "up" for link in links.values())
        said = f"{up}/{len(links)} up" if links else "not read"
        spans += [Span("   "), Span(said, "dim" if up == len(links) else "crit"), Span(" " * (_UP - 3 - len(said)))]
        xids = node.gpu_events.get(gpu)
        if xids:
            spans.append(Span(xids.removeprefix("Xid "), alarm.value.lower()))
        return spans

    def _events(self, width: int) -> Iterator[Line]:
        mine = [view for view in self.snapshot.events if self.node in view.nodes]
        yield (Span(" EVENTS", "title"), Span("" if mine else "  none", "dim"))
        for view in mine[:_EVENTS]:
            yield event_line(view, width, alone=True)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns there is room for."""

    state: int
    rate: int
    counters: tuple[tuple[str, str], ...]
    value: int
    grown: int
    spark: bool

    @classmethod
    def fitting(cls, room: int) -> _Columns:
        """The most for `room` columns; values go last."""
        for value, grown, spark in ((10, 10, True), (9, 9, True), (8, 8, True), (9, 8, False), (9, 0, False)):
            made = cls(_STATE, _RATE, _COUNTERS, value, grown, spark)
            if _STATE + _RATE + (value + grown) * len(_COUNTERS) + (_SPARK + 2 if spark else 0) <= room:
                return made
        return cls(_STATE, _RATE, _COUNTERS[: max(1, (room - _STATE - _RATE) // 9)], 9, 0, False)

    @property
    def heads(self) -> list[tuple[str, int]]:
        """Words over the columns."""
        found = [("state", self.state), ("Gb/s", self.rate)]
        for _, label in self.counters:
            found += [(label, self.value), ("", self.grown)]
        return found

    def reading(self, port: PortView, counter: str) -> list[Span]:
        """Value and growth, each in its column; growth alone where it is the news and there is no room for both."""
        value, grown = lifetime(port, counter), growth(port, counter)
        spans = [value._replace(text=right(value.text, self.value))]
        if self.grown:
            said = grown.text if len(grown.text) < self.grown else grown.text.lstrip("+")
            spans.append(grown._replace(text=fit(f" {said}", self.grown)))
        elif grown.text not in ("", "?"):
            spans = [grown._replace(text=right(grown.text, self.value))]
        return spans


def _short(end: str) -> str:
    return end.partition("/")[2]


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
    role = node.health.value.lower()
    return [
        Span(" "),
        Span(f"{node.health.glyph} {node.health.value}", role),
        Span("  " + " · ".join(facts), "dim"),
        Span(f"  {node.reason}" if node.reason else "", "text"),
    ]


def _questions(questions: Sequence[QuestionView]) -> list[Span]:
    """`hca · < 5 s in 84 ms`: how old each answer is and how long it took, or why there is none."""
    spans = [Span(" ASKED ", "title")]
    for question in questions:
        role = question.health.value.lower()
        took = f" in {latency(question.latency_s)}" if question.latency_s is not None else ""
        said = f"{age(question.age_s)}{took}" if question.age_s is not None else "no answer yet"
        if question.reason is not None:
            said += f", {question.reason.value}" + (f": {question.detail}" if question.detail else "")
        spans += [
            Span(f" {question.name} ", "text"),
            Span(question.health.glyph, role),
            Span(f" {said}  ", "dim" if question.reason is None else "unknown"),
        ]
    return spans
