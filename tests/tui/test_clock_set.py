"""This machine's clock set while the console runs: the picture stays as it is, and the operator is told."""

from __future__ import annotations

from pathlib import Path

from drawn_fabric import NOON, east
from hands import text, until
from scripted_source import Bench

from fabconsole.fabric.clock import SteadyClock


async def test_a_clock_that_was_put_back_is_a_banner_and_the_stream_still_grows_stale(tmp_path: Path) -> None:
    step_s = passed_s = 0.0
    clock = SteadyClock(lambda: NOON + passed_s + step_s, lambda: passed_s)
    bench = Bench(east(), tmp_path, clock=clock)
    async with bench.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "LIVE" in text(bench, "clock"))
        step_s, passed_s = -3600.0, 60.0
        await until(pilot, lambda: "put back by 3,600 s" in text(bench, "banners"))
        await until(pilot, lambda: "STALE" in text(bench, "clock"))
