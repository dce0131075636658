"""What is asked of the operator: seen at once, in nobody's way, and never drawn as it is typed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_fabric import NOON, east
from hands import burst, opened, seen, text, until
from scripted_source import Bench
from textual import events
from textual.pilot import Pilot

from fabconsole.state.snapshot import Banner
from fabconsole.stream.records import Reason
from fabconsole.stream.wanted import Answers, Prompt, Settled, Wanted
from fabconsole.tui.pages.reply import UNSEEN
from fabconsole.tui.trail import View

OF = "jump host ops@bastion1:22"
DUO = ("Duo two-factor login for ops", "1. Duo Push to XXX-XXX-1234", "2. Phone call to XXX-XXX-1234")
CODE = Wanted(
    id="w1",
    at=NOON,
    of=OF,
    title="wants a second factor",
    prompts=(Prompt("Password:", echo=False),),
    until=NOON + 120,
)
KEY = Wanted(
    id="w2", at=NOON, of="key ~/.ssh/id_ed25519", title="is encrypted", prompts=(Prompt("passphrase:", echo=False),)
)
PUT_OFF = Wanted(id="w3", at=NOON, of=OF, title="declined", is_put_off=True)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    return Bench(east(), tmp_path)


async def asked(bench: Bench, pilot: Pilot[None], *records: Wanted | Settled) -> None:
    """The source says so, and the console has heard it."""
    bench.source.say(*records)
    heard: list[Wanted | Settled] = []
    hear = bench.app.console_screen.hear
    bench.app.console_screen.hear = lambda record: (hear(record), heard.append(record))[0]  # type: ignore[method-assign]
    await until(pilot, lambda: len(heard) == len(records))
    bench.app.console_screen.hear = hear  # type: ignore[method-assign]
    await pilot.pause()


def later(bench: Bench, seconds: float) -> None:
    bench.now += seconds
    bench.app.console_screen.tick()


@asynccontextmanager
async def open_on(bench: Bench, wanted: Wanted, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[None]]:
    """A console in which this was asked while nobody pressed a key."""
    async with opened(bench, size) as pilot:
        await asked(bench, pilot, wanted)
        assert bench.app.console_screen.reply.is_open
        later(bench, 1)
        yield pilot


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_opens_by_itself_where_nobody_is_in_the_middle_of_something(
    bench: Bench, size: tuple[int, int]
) -> None:
    async with open_on(bench, replace(CODE, instructions=DUO), size):
        shown = seen(bench).splitlines()
        assert max(map(len, shown)) <= size[0]
        assert [line.rstrip() for line in shown[-6:-1]] == [
            f" {OF} wants a second factor".ljust(size[0] - 12) + " 120 s left",
            *(f"   {line}" for line in DUO),
            f"   Password: ▏ {UNSEEN}",
        ]
        assert "enter send   esc not now" in shown[-1]
        assert " q " not in shown[-1], "it would be typed"
        assert "r00" in seen(bench)


async def test_nothing_of_an_answer_is_ever_drawn_nor_how_long_it_is(bench: Bench) -> None:
    async with open_on(bench, CODE) as pilot:
        before = seen(bench)
        await pilot.press(*"correct horse", "space")
        assert seen(bench) == before
        await pilot.press("enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("correct horse ",))]
        assert "horse" not in seen(bench)


@pytest.mark.parametrize("shared", [False, True], ids=["alone", "in tmux"])
async def test_what_may_be_seen_is_seen_but_in_tmux(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    monkeypatch.delenv("STY", raising=False)
    monkeypatch.delenv("TMUX", raising=False)
    if shared:
        monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    bench = Bench(east(), tmp_path)
    echoed = replace(CODE, prompts=(Prompt("Passcode or option (1-2):", echo=True),))
    async with open_on(bench, echoed) as pilot:
        await pilot.press(*"123456")
        assert ("(1-2): 123456▏" in seen(bench)) is not shared
        assert (UNSEEN in seen(bench)) is shared


async def test_enter_sends_and_the_keyboard_is_back_where_it_was(bench: Bench) -> None:
    async with opened(bench, (120, 40)) as pilot:
        await pilot.press("tab")
        later(bench, 10)
        held = bench.app.console_screen.focused
        await asked(bench, pilot, CODE)
        later(bench, 1)
        await pilot.press(*"246810", "backspace", "1", "enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("246811",))]
        assert bench.app.console_screen.focused is held
        assert not bench.app.console_screen.reply.is_open
        assert f"{OF}: answered" in seen(bench)


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_escape_declines_and_the_banner_names_the_key_that_has_it_asked_again(bench: Bench, key: str) -> None:
    async with open_on(bench, CODE) as pilot:
        await pilot.press(*"half", key)
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", None)]
        failed = Banner(text=f"12 of 64 nodes: {OF} waits for its second factor", reason=Reason.JUMP, nodes=())
        bench.picture.now = replace(bench.picture.now, banners=(failed,))
        await asked(bench, pilot, PUT_OFF)
        later(bench, 1)
        assert f"press a · 12 of 64 nodes: {OF} waits" in text(bench, "banners")
        assert text(bench, "keys").startswith(" a answer")
        await pilot.press("a")
        await until(pilot, lambda: len(bench.source.told) == 2)
        assert bench.source.told[1] == ("w3", ())
        await asked(bench, pilot, replace(CODE, id="w4"))
        assert bench.app.console_screen.reply.is_open, "it was waited for"


async def test_whoever_is_in_the_middle_of_something_is_told_and_keeps_the_keyboard(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("j")
        await asked(bench, pilot, CODE)
        later(bench, 10)
        assert not bench.app.console_screen.reply.is_open
        assert f"press a · {OF} wants a second factor" in text(bench, "banners")
        await pilot.press("j", "enter")
        assert bench.app.console_screen.desk.trail.here.view is View.RACK
        await pilot.press("a")
        assert bench.app.console_screen.reply.is_open
        assert "press a" not in text(bench, "banners")


@pytest.mark.parametrize("doing", [("slash",), ("question_mark",), ("d",), ("i",)])
async def test_it_opens_over_nothing_that_takes_the_keys(bench: Bench, doing: tuple[str, ...]) -> None:
    async with opened(bench, (120, 40)) as pilot:
        await pilot.press(*doing)
        bench.now += 10
        await asked(bench, pilot, CODE)
        assert not bench.app.console_screen.reply.is_open


async def test_keys_that_were_meant_for_the_console_are_not_taken_for_an_answer(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await asked(bench, pilot, CODE)
        await pilot.press("j", "enter", "escape")
        assert bench.source.told == []
        later(bench, 1)
        await pilot.press("1", "enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("1",))]


async def test_no_key_is_a_command_while_something_is_asked(bench: Bench) -> None:
    async with open_on(bench, CODE) as pilot:
        await pilot.press("q", "d", "slash", "question_mark", "tab", "z", "m", "a", "down", "pagedown", "f1", "ctrl+q")
        console = bench.app.console_screen
        assert (console.reply.is_open, console.pane.display, console.filter.is_open) == (True, False, False)
        assert bench.app.screen is console
        await pilot.press("enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("qd/?zma",))]


async def test_the_whole_answer_in_one_burst_with_its_key_runs_nothing(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("j")
        await asked(bench, pilot, CODE)
        await burst(bench, pilot, ["a", *"qd1", "enter"])
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("qd1",))]
        assert not bench.app.console_screen.pane.display


async def test_what_is_over_while_it_is_typed_says_so_and_no_rest_of_it_is_a_command(bench: Bench) -> None:
    async with open_on(bench, CODE) as pilot:
        await pilot.press(*"246")
        await asked(bench, pilot, Settled(id="w1", at=NOON, said="the connection was lost"))
        assert f"{OF} is not answered any more: the connection was lost" in seen(bench)
        await pilot.press(*"qd8", "enter")
        assert not bench.app.console_screen.reply.is_open
        assert bench.source.told == []
        assert not bench.app.console_screen.pane.display


async def test_two_are_asked_one_after_the_other(bench: Bench) -> None:
    async with open_on(bench, CODE) as pilot:
        await asked(bench, pilot, KEY)
        assert f"press a · {KEY.of} is encrypted" in text(bench, "banners")
        await pilot.press("1", "enter", "2", "enter")
        await until(pilot, lambda: len(bench.source.told) == 2)
        assert bench.source.told == [("w1", ("1",)), ("w2", ("2",))]
        await pilot.press("a")
        assert "nothing is asked of you" in seen(bench)


async def test_several_prompts_go_out_together(bench: Bench) -> None:
    both = replace(CODE, prompts=(Prompt("Password:", echo=False), Prompt("Token:", echo=True)))
    async with open_on(bench, both) as pilot:
        await pilot.press("p", "enter")
        assert "   Token: ▏" in seen(bench)
        assert bench.source.told == []
        await pilot.press("t", "enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("p", "t"))]


async def test_a_paste_is_an_answer_up_to_its_lines_end_and_sends_nothing(bench: Bench) -> None:
    async with open_on(bench, CODE) as pilot:
        bench.app.post_message(events.Paste("246810\nrm -rf\n"))
        await pilot.pause()
        assert bench.source.told == []
        await pilot.press("enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("246810",))]


async def test_what_is_to_be_done_on_a_telephone_is_a_banner_and_no_question(bench: Bench) -> None:
    notice = replace(CODE, prompts=(), title="", instructions=("Autopushing login request to phone...",))
    async with opened(bench, (120, 40)) as pilot:
        await asked(bench, pilot, notice)
        assert f"{OF} says: Autopushing login request to phone..." in text(bench, "banners")
        assert not bench.app.console_screen.reply.is_open
        await asked(bench, pilot, Settled(id="w1", at=NOON))
        later(bench, 1)
        assert "Autopushing" not in text(bench, "banners")


async def test_markup_and_a_dozen_lines_leave_the_fabric_in_view(bench: Bench) -> None:
    loud = replace(CODE, instructions=("[bold red]x[/]",) * 12, prompts=(Prompt("[/] " + "x" * 160, echo=True),))
    async with open_on(bench, loud):
        assert "[bold red]x[/]" in seen(bench)
        assert " r00 " in seen(bench)
        assert max(map(len, seen(bench).splitlines())) <= 80


async def test_the_time_that_is_left_is_counted(bench: Bench) -> None:
    async with open_on(bench, CODE):
        later(bench, 50)
        assert "70 s left" in seen(bench)
        later(bench, 56)
        assert "13 s left" in seen(bench)


async def test_a_window_made_too_small_drops_what_was_typed_and_asks_by_its_key(bench: Bench) -> None:
    async with open_on(bench, CODE) as pilot:
        await pilot.press(*"246")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        later(bench, 1)
        assert bench.source.told == []
        await pilot.press("a", *"1", "enter")
        await until(pilot, lambda: bool(bench.source.told))
        assert bench.source.told == [("w1", ("1",))]


async def test_quitting_while_something_is_asked_answers_nothing(bench: Bench) -> None:
    async with opened(bench, (80, 24)) as pilot:
        await pilot.press("j")
        await asked(bench, pilot, CODE)
        await pilot.press("q")
    assert bench.source.is_closed
    assert bench.source.told == []


async def test_no_answer_is_in_the_log_or_the_audit(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with open_on(bench, CODE) as pilot:
            await pilot.press(*"sesame", "enter")
            await until(pilot, lambda: bool(bench.source.told))
    assert "sesame" not in caplog.text
    assert not bench.audit.exists()
    assert "sesame" not in repr(Answers(("sesame",)))
