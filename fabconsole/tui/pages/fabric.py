"""The fabric's page: every rack a tile of cells, in the colours and glyphs of one metric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from rich.cells import cell_len

from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import NodeView, RackView, Snapshot
from fabconsole.tui.addresses import node_of, rack_named
from fabconsole.tui.drawing import HIDDEN, Line, Span, cut, fit, length
from fabconsole.tui.layout import Layout
from fabconsole.tui.levels import LevelCache, NodeLevels
from fabconsole.tui.metrics import BLANK, Level, Metric, level_of
from fabconsole.tui.placing import Detail, Part, Placed
from fabconsole.tui.sieve import EVERYTHING, Sieve

_UNKNOWN = level_of(Health.UNKNOWN)
_LEAST_SAID = 4
"""Columns in a head that its rack's name leaves to what is not well."""


class RowCache:
    """Rows as they were drawn last, and what they were drawn from: a row is drawn again when that changed."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._rows: dict[int, tuple[object, Line]] = {}

    def begin(self, *of: object) -> None:
        """What all rows depend on; when any of it is another object, every row is drawn again."""
        if len(of) != len(self._of) or any(now is not then for now, then in zip(of, self._of, strict=True)):
            self._of, self._rows = of, {}

    def row(self, y: int, made_of: object, draw: Callable[[], Line]) -> Line:
        """The row at `y`, drawn only if what it is made of differs from the last time."""
        known = self._rows.get(y)
        if known is None or known[0] != made_of:
            known = self._rows[y] = (made_of, draw())
        return known[1]


@dataclass(frozen=True, slots=True)
class FabricPage:
    """Draws the fabric."""

    snapshot: Snapshot
    layout: Layout
    metric: Metric
    levels: LevelCache
    sieve: Sieve = EVERYTHING
    cache: RowCache = field(default_factory=RowCache)

    def lines(self) -> tuple[Line, ...]:
        """One line a row of the layout."""
        racks = {rack.name: rack for rack in self.snapshot.racks}
        rack_of = {name: rack.name for rack in self.snapshot.racks for name in rack.nodes}
        known = {name: self.levels.of(node, self.metric) for name, node in self.snapshot.nodes.items()}
        self.cache.begin(self.layout, self.metric, self.sieve)
        return tuple(
            self.cache.row(y, self._made_of(y, racks, known), partial(self._row, y, racks, rack_of))
            for y in range(len(self.layout.lines))
        )

    def _row(self, y: int, racks: dict[str, RackView], rack_of: dict[str, str]) -> Line:
        return _joined(self._spans(item, racks, rack_of) for item in self.layout.lines[y])

    def _made_of(self, y: int, racks: dict[str, RackView], known: dict[str, NodeLevels]) -> tuple[object, ...]:
        """Looks of nodes; for a rack's head their healths too, which are the same under every metric."""
        nodes, names = self.layout.needs[y]
        inside = [name for rack in names if rack in racks for name in racks[rack].nodes if name in known]
        return (
            *map(known.get, nodes),
            *((known[name], self.snapshot.nodes[name].health) for name in inside),
        )

    def _spans(self, item: Placed, racks: dict[str, RackView], rack_of: dict[str, str]) -> tuple[int, tuple[Span, ...]]:
        match item.part:
            case Part.ROW:
                spans: tuple[Span, ...] = (Span(f"ROW {item.address}".rstrip().upper(), "title"),)
            case Part.LABEL:
                spans = (Span(item.address, "faint"),)
            case Part.HEAD:
                name = rack_named(item.address) or ""
                spans = self._head(racks[name], item.width) if name in racks else ()
            case Part.RACK:
                spans = self._rack(item, racks)
            case Part.NAME:
                spans = (Span(fit(item.address, item.width - 1), self._name_role(item.address)),)
            case _:
                spans = (self._cell(item, rack_of.get(node_of(item.address), "")),)
        return item.x, spans

    def _cell(self, item: Placed, rack: str) -> Span:
        level = self._level(item)
        hidden = level is BLANK or not self.sieve.passes(level)
        if self.sieve.text and not self.sieve.matches(node_of(item.address), rack):
            hidden = True
        if hidden:
            return Span(level.glyph, HIDDEN, item.address)  # its own sign still: what is held back is not well
        return Span(level.glyph, level.role, item.address)

    def _level(self, item: Placed) -> Level:
        known = self._node(node_of(item.address))
        if known is None:
            return _UNKNOWN
        if item.part is Part.OWN:
            # A node's own mark speaks up beside its parts; where all is well they say so.
            return known.own if known.own.loud or not known.parts else known.own._replace(glyph=" ")
        if item.part is Part.NODE:
            return known.worst
        level = known.parts.get(item.address)
        if level is not None:
            return level
        # A place that is expected and has shown nothing: as its node where that is not well, else not known yet.
        return known.own if known.own.loud or known.waits or not self.metric.is_health else _UNKNOWN

    def _node(self, name: str) -> NodeLevels | None:
        node = self.snapshot.nodes.get(name)
        return None if node is None else self.levels.of(node, self.metric)

    def _name_role(self, name: str) -> str:
        if self.sieve.text and not self.sieve.matches(name):
            return HIDDEN
        known = self._node(name)
        return "name-loud" if known is not None and known.worst.loud else "name"

    def _head(self, rack: RackView, width: int) -> tuple[Span, ...]:
        inside = [self.snapshot.nodes[name] for name in rack.nodes if name in self.snapshot.nodes]
        bad = Counter(node.health for node in inside if node.health.severity >= Severity.WARN and not self._waits(node))
        if not bad:
            return (Span(cut(rack.name, width), "head"),)
        name = cut(rack.name, width - _LEAST_SAID - 1)
        return Span(name, "name-loud"), Span(" "), *counted(bad, width - cell_len(name) - 1)

    def _waits(self, node: NodeView) -> bool:
        """Those that only wait for a reading are not counted."""
        return self.levels.of(node, self.metric).waits

    def _rack(self, item: Placed, racks: dict[str, RackView]) -> tuple[Span, ...]:
        covered = [racks[name] for name in self.layout.covers.get(item.address, ()) if name in racks]
        names = [name for rack in covered for name in rack.nodes]
        looks = [known.worst for known in map(self._node, names) if known is not None]
        level = max(looks, default=_UNKNOWN)
        hidden = not self.sieve.passes(level) or bool(
            self.sieve.text and not self.sieve.matches(*names, *(rack.name for rack in covered))
        )
        cell = Span(level.glyph, HIDDEN if hidden else level.role, item.address)
        if self.layout.style.detail is Detail.DOTS or not covered:
            return (cell,)
        label = fit(covered[0].name, item.width - 3)
        return Span(label, HIDDEN if hidden else "name", item.address), cell, Span(_how_many(looks, level), cell.role)


