"""The console in a window that is small, is left for another, or changes while the keyboard is elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import east
from hands import opened, seen
from scripted_source import Bench
from textual import events

from fabconsole.tui.widgets.sheet import Sheet


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(east(), tmp_path)


@pytest.mark.parametrize("size", [(60, 15), (79, 20), (80, 24)])
async def test_what_can_be_run_is_seen_however_much_there_is_to_say_of_it(bench: Bench, size: tuple[int, int]) -> None:
    async with opened(bench, size) as pilot:
        bench.app.console_screen.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("d")
        await pilot.pause()
        assert "Port as the tools see it (ibstat)" in seen(bench)
        assert "$ timeout 15 sudo -n mlxlink" in seen(bench)


async def test_an_answer_is_seen_however_long_its_command_is(bench: Bench) -> None:
    async with opened(bench, (60, 15)) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("d", *["down"] * 2, "enter")
        await pilot.pause()
        console.tick()
        await pilot.pause()
        assert " ok" in [line.rstrip() for line in seen(bench).splitlines()]


async def test_too_small_a_window_shows_no_pane(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("d")
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert seen(bench).strip() == "fabconsole needs 60×15, here are 50×12"
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "DIAGNOSE" in seen(bench)


async def test_a_window_that_is_left_keeps_its_cursor_and_what_hears_the_keys(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("tab", "down")
        await pilot.pause()
        before = seen(bench)
        bench.app.post_message(events.AppBlur())
        await pilot.pause()
        assert seen(bench) == before
        await pilot.resize_terminal(60, 15)
        await pilot.resize_terminal(80, 24)
        bench.app.post_message(events.AppFocus())
        await pilot.pause()
        worst = bench.app.console_screen.query_one("#worst", Sheet)
        assert worst.has_focus and worst.region.area


async def test_a_filter_that_is_left_by_tab_keeps_what_was_typed_and_takes_no_more(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("slash", *"gpu03", "tab")
        await pilot.pause()
        assert not console.filter.is_open
        await pilot.press("j", "z")
        assert (console.desk.sieve.text, console.desk.sieve.faults_only) == ("gpu03", True)


async def test_a_filter_over_a_list_ends_on_the_place_and_shows_it(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("tab", "slash", *"gpu03", "enter")
        await pilot.pause()
        place = bench.app.console_screen.stage.place
        assert place.has_focus and place.region.area
        assert "WORST" not in seen(bench)


@pytest.mark.parametrize("keys", [(), ("d",), ("slash",), ("enter", "question_mark")])
async def test_after_a_window_too_small_for_anything_the_keys_are_heard_again(
    bench: Bench, keys: tuple[str, ...]
) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.resize_terminal(1, 1)
        await pilot.press("escape")
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        bench.app.console_screen.tick()
        await pilot.pause()
        heard = bench.app.screen.focused
        assert heard is not None and heard.region.area


async def test_in_a_window_that_shows_nothing_keys_do_nothing_but_quit(bench: Bench) -> None:
    async with opened(bench, (40, 10)) as pilot:
        console = bench.app.console_screen
        before = (console.desk.trail, console.desk.sieve, console.desk.metric)
        await pilot.press("enter", "m", "z", "slash", "x", "d", "enter", "space", "tab")
        await pilot.pause()
        assert (console.desk.trail, console.desk.sieve, console.desk.metric) == before
        assert not console.desk.marked and not bench.source.orders
        await pilot.press("q")
    assert bench.app.return_code == 0
