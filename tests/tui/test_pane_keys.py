"""While something in the pane is read, keys act on that, and the foot of the screen names those that do."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import NOON, east
from hands import burst, opened, seen, text, until
from scripted_source import Bench, Scripted, inventory_of
from textual.pilot import Pilot

from fabconsole.runbook.command import Command, Target
from fabconsole.runbook.template import template
from fabconsole.stream.records import CutShort, Exited, Finished, NotBegun
from fabconsole.stream.source import Order
from fabconsole.tui.diagnosis import Job, Run
from fabconsole.tui.drawing import plain
from fabconsole.tui.pages.whole import whole_job
from fabconsole.tui.widgets.sheet import Sheet

LONG = b"".join(b"line %03d\n" % number for number in range(200))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    shown = east()
    return Bench(shown, tmp_path, Scripted(inventory_of(shown), (LONG,)))


async def read(pilot: Pilot[None], bench: Bench, end: str = "gpu03-02/mlx5_5/1") -> None:
    """The first diagnostic of something, to its end."""
    console = bench.app.console_screen
    console.stage.place.select(end)
    await pilot.press("d", "enter")
    await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
    console.tick()
    await pilot.pause()


def page(bench: Bench) -> object:
    """What the keys of the page change."""
    console = bench.app.console_screen
    desk = console.desk
    return desk.metric, desk.sieve, desk.marked, desk.trail, console.stage.place.cursor, console.filter.is_open


def foot(bench: Bench) -> str:
    bench.app.console_screen.tick()
    return text(bench, "keys")


def in_full(bench: Bench) -> str:
    """What is shown over the page, its blanks and breaks left out."""
    return "".join(plain(bench.app.screen.query_one("#whole", Sheet).lines).split())


@pytest.mark.parametrize("choosing", [True, False])
async def test_no_key_of_the_page_does_anything_while_the_pane_is_read(bench: Bench, choosing: bool) -> None:
    async with opened(bench) as pilot:
        await read(pilot, bench)
        if choosing:
            await pilot.press("d")
        before = page(bench)
        for key in ("m", "z", "slash", "N", "space"):
            await burst(bench, pilot, [key])
            assert page(bench) == before, key
        await pilot.press("tab")
        for key in ("m", "z", "N", "slash"):
            await burst(bench, pilot, [key])
            assert page(bench) != before, key
            before = page(bench)


async def test_i_tells_in_full_what_would_be_run_and_where(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        console = bench.app.console_screen
        console.desk.marked = frozenset(f"gpu{rack:02}-{rack % 4:02}" for rack in range(16) if rack != 4)
        console.stage.place.select("gpu03-03")
        await pilot.press("d", "i")
        await pilot.pause()
        choice = (console.pane._choices or ())[0]
        for said in (choice.command.title, choice.preview(), choice.targets, choice.command.about):
            assert "".join(said.split()) in in_full(bench)
        assert "go there" not in seen(bench)
        await pilot.press("enter")
        assert not bench.source.orders
        await pilot.press("escape")
        assert bench.app.screen is console and console.pane.doing


async def test_i_tells_on_which_node_a_switch_was_asked_about(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await read(pilot, bench, "leaf05")
        await pilot.press("i")
        await pilot.pause()
        order = bench.source.orders[0]
        assert f"{order.node}${''.join(order.command.split())}onleaf05" in in_full(bench)


async def test_i_tells_in_full_what_was_run(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await read(pilot, bench)
        await pilot.press("i")
        await pilot.pause()
        order = bench.source.orders[0]
        assert f"{order.node}${''.join(order.command.split())}ongpu03-02/mlx5_5/1rc0,1.4s" in in_full(bench)
        await pilot.press("i")
        assert bench.app.console_screen.pane.doing


def test_of_many_nodes_those_where_it_failed_are_told_first() -> None:
    names = [f"gpu00-{number:02}" for number in range(6)]
    ended: tuple[Exited | CutShort | NotBegun, ...] = (
        Exited(0),
        Exited(1),
        Exited(0),
        NotBegun("no session"),
        CutShort("timed out"),
    )
    runs = [Run(Order(run=name, node=name, command="dmesg", deadline_s=5.0), name) for name in names]
    for run, end in zip(runs, ended, strict=False):
        run.end(Finished(run=run.order.run, node=run.order.node, at=NOON, elapsed_s=1.0, end=end))
    command = Command(id="log", title="Kernel log", on=(Target.NODE,), runs=(template("dmesg"),))
    told = whole_job(Job(command, runs))
    assert [plain([row.said]) for row in told] == [
        "Kernel log  read-only",
        "dmesg",
        "gpu00-01  rc 1",
        "gpu00-03  not run: no session",
        "gpu00-04  timed out",
        "gpu00-05  running",
        "2 nodes: gpu00-[00,02]  rc 0",
    ]


async def test_d_asks_again_what_is_read_about_wherever_one_has_gone(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await read(pilot, bench)
        await pilot.press("tab")
        console.stage.place.select("gpu09-00")
        await pilot.press("shift+tab", "d")
        await pilot.pause()
        assert console.pane.about == "gpu03-02/mlx5_5/1"
        assert "mlx5_5" in text(bench, "pane-head")


async def test_the_foot_names_what_works_on_what_is_offered(bench: Bench) -> None:
    async with opened(bench, (160, 40)) as pilot:
        await pilot.press("d")
        said = foot(bench)
        assert said.split("   ") == [" enter run", "esc close", "i in full", "tab page", "? help", "q quit"]
        await pilot.press("escape")
        await read(pilot, bench)
        await pilot.press("d")
        assert "o output" in foot(bench)


async def test_the_foot_names_what_works_on_what_is_read(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await read(pilot, bench)
        wanted = [" esc close", "pgdn more", "d diagnose", "tab page", "i in full", "? help", "q quit"]
        assert foot(bench).split("   ") == wanted
        await pilot.press("end")
        assert foot(bench).split("   ") == [wanted[0], *wanted[2:]]


async def test_the_foot_names_folding_where_there_is_something_to_fold(bench: Bench) -> None:
    async with opened(bench, (160, 40)) as pilot:
        bench.app.console_screen.desk.marked = frozenset({"gpu03-00", "gpu03-02"})
        await read(pilot, bench)
        assert "enter fold" in foot(bench)


async def test_beside_an_open_pane_the_page_says_how_to_get_there_and_what_escape_does(bench: Bench) -> None:
    async with opened(bench, (160, 40)) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert "tab" not in foot(bench) and "esc back" in foot(bench)
        await pilot.press("d", "tab")
        await pilot.pause()
        assert "esc close pane   tab pane" in foot(bench)
        await pilot.press("tab")
        assert console.pane.doing


async def test_what_leads_nowhere_offers_no_way_on(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02")
        await pilot.press("enter", "enter", "home", "i")
        await pilot.pause()
        assert "go there" not in seen(bench)
        await pilot.press("escape", "down", "i")
        await pilot.pause()
        assert "go there" in seen(bench)
        assert console.desk.trail.here.subject == "gpu03-02"


async def test_quit_asks_once_more_while_a_diagnostic_runs(tmp_path: Path) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (LONG,), ends=False))
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(console.pane.job and bench.source.orders))
        await pilot.press("q")
        assert bench.app.return_code is None
        assert "still running: " in seen(bench) and "q again" in seen(bench)
        await pilot.press("q")
        assert bench.app.return_code == 0


async def test_that_a_wide_answer_shifts_sideways_is_told(tmp_path: Path) -> None:
    shown = east()
    for answer, is_told in ((b"short\n", False), (b"long " * 60 + b"\n", True)):
        bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (answer,)))
        async with opened(bench) as pilot:
            await read(pilot, bench)
            assert ("→ sideways" in foot(bench)) is is_told
