"""Everything is looked through for circles of objects while nobody types, and what is drawn leaves none."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from drawn_fabric import east
from hands import opened
from scripted_source import Bench

from fabconsole.tui.drawing import Span
from fabconsole.tui.leisure import AT_LAST_S, EVERY_S, QUIET_S, WARM_S, Leisure
from fabconsole.tui.palette import Palette
from fabconsole.tui.themes import load_theme
from fabconsole.tui.widgets.strips import strip_of


class Hours:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _looked_at_again() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_a_search_is_due_once_the_time_has_come_and_nobody_types() -> None:
    clock = Hours()
    leisure = Leisure(clock)
    for every_s in (WARM_S, EVERY_S, EVERY_S):
        clock.now += every_s - 1
        assert not leisure.due
        clock.now += 1
        leisure.pressed()
        assert not leisure.due
        clock.now += QUIET_S
        assert leisure.due
        leisure.use()
        assert not leisure.due


def test_what_was_found_to_be_of_use_is_not_looked_at_again() -> None:
    clock = Hours()
    leisure, before = Leisure(clock), gc.get_freeze_count()
    kept = [[object()] for _ in range(1000)]
    leisure.use()
    assert gc.get_freeze_count() == before
    clock.now += WARM_S
    leisure.use()
    assert gc.get_freeze_count() >= before + len(kept)


def test_who_never_stops_typing_puts_it_off_for_half_an_hour() -> None:
    clock = Hours()
    leisure = Leisure(clock)
    clock.now += AT_LAST_S - 1
    leisure.pressed()
    assert not leisure.due
    clock.now += 1
    leisure.pressed()
    assert leisure.due


async def test_a_key_that_is_pressed_puts_it_off(tmp_path: Path) -> None:
    bench, clock = Bench(east(), tmp_path), Hours()
    bench.app.leisure = Leisure(clock)
    async with opened(bench) as pilot:
        clock.now += EVERY_S
        assert bench.app.leisure.due
        await pilot.press("j")
        assert not bench.app.leisure.due


def test_while_it_is_its_alone_python_looks_nothing_long_lived_through_by_itself() -> None:
    before = gc.get_threshold()
    with Leisure().alone():
        assert gc.get_threshold()[:2] == before[:2]
        assert gc.get_threshold()[2] > 10**6
    assert gc.get_threshold() == before


def test_a_line_that_was_drawn_is_freed_without_a_search() -> None:
    strip = strip_of((Span("all is well"),), 40, Palette(load_theme("dark")[0]), "ground")
    strip.divide([strip.cell_length])
    drawn = weakref.ref(strip)
    gc.disable()
    try:
        del strip
        assert drawn() is None
    finally:
        gc.enable()
