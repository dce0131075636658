"""What was typed at the prompts that stand in a paste, and where: it names what the answers do not."""

from __future__ import annotations

from fabconsole.formats.paste import Paste

_TEXT = """\
root@gpu1:~# ethtool -S eth0
NIC statistics:
     rx_packets: 1

[root@gpu2 ~]# ethtool -S eth1
NIC statistics:
"""


def test_a_command_is_told_with_the_line_that_it_stood_on() -> None:
    assert Paste(_TEXT).typed == {0: "ethtool -S eth0", 4: "ethtool -S eth1"}


def test_the_line_of_a_command_is_blank_and_no_other_moves() -> None:
    lines = Paste(_TEXT).lines
    assert (lines[0], lines[4], lines[5]) == ("", "", "NIC statistics:")


def test_a_text_without_prompts_has_none() -> None:
    assert Paste("NIC statistics:\n     rx_packets: 1\n").typed == {}


def test_an_interface_behind_another_with_its_flags_is_no_prompt() -> None:
    text = "eth0@if3         UP             02:00:5e:00:00:01 <UP,LOWER_UP>\n"
    assert Paste(text).text == text