def counted(bad: Counter[Health], room: int) -> tuple[Span, ...]:
    """`▼1 ▲3`: how many nodes are how unwell; where it is narrow how many are as bad as the worst, then the others.

    A number stands after the glyph of those it counts and of no others.
    """
    (health, number), *others = sorted(bad.items(), key=lambda item: -item[0].rank)
    each = [Span(f"{health.glyph}{number}", health.value.lower())]
    for other, more in others:
        each += [Span(" "), Span(f"{other.glyph}{more}", other.value.lower())]
    rest = sum(more for _, more in others)
    shorter = ([each[0], Span(said, "head")] for said in (f" +{rest}", f"+{rest}", "+"))
    worst = Span(f"{health.glyph}{min(number, 999)}", each[0].role)
    return tuple(next((spans for spans in (each, *shorter) if length(spans) <= room), [worst]))


def _how_many(looks: Sequence[Level], worst: Level) -> str:
    """In two columns how many look as the worst does, a plus where others are not well either."""
    number = sum(look == worst for look in looks) if worst.loud else 0
    if not number:
        return "  "
    more = "+" if number < 10 and any(look.loud and look != worst for look in looks) else ""
    return fit(f"{min(number, 99)}{more}", 2)


def _joined(parts: Iterable[tuple[int, tuple[Span, ...]]]) -> Line:
    line: list[Span] = []
    at = 0
    for x, spans in parts:
        if x > at:
            line.append(Span(" " * (x - at)))
        line += spans
        at = x + sum(1 if len(span.text) == 1 else cell_len(span.text) for span in spans)
    return tuple(line)
