"""What the operator looks at and how: the snapshot, the metric, the filter, the marks, and the pages they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from fabconsole.fabric.health import Health
from fabconsole.state.picture import Picture
from fabconsole.state.snapshot import NodeView, Snapshot
from fabconsole.tui.addresses import node_of, rack_named
from fabconsole.tui.drawing import Line, Span
from fabconsole.tui.floor import FloorPlan
from fabconsole.tui.layout import Layout, lay
from fabconsole.tui.levels import LevelCache
from fabconsole.tui.metrics import METRICS, Metric
from fabconsole.tui.pages.events import Subject, event_lines
from fabconsole.tui.pages.fabric import FabricPage, RowCache
from fabconsole.tui.pages.link import link_lines
from fabconsole.tui.pages.node import NodePage
from fabconsole.tui.pages.rack import RackPage
from fabconsole.tui.pages.worst import worst_lines
from fabconsole.tui.sieve import Sieve
from fabconsole.tui.trail import Trail, View

LEAST_SIZE = (60, 15)
"""Columns and lines below which nothing sensible can be shown."""
SIDE_FROM = 100
"""Columns from which the lists stand beside the fabric."""
_ROOM_FOR_ALL = 120
"""Columns below which they do not where the fabric would lose by it; from here on a glance at both is worth more."""
_NARROWEST_SIDE = 34


class Drawn(NamedTuple):
    """A page, and which of its addresses stand for others."""

    lines: Sequence[Line]
    stands_for: Mapping[str, str] = {}


class Desk:
    """Holds no widget and waits for nothing, so that every decision of the console can be tested without one."""

    def __init__(self, picture: Picture, now: float) -> None:
        self.picture = picture
        self.snapshot: Snapshot = picture.snapshot(now)
        self.metric: Metric = METRICS[0]
        self.sieve = Sieve()
        self.marked: frozenset[str] = frozenset()
        self.trail = Trail()
        self._plan = FloorPlan()
        self._levels = LevelCache()
        self._rows = RowCache()
        self._places: dict[Subject, str] = {}
        self._layouts: dict[tuple[int, int], Layout] = {}
        self._matched: frozenset[str] | None = None
        """Nodes that the filter lets through; None: all."""
        self._floor = self._plan.of(self.snapshot)
        self._levels.hear(self.snapshot.findings)

    @property
    def legend(self) -> str:
        """What the cells of the page are, in a few words; empty where the page says it itself."""
        return "a host: itself · ports by rail · GPUs" if self.trail.here.view is View.FABRIC else ""

    @property
    def waiting(self) -> frozenset[str]:
        """Nodes that were not read often enough yet, and of which nothing worse is known."""
        unknown = (node for node in self.snapshot.nodes.values() if node.health is Health.UNKNOWN)
        return frozenset(node.name for node in unknown if self._levels.of(node, self.metric).waits)

    def look(self, now: float) -> bool:
        """Take a fresh snapshot. True where the fabric has another shape than before."""
        return any(list(self.looking(now)))

    def looking(self, now: float) -> Iterator[bool]:
        """The same in small steps, each node's cells among them; the last one takes the snapshot and tells."""
        for step in self.picture.steps(now):
            match step:
                case Snapshot():
                    yield self._take(step)
                case NodeView():
                    self._levels.of(step, self.metric)
                    self._plan.host(step)
                    yield False
                case _:
                    yield False

    def _take(self, snapshot: Snapshot) -> bool:
        self.snapshot = snapshot
        self._levels.hear(snapshot.findings)
        floor = self._plan.of(snapshot)
        if floor is self._floor:
            return False
        self._floor = floor
        self._layouts.clear()
        self._places.clear()
        self._match()
        return True

    def next_metric(self) -> None:
        """The one after this, round and round."""
        self.metric = METRICS[(METRICS.index(self.metric) + 1) % len(METRICS)]

    def toggle_faults(self) -> None:
        """Hold back what is well, or show it again."""
        self.sieve = replace(self.sieve, faults_only=not self.sieve.faults_only)

    def filter(self, text: str) -> None:
        """Show only what has `text` in its name; all, when empty."""
        self.sieve = replace(self.sieve, text=text.strip())
        self._match()

    def _match(self) -> None:
        """What the filter's text is the name of, or of the rack of; kept while the fabric has its shape."""
        self._matched = None
        if self.sieve.text:
            racks = {name: rack.name for rack in self.snapshot.racks for name in rack.nodes}
            names = (name for name in self.snapshot.nodes if self.sieve.matches(name, racks.get(name, name)))
            self._matched = frozenset(names)

    def is_filtered_out(self, address: str) -> bool:
        """True on the fabric for what the filter's text is not the name of, nor of its rack."""
        if self._matched is None or self.trail.here.view is not View.FABRIC or rack_named(address) is not None:
            return False
        return node_of(address) not in self._matched

    @property
    def held(self) -> str:
        """What Esc lets go of on the fabric, in two words; empty: nothing is on."""
        if self.marked:
            return "unmark all"
        if self.sieve.text:
            return "end filter"
        return "show all" if self.sieve.faults_only else ""

    def let_go(self) -> bool:
        """Let go of the marks, else of the filter, else of faults only. False where nothing was on."""
        if self.marked:
            self.marked = frozenset()
        elif self.sieve.text:
            self.filter("")
        elif self.sieve.faults_only:
            self.toggle_faults()
        else:
            return False
        return True

    def toggle_mark(self, node: str) -> None:
        """Mark a node for a command on many, or take the mark away."""
        self.marked = self.marked ^ {node} if node in self.snapshot.nodes else self.marked

    def layout(self, width: int, height: int) -> Layout:
        """The fabric, laid out; kept while the shape of the fabric stands."""
        known = self._layouts.get((width, height))
        if known is None:
            if len(self._layouts) > 16:
                self._layouts.clear()
            known = self._layouts[width, height] = lay(self._floor, width, height)
        return known

    def side_width(self, width: int, height: int) -> int:
        """Columns for the lists beside the fabric: as many as cost the fabric no detail; 0 on a narrow screen."""
        if width < SIDE_FROM:
            return 0
        choices = sorted({max(_NARROWEST_SIDE, width * share // 100) for share in (36, 30, 24)}, reverse=True)
        side = min(choices, key=lambda side: self.layout(width - side - 4, height).style.loss)
        beside = self.layout(width - side - 4, height).style.loss
        return 0 if width < _ROOM_FOR_ALL and beside > self.layout(width, height).style.loss else side

    def draw(self, width: int, height: int) -> Drawn:
        """The page of the place where the operator is."""
        place = self.trail.here
        if not self.snapshot.racks:
            return Drawn(((Span("waiting for the inventory …", "dim"),),))
        if place.view is View.FABRIC:
            layout = self.layout(width, height)
            page = FabricPage(self.snapshot, layout, self.metric, self._levels, self.sieve, self._rows)
            return Drawn(page.lines(), layout.stands_for)
        if place.view is View.RACK:
            rack = RackPage(self.snapshot, place.subject, self.metric, self._levels, self.sieve)
            return Drawn(rack.lines(width, height))
        if place.view is View.NODE:
            node = NodePage(self.snapshot, place.subject, self.metric, self._levels, self.picture.series, self.sieve)
            return Drawn(node.lines(width))
        return Drawn(link_lines(self.snapshot, place.subject, self.picture.series, width, self.sieve))

    def worst(self, width: int, height: int = 0) -> tuple[Line, ...]:
        """The worst list, of what the filter lets through."""
        return worst_lines(self.snapshot, width, self._matched, self.waiting, self.sieve.text, height=height)

    def events(self, width: int, height: int = 0) -> tuple[Line, ...]:
        """What happened last, to what the filter lets through."""
        return event_lines(self.snapshot, width, self._matched, self._places, self.sieve.text, height=height)

    def note(self) -> str:
        """What is on, for the foot of the screen: metric, filter, marks."""
        said = [] if self.metric.is_health else [self.metric.label]
        said += ["faults only"] if self.sieve.faults_only else []
        if self._matched is not None:
            found = f"{len(self._matched)} of {len(self.snapshot.nodes)}" if self._matched else "no match"
            said.append(f"{found} /{self.sieve.text}")
        said += [f"{len(self.marked)} marked"] if self.marked else []
        return " · ".join(said)
