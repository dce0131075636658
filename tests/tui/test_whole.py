"""Nothing that is cut off is lost: it can be read in full, and Esc steps back to the very row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from drawn_fabric import NOON, Still, east
from hands import opened, seen, text
from scripted_source import Bench

from fabconsole.fabric.event import Event
from fabconsole.fabric.health import Health, Severity
from fabconsole.state.snapshot import EventView, Finding, Snapshot
from fabconsole.tui.addresses import event_address, event_key, gpu_of, node_of, place_of, upwards
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import plain
from fabconsole.tui.pages.events import event_at, event_lines
from fabconsole.tui.pages.selection import selection
from fabconsole.tui.pages.whole import whole, whole_lines
from fabconsole.tui.trail import Place, Trail, View
from fabconsole.tui.widgets.sheet import Sheet

SAID = "NVRM: Xid (PCI:0000:d1:00): 74, pid=88, name=python3, NVLink: fatal error detected on link 2 " + "0x0 " * 30


def troubled() -> Snapshot:
    """The fabric with an event and a reason that no list has room for."""
    xid = Event(
        at=NOON - 5,
        node="gpu09-00",
        kind="xid",
        severity=Severity.CRIT,
        text=SAID.strip(),
        code=74,
        subject="gpu6",
        link=2,
        meaning="NVLink error",
        action="decode register 2, then check the link",
    )
    shown = east()
    why = "unreachable: " + "no SSH connection within 4 s, " * 8 + "in the end · fabops@10.0.0.49:22"
    lost = Finding(end="gpu04-01", health=Health.UNKNOWN, reason=why, since=NOON - 60)
    node = replace(shown.nodes["gpu04-01"], reason=why)
    return replace(
        shown,
        nodes={**shown.nodes, "gpu04-01": node},
        events=(EventView(event=xid, first_at=NOON - 65, count=3), *shown.events),
        findings=(lost, *shown.findings),
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(troubled(), tmp_path)


def words(shown: str) -> str:
    """Without the breaks of lines."""
    return " ".join(shown.split())


def whole_text(bench: Bench) -> str:
    """What is shown in full over the page."""
    assert "esc back" in seen(bench)
    return words(plain(bench.app.screen.query_one("#whole", Sheet).lines))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_enter_on_an_event_shows_all_of_it_and_esc_steps_back_to_its_row(
    bench: Bench, size: tuple[int, int]
) -> None:
    async with opened(bench, size) as pilot:
        console = bench.app.console_screen
        await pilot.press("tab", "tab", "down", "enter")
        await pilot.pause()
        row = console.stage.cursor
        assert bench.app.screen is not console
        assert "mlx5_5 port 1: link down" in whole_text(bench)
        await pilot.press("escape")
        await pilot.pause()
        assert bench.app.screen is console
        assert (console.stage.focused_list, console.stage.cursor) == (console.stage.ring()[2], row)
        await pilot.press("up", "enter")
        await pilot.pause()
        shown = whole_text(bench)
        assert words(SAID) in shown
        assert "decode register 2, then check the link" in shown
        assert "the last of 3 since 11:58:55 Z" in shown


async def test_enter_goes_on_from_an_event_to_what_it_is_about_and_esc_comes_back(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("tab", "tab", "enter", "enter")
        await pilot.pause()
        assert (console.desk.trail.here.view, console.stage.address) == (View.LINK, "gpu09-00/gpu6/nvl2")
        await pilot.press("escape")
        await pilot.pause()
        assert console.stage.focused_list is console.stage.ring()[2]
        assert event_key(console.stage.cursor or "") is not None


async def test_i_shows_a_reason_in_full_from_the_worst_list_and_from_a_cell(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        console = bench.app.console_screen
        await pilot.press("tab", "i")
        await pilot.pause()
        assert "no SSH connection within 4 s, in the end" in whole_text(bench)
        await pilot.press("i")
        await pilot.pause()
        assert console.stage.cursor == "gpu04-01"
        await pilot.press("escape")
        console.stage.place.select("gpu04-01")
        await pilot.press("i", "enter")
        await pilot.pause()
        assert console.desk.trail.here.view is View.RACK


async def test_an_event_on_a_nodes_page_is_a_row_like_any_other(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu09-00")
        await pilot.press("enter", "enter", "end")
        await pilot.pause()
        row = console.stage.cursor
        assert row is not None and event_key(row) is not None
        await pilot.press("up", "enter")
        await pilot.pause()
        assert words(SAID) in whole_text(bench)
        await pilot.press("escape", "down")
        assert console.stage.cursor == row


async def test_the_foot_says_the_event_under_the_cursor_and_keys_act_on_what_it_is_about(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("tab", "tab")
        await pilot.pause()
        assert "Xid 74 NVLink error · gpu6 link 2   NVRM: Xid (PCI" in text(bench, "selection")
        await pilot.press("space")
        assert console.desk.marked == {"gpu09-00"}


def test_an_event_keeps_its_address_while_others_come_before_it() -> None:
    shown = troubled()
    rows = [line[0].address for line in event_lines(shown, 80)[1:]]
    later = replace(shown, events=(replace(shown.events[0], first_at=NOON), *shown.events))
    assert [line[0].address for line in event_lines(later, 80)[2:]] == rows
    found = event_at(rows[0] or "", later)
    assert found is not None and found.event.code == 74


def test_an_events_address_is_that_of_what_it_is_about_and_more() -> None:
    address = event_address("gpu09-00/gpu6/nvl2", "17.0 Xid 74")
    assert (place_of(address), node_of(address), gpu_of(address)) == ("gpu09-00/gpu6/nvl2", "gpu09-00", 6)
    assert upwards(address) == [address]
    assert event_key("gpu09-00/gpu6") is None


def test_an_event_that_left_the_timeline_is_told_as_what_it_was_about() -> None:
    shown = troubled()
    gone = event_address("gpu09-00/gpu6/nvl2", "1.0 long ago")
    assert "gpu09-00/gpu6/nvl2" in plain(selection(shown, gone, 80))
    assert "gpu09-00/gpu6/nvl2" in plain(whole_lines(whole(shown, gone), 80))


def test_what_is_told_in_full_says_of_when_it_is() -> None:
    said = plain(whole_lines(whole(troubled(), "gpu03-02/mlx5_5/1"), 60))
    assert "12:00:00 Z, and does not change" in said.splitlines()[0]
    assert "far end  leaf05/15" in said


def test_a_links_reason_and_a_nodes_are_whole_on_their_own_pages() -> None:
    shown = troubled()
    desk = Desk(Still(shown), NOON)
    desk.trail = Trail((Place(View.NODE, "gpu04-01"),))
    assert "no SSH connection within 4 s, in the end" in words(plain(desk.draw(79, 20).lines))
    desk.trail = Trail((Place(View.LINK, "gpu02-01/mlx5_3/1"),))
    said = plain(desk.draw(60, 20).lines)
    assert "2.9 symbol" in said and "errors/min, limit" in said and "1/h" in said


def test_a_finding_is_told_as_its_row_tells_it_where_the_thing_itself_says_something_else() -> None:
    shown = troubled()
    why = "the subnet manager did not find it; 64 links to it are down"
    finding = Finding(end="gpu04-01", health=Health.DOWN, reason=why, since=NOON - 60)
    told = plain(whole_lines(whole(replace(shown, findings=(finding,)), "gpu04-01"), 200))
    assert why in told and "in the end" in told
