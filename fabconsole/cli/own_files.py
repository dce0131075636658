"""A user's own thresholds, diagnostics, scenarios and themes: `check` reads them, so that no slip waits for a night."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from platformdirs import user_config_path

from fabconsole.fabric.errors import DocumentError, Problem
from fabconsole.fabric.thresholds_file import read_thresholds
from fabconsole.runbook.command import read_command
from fabconsole.sim.scenario import read_scenario
from fabconsole.tui.themes import read_theme

_READERS: Mapping[str, Callable[[Path], object]] = {
    "config/thresholds.yaml": read_thresholds,
    "config/commands/*.yaml": read_command,
    "config/scenarios/*.yaml": read_scenario,
    "themes/*.yaml": read_theme,
}


def read_own_files() -> tuple[Path, ...]:
    """Every file of the user's that hides or joins a shipped one. Raises DocumentError with all their problems."""
    own = user_config_path("fabconsole")
    found = [(path, read) for where, read in _READERS.items() for path in sorted(own.glob(where))]
    problems: list[Problem] = []
    for path, read in found:
        try:
            read(path)
        except DocumentError as error:
            problems += error.problems
    if problems:
        raise DocumentError(problems)
    return tuple(path for path, _ in found)
