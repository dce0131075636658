"""Whom a diagnostic is run on: what is looked at, and the marked nodes only where that is one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import east
from hands import opened, seen, text, until
from scripted_source import Bench
from textual.pilot import Pilot


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(east(), tmp_path)


async def offered(pilot: Pilot[None], bench: Bench, address: str) -> str:
    console = bench.app.console_screen
    console.desk.marked = frozenset({"gpu00-00", "gpu00-01", "gpu00-02"})
    console.stage.place.select(address)
    await pilot.press("d")
    await pilot.pause()
    return text(bench, "pane-head")


async def test_what_is_selected_beside_the_marked_nodes_is_asked_alone(bench: Bench) -> None:
    async with opened(bench) as pilot:
        said = await offered(pilot, bench, "gpu09-03/mlx5_5/1")
        assert "on gpu09-03 alone, not on the 3 marked: gpu00-[00-02]" in said
        await pilot.press("enter")
        await until(pilot, lambda: bool(bench.app.console_screen.pane.job))
        await until(pilot, lambda: bool(bench.source.orders))
        assert [order.node for order in bench.source.orders] == ["gpu09-03"]


async def test_every_marked_node_is_named_before_it_is_asked(bench: Bench) -> None:
    async with opened(bench) as pilot:
        assert "on 3 marked nodes: gpu00-[00-02]" in await offered(pilot, bench, "gpu00-01/mlx5_5/1")


async def test_escape_on_the_fabric_lets_go_of_the_marks_then_the_filter_then_faults_only(bench: Bench) -> None:
    async with opened(bench) as pilot:
        desk = bench.app.console_screen.desk
        await pilot.press("space", "z", "slash", *"gpu0", "enter")
        for said in ("esc unmark all", "esc end filter", "esc show all"):
            assert said in text(bench, "keys")
            await pilot.press("escape")
            await pilot.pause()
        assert not desk.marked and desk.sieve.is_open
        assert "esc" not in text(bench, "keys")


async def test_why_nothing_is_offered_on_many_is_told(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.desk.marked = frozenset({"leaf01", "leaf02"})
        console.stage.place.select("leaf01")
        await pilot.press("d")
        assert "not for many at once, unmark first" in seen(bench)
