"""How a tool that may hang is run: the time limit, the operator's words, the tool; and what sudo says of it."""

from __future__ import annotations

import pytest

from fabconsole.fabric.inventory import Node
from fabconsole.platforms.gpu import GpuInquiry
from fabconsole.platforms.nvlink import NvlinkInquiry
from fabconsole.platforms.question import Refusal
from fabconsole.platforms.tool import MOST_BYTES, limited, refusal
from fabconsole.stream.records import Reason

LISTING = "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-00000000-aaaa-bbbb-cccc-dddddddddddd)"


def test_the_time_limit_stands_before_the_operators_words_and_only_asks_to_end(real_shell, put_tool):
    """A sudoers rule may then name the tool alone; a KILL would end sudo and leave the tool."""
    put_tool("as-root", 'exec "$@"')
    put_tool("nvidia-smi", f'echo "{LISTING}"')
    only = '"-k 1 1 true") exit 0;; "15 as-root nvidia-smi -L") shift; exec "$@";; *) exit 9'
    put_tool("timeout", f"case $* in {only}; esac")
    node = Node(name="a", rack="r", address="a", prefix={"nvidia-smi": "as-root"})
    assert real_shell.ask(GpuInquiry(node)).facts["gpus"] == "1"


def test_a_tool_of_our_own_account_is_killed_where_it_does_not_end():
    assert limited(15) == "timeout -k 2 15"
    assert limited(15, "", "") == "timeout -k 2 15"
    assert limited(15, "sudo -n") == "timeout 15"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("sudo: a password is required", Reason.NO_SUDO),
        ("sudo: sorry, you must have a tty to run sudo", Reason.NO_SUDO),
        ("Sorry, user ops is not allowed to execute '/usr/bin/nvidia-smi -L' as root on a.", Reason.NO_SUDO),
        ("ops is not in the sudoers file.", Reason.NO_SUDO),
        ("timeout: failed to run command 'sudo': No such file or directory", Reason.NO_SUDO),
        ("sh: 1: sudo: not found", Reason.NO_SUDO),
        ("bash: line 1: sudo: command not found", Reason.NO_SUDO),
        ("sudo: nvidia-smi: command not found", Reason.NO_TOOL),
        ("sudo: unable to resolve host a: Name or service not known\nNo devices were found", Reason.FAILED),
    ],
)
def test_what_sudo_says_is_not_taken_for_the_tools_words(said, reason):
    found = refusal("nvidia-smi", 1, said, 15)
    assert isinstance(found, Refusal)
    assert found.reason is reason


@pytest.mark.parametrize("ending", ["exit 0", "exit 7", "exec yes"])
def test_a_tool_that_never_has_said_enough_fills_neither_its_node_nor_us(real_shell, put_tool, ending):
    put_tool("nvidia-smi", f"yes | head -c {2 * MOST_BYTES}; {ending}")
    for question in (GpuInquiry, NvlinkInquiry):
        inquiry = question(Node(name="a", rack="r", address="a"))
        answer = real_shell.answer(inquiry)
        assert len(answer.body) < 2 * MOST_BYTES + 100
        found = inquiry.read(answer)
        assert isinstance(found, Refusal)
        assert (found.reason, found.detail) == (
            Reason.OVERFLOW,
            f"nvidia-smi said more than {MOST_BYTES:,} bytes; cut off",
        )


def test_the_exit_status_is_the_tools_though_what_it_says_goes_through_a_pipe(real_shell, put_tool):
    put_tool("nvidia-smi", "echo broken; exit 9")
    assert real_shell.answer(GpuInquiry(Node(name="a", rack="r", address="a"))).status == 9
