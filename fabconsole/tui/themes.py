"""Themes: YAML files that say how each meaning looks. One dropped in is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.errors import StyleSyntaxError
from rich.style import Style
from textual.theme import Theme as TextualTheme

from fabconsole.fabric.document import Document
from fabconsole.fabric.errors import DocumentError
from fabconsole.fabric.health import Health
from fabconsole.fabric.resources import every

ROLES: tuple[str, ...] = (
    *(health.value.lower() for health in Health),
    *(f"{scale}-{step}" for scale in ("heat", "congestion") for step in range(8)),
    *("text", "strong", "dim", "faint", "title", "head", "name", "name-loud", "key", "accent", "rule"),
    *("hidden", "banner", "live", "waiting", "gap", "old"),
)
"""Every meaning that a theme gives a look; one it leaves out looks like `text`."""


@dataclass(frozen=True, slots=True)
class Theme:
    """How meanings look."""

    name: str
    dark: bool
    background: str
    surface: str
    foreground: str
    accent: str
    roles: Mapping[str, Style]

    def for_textual(self) -> TextualTheme:
        """The same for Textual's own widgets, each role's colour a variable."""
        return TextualTheme(
            name=f"fabconsole-{self.name}",
            primary=self.accent,
            accent=self.accent,
            background=self.background,
            surface=self.surface,
            panel=self.surface,
            foreground=self.foreground,
            dark=self.dark,
            variables={role: _hex(self.roles.get(role), self.foreground) for role in ROLES},
        )


_WANTED = "a colour such as '#5fd7ff'"
_LOOK = "a look such as 'bold #ff5f5f on #5f0000'"

PLAIN = Theme("plain", True, "#000000", "#121212", "#d0d0d0", "#5fd7ff", {})
"""What stands in where no theme can be read: glyphs carry everything."""


def read_theme(path: Path) -> Theme:
    """The theme in a file. Raises DocumentError with everything that is wrong with it."""
    document = Document.read(path)
    root = document.root
    roles = root.section("roles")
    theme = Theme(
        name=path.stem,
        dark=root.flag("dark", True),
        background=root.read("background", _WANTED, _colour, PLAIN.background),
        surface=root.read("surface", _WANTED, _colour, PLAIN.surface),
        foreground=root.read("foreground", _WANTED, _colour, PLAIN.foreground),
        accent=root.read("accent", _WANTED, _colour, PLAIN.accent),
        roles={role: look for role in ROLES if (look := roles.read(role, _LOOK, _look, None)) is not None},
    )
    document.finish()
    return theme


def load_theme(name: str) -> tuple[Theme, tuple[str, ...]]:
    """The theme called `name`, and what to tell the operator about it: a bad file costs its colours alone."""
    paths = every("themes")
    wanted = [name, "dark"] if name != "dark" else [name]
    said: list[str] = []
    for choice in wanted:
        if choice not in paths:
            said.append(f"no theme {choice!r}; there are: {', '.join(paths) or 'none'}")
            continue
        try:
            return read_theme(paths[choice]), tuple(said)
        except DocumentError as error:
            said.append(f"theme {choice!r} is not used: {error.problems[0]}")
    return PLAIN, tuple(said)


def _colour(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValueError(f"is {text!r}: it should be {_WANTED}")
    return text.lower()


def _look(text: str) -> Style:
    try:
        return Style.parse(text)
    except StyleSyntaxError:
        raise ValueError(f"is {text!r}: it should be {_LOOK}") from None


def _hex(look: Style | None, otherwise: str) -> str:
    colour = look.color if look else None
    return colour.get_truecolor().hex if colour else otherwise
