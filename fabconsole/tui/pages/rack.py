"""One rack, large: every host by name with its rails and GPUs, every switch with its ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from fabconsole.state.snapshot import NodeView, Snapshot
from fabconsole.tui.addresses import rack_address
from fabconsole.tui.drawing import HIDDEN, Line, Span, clipped, fit
from fabconsole.tui.floor import gpu_count, is_switch
from fabconsole.tui.levels import LevelCache, NodeLevels
from fabconsole.tui.metrics import BLANK, Level, Metric
from fabconsole.tui.pages.events import event_lines
from fabconsole.tui.pages.worst import worst_lines
from fabconsole.tui.sieve import EVERYTHING, Sieve

_PORTS_TOGETHER = 8
_GPUS = ("GPUS by NVLink, Xid", "GPUS", "")


@dataclass(frozen=True, slots=True)
class RackPage:
    """Draws one rack."""

    snapshot: Snapshot
    rack: str
    metric: Metric
    levels: LevelCache
    sieve: Sieve = EVERYTHING

    def lines(self, width: int, height: int) -> tuple[Line, ...]:
        """As airy as `height` allows."""
        view = next((rack for rack in self.snapshot.racks if rack.name == self.rack), None)
        if view is None:
            return ((Span(f" {self.rack} is no longer in the inventory", "dim"),),)
        nodes = [self.snapshot.nodes[name] for name in view.nodes if name in self.snapshot.nodes]
        hosts = [node for node in nodes if not is_switch(node)]
        switches = [node for node in nodes if is_switch(node)]
        names = max((cell_len(node.name) for node in nodes), default=0)
        lines: list[Line] = []
        if hosts:
            lines += self._hosts(hosts, names, width, airy=4 * len(hosts) + 3 * len(switches) + 6 < height)
        if switches:
            lines += [(), (Span(" SWITCHES", "title"),)]
            for node in switches:
                lines += self._switch(node, names, width)
        inside = frozenset(view.nodes)
        rack = rack_address(view.name)  # its own line is opened here
        found = [f for one in self.snapshot.findings for f in (one.under if one.end == rack else (one,))]
        shown = replace(self.snapshot, findings=tuple(found))
        lines += [(), *worst_lines(shown, width, inside), (), *event_lines(shown, width, inside)]
        return tuple(lines)

    def _hosts(self, hosts: Sequence[NodeView], names: int, width: int, *, airy: bool) -> Iterator[Line]:
        rails = max(len(node.ports) or node.expect.hcas or 0 for node in hosts)
        gpus = max(gpu_count(node) for node in hosts)
        pitch = 3 if names + 6 + 3 * (rails + gpus) <= width else 2
        longest = max(hosts, key=lambda node: len(node.ports))
        labels = [_rail_label(port.end) for port in longest.ports] or [str(rail) for rail in range(rails)]
        indent = " " * (names + 5)
        yield (
            Span(indent + fit("RAILS", pitch * rails), "title"),
            Span(f"  {next(label for label in _GPUS if len(label) <= pitch * gpus)}" if gpus else "", "title"),
        )
        heads = "".join(fit(label, pitch) for label in labels)
        yield (Span(f"{indent}{heads}  " + "".join(fit(str(gpu), pitch) for gpu in range(gpus)), "faint"),)
        for node in hosts:
            yield clipped(self._host(node, names, rails, gpus, pitch), width)
            if airy:
                yield ()

    def _host(self, node: NodeView, names: int, rails: int, gpus: int, pitch: int) -> list[Span]:
        known = self.levels.of(node, self.metric)
        spans = [*self._name(node, known.own, names), Span("  ")]
        places = [port.end for port in node.ports] or [node.name] * (node.expect.hcas or 0)
        spans += self._cells(node, places, known, pitch)
        spans.append(Span(" " * (pitch * (rails - len(places)) + 2)))
        places = [f"{node.name}/gpu{gpu}" for gpu in range(gpu_count(node))]
        spans += self._cells(node, places, known, pitch)
        spans += [Span(" " * (pitch * (gpus - len(places)) + 1)), *self._why(node)]
        return spans

    def _cells(self, node: NodeView, places: Sequence[str], known: NodeLevels, pitch: int) -> Iterator[Span]:
        for address in places:
            yield self._cell(address, known.parts.get(address, known.own))
            yield Span(" " * (pitch - 1))

    def _cell(self, address: str, level: Level) -> Span:
        if level is BLANK or not self.sieve.passes(level):
            return Span(level.glyph, HIDDEN, address)
        return Span(level.glyph, level.role, address)

    def _name(self, node: NodeView, level: Level, names: int) -> list[Span]:
        return [
            Span(" "),
            Span(level.glyph, level.role, node.name),
            Span(" ", "text", node.name),
            Span(fit(node.name, names), "name-loud" if level.loud else "name", node.name),
        ]

    def _why(self, node: NodeView) -> list[Span]:
        found = next((f for f in self.snapshot.findings if f.end.partition("/")[0] == node.name), None)
        reason = node.reason or (found.reason if found else "")
        return [Span(reason, "dim")] if reason else []

    def _switch(self, node: NodeView, names: int, width: int) -> Iterator[Line]:
        known = self.levels.of(node, self.metric)
        spans = [*self._name(node, known.own, names), Span("  ")]
        indent = x = names + 5
        for number, port in enumerate(node.ports):
            if number and number % _PORTS_TOGETHER == 0:
                spans.append(Span(" "))
                x += 1
                if x + _PORTS_TOGETHER > width:
                    yield tuple(spans)
                    spans, x = [Span(" " * indent)], indent
            spans.append(self._cell(port.end, known.parts[port.end]))
            x += 1
        yield tuple(spans)


def _rail_label(end: str) -> str:
    """`5` for `gpu017/mlx5_5/1`: what tells a rail from the others."""
    device = end.split("/")[1]
    number = re.search(r"(\d+)\D*$", device)
    return number[1] if number else device[:2]
