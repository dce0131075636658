"""One measured client: how the healthy hosts' answers come in, before the others turn sick and afterwards."""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from collect import cpu_s, raise_descriptor_limit

from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names, questions
from fabconsole.state.fabric import FabricState
from fabconsole.stream.records import Sample


@dataclass
class Window:
    """Answers of the healthy hosts between two moments of the steady clock."""

    start: float
    end: float
    last: dict[str, float] = field(default_factory=dict)
    gaps_s: list[float] = field(default_factory=list)
    latencies_s: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, sample: Sample, now: float) -> None:
        """An answer of a healthy host."""
        if not self.start <= now < self.end:
            return
        if sample.node in self.last:
            self.gaps_s.append(now - self.last[sample.node])
        self.last[sample.node] = now
        self.latencies_s.append(sample.latency_s)

    def account(self, healthy: int) -> dict[str, float]:
        """What it comes to. A host that has not answered at all counts as one gap as long as the window."""
        lost = [self.end - self.start] * (healthy - len(self.last))
        return {
            "sweep_s": statistics.fmean([*self.gaps_s, *lost]),
            "answer_ms": statistics.fmean(self.latencies_s) * 1e3,
            "answer_p99_ms": statistics.quantiles(self.latencies_s, n=100)[98] * 1e3,
            "cpu_percent": 100 * (self.cpu[-1] - self.cpu[0]) / (self.end - self.start),
        }


async def measure(
    path: Path, interval_s: float, seconds: float, turns_at: float, settle_s: float, sick: set[str], asked: str
) -> dict[str, dict[str, float]]:
    """Ask every host for its HCAs, or `all`; two windows of the HCAs' answers, one on each side of `turns_at`."""
    inventory = read_inventory(path, platforms=names())
    source = Collector(
        replace(inventory, poll=replace(inventory.poll, fast_s=interval_s)),
        read_thresholds(),
        questions=lambda node: [one for one in questions(node) if asked in ("all", one.name)],
    )
    state = FabricState()
    before = Window(turns_at - seconds, turns_at)
    meanwhile = Window(turns_at + settle_s, turns_at + settle_s + seconds)
    async for batch in source.records():
        now = time.monotonic()
        for window in (before, meanwhile):
            if window.start <= now < window.end:
                if not window.cpu:
                    gc.freeze()
                window.cpu.append(cpu_s())
        for record in batch:
            state.apply(record)
            if isinstance(record, Sample) and record.question == "hca" and record.node not in sick:
                before.take(record, now)
                meanwhile.take(record, now)
        if now >= meanwhile.end:
            break
    await source.aclose()
    healthy = len(inventory.nodes) - len(sick)
    return {"before": before.account(healthy), "meanwhile": meanwhile.account(healthy)}


if __name__ == "__main__":
    raise_descriptor_limit()
    path, sick = Path(sys.argv[1]), set(sys.argv[6].split(","))
    print(json.dumps(asyncio.run(measure(path, *map(float, sys.argv[2:6]), sick, sys.argv[7]))))
