"""The house itself: what may be imported where, what ships, what a newcomer's commands are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from fabconsole import __version__
from fabconsole.fabric.resources import every, find, shipped

TOP = Path(__file__).resolve().parents[2]


def _modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "room", ["fabric.inventory", "stream.records", "platforms.registry", "state.fabric", "runbook.commands"]
)
def test_the_rooms_below_load_neither_textual_nor_asyncssh(room: str) -> None:
    assert not _modules_after(f"import fabconsole.{room}") & {"textual", "asyncssh"}


def test_the_console_loads_no_ssh_before_its_first_paint() -> None:
    assert "asyncssh" not in _modules_after("import fabconsole.tui.app, fabconsole.cli.console")


def test_the_command_line_loads_nothing_that_a_version_does_not_need() -> None:
    assert not _modules_after("import fabconsole.cli.commands") & {"textual", "asyncssh", "numpy", "rich", "yaml"}


def test_the_version_is_printed_by_the_installed_command() -> None:
    done = subprocess.run([sys.executable, "-m", "fabconsole", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"fabconsole {__version__}"


def test_nothing_stands_at_the_top_beyond_the_plan() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not tracked:
        pytest.skip("not a git checkout")
    top = {name.split("/")[0] for name in tracked}
    assert {name for name in top if not name.startswith(".")} == {
        "fabconsole",
        "themes",
        "config",
        "tests",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    }


def test_a_user_file_hides_the_shipped_one_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    mine = tmp_path / "fabconsole" / "config" / "thresholds.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("window: 60s\n")
    assert find("config/thresholds.yaml") == mine


def test_config_and_themes_are_found_from_a_checkout() -> None:
    assert (shipped() / "config" / "thresholds.yaml").is_file()
    assert "dark" in every("themes")


def test_a_wheel_carries_config_and_themes_and_no_pictures(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=TOP, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = {name.removeprefix("fabconsole/share/") for name in ZipFile(wheel).namelist()}
    shipped = {str(path.relative_to(TOP)) for top in ("config", "themes") for path in (TOP / top).rglob("*.yaml")}
    assert {name for name in names if name.startswith(("config/", "themes/"))} == shipped
    assert {name for name in names if not name.startswith(("fabconsole", "config/", "themes/"))} == set()


def test_every_command_is_in_the_readme() -> None:
    from fabconsole.cli.commands import fabconsole

    readme = (TOP / "README.md").read_text()
    assert [name for name in fabconsole.commands if f"fabconsole {name}" not in readme] == []


def test_the_console_needs_a_terminal_and_says_what_does_not() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fabconsole", "demo"], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 64
    assert "fabconsole snapshot" in done.stderr


def test_a_full_disk_is_told_in_a_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "fabconsole", "demo", "--list"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, done.stderr) == (74, "fabconsole: No space left on device\n")
