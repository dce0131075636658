"""`iblinkinfo` lines become ports with a state, a speed that compares with sysfs, and a far end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabconsole.formats.infiniband import iblinkinfo

NDR = (
    '0x0c42a10300aa0001 "                   MF0;leaf 07"     17    3[  ] ==( 4X        106.25 Gbps Active/  LinkUp)'
    '==>  0x0c42a10300bb0001     40    1[  ] "gpu017 mlx5_3" ( )\n'
)
DEGRADED = (
    '0x0c42a10300aa0001 "                   MF0;leaf 07"     17    4[  ] ==( 4X         53.125 Gbps Active/  LinkUp)'
    '==>  0x0c42a10300bb0002     41    1[  ] "gpu018 mlx5_3" (Could be 4X Could be 106.25 Gbps)\n'
)
DOWN = (
    '0x0c42a10300aa0001 "                   MF0;leaf 07"     17    5[  ] ==(                Down/ Polling)'
    '==>             [  ] "" ( )\n'
)
ORPHAN = (
    '0x0c42a10300aa0001 "                   MF0;leaf 07"     17    6[  ] ==( 4X        106.25 Gbps   Init/  LinkUp)'
    '==>      "Port not available"\n'
)


def one(text: str) -> iblinkinfo.Link:
    (link,) = iblinkinfo.read(text).links
    return link


def test_a_link_has_its_two_ends() -> None:
    link = one(NDR)
    assert (link.guid, link.description, link.lid, link.port) == ("0c42a10300aa0001", "MF0;leaf 07", 17, 3)
    assert link.far is not None
    assert (link.far.guid, link.far.lid, link.far.port) == ("0c42a10300bb0001", 40, 1)
    assert link.far.description == "gpu017 mlx5_3"


def test_the_rate_is_what_the_host_would_read_from_sysfs() -> None:
    assert (one(NDR).state.rate_gbps, one(NDR).state.width, one(NDR).state.generation) == (400.0, "4X", "NDR")
    assert one(DEGRADED).state.rate_gbps == 200.0


@pytest.mark.parametrize(
    ("lane", "rate", "generation"),
    [
        ("2.5 Gbps", 10.0, "SDR"),
        ("10.0 Gbps", 40.0, "QDR"),
        ("10.0 Gbps (FDR10)", 40.0, "FDR10"),
        ("14.0625 Gbps", 56.0, "FDR"),
        ("25.78125 Gbps", 100.0, "EDR"),
        ("212.5 Gbps", 800.0, "XDR"),
        ("undefined (99)", None, None),
    ],
)
def test_every_generation_has_its_lane_speed(lane: str, rate: float | None, generation: str | None) -> None:
    state = one(NDR.replace("106.25 Gbps", lane)).state
    assert (state.rate_gbps, state.generation, state.width) == (rate, generation, "4X")


@pytest.mark.parametrize(
    ("near", "hint", "whole"),
    [
        ("4X 53.125 Gbps", "Could be 106.25 Gbps", "400 Gb/s 4X NDR"),
        ("1X 106.25 Gbps", "Could be 4X ", "400 Gb/s 4X NDR"),
        ("1X 53.125 Gbps", "Could be 4X Could be 106.25 Gbps", "400 Gb/s 4X NDR"),
        ("4X 25.78125 Gbps", "Could be 53.125 Gbps", "200 Gb/s 4X HDR"),
        ("4X 10.0 Gbps", "Could be 10.0 Gbps (FDR10)", "40 Gb/s 4X FDR10"),
    ],
)
def test_what_a_link_could_be_is_told_of_the_whole_link(near: str, hint: str, whole: str) -> None:
    line = f'0x01 "leaf" 1 2[  ] ==( {near} Active/ LinkUp)==>  0x02 3 4[  ] "far" ({hint})\n'
    assert one(line).state.could_be == whole


def test_what_a_link_could_be_is_kept_in_the_tools_words_where_they_are_not_known() -> None:
    line = '0x01 "leaf" 1 2[  ] ==( 4X 53.125 Gbps Active/ LinkUp)==>  0x02 3 4[  ] "far" (Could be 425 Gbps)\n'
    assert one(line).state.could_be == "425 Gbps"
    assert one(NDR).state.could_be is None


def test_a_down_port_has_no_rate_no_width_and_no_far_end() -> None:
    link = one(DOWN)
    assert (link.state.state, link.state.phys_state) == ("Down", "Polling")
    assert (link.state.rate_gbps, link.state.width, link.far) == (None, None, None)


def test_a_port_that_is_up_with_nothing_known_behind_it_has_no_far_end() -> None:
    assert one(ORPHAN).state.state == "Init"
    assert one(ORPHAN).far is None


def test_the_form_without_line_has_the_switch_in_its_header() -> None:
    text = (
        "CA: node-a HCA-1:\n"
        "    0x0002c90300000011      4    1[  ] ==( 4X          10.0 Gbps Active/ LinkUp)==>       2    3[  ]"
        ' "Infiniscale-IV" ( )\n'
        "Switch: 0x0002c90200000022 Infiniscale-IV:\n"
        '           2    3[  ] ==( 4X          10.0 Gbps Active/  LinkUp)==>       4    1[  ] "node-a HCA-1" ( )\n'
        '           2    4[  ] ==(                Down/ Polling)==>             [  ] "" ( )\n'
    )
    read = iblinkinfo.read(text)
    assert [(link.guid, link.port) for link in read.links] == [
        ("0002c90300000011", 1),
        ("0002c90200000022", 3),
        ("0002c90200000022", 4),
    ]
    assert [link.description for link in read.links] == ["node-a HCA-1", "Infiniscale-IV", "Infiniscale-IV"]
    assert read.strange == ()


def test_a_description_may_hold_quotes_brackets_and_arrows() -> None:
    link = one(NDR.replace("gpu017 mlx5_3", 'a"b ==( 9X )==> [ ] "" ( )'))
    assert link.far is not None
    assert link.far.description == 'a"b ==( 9X )==> [ ] "" ( )'


def test_escapes_in_a_description_do_not_survive() -> None:
    link = one(NDR.replace("gpu017", "\x1b[31mgpu"))
    assert link.far is not None
    assert "\x1b" not in link.far.description


def test_an_unchanged_line_is_the_same_object_next_time() -> None:
    first = iblinkinfo.read(NDR + DOWN)
    second = iblinkinfo.read(NDR + DEGRADED, first.by_line)
    assert second.links[0] is first.links[0]
    assert second.links[1].port == 4


def test_the_ports_of_a_switch_that_say_the_same_share_it() -> None:
    fourth = NDR.replace("17    3[", "17    4[").replace("00bb0001", "00bb0002")
    one, other = iblinkinfo.read(NDR + fourth).links
    assert (one.port, other.port) == (3, 4)
    assert one.state is other.state
    assert one.guid is other.guid


def test_what_is_not_understood_is_said() -> None:
    read = iblinkinfo.read(NDR + "ibwarn: [7] something\x1b odd\n" + DOWN)
    assert len(read.links) == 2
    assert read.strange == ("ibwarn: [7] something· odd",)


@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")))
def test_any_text_is_read(text: str) -> None:
    iblinkinfo.read(text)


@given(st.integers(0, len(NDR + DEGRADED + DOWN + ORPHAN)))
def test_a_truncated_line_is_no_port(cut: int) -> None:
    whole = NDR + DEGRADED + DOWN + ORPHAN
    read = iblinkinfo.read(whole[:cut])
    lines = whole[:cut].count("\n")
    tail = whole[:cut].rpartition("\n")[2]
    assert lines <= len(read.links) <= lines + 1
    assert len(read.links) == lines + 1 or read.strange or not tail.strip()
