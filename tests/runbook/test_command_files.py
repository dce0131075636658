"""A diagnostic is one YAML file: drop it in and it is there, and none that changes the fabric gets in."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabconsole.fabric.errors import DocumentError
from fabconsole.fabric.resources import shipped
from fabconsole.runbook.command import read_command
from fabconsole.runbook.commands import Class, Target, load_commands

SHIPPED = sorted((shipped() / "config" / "commands").glob("*.yaml"))


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as error:
        read_command(path)
    return str(error.value)


def test_ten_commands_or_more_ship_and_every_kind_of_thing_has_some() -> None:
    commands = [read_command(path) for path in SHIPPED]
    assert len(commands) >= 10
    assert {target for command in commands for target in command.on} == set(Target)
    assert len({command.title for command in commands}) == len(commands)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_command_reads_only_and_says_what_to_look_for(path: Path) -> None:
    command = read_command(path)
    assert command.kind in (Class.READ_ONLY, Class.LOADS_DEVICE)
    assert command.about
    assert command.vouched_by is None


def test_a_file_dropped_in_is_there_and_hides_the_shipped_one_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = tmp_path / "fabconsole" / "config" / "commands"
    own.mkdir(parents=True)
    (own / "uptime.yaml").write_text("title: Uptime\non: [node]\nrun: uptime\n")
    (own / "port-state.yaml").write_text("title: Mine\non: port\nrun: cat /sys/class/infiniband/{device}/node_guid\n")
    (own / "broken.yaml").write_text("title: Broken\non: [node]\nrun: reboot\n")
    catalogue = load_commands()
    titles = {command.id: command.title for command in catalogue.commands}
    assert (titles["uptime"], titles["port-state"]) == ("Uptime", "Mine")
    assert "broken" not in titles
    assert [Path(problem.file).name for problem in catalogue.problems] == ["broken.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on: [node]\nrun: uptime", "title: is missing"),
        ("title: T\non: []\nrun: uptime", "on: is empty"),
        ("title: T\non: [prot]\nrun: uptime", "did you mean port?"),
        ("title: T\non: [node]\nrun: perfquery -R 1", "run: perfquery -R is not known to only read"),
        ("title: T\non: [node]\nrun: [uptime, dmesg -C]", "run[1]: dmesg -C"),
        ("title: T\non: [node]\nrun: uptime\nclass: disruptive", "commands that change the fabric are not run"),
        ("title: T\non: [node]\nrun: uptime\nclass: intrusive", "commands that change the fabric are not run"),
        ("title: T\non: [node]\nrun: uptime\nclass: readonly", "did you mean read-only?"),
        ("title: T\non: [node]\nrun: cat /x | head", "no shell reads this"),
        ("title: T\non: [node]\nrun: perfquery {via} 1", "write `where: in-band`"),
        ("title: T\non: [node]\nrun: uptime\ntimeout: 1d", "too long"),
        ("title: T\non: [node]\nrun: uptime\nsudo: true", "sudo: unknown key"),
        ("title: T\non: [node]\nrun: site-probe", "vouched_by: name"),
        ("title: T\non: [node]\nvouched_by: amk\nrun: A=b perfquery 12", "'A=b' is no tool"),
        ("title: T\non: [node]\nvouched_by: amk\nrun: perfquery $(reboot)", "no shell reads this"),
        ('title: T\non: [node]\nvouched_by: amk\nrun: "site-probe\\nreboot"', "write one plain line"),
        ("title: T\non: [port]\nrun: perfquery -{port} 12", "perfquery -{port} is not known to only read"),
        ("title: T\non: [port]\nrun: nvidia-smi {device} -i 0", "nvidia-smi {device} is not known to only read"),
        ("title: T\non: [port]\nrun: ibportstate {lid} {port} {device}", "may change something: query is right"),
        ("title: T\non: [port]\nwhere: in-band\nrun: perfquery -t {via} 12 3", "perfquery -t needs a value"),
        ("title: T\non: [port]\nwhere: in-band\nrun: cat {via} /proc/uptime\nclass: disruptive", "are not run from"),
    ],
)
def test_a_command_that_is_wrong_is_refused_saying_why(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text)


def test_a_tool_of_ones_own_gets_in_with_a_name_that_answers_for_it(tmp_path: Path) -> None:
    path = tmp_path / "probe.yaml"
    path.write_text("title: T\non: [node]\nrun: site-probe --all\nvouched_by: amk\n")
    assert read_command(path).vouched_by == "amk"
