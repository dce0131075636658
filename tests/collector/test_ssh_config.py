"""What of an ssh_config has no effect, or another than for ssh, is told before an incident finds it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabconsole.collector import ssh_config
from fabconsole.collector.ssh_config import unhonoured


def said_of(tmp_path: Path, *lines: str) -> list[str]:
    config = tmp_path / "config"
    config.write_text("\n".join(lines) + "\n")
    return [one.replace(f"{config}:", "") for one in unhonoured(config)]


def test_what_has_no_effect_is_told_with_its_line_and_what_holds_instead(tmp_path: Path) -> None:
    assert said_of(
        tmp_path, "# ControlMaster auto", "Host *", "  Port 22", "  controlpath=~/.ssh/%C", "", "  Tunnel yes"
    ) == ["4: controlpath: connections are our own, one a node", "6: Tunnel: nothing is forwarded"]


def test_what_is_said_of_many_lines_is_said_once(tmp_path: Path) -> None:
    lines = [f"Host gpu{number}\n  ServerAliveInterval {number}" for number in range(1300)]
    assert said_of(tmp_path, *lines) == [
        "2: ServerAliveInterval: a silent node is asked for an echo (and 1,299 lines more)"
    ]


def test_included_files_are_looked_into_nested_globbed_and_relative_to_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / ".ssh" / "config.d"
    own.mkdir(parents=True)
    (own / "20-last").write_text("Compression yes\n")
    (own / "10-first").write_text("Include ~/nested\n")
    (tmp_path / "nested").write_text("Host *\n  Include nested.again /no/such/file\n")
    (tmp_path / ".ssh" / "nested.again").write_text("SetEnv A=B\n")
    assert said_of(tmp_path, "Include config.d/*") == [
        "1: Include: the files are read in no order; where two speak of the same host, include them one by one",
        f"{tmp_path}/.ssh/nested.again:1: SetEnv: no environment is sent",
        f"{own}/20-last:1: Compression: answers are small and always sent plain",
    ]


def test_a_file_that_includes_itself_is_left_at_ssh_s_own_depth(tmp_path: Path) -> None:
    assert said_of(tmp_path, f"Include {tmp_path}/config", "SetEnv A=B") == [
        "2: SetEnv: no environment is sent (and 16 lines more)"
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Match all", []),
        ("Match host=gpu* !user root originalhost x localuser me tagged t final", []),
        ("Match sessiontype shell", ["sessiontype is not understood, and no host can be resolved"]),
        ("Match host a version OpenSSH*", ["version is not understood, and no host can be resolved"]),
        ("Match canonical host a", ["canonical never holds: names are dialled as they are written"]),
        ('Match exec "at-home %h"', ["exec gets its command with % as it is written: no token is filled in"]),
        ("Match exec at-home", []),
    ],
)
def test_criteria_of_match_that_are_not_honoured_are_named(tmp_path: Path, line: str, said: list[str]) -> None:
    assert said_of(tmp_path, line) == [f"1: Match: {one}" for one in said]


def test_what_would_leave_a_host_without_a_way_is_named(tmp_path: Path) -> None:
    assert said_of(
        tmp_path, "Host *", "  Port 22 # usual", "  IdentityFile ~/.ssh/%k", "  ProxyCommand sh -c 'x # y'"
    ) == [
        "2: Port: a comment behind a value is not understood, and no host of its block can be resolved; give it a line",
        "3: IdentityFile: %k is not understood, and no host of its block can be resolved",
    ]


def test_what_is_no_keyword_is_named_unless_the_file_says_to_ignore_it(tmp_path: Path) -> None:
    assert said_of(
        tmp_path, "IgnoreUnknown UseKey*,X", "Frobnicate yes", "Host a", "  HostNme b", "  UseKeychain y"
    ) == [
        "2: Frobnicate: no keyword of ssh's, which refuses the whole file for it; here it is passed over",
        "4: HostNme: no keyword of ssh's, which refuses the whole file for it; here it is passed over; "
        "is hostname meant?",
    ]


def test_what_a_distribution_ships_is_not_held_against_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh_config, "SYSTEM_CONFIG", tmp_path / "config")
    assert said_of(tmp_path, "Host *", "  SendEnv LANG LC_*", "  HashKnownHosts yes", "  Tunnel yes") == [
        "4: Tunnel: nothing is forwarded"
    ]
