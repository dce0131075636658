"""The ways between places: Enter goes into what is selected, N to the other end, Esc comes back out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from drawn_fabric import east, host, snapshot, switch
from hands import opened, text
from scripted_source import Bench

from fabconsole.tui.addresses import rack_address
from fabconsole.tui.trail import Place, Trail, View, far_end, inside

FABRIC, RACK, NODE = Place(View.FABRIC), Place(View.RACK, "r03"), Place(View.NODE, "gpu03-02")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(east(), tmp_path)


@pytest.mark.parametrize("address", ["leaf05", "leaf05/15"])
@pytest.mark.parametrize("place", [FABRIC, Place(View.RACK, "switches")])
def test_enter_on_a_switch_opens_that_switch(place: Place, address: str) -> None:
    assert inside(place, address, east()) == Place(View.NODE, "leaf05", address)


def test_enter_on_a_switch_that_hangs_among_hosts_opens_that_switch_too() -> None:
    shown = snapshot([host("gpu00-00", "r00"), switch("leaf00", ["gpu00-00/mlx5_0/1"], rack="r00")])
    assert inside(FABRIC, "leaf00", shown) == Place(View.NODE, "leaf00", "leaf00")
    assert inside(FABRIC, "gpu00-00", shown) == Place(View.RACK, "r00", "gpu00-00")


def test_enter_on_the_head_of_the_switches_opens_them_all() -> None:
    place = inside(FABRIC, rack_address("switches"), east())
    assert place is not None and (place.view, place.subject) == (View.RACK, "switches")


@pytest.mark.parametrize("end", ["gpu03-02/mlx5_5/1", "leaf05/15"])
def test_enter_on_either_end_of_a_link_opens_the_node_it_is_on(end: str) -> None:
    place = inside(Place(View.LINK, "gpu03-02/mlx5_5/1"), end, east())
    assert place == Place(View.NODE, end.partition("/")[0], end)


def test_the_far_end_is_selected_where_it_is_drawn_and_else_on_its_nodes_page() -> None:
    shown = east()
    link = Place(View.LINK, "gpu03-02/mlx5_5/1")
    opened_node = Place(View.NODE, "leaf05", "leaf05/15")
    assert far_end(FABRIC, "gpu03-02/mlx5_5/1", shown) == replace(FABRIC, cursor="leaf05/15")
    assert far_end(link, "gpu03-02/mlx5_5/1", shown) == replace(link, cursor="leaf05/15")
    for place in (RACK, NODE, None):
        assert far_end(place, "gpu03-02/mlx5_5/1", shown) == opened_node
    among = Place(View.RACK, "switches")
    assert far_end(among, "leaf05/65", shown) == replace(among, cursor="spine00/6")


@pytest.mark.parametrize(
    ("place", "address", "said"),
    [
        (FABRIC, "gpu03-02", "gpu03-02 has 8 links: enter, then N on one"),
        (RACK, "gpu03-02", "gpu03-02 has 8 links: enter, then N on one"),
        (None, "gpu03-02", "gpu03-02 has 8 links: enter, then N on one"),
        (NODE, "gpu03-02", "gpu03-02 has 8 links: N on one"),
        (FABRIC, "spine00", "spine00 has 8 links: enter, then N on one"),
        (FABRIC, rack_address("r03"), "a rack has many links: enter, then N on one"),
        (FABRIC, "gpu04-01", "no far end is known of gpu04-01"),
        (FABRIC, "leaf05/69", "no far end is known of leaf05/69"),
        (FABRIC, "gpu03-02/gpu1", "no NVLink's far end is known: nothing that is asked tells it"),
        (NODE, "gpu03-02/gpu1/nvl2", "no NVLink's far end is known: nothing that is asked tells it"),
    ],
)
def test_what_has_no_single_far_end_says_so(place: Place | None, address: str, said: str) -> None:
    assert far_end(place, address, east()) == said


def test_a_host_with_one_link_has_it_named() -> None:
    shown = snapshot([host("a0", "r0", rails=1, gpus=0, peers={"a0/mlx5_0/1": "leaf0/1"})])
    assert far_end(FABRIC, "a0", shown) == "a0 has 1 link: enter, then N on it"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_far_end_of_a_host_moves_nothing(bench: Bench, size: tuple[int, int]) -> None:
    async with opened(bench, size) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02")
        await pilot.press("N")
        assert console.stage.place.selected == "gpu03-02"
        assert "gpu03-02 has 8 links" in text(bench, "selection")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_enter_on_the_far_end_opens_its_switch_and_escape_comes_back(bench: Bench, size: tuple[int, int]) -> None:
    async with opened(bench, size) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("N", "enter")
        await pilot.pause()
        assert (console.desk.trail.here.subject, console.stage.place.selected) == ("leaf05", "leaf05/15")
        await pilot.press("escape")
        await pilot.pause()
        assert (console.desk.trail.here.view, console.stage.place.cursor) == (View.FABRIC, "leaf05/15")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_from_a_list_the_far_end_is_opened_and_escape_comes_back_to_the_row(
    bench: Bench, size: tuple[int, int]
) -> None:
    async with opened(bench, size) as pilot:
        console = bench.app.console_screen
        await pilot.press("tab")
        rows = console.stage.ring()[1]
        rows.select("gpu03-02/mlx5_5/1")
        await pilot.press("N")
        await pilot.pause()
        assert console.stage.place.selected == "leaf05/15"
        await pilot.press("escape")
        await pilot.pause()
        assert (console.stage.focused_list, console.stage.cursor) == (rows, "gpu03-02/mlx5_5/1")


async def test_to_and_fro_between_two_ends_leaves_no_long_way_out(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("enter", "enter", *["N"] * 6)
        await pilot.pause()
        assert [place.subject for place in console.desk.trail.places] == ["", "r03", "gpu03-02"]
        assert console.stage.place.selected == "gpu03-02/mlx5_5/1"


def test_a_step_into_where_one_came_from_is_a_step_back() -> None:
    node, link = Place(View.NODE, "a0", "a0/mlx5_0/1"), Place(View.LINK, "a0/mlx5_0/1")
    trail = Trail().into(node).into(link)
    assert trail.into(node).places == (Place(View.FABRIC), node)
    other = Place(View.NODE, "leaf0", "leaf0/1")
    assert trail.into(other).places == (Place(View.FABRIC), node, link, other)


def test_the_way_here_ends_with_what_is_shown() -> None:
    rack, node = Place(View.RACK, "r0"), Place(View.NODE, "a0")
    link, other = Place(View.LINK, "a0/mlx5_0/1"), Place(View.NODE, "leaf0")
    assert Trail().into(rack).into(node).crumbs() == ["r0", "a0"]
    assert Trail().into(rack).into(node).into(link).crumbs() == ["r0", "a0/mlx5_0/1"]
    assert Trail().into(link).into(node).crumbs() == ["a0"]
    assert Trail().into(rack).into(node).into(link).into(other).crumbs() == ["r0", "leaf0"]


async def test_where_nothing_is_further_in_enter_says_so(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02")
        await pilot.press("enter", "enter", "home", "enter")
        await pilot.pause()
        assert console.desk.trail.here.view is View.NODE
        assert "there is nothing further in" in text(bench, "selection")


async def test_what_was_said_of_one_place_is_not_said_in_the_next(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02")
        await pilot.press("N", "enter")
        await pilot.pause()
        assert "has 8 links" not in text(bench, "selection")
        assert "gpu03-02" in text(bench, "selection")


async def test_an_nvlinks_page_does_not_offer_its_far_end(bench: Bench) -> None:
    async with opened(bench) as pilot:
        for end, is_offered in (("gpu09-00/gpu6/nvl2", False), ("gpu03-02/mlx5_5/1", True)):
            console = bench.app.console_screen
            console._go_to(Place(View.LINK, end, end))
            await pilot.pause()
            assert ("N far end" in text(bench, "keys")) is is_offered
