"""The filter: what it says of itself, and what it leaves of the lists."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import NOON, Still, east
from hands import opened, seen, text
from scripted_source import Bench

from fabconsole.tui.addresses import node_of
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.trail import View


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(east(), tmp_path)


def filtered(name: str) -> Desk:
    desk = Desk(Still(east()), NOON)
    desk.filter(name)
    return desk


def test_the_worst_list_has_only_findings_of_what_the_filter_lets_through() -> None:
    desk = filtered("gpu05")
    found = [line[0].address for line in desk.worst(60) if line[0].address]
    assert found and len(found) < len(desk.snapshot.findings)
    touching = [one for one in desk.snapshot.findings if "gpu05" in f"{one.end} {one.peer}"]
    assert found == [one.end for one in touching]
    assert plain(desk.worst(60)).startswith(f" WORST {len(found)}  only /gpu05")


def test_the_events_are_only_of_what_the_filter_lets_through() -> None:
    desk = filtered("*")
    nodes = {node_of(line[0].address) for line in desk.events(80) if line[0].address}
    one = min(nodes)
    desk.filter(one)
    assert {node_of(line[0].address) for line in desk.events(80) if line[0].address} == {one} != nodes
    assert plain(desk.events(80)).startswith(f" EVENTS  only /{one}")


def test_how_many_match_is_counted_and_none_is_said() -> None:
    desk = filtered("gpu09")
    assert desk.note() == f"4 of {len(desk.snapshot.nodes)} /gpu09"
    desk.filter("quux")
    assert desk.note() == "no match /quux"
    desk.filter("")
    assert desk.note() == ""


async def test_what_is_typed_stands_behind_its_key_and_is_counted_at_once(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("slash", *"gpu09")
        await pilot.pause()
        assert any(line.startswith(" /gpu09") for line in seen(bench).splitlines())
        assert "4 of " in text(bench, "keys")
        width = max(len(line) for line in seen(bench).splitlines())
        assert width <= 80


async def test_the_fabric_is_filtered_from_wherever_it_is_asked_for(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("enter", "enter", "slash", *"gpu09")
        assert "4 of " in text(bench, "keys")
        await pilot.press("enter")
        assert (console.desk.trail.here.view, console.stage.place.selected) == (View.FABRIC, "gpu09-00")


async def test_escape_from_the_filters_line_is_back_where_it_was_asked_for(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("enter", "enter", "down", "down")
        was = (len(console.desk.trail.places), console.desk.trail.here.subject, console.stage.place.selected)
        await pilot.press("slash", *"gpu09", "escape")
        now = (len(console.desk.trail.places), console.desk.trail.here.subject, console.stage.place.selected)
        assert now == was
        assert console.desk.sieve.is_open


async def test_the_cursor_goes_to_a_node_itself_whatever_column_it_comes_from(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu00-02/gpu7")
        await pilot.press("slash", *"gpu09", "enter")
        assert console.stage.place.selected == "gpu09-00"


@pytest.mark.parametrize("key", ["enter", "d", "space"])
async def test_nothing_is_done_to_what_the_filter_holds_back(bench: Bench, key: str) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("slash", *"quux", "enter", key)
        assert "gpu00-00 is not /quux: esc ends the filter" in seen(bench)
        assert (console.desk.trail.here.view, console.pane.display, console.desk.marked) == (View.FABRIC, False, set())
        await pilot.press("escape")
        assert "is not /quux" not in seen(bench), "said of a filter that is on"
