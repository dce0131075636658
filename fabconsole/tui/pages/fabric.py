"""The fabric's page: every rack a tile of cells, in the colours and glyphs of one metric."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial

from rich.cells import cell_len

from fabconsole.fabric.health import Health, Severity, worst
from fabconsole.state.snapshot import RackView, Snapshot
from fabconsole.tui.addresses import node_of, rack_named
from fabconsole.tui.drawing import HIDDEN, Line, Span, cut, fit
from fabconsole.tui.layout import Layout
from fabconsole.tui.metrics import BLANK, Level, LevelCache, Metric, NodeLevels, level_of
from fabconsole.tui.placing import Detail, Part, Placed
from fabconsole.tui.waiting import WAITING

_UNKNOWN = level_of(Health.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Sieve:
    """What is shown in its look, and what only keeps its place."""

    text: str = ""
    """Part of a name, or a pattern with `*` and `?`; empty: everything."""
    faults_only: bool = False

    @property
    def is_open(self) -> bool:
        """True when nothing is held back."""
        return not self.text and not self.faults_only

    def matches(self, *names: str) -> bool:
        """True where the text is in one of the names."""
        wanted = self.text.lower()
        if "*" in wanted or "?" in wanted:
            return any(fnmatchcase(name.lower(), wanted) for name in names)
        return any(wanted in name.lower() for name in names)

    def passes(self, level: Level) -> bool:
        """True where a thing that looks so is to be shown: what waits is no fault, nor is it well."""
        return level.loud or not self.faults_only or level.role == WAITING


EVERYTHING = Sieve()


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
        nodes, names = self.layout.needs[y]
        inside = [racks[name] for name in names if name in racks]
        return (
            *(known.get(name) for name in nodes),
            *((rack.health, rack.faults, *map(known.get, rack.nodes)) for rack in inside),
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
        faults, health = self._faults(rack)
        if not faults:
            return (Span(cut(rack.name, width), "head"),)
        said = f"{health.glyph}{min(faults, 999)}"
        name = cut(rack.name, width - cell_len(said) - 1)
        return Span(name, "name-loud"), Span(" "), Span(said, health.value.lower())

    def _faults(self, rack: RackView) -> tuple[int, Health]:
        """How many nodes are not well and how the worst of them is; those that only wait are not counted."""
        inside = [self.snapshot.nodes[name] for name in rack.nodes if name in self.snapshot.nodes]
        bad = [node for node in inside if node.health.severity >= Severity.WARN and not self._waits(node.name)]
        return len(bad), worst(node.health for node in bad)

    def _waits(self, name: str) -> bool:
        known = self._node(name)
        return known is not None and known.waits

    def _rack(self, item: Placed, racks: dict[str, RackView]) -> tuple[Span, ...]:
        covered = [racks[name] for name in self.layout.covers.get(item.address, ()) if name in racks]
        names = [name for rack in covered for name in rack.nodes]
        level = max((known.worst for known in map(self._node, names) if known is not None), default=_UNKNOWN)
        hidden = not self.sieve.passes(level) or bool(
            self.sieve.text and not self.sieve.matches(*names, *(rack.name for rack in covered))
        )
        cell = Span(level.glyph, HIDDEN if hidden else level.role, item.address)
        if self.layout.style.detail is Detail.DOTS or not covered:
            return (cell,)
        count, _ = self._faults(covered[0])
        faults = str(min(count, 99)) if count else ""
        label = fit(covered[0].name, item.width - 3)
        return Span(label, HIDDEN if hidden else "name", item.address), cell, Span(fit(faults, 2), cell.role)


def _joined(parts: Iterable[tuple[int, tuple[Span, ...]]]) -> Line:
    line: list[Span] = []
    at = 0
    for x, spans in parts:
        if x > at:
            line.append(Span(" " * (x - at)))
        line += spans
        at = x + sum(1 if len(span.text) == 1 else cell_len(span.text) for span in spans)
    return tuple(line)
