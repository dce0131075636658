"""Our own mistakes: what they cost, and what an operator sees of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import Still, east
from hands import text, until
from scripted_source import Bench

from fabconsole.state.snapshot import Series, Snapshot
from fabconsole.tui.defects import DRAWING, LOOKING

WIDE = (160, 50)


class Torn(Still):
    """A picture that breaks where it is asked for what only a node's page shows, or once it is told to."""

    torn = False

    def series(self, end: str, counter: str) -> Series:
        raise ZeroDivisionError(f"[b]{end}")

    def snapshot(self, now: float) -> Snapshot:
        if self.torn:
            raise ZeroDivisionError
        return super().snapshot(now)


@pytest.fixture
def torn() -> Torn:
    return Torn(east())


@pytest.fixture
def bench(tmp_path: Path, torn: Torn) -> Bench:
    return Bench(east(), tmp_path, picture=torn)


async def test_a_page_that_cannot_be_drawn_says_so_and_escape_goes_back(bench: Bench) -> None:
    async with bench.app.run_test(size=WIDE) as pilot:
        screen = bench.app.console_screen
        screen.tick()
        whole = text(bench, "fabric")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: f"{DRAWING}; ZeroDivisionError: [b]gpu" in text(bench, "banners"))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not text(bench, "banners"))
        assert text(bench, "fabric") == whole


async def test_a_defect_is_in_the_log_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    async with bench.app.run_test(size=WIDE) as pilot:
        bench.app.console_screen.tick()
        await pilot.press("enter", "enter")
        for _ in range(5):
            bench.app.console_screen.tick()
        assert [record.message for record in caplog.records if record.exc_info] == [DRAWING]


async def test_a_picture_that_cannot_be_had_is_the_last_one_and_a_banner(bench: Bench, torn: Torn) -> None:
    async with bench.app.run_test(size=WIDE) as pilot:
        screen = bench.app.console_screen
        screen.tick()
        last = screen.desk.snapshot
        torn.torn = True
        await until(pilot, lambda: LOOKING in text(bench, "banners"))
        assert screen.desk.snapshot is last
        torn.torn = False
        await until(pilot, lambda: LOOKING not in text(bench, "banners"))


async def test_a_defect_in_a_key_ends_the_console_and_prints_nothing(bench: Bench) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with bench.app.run_test() as pilot:
            bench.app.console_screen.action_metric = broken  # type: ignore[method-assign]
            await pilot.press("m")
    assert isinstance(bench.app.defect, ZeroDivisionError)
    assert not bench.app._exit_renderables
