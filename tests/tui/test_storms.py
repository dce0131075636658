"""The console under a child's hands: any keys, at any size, while the fabric changes under them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from drawn_fabric import east, host, port, silent
from hands import burst, opened, seen
from scripted_source import Bench, Scripted, inventory_of
from textual.pilot import Pilot

from fabconsole.fabric.health import Health
from fabconsole.state.snapshot import Snapshot
from fabconsole.tui.screens.console import Console
from fabconsole.tui.trail import Trail, View

_KEYS = (
    *("up", "down", "left", "right", "h", "j", "k", "l", "home", "end", "g", "G", "pageup", "pagedown", "ctrl+d"),
    *("enter",) * 6,
    *("escape",) * 5,
    *("d", "o", "c", "z", "m", "N", "N", "i", "i", "tab", "tab", "shift+tab", "space", "question_mark", "ctrl+c"),
    *("slash", "r", "0", "3", "*", "backspace", "delete"),
)
"""What there is to press, the ways in and out more often; `q` alone is left out, as it is to leave."""
_SIZES = ((120, 40), (80, 24), (60, 15), (200, 50), (79, 23), (20, 6), (1, 1), (300, 100))
_HOMEWARD = 16
"""More steps back than any place is deep: out of an overlay, a filter, a list, the pane and every place."""


def _stirred(shown: Snapshot, chance: random.Random) -> Snapshot:
    """The same fabric with one host struck, healed or gone."""
    name = f"gpu{chance.randrange(16):02}-{chance.randrange(4):02}"
    end = f"{name}/mlx5_{chance.randrange(8)}/1"
    rack = shown.nodes[name].rack or ""
    struck = {end: port(end, chance.choice((Health.DOWN, Health.WARN, Health.CRIT, Health.STALE)))}
    fate = chance.choice((host(name, rack), host(name, rack, ports=struck), silent(name, rack)))
    return replace(shown, nodes=dict(shown.nodes) | {name: fate})


def _is_right(bench: Bench) -> None:
    """What holds after every burst of keys."""
    app, console = bench.app, bench.app.console_screen
    assert app.is_running and app._exception is None
    lines = seen(bench).splitlines()
    assert max(map(len, lines)) <= app.size.width
    assert not any(char in line for line in lines for char in "\x1b\x00\r\t")
    if console.has_class("small"):
        return
    focused = app.screen.focused
    assert focused is not None and focused.region.area, f"{focused} has the keyboard, and is not seen"
    assert app.screen is not console or console.filter.is_open == (focused is console.filter)


def _came_out_right(before: Trail, console: Console) -> None:
    """One place back at most, and that on the very cell."""
    after = console.desk.trail
    assert len(before.places) - len(after.places) in (0, 1)
    if len(after.places) < len(before.places):
        assert console.stage.place.cursor == before.places[-2].cursor


async def _storm(bench: Bench, pilot: Pilot[None], chance: random.Random, bursts: int, pressed: list[str]) -> None:
    console = bench.app.console_screen
    for _ in range(bursts):
        before = console.desk.trail
        keys = chance.choices(_KEYS, k=chance.choice((1, 1, 5)))
        pressed += keys
        await burst(bench, pilot, keys)
        if not chance.randrange(4):
            bench.now += 2.0
            bench.picture.now = _stirred(bench.picture.now, chance)
            console.tick()
            await pilot.pause()
        if not chance.randrange(8):
            size = chance.choice(_SIZES)
            pressed.append(f"{size}")
            await pilot.resize_terminal(*size)
            await pilot.pause()
        _is_right(bench)
        if keys == ["escape"]:
            _came_out_right(before, console)


@pytest.mark.parametrize("seed", (0, 3))
async def test_any_keys_leave_a_console_that_hears_the_next_one(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    shown = east()
    source = Scripted(inventory_of(shown), (b"one\n\x1b[2Jtwo\n" * 40,), ends=bool(seed % 2))
    bench = Bench(shown, tmp_path, source)
    pressed: list[str] = []
    async with opened(bench, _SIZES[seed]) as pilot:
        console = bench.app.console_screen
        try:
            await _storm(bench, pilot, chance, 30, pressed)
            await pilot.resize_terminal(80, 24)
            for _ in range(_HOMEWARD):
                await burst(bench, pilot, ["escape"])
            assert console.desk.trail.here.view is View.FABRIC
            assert bench.app.screen is console and console.focused is console.stage.place
            assert console.desk.sieve.is_open and not console.pane.display
        except AssertionError as error:
            raise AssertionError(f"{error}, after {' '.join(pressed)}") from error
