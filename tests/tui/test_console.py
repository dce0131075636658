"""The console under a person's hands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_fabric import NOON, east, host, port, snapshot
from hands import opened, seen, text, until
from scripted_source import Bench, Scripted, inventory_of
from textual import events

from fabconsole.fabric.errors import SourceError
from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Banner
from fabconsole.stream.records import Reason
from fabconsole.tui import keys
from fabconsole.tui.drawing import length, plain
from fabconsole.tui.pages.help import help_lines
from fabconsole.tui.trail import View
from fabconsole.tui.widgets.sheet import Sheet


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(east(), tmp_path)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_it_opens_on_the_whole_fabric_at_every_size(bench: Bench, size: tuple[int, int]) -> None:
    async with opened(bench, size):
        shown = text(bench, "fabric")
        assert all(f"r{rack:02}" in shown for rack in range(16))
        assert "EAST-1" in seen(bench)
        assert ("12:00:00Z ● LIVE" if size[0] >= 100 else "12:00:00Z ●") in seen(bench)
        assert "? help   q quit" in seen(bench)
        assert all(len(line) <= size[0] for line in seen(bench).splitlines())


async def test_the_lists_stand_beside_the_fabric_where_there_is_room(bench: Bench) -> None:
    async with opened(bench, (120, 40)):
        assert "WORST" in seen(bench) and "EVENTS" in seen(bench)
    narrow = Bench(east(), bench.audit.parent)
    async with opened(narrow, (80, 24)) as pilot:
        assert "WORST" not in seen(narrow)
        await pilot.press("tab")
        await pilot.pause()
        assert "WORST" in seen(narrow)
        await pilot.press("escape")
        await pilot.pause()
        assert "WORST" not in seen(narrow)


async def test_enter_drills_to_the_link_and_escape_comes_out_to_the_very_cell(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        for view in (View.RACK, View.NODE, View.LINK):
            await pilot.press("enter")
            await pilot.pause()
            assert console.desk.trail.here.view is view
            assert console.stage.address == "gpu03-02/mlx5_5/1"
            assert console.stage.place.selected == "gpu03-02/mlx5_5/1"
        for view in (View.NODE, View.RACK, View.FABRIC):
            await pilot.press("escape")
            await pilot.pause()
            assert console.desk.trail.here.view is view
            assert console.stage.place.selected == "gpu03-02/mlx5_5/1"


async def test_escape_returns_to_the_cell_it_left_however_far_one_moved_inside(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/gpu4")
        await pilot.press("enter", "j", "l", "enter", "k", "escape", "escape")
        await pilot.pause()
        assert console.stage.place.selected == "gpu03-02/gpu4"


async def test_arrows_and_hjkl_move_alike(bench: Bench) -> None:
    async with opened(bench) as pilot:
        place = bench.app.console_screen.stage.place
        await pilot.press("right", "right", "down", "left", "up")
        by_arrows = place.selected
        place.select("gpu00-00")
        await pilot.press("l", "l", "j", "h", "k")
        assert place.selected == by_arrows == "gpu00-00/mlx5_0/1"


async def test_far_end_goes_there_and_back(bench: Bench) -> None:
    async with opened(bench) as pilot:
        place = bench.app.console_screen.stage.place
        place.select("gpu03-02/mlx5_5/1")
        await pilot.press("N")
        assert (place.cursor, place.selected) == ("leaf05/15", "leaf05")
        await pilot.press("N")
        assert place.selected == "gpu03-02/mlx5_5/1"


async def test_the_far_end_of_a_nodes_port_is_on_its_switchs_page(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("enter", "enter", "N")
        await pilot.pause()
        assert (console.desk.trail.here.subject, console.stage.place.selected) == ("leaf05", "leaf05/15")
        await pilot.press("escape")
        await pilot.pause()
        assert (console.desk.trail.here.subject, console.stage.place.selected) == ("gpu03-02", "gpu03-02/mlx5_5/1")


async def test_a_filter_holds_back_the_rest_and_escape_lets_it_go(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("slash", *"gpu03", "enter")
        await pilot.pause()
        assert console.stage.place.selected == "gpu03-00"
        assert "/gpu03" in text(bench, "keys")
        await pilot.press("escape")
        assert console.desk.sieve.is_open


async def test_a_burst_after_the_filters_key_is_the_filters_and_no_command(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        for char in "/quzm":
            bench.app.post_message(events.Key("slash" if char == "/" else char, char))
        await until(pilot, lambda: console.desk.sieve.text == "quzm")
        assert bench.app.is_running
        assert console.desk.metric.is_health


async def test_escape_comes_back_to_the_list_that_was_gone_in_by(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("tab", "down", "enter")
        chosen = console.query_one("#worst", Sheet).cursor
        while len(console.desk.trail.places) > 1:
            await pilot.press("escape")
        assert console.stage.focused_list is console.query_one("#worst", Sheet)
        assert console.stage.address == chosen


async def test_typing_a_filter_moves_nothing_else(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await pilot.press("slash", "m", "z", "q")
        console = bench.app.console_screen
        assert console.desk.metric.is_health
        assert console.desk.sieve.text == "mzq"
        await pilot.press("escape")
        assert console.desk.sieve.is_open


async def test_m_goes_round_the_metrics(bench: Bench) -> None:
    async with opened(bench) as pilot:
        labels = []
        for _ in range(5):
            labels.append(bench.app.console_screen.desk.metric.label)
            await pilot.press("m")
        assert labels == ["health", "symbol errors", "link downs", "xmit wait", "NVLink errors"]
        assert bench.app.console_screen.desk.metric.is_health


async def test_faults_only_makes_arrows_go_from_fault_to_fault(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("z", "home")
        visited = []
        for _ in range(3):
            visited.append(console.stage.place.selected)
            await pilot.press("l")
        assert visited == ["gpu02-01", "gpu02-01/mlx5_3/1", "gpu02-01/gpu3"]


async def test_the_worst_list_leads_to_its_link_and_back(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        before = console.stage.place.selected
        await pilot.press("tab", "down", "down", "enter")
        await pilot.pause()
        assert console.desk.trail.here.view is View.LINK
        await pilot.press("escape")
        await pilot.pause()
        assert (console.desk.trail.here.view, console.stage.place.selected) == (View.FABRIC, before)


async def test_resizing_keeps_the_selection(bench: Bench) -> None:
    async with opened(bench, (200, 50)) as pilot:
        place = bench.app.console_screen.stage.place
        place.select("gpu09-00/gpu6")
        for size in ((80, 24), (60, 15), (120, 40)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert place.cursor == "gpu09-00/gpu6"
        assert place.selected == "gpu09-00/gpu6"


async def test_too_small_a_window_says_so_and_recovers(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert "needs 60×15" in seen(bench)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "r00" in seen(bench)


async def test_a_fault_shows_on_the_next_tick_and_the_cursor_stays(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu12-01/mlx5_2/1")
        down = port("gpu00-00/mlx5_0/1", Health.DOWN)
        nodes = dict(bench.picture.now.nodes) | {"gpu00-00": host("gpu00-00", "r00", ports={down.end: down})}
        bench.picture.now = replace(bench.picture.now, nodes=nodes)
        console.tick()
        await pilot.pause()
        assert text(bench, "fabric").splitlines()[2].lstrip().startswith("▼ ▼")
        assert console.stage.place.selected == "gpu12-01/mlx5_2/1"


async def test_only_lines_that_changed_are_drawn_again(bench: Bench) -> None:
    async with opened(bench) as pilot:
        place = bench.app.console_screen.stage.place
        before = [place._strip(y) for y in range(len(place.lines))]
        await pilot.press("down")
        await pilot.pause()
        after = [place._strip(y) for y in range(len(place.lines))]
        changed = [y for y, (old, new) in enumerate(zip(before, after, strict=True)) if old is not new]
        assert len(changed) == 2
        bench.now += 1.0
        bench.app.console_screen.tick()
        assert [place._strip(y) for y in range(len(place.lines))] == after
        assert all(new is old for new, old in zip((place._strip(y) for y in range(len(after))), after, strict=True))


async def test_banners_stand_on_lines_of_their_own(bench: Bench) -> None:
    async with opened(bench) as pilot:
        gone = Banner(text="jump host bastion1: 12 nodes unreachable", reason=Reason.JUMP, nodes=())
        bench.picture.now = replace(bench.picture.now, banners=(gone,))
        bench.app.console_screen.tick()
        await pilot.pause()
        assert seen(bench).splitlines()[1].startswith(" jump host bastion1: 12 nodes unreachable")
        bench.picture.now = replace(bench.picture.now, banners=())
        bench.app.console_screen.tick()
        await pilot.pause()
        assert "bastion1" not in seen(bench)


async def test_the_end_of_the_stream_is_told_and_the_picture_stays(bench: Bench) -> None:
    async with opened(bench) as pilot:
        bench.source.stop(SourceError("the key ~/.ssh/id cannot be read"))
        await until(pilot, lambda: bool(bench.app.console_screen.stream.ended))
        bench.app.console_screen.tick()
        await pilot.pause()
        assert "the source ended: the key ~/.ssh/id cannot be read" in seen(bench)
        assert "■ ENDED" in seen(bench)
        assert "r00" in seen(bench)


async def test_a_broken_source_is_a_banner_and_not_a_traceback(bench: Bench) -> None:
    async with opened(bench) as pilot:
        bench.source.stop(ZeroDivisionError("\x1b[31mboom"))
        await until(pilot, lambda: bool(bench.app.console_screen.stream.ended))
        assert bench.app.console_screen.stream.ended == "the source ended: ZeroDivisionError: ·[31mboom"


async def test_a_source_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    bench = Bench(east(), tmp_path)

    def fails() -> Scripted:
        raise SourceError("no agent")

    bench.app._source_of = fails
    async with bench.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: bench.app.console_screen.stream.ended == "the source ended: no agent")


async def test_q_quits_with_zero_and_closes_the_source(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await pilot.press("q")
        await pilot.pause()
    assert bench.app.return_code == 0
    assert bench.source.is_closed


async def test_no_chance_key_takes_the_console_away(bench: Bench) -> None:
    async with opened(bench) as pilot:
        for key in ("ctrl+c", "ctrl+q", "ctrl+z", "ctrl+d", "ctrl+p"):
            await pilot.press(key)
        await pilot.pause()
        assert bench.app.is_running and bench.app.screen is bench.app.console_screen
        await pilot.press("ctrl+c")
        assert "q leaves the console" in text(bench, "selection")


async def test_ctrl_c_stops_what_runs_from_anywhere(tmp_path: Path) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (b"working\n",), ends=False))
    async with opened(bench) as pilot:
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(bench.source.orders))
        await pilot.press("tab", "ctrl+c")
        await until(pilot, lambda: bool(bench.source.cancelled))
        assert bench.app.is_running


async def test_marks_are_of_nodes_and_are_counted(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("space")
        console.stage.place.select("gpu03-01/gpu0")
        await pilot.press("space")
        assert console.desk.marked == {"gpu03-02", "gpu03-01"}
        assert "2 marked" in text(bench, "keys")
        await pilot.press("space")
        assert console.desk.marked == {"gpu03-02"}


async def test_d_shows_the_exact_command_runs_it_and_writes_it_down(bench: Bench) -> None:
    bench.source.answers = (b"line one\n\x1b[31mline two\x1b[0m\n",)
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("d")
        await pilot.pause()
        wanted = next(n for n, line in enumerate(text(bench, "pane-body").splitlines()) if "ibstat" in line)
        await pilot.press(*["down"] * wanted)
        await pilot.pause()
        exact = "timeout -k 2 10 ibstat mlx5_5 1"
        assert exact in text(bench, "pane-head")
        assert bench.source.orders == []
        await pilot.press("enter")
        await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
        console.tick()
        await pilot.pause()
        assert [order.command for order in bench.source.orders] == [exact]
        assert text(bench, "pane-body").splitlines() == [" line one", " line two"]
        assert "rc 0, 1.4 s" in text(bench, "pane-head")
        assert console.desk.trail.here.view is View.FABRIC
        await until(pilot, lambda: len(bench.audit.read_text().splitlines()) == 2)
        first = json.loads(bench.audit.read_text().splitlines()[0])
        assert (first["what"], first["text"], first["address"]) == ("started", exact, "gpu03-02/mlx5_5/1")
        await pilot.press("escape")
        await pilot.pause()
        assert not console.pane.display
        assert console.stage.place.has_focus
        await pilot.press("o")
        await pilot.pause()
        assert "line two" in seen(bench)


async def test_a_running_command_can_be_cancelled(tmp_path: Path) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (b"working\n",), ends=False))
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("d")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: bool(bench.source.orders))
        assert "running" in text(bench, "pane-head")
        await pilot.press("c")
        await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
        console.tick()
        assert bench.source.cancelled == [bench.source.orders[0].run]
        assert "cancelled" in text(bench, "pane-head")


async def test_what_runs_unseen_is_counted_and_cancelled_after_what_is_shown_and_by_name(tmp_path: Path) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (b"working\n",), ends=False))
    async with opened(bench) as pilot:
        for begun in (1, 2):
            await pilot.press("d")
            await pilot.pause()
            await pilot.press("enter")
            await until(pilot, lambda begun=begun: len(bench.source.orders) == begun)
        assert "1 running" in text(bench, "keys")
        first, second = (order.run for order in bench.source.orders)
        await pilot.press("c")
        await until(pilot, lambda: bench.source.cancelled == [second])
        await until(pilot, lambda: bench.app.console_screen.pane.job.is_over)
        await pilot.press("c")
        await until(pilot, lambda: bench.source.cancelled == [second, first])
        assert "cancelled: " in text(bench, "selection")


async def test_tab_goes_round_the_pane_too_and_escape_puts_it_away_from_anywhere(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("d")
        await pilot.pause()
        assert console.pane.doing
        await pilot.press("tab")
        await pilot.pause()
        assert console.focused is console.stage.place
        await pilot.press("shift+tab")
        assert console.pane.doing
        await pilot.press("tab", "escape")
        await pilot.pause()
        assert not console.pane.display
        assert console.focused is console.stage.place


async def test_marked_nodes_run_it_each_and_equal_answers_are_read_once(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        for node in ("gpu03-00", "gpu03-01", "gpu03-02"):
            console.stage.place.select(f"{node}/mlx5_5/1")
            await pilot.press("space")
        await pilot.press("d")
        await pilot.pause()
        assert "and 2 more" in text(bench, "pane-head")
        await pilot.press("enter")
        await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
        console.tick()
        assert sorted(order.node for order in bench.source.orders) == ["gpu03-00", "gpu03-01", "gpu03-02"]
        assert "3 × gpu03-[00-02]" in text(bench, "pane-body")
        await pilot.press("home", "enter")
        assert "ok" not in text(bench, "pane-body")


async def test_nothing_fits_before_the_fabric_is_known(tmp_path: Path) -> None:
    bench = Bench(snapshot([host("a0", "r0")]), tmp_path)
    bench.app._source_of = lambda: Scripted(inventory_of(snapshot([])))
    async with opened(bench) as pilot:
        await pilot.press("d")
        await pilot.pause()
        assert "nothing is known to run on a0" in seen(bench)


def test_every_binding_has_an_id_of_its_own_and_is_in_the_help() -> None:
    ids = [binding.id for binding in keys.every()]
    assert all(ids) and len(set(ids)) == len(ids)
    said = " ".join(plain(help_lines(keys.SECTIONS, 50)).split())
    for binding in keys.every():
        assert keys.shown(binding.key) in said
        assert binding.description in said


def test_the_help_has_every_glyph_and_fits_its_width() -> None:
    lines = help_lines(keys.SECTIONS, 50)
    assert max(length(line) for line in lines) <= 50
    assert {health.glyph for health in Health} <= set(plain(lines))


def test_every_widget_takes_its_keys_from_the_one_list() -> None:
    from fabconsole.tui.screens.console import Console
    from fabconsole.tui.screens.help import Help
    from fabconsole.tui.screens.whole import Whole
    from fabconsole.tui.widgets.pane import Pane
    from fabconsole.tui.widgets.reply import Reply

    used = [binding for owner in (Sheet, Console, Pane, Reply, Whole, Help) for binding in owner.BINDINGS]
    assert sorted(map(str, used)) == sorted(map(str, keys.every()))


def test_the_foot_names_keys_that_exist_everywhere() -> None:
    for place in (*View, *keys.Doing):
        hints = keys.useful(place)
        assert all(key and words for key, words in (*hints.here, *hints.always))


async def test_help_opens_and_any_of_its_keys_closes_it(bench: Bench) -> None:
    async with opened(bench) as pilot:
        for key in ("question_mark", "escape", "q", "enter"):
            await pilot.press("question_mark")
            await pilot.pause()
            assert "TO MOVE" in seen(bench)
            await pilot.press(key)
            await pilot.pause()
            assert "TO MOVE" not in seen(bench)


async def test_without_colour_no_cell_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    bench = Bench(east(), tmp_path)
    async with opened(bench):
        strips = bench.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        assert not [style for style in styles if style.color and not style.color.is_default]
        assert any(style.reverse for style in styles)


async def test_the_clock_alone_moves_when_nothing_changes(bench: Bench) -> None:
    async with opened(bench) as pilot:
        names = ("head", "fabric", "worst", "events", "selection", "keys")
        before = {name: text(bench, name) for name in names}
        bench.now = NOON + 2
        bench.app.console_screen.tick()
        await pilot.pause()
        assert {name: text(bench, name) for name in names} == before
        assert "12:00:02Z" in text(bench, "clock")
