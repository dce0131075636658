"""The lists beside the fabric: as wide as costs it nothing, and said in full where there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_fabric import NOON, Still, east
from hands import opened, seen
from scripted_source import Bench, Scripted, inventory_of

from fabconsole.state.snapshot import Snapshot
from fabconsole.tui.desk import Desk
from fabconsole.tui.drawing import Line, length, plain
from fabconsole.tui.pages.events import event_lines
from fabconsole.tui.pages.worst import worst_lines
from fabconsole.tui.placing import Detail

WIDTH = 34


@pytest.mark.parametrize("lines_of", [worst_lines, event_lines])
def test_a_list_says_in_full_what_it_has_room_for_and_takes_no_more(lines_of: Callable[..., tuple[Line, ...]]) -> None:
    short = lines_of(east(), WIDTH)
    lines = short
    for height in range(len(short), 3 * len(short)):
        lines = lines_of(east(), WIDTH, height=height)
        assert len(lines) <= height and max(map(length, lines)) <= WIDTH
        places = [[line[0].address for line in some if line[0].address] for some in (lines, short)]
        assert places[0] == places[1], "the keys step from one to the next, in however many lines it is said"
    assert "…" in plain(short) and "…" not in plain(lines)


def test_what_is_worst_is_said_in_full_first() -> None:
    said = plain(worst_lines(_told_at_length(2), WIDTH, height=6)).splitlines()
    assert said[2:4] == ["   a reason that goes on and on,", "   and on"]
    assert said[5] == "   a reason that goes on and on,…"


@pytest.mark.parametrize("width", [WIDTH, 60, 90])
def test_a_link_s_far_end_is_named_however_narrow_the_list_is(width: int) -> None:
    shown = east()
    linked = next(one for one in shown.findings if one.peer)
    said = plain(worst_lines(replace(shown, findings=(linked,)), width))
    assert f"⇄ {linked.peer}" in said


def _told_at_length(number: int) -> Snapshot:
    shown = east()
    reason = "a reason that goes on and on, and on"
    return replace(shown, findings=tuple(replace(one, reason=reason, peer=None) for one in shown.findings[:number]))


@pytest.mark.parametrize(("width", "height", "least"), [(200, 42, 60), (120, 32, 34)])
def test_the_lists_take_no_detail_from_the_fabric(width: int, height: int, least: int) -> None:
    desk = Desk(Still(east()), NOON)
    side = desk.side_width(width, height)
    assert side >= least
    narrowest = desk.layout(width - 34 - 4, height).style
    assert desk.layout(width - side - 4, height).style.loss == narrowest.loss
    assert width < 200 or desk.layout(width - side - 4, height).style.detail is Detail.NAMES


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_choice_is_seen_under_the_whole_command(tmp_path: Path, size: tuple[int, int]) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), ()))
    async with opened(bench, size) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("d")
        await pilot.pause()
        titles = [line[1].text for line in console.pane.body.lines]
        assert len(titles) > 3
        assert [title for title in titles if title[:40] not in seen(bench)] == []
