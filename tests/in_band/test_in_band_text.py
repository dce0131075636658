"""The question's own text, run by a real `sh` with stand-ins for the tools."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from in_band_rig import NONCE

from fabconsole.fabric.inventory import InBand, Node
from fabconsole.platforms import in_band_text, registry, shell
from fabconsole.platforms.in_band import QUESTION
from fabconsole.platforms.in_band_text import Part

LOOKS = 'printf "%s\\n" "$*"'


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    for tool in ("sminfo", "iblinkinfo", "ibqueryerrors", "perfquery"):
        put(tmp_path, tool, f"{LOOKS}; echo {tool} warns >&2")
    return tmp_path


def put(tools: Path, name: str, script: str) -> None:
    (tools / name).write_text(f"#!/bin/sh\n{script}\n")
    (tools / name).chmod(0o755)


def ask(tools: Path, call: str, *, become: str | None = None, role: InBand | None = None) -> dict[str, Part]:
    node = Node(name="n", rack="r", address="a", become=become, in_band=role or InBand())
    text = shell.PRELUDE + in_band_text.definitions(node) + shell.framed("ab", "in-band", call)
    environment = {"PATH": f"{tools}:/usr/bin:/bin"}
    done = subprocess.run(["sh"], input=text.encode(), capture_output=True, env=environment, check=True, timeout=30)
    frame = shell.unframe(done.stdout, "ab", "in-band")
    assert frame is not None
    assert frame.status == 0
    assert done.stderr == b""
    return in_band_text.parts(frame.body, NONCE)


def test_a_sweep_runs_three_tools_each_with_its_status_and_its_complaints(tools: Path) -> None:
    put(tools, "ibqueryerrors", f"{LOOKS}; echo oops >&2; exit 1")
    parts = ask(tools, in_band_text.sweep_call(NONCE))
    assert list(parts) == ["sminfo", "links", "errors"]
    assert parts["links"].out == b"--line --switches-only\n"
    assert parts["errors"].out == b"--switch --threshold-file /dev/null\n"
    assert [part.status for part in parts.values()] == [0, 0, 1]
    assert parts["errors"].error.strip() == "oops"


def test_the_hca_and_the_port_of_the_role_are_passed_on_quoted(tools: Path) -> None:
    parts = ask(tools, in_band_text.sweep_call(NONCE), role=InBand(ca="mlx5_2; reboot", port=1))
    assert parts["sminfo"].out == b"-C mlx5_2; reboot -P 1\n"
    assert parts["links"].out == b"-C mlx5_2; reboot -P 1 --line --switches-only\n"


def test_become_stands_directly_before_the_tool(tools: Path) -> None:
    put(tools, "as-root", 'echo "root runs $1"')
    parts = ask(tools, in_band_text.sweep_call(NONCE), become="as-root")
    assert parts["links"].out == b"root runs iblinkinfo\n"
    assert parts["errors"].out == b"root runs ibqueryerrors\n"


def test_the_time_limit_stands_before_become_and_only_asks_to_end(tools: Path) -> None:
    """A sudoers rule may then name the tool alone; a KILL would end sudo and leave the tool."""
    put(tools, "timeout", 'case $* in *" as-root "*) echo "$1";; *) echo other;; esac')
    parts = ask(tools, in_band_text.sweep_call(NONCE), become="as-root")
    assert [part.out for part in parts.values()] == [b"10\n", b"60\n", b"100\n"]


def test_a_tool_that_is_not_there_ends_with_127(tools: Path) -> None:
    parts = ask(tools, in_band_text.sweep_call(NONCE), become="no-such-tool")
    assert parts["sminfo"].status == in_band_text.NOT_FOUND


def test_only_when_the_links_fail_the_devices_are_looked_at(tools: Path) -> None:
    put(tools, "iblinkinfo", "echo Failed to open mlx5_0 >&2; exit 1")
    parts = ask(tools, in_band_text.sweep_call(NONCE))
    assert parts["links"].status == 1
    assert parts["umad"].out.startswith((b"w /dev/infiniband/umad", b"- /dev/infiniband/umad"))


def test_masks_are_asked_of_every_switch_and_plainly_where_extended_counters_fail(tools: Path) -> None:
    put(tools, "perfquery", f'[ "$1" = -x ] && [ "$2" = 7 ] && exit 255; {LOOKS}')
    parts = ask(tools, in_band_text.caps_call(NONCE, [5, 7]))
    assert parts["caps-5"].out == b"-x 5 1\n"
    assert parts["caps-7"].out == b"7 1\n"


def test_after_three_dead_switches_the_rest_is_left_for_the_next_sweep(tools: Path) -> None:
    put(tools, "perfquery", "exit 255")
    assert list(ask(tools, in_band_text.caps_call(NONCE, range(1, 9)))) == ["caps-1", "caps-2", "caps-3"]


def test_output_without_a_newline_at_its_end_is_whole(tools: Path) -> None:
    put(tools, "sminfo", "printf half")
    parts = ask(tools, in_band_text.sweep_call(NONCE))
    assert parts["sminfo"].out == b"half"
    assert parts["links"].status == 0


def test_no_tool_reads_our_next_question(tools: Path) -> None:
    put(tools, "sminfo", "cat")
    assert ask(tools, in_band_text.sweep_call(NONCE))["links"].status == 0


def test_definitions_are_one_line_each() -> None:
    text = in_band_text.definitions(Node(name="n", rack="r", address="a", in_band=InBand()))
    assert "" not in text.removesuffix("\n").split("\n")
    assert len(text.splitlines()) == 3


def test_a_node_with_the_role_is_asked_and_another_is_not() -> None:
    with_role = Node(name="n", rack="r", address="a", in_band=InBand())
    assert QUESTION in registry.questions(with_role)
    assert QUESTION not in registry.questions(Node(name="m", rack="r", address="a"))


def test_the_tools_only_ever_read() -> None:
    text = in_band_text.definitions(Node(name="n", rack="r", address="a", in_band=InBand()))
    words = text.replace("timeout -k 2", "timeout").split()
    assert not {"-R", "-r", "-k", "-K", "--Reset_only", "--clear-errors", "--clear-counts"}.intersection(words)
