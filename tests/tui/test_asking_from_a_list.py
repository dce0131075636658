"""A diagnostic that is asked for in a list: what is shown beside it, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import east
from hands import opened, seen, text, until
from scripted_source import Bench

from fabconsole.tui.addresses import place_of
from fabconsole.tui.widgets.sheet import Sheet


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(east(), tmp_path)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(("tabs", "name"), [(1, "worst"), (2, "events")])
async def test_escape_goes_back_to_the_very_row_that_was_asked_about(
    bench: Bench, size: tuple[int, int], tabs: int, name: str
) -> None:
    async with opened(bench, size) as pilot:
        console = bench.app.console_screen
        sheet = console.query_one(f"#{name}", Sheet)
        await pilot.press(*["tab"] * tabs, "down")
        row = sheet.cursor
        assert row is not None
        await pilot.press("d")
        await pilot.pause()
        assert place_of(row) in text(bench, "selection")
        assert name.upper() in seen(bench)
        await pilot.press("enter")
        await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
        console.tick()
        await pilot.pause()
        assert place_of(row) in text(bench, "selection")
        await pilot.press("escape")
        await pilot.pause()
        console.tick()
        assert not console.pane.display
        assert (sheet.has_focus, sheet.cursor) == (True, row)
        assert name.upper() in seen(bench)


async def test_the_status_line_is_of_what_the_output_is_about_wherever_one_has_gone(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
        await pilot.press("escape")
        console.stage.place.select("gpu09-00")
        await pilot.press("o")
        await pilot.pause()
        assert "gpu03-02/mlx5_5/1" in text(bench, "selection")
