"""What a cluster shell printed of many hosts is read host by host."""

from __future__ import annotations

from pathlib import Path

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.hosts import by_host, likeliest, read
from fabconsole.formats.paste import Paste

_IBSTATUS = (Path(__file__).parent / "samples" / "ibstatus.txt").read_text()
_ONE = named("ibstatus")
_HOSTS = ("gpu001", "gpu002.example.org")


def before_every_line(text: str) -> str:
    """As pdsh and clush."""
    return "".join(f"{host}: {line}\n" for host in _HOSTS for line in text.splitlines())


def interleaved(text: str) -> str:
    """As pdsh, of hosts that answer at once."""
    return "".join(f"{host}: {line}\n" for line in text.splitlines() for host in _HOSTS)


def in_blocks(text: str) -> str:
    """As dshbak and clush -b."""
    return "".join(f"---------------\n{host}\n---------------\n{text}" for host in _HOSTS)


def by_ansible(text: str) -> str:
    """As an ad-hoc command of Ansible's."""
    return "".join(f"{host} | CHANGED | rc=0 >>\n{text}\n" for host in _HOSTS)


every_shell = pytest.mark.parametrize("shell", [before_every_line, interleaved, in_blocks, by_ansible])


@every_shell
def test_every_row_is_its_hosts(shell) -> None:  # type: ignore[no-untyped-def]
    own = [row.id for row in _ONE.read(Paste(_IBSTATUS)).rows]
    said = read(_ONE, Paste(shell(_IBSTATUS)))
    assert [row.id for row in said.rows] == [f"{host}/{row}" for host in _HOSTS for row in own]


@every_shell
def test_the_tool_is_recognised_behind_it(shell) -> None:  # type: ignore[no-untyped-def]
    assert likeliest(Paste(shell(_IBSTATUS)))[:1] == (_ONE,)


@every_shell
def test_nothing_is_left_over(shell) -> None:  # type: ignore[no-untyped-def]
    assert read(_ONE, Paste(shell(_IBSTATUS))).unparsed == []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("pdsh@admin1: gpu009: ssh exited with exit code 255\n", "ssh exited with exit code 255"),
        ("clush: gpu009: exited with exit code 255\nclush: 1/3\n", "exited with exit code 255"),
        (
            "gpu009: ssh: connect to host gpu009 port 22: No route to host\n",
            "ssh: connect to host gpu009 port 22: No route to host",
        ),
        ('gpu009 | UNREACHABLE! => {\n    "changed": false, "unreachable": true\n}\n', "unreachable"),
    ],
)
def test_a_host_that_gave_no_answer_is_told_and_the_others_are_read(said: str, why: str) -> None:
    shell = by_ansible if "UNREACHABLE" in said else before_every_line
    reading = read(_ONE, Paste(shell(_IBSTATUS) + said))
    assert reading.facts["silent"] == ["gpu009"]
    assert [(event.node, event.text) for event in reading.events] == [("gpu009", why)]
    assert len(reading.rows) == 2 * len(_ONE.read(Paste(_IBSTATUS)).rows)


def test_the_tool_is_recognised_where_a_host_gave_no_answer() -> None:
    text = "gpu009: ssh: connect to host gpu009 port 22: No route to host\n" + before_every_line(_IBSTATUS)
    assert likeliest(Paste(text))[:1] == (_ONE,)


def test_folded_names_of_hosts_that_say_the_same_stay_folded() -> None:
    assert list(by_host("-----\ngpu[001-004] (4)\n-----\nx\n")) == ["gpu[001-004]"]


def test_folded_names_count_every_host() -> None:
    said = f"-----\ngpu[001-004] (4)\n-----\n{_IBSTATUS}-----\ngpu005\n-----\n{_IBSTATUS}"
    assert read(_ONE, Paste(said)).facts["hosts"] == 5


def test_an_event_has_the_host_that_said_it() -> None:
    said = "gpu001: [ 1.5] NVRM: Xid (PCI:0000:18:00): 79, GPU has fallen off the bus.\n" * 3
    assert {event.node for event in read(named("kernel-log"), Paste(said)).events} == {"gpu001"}


@pytest.mark.parametrize("text", ["State: Active\nRate: 400\nBase lid: 7\n", "eth0: 1 2\neth1: 3 4\n", "a: b\nplain\n"])
def test_a_tools_own_names_and_values_are_no_hosts(text: str) -> None:
    assert by_host(text) == {}


def test_one_line_of_each_host_is_its_hosts_where_all_of_it_is_understood() -> None:
    line = "sminfo: sm lid 4 sm guid 0xb0001, activity count 9 priority 3 state 3 SMINFO_MASTER"
    said = read(named("sminfo"), Paste(f"gpu001: {line}\ngpu002: {line}\n"))
    assert [row.id for row in said.rows] == ["gpu001/00000000000b0001", "gpu002/00000000000b0001"]
    spoilt = read(named("sminfo"), Paste(f"gpu001: {line}\nnote: it is moving\n"))
    assert spoilt.unparsed[-1:] == ["note: it is moving"]
