"""Themes: a file dropped in is there, a bad one costs its colours alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich._palettes import EIGHT_BIT_PALETTE
from rich.color import Color

from fabconsole.fabric import resources
from fabconsole.fabric.errors import DocumentError
from fabconsole.fabric.health import Health
from fabconsole.tui.metrics import METRICS
from fabconsole.tui.palette import Palette, Under
from fabconsole.tui.themes import PLAIN, ROLES, load_theme, read_theme


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resources, "user_config_path", lambda name: tmp_path)
    folder = tmp_path / "themes"
    folder.mkdir()
    return folder


def test_the_shipped_theme_gives_every_meaning_a_look() -> None:
    theme, said = load_theme("dark")
    assert said == ()
    assert set(theme.roles) == set(ROLES)


def test_every_health_and_every_step_of_every_scale_is_a_meaning() -> None:
    assert {health.value.lower() for health in Health} <= set(ROLES)
    assert {f"{metric.scale.role}-{step}" for metric in METRICS for step in range(8)} <= set(ROLES)


def test_a_theme_dropped_in_is_there(mine: Path) -> None:
    (mine / "paper.yaml").write_text('dark: false\nbackground: "#ffffff"\nroles:\n  crit: "bold #ff0000"\n')
    theme, said = load_theme("paper")
    assert (theme.name, theme.dark, theme.background, said) == ("paper", False, "#ffffff", ())


def test_a_bad_theme_is_a_message_and_the_shipped_one(mine: Path) -> None:
    (mine / "mine.yaml").write_text('background: nonsense\nroles:\n  crit: "loud"\n  sad: "#ffffff"\n')
    theme, said = load_theme("mine")
    assert theme.name == "dark"
    assert "mine" in said[0]
    with pytest.raises(DocumentError) as found:
        read_theme(mine / "mine.yaml")
    assert [problem.line for problem in found.value.problems] == [1, 3, 4]


def test_without_any_theme_glyphs_carry_everything(mine: Path) -> None:
    (mine / "dark.yaml").write_text("[")
    theme, said = load_theme("dark")
    assert theme is PLAIN
    assert said


def test_a_theme_that_is_not_there_says_which_are() -> None:
    theme, said = load_theme("nope")
    assert theme.name == "dark"
    assert "dark" in said[0]


def test_every_colour_of_the_shipped_theme_is_one_of_256() -> None:
    theme, _ = load_theme("dark")
    known = {EIGHT_BIT_PALETTE[number] for number in range(16, 256)}
    colours = [colour for look in theme.roles.values() for colour in (look.color, look.bgcolor) if colour]
    colours += [Color.parse(text) for text in (theme.background, theme.surface, theme.foreground, theme.accent)]
    for colour in colours:
        assert colour.get_truecolor() in known, colour


def test_without_colour_no_style_has_one_and_the_cursor_is_reversed() -> None:
    palette = Palette(load_theme("dark")[0], colour=False)
    for role in ROLES:
        for under in Under:
            style = palette.style(role, "background", under)
            assert style.color is None and style.bgcolor is None
    assert palette.style("ok", "background", Under.CELL).reverse
    assert palette.style("ok", "background", Under.ROW).reverse


def test_the_cursor_is_reversed_in_colour_too() -> None:
    assert Palette(load_theme("dark")[0]).style("crit", "background", Under.CELL).reverse
