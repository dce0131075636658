"""One measured client: the collector and the fold, as the console runs them, without a screen."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from collect import cpu_s, raise_descriptor_limit

from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory_file import read_inventory
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.platforms.registry import names, questions
from fabconsole.state.fabric import FabricState
from fabconsole.stream.records import Sample


async def measure(path: Path, interval_s: float, seconds: float, question: str) -> dict[str, float]:
    """Ask every host one question for `seconds`, after a warm-up of three rounds; every answer is folded."""
    inventory = read_inventory(path, platforms=names())
    poll = replace(inventory.poll, fast_s=interval_s, slow_s=interval_s)
    source = Collector(
        replace(inventory, poll=poll),
        read_thresholds(),
        questions=lambda node: [asked for asked in questions(node) if asked.name == question],
    )
    state = FabricState()
    answered: dict[str, int] = {}
    polls, started, cpu_started = 0, 0.0, 0.0
    quiet_until = time.monotonic() + 600
    async for batch in source.records():
        for record in batch:
            state.apply(record)
            if isinstance(record, Sample) and record.question == question:
                answered[record.node] = answered.get(record.node, 0) + 1
                polls += 1
        now = time.monotonic()
        if not started and len(answered) == len(inventory.nodes) and min(answered.values()) >= 3:
            gc.freeze()
            polls, started, cpu_started = 0, now, cpu_s()
        if started and now - started >= seconds:
            break
        if not started and now > quiet_until:
            raise SystemExit(f"only {len(answered)} of {len(inventory.nodes)} hosts answered")
    result = {"polls": polls, "cpu_s": cpu_s() - cpu_started, "wall_s": time.monotonic() - started}
    await source.aclose()
    return result


if __name__ == "__main__":
    raise_descriptor_limit()
    print(json.dumps(asyncio.run(measure(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]))))
