"""The command line refuses in a line, with an exit code that says whose words or file were wrong; no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

INVENTORY = 'fabric: east\nracks:\n  r0: {nodes: "gpu[0-1]"}\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own directory, with an inventory that is right."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    own = tmp_path / "fabconsole"
    own.mkdir()
    (own / "inventory.yaml").write_text(INVENTORY)
    return own


def said(*words: str) -> tuple[int, str, str]:
    """Exit code, output, complaint."""
    done = subprocess.run(
        [sys.executable, "-m", "fabconsole", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--nope"], "No such option '--nope'"),
        (["chekc"], "Did you mean 'check'?"),
        (["check", "a", "b"], "unexpected extra argument"),
        (["snapshot", "--polls", "0"], "0 is not in the range"),
        (["snapshot", "--interval", "0"], "0.0 is not in the range"),
        (["snapshot", "--interval", "nan"], "nan is no number of seconds"),
        (["snapshot", "--interval", "inf"], "inf is not in the range"),
        (["demo", "--nodes", "many"], "'many' is not a valid integer"),
        (["demo", "--scenario", "flapping"], "no scenario 'flapping': did you mean flapping-cable?"),
        (["demo", "--scenario", "nothing"], "no scenario 'nothing'; there are"),
        (["-c"], "requires an argument"),
    ],
)
def test_words_that_are_not_understood_are_told(home: Path, words: list[str], complaint: str) -> None:
    code, _, stderr = said(*words)
    assert code == 64
    assert complaint in stderr


@pytest.mark.parametrize("command", ["check", "snapshot"])
def test_without_an_inventory_one_is_told_what_to_do(home: Path, command: str) -> None:
    (home / "inventory.yaml").unlink()
    code, _, stderr = said(command)
    assert code == 78
    assert stderr == (
        f"fabconsole: no inventory: name one by -c FILE, write {home / 'inventory.yaml'}, "
        "or look around in `fabconsole demo`\n"
    )


@pytest.mark.parametrize("command", ["check", "snapshot"])
def test_an_inventory_that_is_wrong_is_refused_with_every_mistake(home: Path, command: str) -> None:
    (home / "inventory.yaml").write_text("fabrik: east\nracks:\n  r0: {nodes: 'gpu[3-1]'}\n")
    code, stdout, stderr = said(command)
    assert (code, stdout) == (78, "")
    assert "inventory.yaml:1: fabrik: unknown key" in stderr
    assert "inventory.yaml:3: racks.r0.nodes: [3-1] is reversed" in stderr


def test_check_reads_a_users_own_files_too(home: Path) -> None:
    (home / "themes").mkdir()
    (home / "themes" / "loud.yaml").write_text("accent: red\nroles: {donw: bold}\n")
    (home / "config" / "commands").mkdir(parents=True)
    (home / "config" / "commands" / "mine.yaml").write_text("title: T\non: [node]\nrun: reboot\n")
    (home / "config" / "thresholds.yaml").write_text("rules: {symbol_error: {warn: 10, whose: us}}\n")
    (home / "config" / "scenarios").mkdir()
    (home / "config" / "scenarios" / "odd.yaml").write_text("look: here\n")
    code, _, stderr = said("check")
    assert code == 78
    for part in (
        "loud.yaml:1: accent: is 'red'",
        "loud.yaml:2: roles.donw: unknown key: did you mean down?",
        "mine.yaml:3: run: reboot is never run from here",
        "thresholds.yaml:1: rules.symbol_error.warn: '10' is no rate",
        "odd.yaml:1: about: is missing",
    ):
        assert part in stderr


def test_check_names_the_files_of_ones_own_that_it_understood(home: Path) -> None:
    (home / "themes").mkdir()
    (home / "themes" / "mine.yaml").write_text('accent: "#5fd7ff"\n')
    code, stdout, _ = said("check")
    assert code == 0
    assert "mine.yaml" in stdout.replace("\n", "")


def test_check_tells_how_nodes_are_dialled_and_what_is_wrong_in_ssh_config(home: Path) -> None:
    config = home.parent / ".ssh" / "config"
    config.parent.mkdir()
    config.write_text("Host gpu*\n  Port 2222\n  ProxyJump ops@bastion\nHost x\n  Frobnicate yes\n")
    (home / "inventory.yaml").write_text(f"{INVENTORY}ssh: {{config: {config}}}\n")
    code, stdout, _ = said("check")
    assert code == 0
    assert "dialled: gpu[0-1]: through ops@bastion:22 · port 2222" in stdout
    assert f"▲ {config}:5: Frobnicate: no keyword of ssh's" in stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_glyphs_are_the_same_in_a_locale_that_lacks_them(
    home: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = subprocess.run([sys.executable, "-m", "fabconsole", "check"], capture_output=True, timeout=60)
    assert done.returncode == 0
    assert "1 rack · 2 nodes" in done.stdout.decode()
