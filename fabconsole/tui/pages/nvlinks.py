"""The NVLinks of one node as a matrix: a row a GPU, with what it logged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import NodeView, NvlinkView
from fabconsole.tui.drawing import Line, Span, clipped, fit, right
from fabconsole.tui.floor import gpu_count
from fabconsole.tui.levels import GpuAlarms
from fabconsole.tui.metrics import METRICS, Level, Metric, level_of
from fabconsole.tui.readings import OLD
from fabconsole.tui.sieve import Sieve
from fabconsole.tui.wording import was

_NAME = 9
_APART = 3
"""Columns between the cells and what is said of them."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A row: one GPU."""

    node: NodeView
    number: int
    links: Mapping[int, NvlinkView]
    alarm: Health
    """What its Xids make of it."""

    @property
    def level(self) -> Level:
        """The worst of it and of its NVLinks, by health."""
        return max([METRICS[0].nvlink(link) for link in self.links.values()] + [level_of(self.alarm)])

    @property
    def is_old(self) -> bool:
        """True where its NVLinks were read, and not again when it was due."""
        return any(link.is_old for link in self.links.values())

    @property
    def up(self) -> str:
        """How many of its NVLinks are up."""
        if not self.links:
            return "not read"
        return f"{was(up_of(self.links.values()), self.is_old)} up"

    @property
    def role(self) -> str:
        """How many are up is as bad as this."""
        if self.is_old:
            return OLD
        if all(link.age_s is None for link in self.links.values()):
            return Health.UNKNOWN.value.lower()
        return "dim" if all(link.state.state == "up" for link in self.links.values()) else "crit"

    @property
    def xids(self) -> str:
        """What it logged lately, numbers alone."""
        return self.node.gpu_events.get(self.number, "").removeprefix("Xid ")


def up_of(links: Collection[NvlinkView]) -> str:
    """`17/18`: how many are up; of those that were never read nobody knows: `?/18`."""
    known = any(link.age_s is not None for link in links)
    return f"{sum(link.state.state == 'up' for link in links) if known else '?'}/{len(links)}"


def gpus_of(node: NodeView, alarms: GpuAlarms) -> list[Gpu]:
    """Every GPU that was seen, told of or expected."""
    links: dict[int, dict[int, NvlinkView]] = {gpu: {} for gpu in (*range(gpu_count(node)), *node.gpu_events)}
    for link in node.nvlinks:
        links[link.gpu][link.link] = link
    return [Gpu(node, gpu, found, alarms.get(gpu, Health.OK)) for gpu, found in links.items()]


def is_shown(gpu: Gpu, metric: Metric, sieve: Sieve) -> bool:
    """True where the GPU, or what the metric shows of it, is not held back."""
    return sieve.passes(gpu.level) or any(sieve.passes(metric.nvlink(link)) for link in gpu.links.values())


def nvlink_lines(gpus: Sequence[Gpu], metric: Metric, width: int) -> Iterator[Line]:
    """A head, then a row a GPU: its NVLinks, how many are up, its Xids."""
    numbers = sorted({number for gpu in gpus for number in gpu.links})
    up = _APART + max(len(gpu.up) for gpu in gpus)
    xids = max(len(gpu.xids) for gpu in gpus)
    pitch = 3 if _NAME + 3 * len(numbers) + up + (_APART + xids if xids else 0) <= width else 2
    heads = "".join(right(str(number if pitch > 2 else number % 10), pitch) for number in numbers)
    xid = fit("", up + _APART) + "Xid" if xids else ""
    yield clipped((Span(fit(" NVLINK", _NAME), "title"), Span(f"{heads}{xid}", "faint")), width)
    shown = metric if metric.nvlink_counters else METRICS[0]
    for gpu in gpus:
        yield clipped([*_name(gpu), *_cells(gpu, numbers, pitch, shown), *_summary(gpu, up)], width)


def _name(gpu: Gpu) -> Iterator[Span]:
    level = gpu.level
    yield from (Span(" "), Span(level.glyph if level.loud else " ", level.role), Span(" "))
    yield Span(fit(f"gpu{gpu.number}", 6), "strong" if level.loud else "text", f"{gpu.node.name}/gpu{gpu.number}")


def _cells(gpu: Gpu, numbers: Sequence[int], pitch: int, metric: Metric) -> Iterator[Span]:
    for number in numbers:
        yield Span(" " * (pitch - 1))
        link = gpu.links.get(number)
        if link is None:
            yield Span(" ")
        else:
            level = metric.nvlink(link)
            yield Span(level.glyph, level.role, link.end)


def _summary(gpu: Gpu, width: int) -> Iterator[Span]:
    yield from (Span(" " * _APART), Span(gpu.up, gpu.role))
    if gpu.xids:
        yield from (Span(" " * (width - len(gpu.up))), Span(gpu.xids, gpu.alarm.value.lower()))
