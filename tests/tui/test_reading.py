"""Text is read by scrolling: at once, both ways, and never by an unseen cursor."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_fabric import NOON, east
from hands import burst, opened, seen, text, until
from hypothesis import given
from hypothesis import strategies as st
from scripted_source import Bench, Scripted, inventory_of
from textual.pilot import Pilot

from fabconsole.stream.records import CutShort, Finished, NotBegun
from fabconsole.tui.drawing import Span, length, plain, wrapped
from fabconsole.tui.transcript import MOST_LINES

LONG = b"".join(b"line %03d %s\n" % (number, b"x" * 300 if number == 7 else b"") for number in range(200))


async def ran(pilot: Pilot[None], bench: Bench) -> None:
    """The first diagnostic of what is selected, to its end."""
    await pilot.press("d")
    await pilot.pause()
    await pilot.press("enter")
    await until(pilot, lambda: bool(bench.app.console_screen.pane.job and bench.app.console_screen.pane.job.is_over))
    bench.app.console_screen.tick()
    await pilot.pause()


def top(bench: Bench) -> int:
    """The first line that is seen of the output."""
    return bench.app.console_screen.pane.body.scroll_offset.y


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    shown = east()
    return Bench(shown, tmp_path, Scripted(inventory_of(shown), (LONG,)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_the_first_key_scrolls_the_output(bench: Bench, size: tuple[int, int]) -> None:
    async with opened(bench, size) as pilot:
        await ran(pilot, bench)
        window = bench.app.console_screen.pane.body.size.height
        after = []
        for key in ("down", "j", "pagedown", "pageup", "up", "k", "end", "home"):
            await pilot.press(key)
            after.append(top(bench))
        assert after == [1, 2, window, 2, 1, 0, 200 - window, 0]


async def test_a_long_line_is_read_sideways_and_shows_that_it_goes_on(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await ran(pilot, bench)
        await pilot.press(*["down"] * 5)
        await pilot.pause()
        line = next(line for line in seen(bench).splitlines() if "line 007" in line)
        assert line.rstrip(" ▁▂▃▄▅▆▇█").endswith("x…")
        await pilot.press("l", "right")
        await pilot.pause()
        assert "line 007" not in seen(bench)
        assert any(line.startswith("…xx") for line in seen(bench).splitlines())
        await burst(bench, pilot, ["l"] * 60)
        assert not any(line.rstrip(" ▁▂▃▄▅▆▇█").endswith("x…") for line in seen(bench).splitlines())
        await pilot.press("home")
        await pilot.pause()
        assert "line 000" in seen(bench)


async def test_output_of_many_nodes_scrolls_between_its_headings_and_folds_what_is_read(bench: Bench) -> None:
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        for node in ("gpu03-00", "gpu03-01"):
            console.stage.place.select(f"{node}/mlx5_5/1")
            await pilot.press("space")
        await ran(pilot, bench)
        await pilot.press("down", "down", "down")
        assert top(bench) == 3
        assert console.pane.body.selected is not None
        await pilot.press("enter")  # what would be folded is out of sight: it is shown first
        await pilot.pause()
        assert top(bench) == 0 and "line 001" in text(bench, "pane-body")
        await pilot.press("enter")
        await pilot.pause()
        assert text(bench, "pane-body").startswith(" ▸ 2 × gpu03-[00-01]")
        assert "line 001" not in text(bench, "pane-body")


async def test_long_output_of_many_nodes_keeps_the_last_lines_of_each(tmp_path: Path) -> None:
    shown = east()
    long = b"".join(b"line %d\n" % number for number in range(1_000))
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (long,), ends=False))
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        console.desk.marked = frozenset(name for name in shown.nodes if name.startswith("gpu"))
        console.stage.place.select("gpu03-02")
        await pilot.press("d", "enter")
        await until(pilot, lambda: len(bench.source.orders) == len(console.desk.marked))
        job = console.pane.job
        assert job is not None
        await until(pilot, lambda: all(run.transcript.lines for run in job.runs.values()))
        console.tick()
        assert len(console.pane.body.lines) < 2 * MOST_LINES
        assert text(bench, "pane-body").count(" line 999\n") >= len(console.desk.marked) - 1


async def test_output_begins_at_its_top_and_is_followed_from_its_end_until_one_reads(tmp_path: Path) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (LONG,), ends=False))

    async def more(lines: int) -> None:
        await until(pilot, lambda: len(next(iter(console.pane.job.runs.values())).lines) == lines)
        console.tick()
        await pilot.pause()

    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(bench.source.orders))
        await more(200)
        assert top(bench) == 0
        await pilot.press("end")
        await bench.source.run(bench.source.orders[0])
        await more(400)
        assert console.pane.body.is_at_end
        await pilot.press("pageup")
        read = top(bench)
        await bench.source.run(bench.source.orders[0])
        await more(600)
        assert top(bench) == read


async def test_the_exact_command_is_shown_whole_and_the_page_stays_while_one_chooses(bench: Bench) -> None:
    async with opened(bench, (60, 24)) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("d")
        await pilot.pause()
        heights = set()
        for choice in console.pane._choices or ():
            said = text(bench, "pane-head")
            assert "".join(choice.preview().split()) in "".join(said.split())
            heights.add(console.stage.size.height)
            await pilot.press("down")
            await pilot.pause()
        assert len(heights) == 1


async def test_the_foot_offers_to_cancel_only_what_runs(tmp_path: Path) -> None:
    shown = east()
    bench = Bench(shown, tmp_path, Scripted(inventory_of(shown), (b"working\n",), ends=False))
    async with opened(bench) as pilot:
        console = bench.app.console_screen
        await pilot.press("d", "enter")
        await until(pilot, lambda: bool(bench.source.orders))
        console.tick()
        assert "c cancel" in text(bench, "keys")
        await pilot.press("c")
        await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
        console.tick()
        assert "cancel" not in text(bench, "keys")
        await pilot.press("c")
        await pilot.pause()
        assert "no diagnostic is running" in text(bench, "selection")


async def test_a_page_scrolls_over_what_has_no_cursor_before_the_cursor_goes_on(bench: Bench) -> None:
    async with opened(bench, (80, 15)) as pilot:
        console = bench.app.console_screen
        console.stage.place.select("gpu03-02/mlx5_5/1")
        await pilot.press("enter", "enter", "enter")
        await pilot.pause()
        place = console.stage.place
        await pilot.press("down")
        assert (place.selected, place.scroll_offset.y) == ("gpu03-02/mlx5_5/1", 1)
        await burst(bench, pilot, ["down"] * 60)
        assert place.selected is not None and "\t" in place.selected
        assert place._block is not None and place._block.y in place.sight
        await pilot.press("home")
        assert (place.selected, place.scroll_offset.y) == ("gpu03-02/mlx5_5/1", 0)


words = st.lists(st.text("abc漢 ", min_size=1, max_size=30), max_size=8)


@given(words, st.integers(8, 40), st.integers(0, 3))
def test_wrapped_text_fits_its_width_and_loses_no_letter(said: list[str], width: int, indent: int) -> None:
    lines = wrapped([Span(text) for text in said], width, indent)
    assert all(length(line) <= width for line in lines)
    assert "".join(plain(lines).split()) == "".join("".join(said).split())


def test_wrapped_text_breaks_between_words_where_it_can() -> None:
    lines = plain(wrapped([Span(" why "), Span("no answer to an echo")], 14, 5)).splitlines()
    assert lines == [" why no answer", "     to an", "     echo"]


async def test_the_foot_promises_more_only_while_there_is_more(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await ran(pilot, bench)
        assert "pgdn more" in text(bench, "keys")
        await pilot.press("end")
        bench.app.console_screen.tick()
        assert "pgdn more" not in text(bench, "keys")


async def test_space_turns_the_page_of_what_is_read_and_marks_nothing_beneath(bench: Bench) -> None:
    async with opened(bench) as pilot:
        await ran(pilot, bench)
        await pilot.press("space")
        assert top(bench) > 0
        assert not bench.app.console_screen.desk.marked


async def ended(pilot: Pilot[None], bench: Bench, end: CutShort | NotBegun) -> str:
    console = bench.app.console_screen
    bench.source.answers, bench.source.ends = (), False
    console.stage.place.select("gpu03-02/mlx5_5/1")
    await pilot.press("d", "enter")
    await until(pilot, lambda: bool(bench.source.orders))
    run = bench.source.orders[0]
    bench.source.say(Finished(run=run.run, node=run.node, at=NOON, elapsed_s=4.2, end=end))
    await until(pilot, lambda: bool(console.pane.job and console.pane.job.is_over))
    console.tick()
    await pilot.pause()
    return text(bench, "pane-body")


async def test_a_command_that_never_began_was_not_run_however_long_that_took(bench: Bench) -> None:
    async with opened(bench) as pilot:
        said = await ended(pilot, bench, NotBegun("no SSH connection within 4 s"))
        assert said == " not run: no SSH connection within 4 s"
        head = text(bench, "pane-head")
        assert "not run" in head and " 4.2 s" not in head


async def test_a_command_that_was_cut_short_was_run_and_said_nothing(bench: Bench) -> None:
    async with opened(bench) as pilot:
        assert await ended(pilot, bench, CutShort("connection lost")) == " it said nothing"
        assert "connection lost, 4.2 s" in text(bench, "pane-head")
