"""`iblinkinfo` as it is pasted: whose a line is, what it says besides, and lines that were broken on their way."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

LINE = (
    '0x0c42a10300aa0001 "                       leaf-07"     17    3[  ] ==( 4X         106.25 Gbps Active/  LinkUp)'
    '==>  0x0c42a10300bb0001     41    1[  ] "gpu0417 mlx5_2" ( )\n'
)
SWITCH = "Switch: 0x0c42a10300aa0001 leaf-07:\n"
UP = '          17    3[  ] ==( 4X         106.25 Gbps Active/  LinkUp)==>      41    1[  ] "gpu0417 mlx5_2" ( )\n'
DOWN = '          17    5[  ] ==(                Down/ Polling)==>             [  ] "" ( )\n'


def said(text: str) -> Reading:
    return named("iblinkinfo").read(Paste(text))


def row(text: str) -> Row:
    (one,) = said(text).rows
    return one


def test_a_port_has_what_its_line_says() -> None:
    one = row(LINE)
    assert (one.id, one.peer) == ("0c42a10300aa0001/3", "0c42a10300bb0001/1")
    assert (one.state, one.phys_state, one.width, one.rate_gbps) == ("Active", "LinkUp", "4X", 400.0)
    assert (one.extra["node"], one.extra["lid"], one.extra["peer_node"]) == ("leaf-07", 17, "gpu0417 mlx5_2")
    assert (one.extra["lane_gbps"], one.extra["generation"], one.marks) == (106.25, "NDR", [])


def test_what_it_could_be_marks_a_link_as_degraded() -> None:
    one = row(LINE.replace("106.25 Gbps", "53.125 Gbps").replace("( )", "(Could be 12X Could be 106.25 Gbps)"))
    assert (one.rate_gbps, one.marks) == (200.0, ["degraded"])
    assert one.extra["could_be"] == "1200 Gb/s 12X NDR"
    assert (one.extra["could_be_width"], one.extra["could_be_lane_gbps"]) == ("12X", 106.25)


def test_a_down_port_has_no_rate_and_no_peer() -> None:
    one = row(SWITCH + DOWN)
    assert (one.state, one.phys_state, one.rate_gbps, one.width, one.peer) == ("Down", "Polling", None, None, None)
    assert one.marks == []


def test_an_active_port_with_nobody_behind_it_is_marked() -> None:
    one = row(SWITCH + '  17  6[  ] ==( 4X  106.25 Gbps Active/  LinkUp)==>      "Port not available"\n')
    assert (one.peer, one.marks) == (None, ["peer not available"])


@pytest.mark.parametrize(
    ("drawn", "state", "physical", "rate"),
    [
        ("4X 5.0 Gbps Active /   LinkUp", "Active", "LinkUp", 20.0),
        ("4X10.0 Gbps Active/  LinkUp", "Active", "LinkUp", 40.0),
        ("4X 25.78 Gbps Active/ LinkUp", "Active", "LinkUp", 100.0),
        ("12X 2.5 Gbps Initialize/  LinkUp", "Initialize", "LinkUp", 30.0),
        ("1X 2.5 Gbps  Init/  LinkUp", "Initialize", "LinkUp", 2.5),
        ("4X Extended speed  Armed/  LinkUp", "Armed", "LinkUp", None),
        ("4X undefined (16) Active/  LinkUp", "Active", "LinkUp", None),
        ("4X 200 Gbps Active / LinkUp ", "Active", "LinkUp", None),
        ("   Down/PortConfigurationTraining", "Down", "PortConfigurationTraining", None),
        ("   Down/Disabled", "Down", "Disabled", None),
        ("   ?(7)/ ?(9)", "?(7)", "?(9)", None),
    ],
)
def test_every_version_draws_it_a_little_differently(drawn: str, state: str, physical: str, rate: float | None) -> None:
    one = row(f'{SWITCH}  17  3[  ]  ==( {drawn})==>  41  1[  ] "gpu0417 mlx5_2" (  )\n')
    assert (one.state, one.phys_state, one.rate_gbps) == (state, physical, rate)


def test_chassis_numbers_and_settings_are_kept() -> None:
    one = row(
        '0x01 "leaf" 17 3[ 5] ==( 4X 106.25 Gbps Active/ LinkUp) (HOQ:13 VL_Stall:7)==>  0x02 4 1[12] "spine" ( )\n'
    )
    assert (one.extra["external_port"], one.extra["peer_external_port"]) == ("5", "12")
    assert (one.extra["hoq_life"], one.extra["vl_stall_count"]) == (13, 7)


def test_a_port_of_a_switch_whose_heading_was_lost_is_not_the_switchs_before() -> None:
    rows = said(SWITCH + UP + DOWN.replace("17  ", "99  ")).rows
    assert [one.id for one in rows] == ["0c42a10300aa0001/3", "lid99/5"]
    assert "node" not in rows[1].extra


def test_an_adapter_whose_heading_was_lost_is_not_the_one_before() -> None:
    line = '      0x0c42a10300bb{}     41    1[  ] ==(                Down/ Polling)==>             [  ] "" ( )\n'
    second = line.format("0002").replace("  1[", "  2[")
    rows = said("CA: gpu1 mlx5_0:\n" + line.format("0001") + second).rows
    assert [one.extra.get("node") for one in rows] == ["gpu1 mlx5_0", "gpu1 mlx5_0"]
    rows = said("CA: gpu1 mlx5_0:\n" + line.format("0001") + second.replace("a10300", "a10377")).rows
    assert [one.extra.get("node") for one in rows] == ["gpu1 mlx5_0", None]


def test_a_line_broken_in_pieces_is_one_again() -> None:
    reading = said(LINE.replace(" ==( ", " ==\\\n( ").replace("==>  0x", "==>\n    0x"))
    assert [one.peer for one in reading.rows] == ["0c42a10300bb0001/1"]
    assert reading.unparsed == []


def test_a_line_cut_in_its_middle_is_shown_and_is_no_port() -> None:
    reading = said(LINE + LINE[:120])
    assert len(reading.rows) == 1
    assert reading.unparsed == [LINE[:120]]


def test_without_its_hint_a_link_may_be_degraded_or_not() -> None:
    assert row(LINE.removesuffix(" ( )\n")).marks == ["line cut"]


def test_nodes_and_states_are_counted() -> None:
    assert said(SWITCH + UP + DOWN + "CA: gpu1 mlx5_0:\n").facts == {
        "switches": 1,
        "hcas": 1,
        "ports": 2,
        "active": 1,
        "down": 1,
        "degraded": 0,
    }


def test_a_comparison_tells_what_was_and_what_is() -> None:
    was, now = said(f"{SWITCH}< {UP}> {DOWN}").rows
    assert (was.marks, now.marks) == (["only before"], ["only now"])
    assert said(f"{SWITCH}< numports = 36\n").facts["differing"] == ["leaf-07: < numports = 36"]


def test_complaints_are_events() -> None:
    reading = said("ibwarn: [7] mad_rpc: _do_madrpc failed; dport (DR path 0,1)\ndiscover failed\nsomething\n")
    assert [event.kind for event in reading.events] == ["ibwarn", "iberror"]
    assert reading.unparsed == ["something"]


def test_hidden_digits_of_a_guid_are_kept_as_printed() -> None:
    one = row(LINE.replace("0x0c42a10300aa0001", "0x0c42a1xxxxxx0001").replace("0x0c42a10300bb0001", "0x0c42..."))
    assert (one.id, one.peer) == ("0c42a1xxxxxx0001/3", "0c42.../1")
    (one,) = said(SWITCH.replace("00aa", "xxxx") + DOWN).rows
    assert one.id == "0c42a103xxxx0001/5"


def test_a_far_end_is_named_by_its_guid_where_its_own_line_tells_it() -> None:
    ca = "CA: gpu0417 mlx5_2:\n" + (
        "      0x0c42a10300bb0001     41    1[  ] ==( 4X         106.25 Gbps Active/  LinkUp)==>      17    3[  ]"
        ' "leaf-07" ( )\n'
    )
    rows = said(SWITCH + UP + ca).rows
    assert [(one.id, one.peer) for one in rows] == [
        ("0c42a10300aa0001/3", "0c42a10300bb0001/1"),
        ("0c42a10300bb0001/1", "0c42a10300aa0001/3"),
    ]
    assert rows[0].extra["peer_lid"] == 41
    other = said(SWITCH + UP + ca + ca.replace("bb0001", "cc0001")).rows
    assert other[0].peer == "lid41/1"


def test_what_is_said_of_fdr10_in_parentheses_is_part_of_what_it_could_be() -> None:
    line = SWITCH + UP.replace("106.25 Gbps", "10.0 Gbps").replace(
        "( )", "( Could be FDR10 (Found link at QDR but expected speed is FDR10))"
    )
    one = row(line)
    assert (one.rate_gbps, one.extra["generation"], one.marks) == (40.0, "QDR", ["degraded"])
    assert one.extra["could_be"] == "40 Gb/s 4X FDR10"


def test_a_down_ports_speed_is_what_the_last_link_left() -> None:
    one = row(SWITCH + '   17    5[  ]  ==( 4X 2.5 Gbps   Down /  Polling)==>             [  ] "" (  )\n')
    assert (one.state, one.rate_gbps, one.width) == ("Down", None, None)
    assert one.extra["printed_rate"] == "4X 2.5 Gbps"
    assert "lane_gbps" not in one.extra


def test_ends_without_a_lid_are_not_taken_for_each_other() -> None:
    adapter = 'CA: gpu0417 mlx5_2:\n  0x0c42a10300bb0001  0  1[  ] ==( 4X 10.0 Gbps Init/ LinkUp)==> 0  9[  ] "b" ( )\n'
    switch = SWITCH + '   0    3[  ] ==( 4X 10.0 Gbps Init/  LinkUp)==>      0    1[  ] "gpu0400 mlx5_0" ( )\n'
    assert [one.peer for one in said(adapter + switch).rows] == ["lid0/9", "lid0/1"]


def test_a_command_typed_behind_an_indented_prompt_is_no_answer() -> None:
    text = "    ops@gpu1:~/lab# ib iblinkinfo -l 2>/dev/null | grep 'leaf' | grep -E ' 3[34]\\['\n    " + LINE
    assert (len(said(text).rows), said(text).unparsed) == (1, [])


def test_the_tools_version_is_told() -> None:
    (event,) = said("iblinkinfo BUILD VERSION: 44.0\n").events
    assert (event.kind, event.text) == ("version", "iblinkinfo BUILD VERSION: 44.0")


def test_an_adapters_port_that_comes_again_with_another_guid_is_another_adapters() -> None:
    one = '  0x0c42a10300bb0001  41  1[  ] ==( 4X 106.25 Gbps Active/  LinkUp)==> 17  3[  ] "leaf-07" ( )\n'
    rows = said("CA: gpu0417 mlx5_2:\n" + one + one.replace("bb0001", "bb0011").replace(" 41 ", " 42 ")).rows
    assert [row.extra.get("node") for row in rows] == ["gpu0417 mlx5_2", None]
