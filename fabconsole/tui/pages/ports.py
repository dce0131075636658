"""The ports of one node: a row each, its state, what it counts and how fast, its far end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import PortView, Series, Snapshot
from fabconsole.tui.drawing import Line, Span, clipped, fit, right
from fabconsole.tui.metrics import Metric
from fabconsole.tui.readings import OLD, growth, label, lifetime
from fabconsole.tui.sparkline import FLAT, sparkline
from fabconsole.tui.wording import gbps, was

SeriesOf = Callable[[str, str], Series]
_BRIEF = {"Initialize": "Init", "ActiveDefer": "Defer"}
"""A state that comes and goes in seconds must not move the columns."""
_COUNTERS = ("symbol_error", "link_downed", "port_rcv_errors", "port_xmit_wait")
_LEAST_NAME = 3
"""Columns; the title stands over them."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What there is room for, and how wide it is."""

    name: int
    state: int
    speed: int
    """0: a port that is Active shows its speed in place of the word."""
    counters: tuple[tuple[int, int], ...]
    """Columns of each counter's value and of its growth."""
    spark: int
    """Of a line of the symbol errors; 0: no room for one."""

    @classmethod
    def fitting(cls, ports: Sequence[PortView], width: int) -> Columns:
        """The most for `width` columns; counters go last."""
        names = max(_LEAST_NAME, *(cell_len(short(port.end)) for port in ports))
        far = max(8, *(cell_len(port.peer or "") for port in ports)) + 3
        states = 1 + max(6, *(len(_state(port)) for port in ports))
        speeds = 2 + max(6, *(len(_speed(port)) for port in ports))
        room = width - 3 - (names + 2) - states - speeds - (far + 1)
        for value, grown, spark in ((10, 10, 24), (10, 10, 10), (9, 9, 10), (8, 8, 10), (9, 8, 0)):
            if (value + grown) * len(_COUNTERS) + (spark + 2 if spark else 0) <= room:
                return cls(names + 2, states, speeds, ((value, grown),) * len(_COUNTERS), spark)
        links = 1 + max(7, *(len(_link(port)) for port in ports))
        room = width - 3 - (names + 1) - links - far
        last = 8 if room >= 46 else 6  # what waits may wait a hundred thousand ticks a second
        sizes = ((5, 6), (5, 6), (5, 6), (5, last))
        return cls(names + 1, links, 0, sizes[: max(1, room // 11)], 0)

    def head(self) -> str:
        """Words over the columns, those of a counter over its last digit."""
        said = right("state" if self.speed else "Gb/s", self.state) + right("Gb/s" if self.speed else "", self.speed)
        end = len(said)
        for (value, grown), counter in zip(self.counters, _COUNTERS, strict=False):
            words = label(counter)
            said += right(words, max(end + value - len(said), len(words) + 1))
            end += value + grown
        return fit(said, end) + (right("symbols", self.spark + 2) if self.spark else "") + self.gap + "far end"

    @property
    def gap(self) -> str:
        """Before the far end."""
        return "  " if self.speed else " "


def port_lines(
    ports: Sequence[PortView], snapshot: Snapshot, metric: Metric, series: SeriesOf, width: int
) -> Iterator[Line]:
    """A head, then a row a port."""
    columns = Columns.fitting(ports, width)
    yield clipped((Span(fit(" PORTS", columns.name + 3), "title"), Span(columns.head(), "faint")), width)
    for port in ports:
        spans = [*_what(port, metric, columns), *_counted(port, columns)]
        if columns.spark:
            drawn = sparkline(series(port.end, "symbol_error").growth, columns.spark)
            role = OLD if port.is_old else "warn" if set(drawn) - FLAT else "faint"
            spans += [Span("  "), Span(drawn, role)]
        spans += [Span(columns.gap), *_far(port, snapshot)]
        yield clipped([span._replace(address=port.end) for span in spans], width)


def _what(port: PortView, metric: Metric, columns: Columns) -> Iterator[Span]:
    level = metric.port(port)
    yield from (Span(" "), Span(level.glyph, level.role), Span(" "))
    yield Span(fit(short(port.end), columns.name), "text" if port.health is Health.OK else "strong")
    speed = OLD if port.is_old else "degraded" if port.health is Health.DEGRADED else "dim"
    word = OLD if port.is_old else "text" if port.state.state == "Active" else "warn"
    if columns.speed:
        yield Span(right(_state(port), columns.state), word)
        yield Span(right(_speed(port), columns.speed), speed)
    else:
        said = _link(port)
        yield Span(right(said, columns.state), speed if said == _speed(port) else word)


def _counted(port: PortView, columns: Columns) -> Iterator[Span]:
    for (room, grown), counter in zip(columns.counters, _COUNTERS, strict=False):
        apart = " " if grown > 7 else ""  # where it is narrow the plus sign alone sets them apart
        value, more = lifetime(port, counter, room - 1), growth(port, counter, grown - len(apart))
        yield value._replace(text=right(value.text, room))
        yield more._replace(text=fit(f"{apart}{more.text}", grown))


def _far(port: PortView, snapshot: Snapshot) -> Iterator[Span]:
    if port.peer is None:
        yield Span("–", "faint")
        return
    yield Span(port.peer, "dim")
    far = snapshot.port(port.peer)
    if far is not None:
        yield from (Span(" "), Span(far.health.glyph, far.health.value.lower()))


def _state(port: PortView) -> str:
    state = port.state.state or "?"
    return was(_BRIEF.get(state, state), port.is_old)


def _speed(port: PortView) -> str:
    return f"{gbps(port.state.rate_gbps)} {port.state.generation or ''}".strip()


def _link(port: PortView) -> str:
    """State and speed in one: a port that has a speed is Active."""
    is_up = port.state.state == "Active" and port.state.rate_gbps is not None
    return _speed(port) if is_up and not port.is_old else _state(port)


def short(end: str) -> str:
    """An address without its node."""
    return end.partition("/")[2]
