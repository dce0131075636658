"""What a person does at a console under test, and what they see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from scripted_source import Bench
from textual import events
from textual.pilot import Pilot

from fabconsole.tui.drawing import plain
from fabconsole.tui.widgets.canvas import Canvas


@asynccontextmanager
async def opened(bench: Bench, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    async with bench.app.run_test(size=size) as pilot:
        await until(pilot, lambda: bench.app.diagnostics.inventory is not None)
        bench.app.console_screen.tick()
        await pilot.pause()
        yield pilot
        assert bench.app.console_screen.defects.told == ()


async def until(pilot: Pilot[None], condition: Callable[[], bool], deadline_s: float = 10.0) -> None:
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "never happened"
        await pilot.pause()
        await asyncio.sleep(0)


async def burst(bench: Bench, pilot: Pilot[None], keys: Sequence[str]) -> None:
    """Keys in one burst, as a held key, a paste or a slow line brings them."""
    for key in keys:
        named = {"slash": "/", "question_mark": "?", "space": " "}
        bench.app.post_message(events.Key(key, named.get(key, key if len(key) == 1 else None)))
    await pilot.pause()


def text(bench: Bench, name: str) -> str:
    return plain(bench.app.console_screen.query_one(f"#{name}", Canvas).lines)


def seen(bench: Bench) -> str:
    return "\n".join(strip.text for strip in bench.app.screen._compositor.render_strips())
