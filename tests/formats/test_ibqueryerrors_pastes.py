"""`ibqueryerrors` as it is pasted: whose a line is, what a sum is, and what the run looked at."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

SWITCH = 'Errors for 0xc42a10300aa0001 "leaf-07"\n'
HCA = 'Errors for "gpu0417 mlx5_2"\n'
LINE = "   GUID 0xc42a10300aa0001 port {}: [SymbolErrorCounter == {}]\n"
SUMMARY = (
    "## Summary: 4 nodes checked, {} bad nodes found\n"
    "##          43 ports checked, {} ports have errors beyond threshold\n## Thresholds:\n## Suppressed:\n"
)


def said(text: str) -> Reading:
    return named("ibqueryerrors").read(Paste(text))


def row(text: str) -> Row:
    (one,) = said(text).rows
    return one


def test_a_port_has_its_guid_its_node_and_its_counters() -> None:
    one = row(SWITCH + LINE.format(5, 7))
    assert (one.id, one.extra["node"], one.extra["port"]) == ("0c42a10300aa0001/5", "leaf-07", 5)
    assert (one.counters, one.marks) == ({"symbol_error": 7}, [])


def test_a_sum_is_marked_and_is_no_port() -> None:
    one = row(SWITCH + LINE.format("ALL", 65535))
    assert (one.id, one.marks) == ("0c42a10300aa0001/ALL", ["sum", "saturated symbol_error"])
    assert "port" not in one.extra


def test_sixty_four_bit_counters_are_not_full_where_plain_ones_are() -> None:
    wide = row(SWITCH + LINE.format(5, "65535 (64.000K)"))
    assert (wide.extra["extended"], wide.marks) == (True, [])
    full = row(SWITCH + LINE.format(5, "18446744073709551615 (16.000E)"))
    assert full.marks == ["saturated symbol_error"]


def test_data_counters_show_by_themselves_nothing_of_the_errors_width() -> None:
    one = row(SWITCH + LINE.format(5, "65535] [PortXmitData == 5 (20.000B)"))
    assert (one.extra["extended"], one.marks) == (False, ["saturated symbol_error"])
    assert one.counters["port_xmit_data"] == 5


def test_details_are_counters_and_those_that_the_tool_misnames_are_marked() -> None:
    right = row(SWITCH + LINE.format(5, "1] [PortXmitDiscards == 7] [PortSwHOQLifetimeLimitDiscards == 7"))
    assert (right.counters["PortSwHOQLifetimeLimitDiscards"], right.marks) == (7, [])
    wrong = row(SWITCH + LINE.format(5, "1] [PortXmitDiscards == 7] [PortDLIDMappingErrors == 7"))
    assert wrong.marks == ["misnamed PortDLIDMappingErrors"]


def test_a_links_line_belongs_to_the_port_above_it() -> None:
    one = row(
        SWITCH + LINE.format(3, 7) + "       Link info:     17   3[  ] ==( 4X         53.125 Gbps Active/  LinkUp)==>"
        '  0x0c42a10300bb0001     41    1[  ] "gpu0417 mlx5_2" ( Could be 106.25 Gbps)\n'
    )
    assert (one.state, one.phys_state, one.rate_gbps, one.width) == ("Active", "LinkUp", 200.0, "4X")
    assert (one.peer, one.extra["peer_node"], one.extra["lid"]) == ("0c42a10300bb0001/1", "gpu0417 mlx5_2", 17)
    assert (one.marks, one.extra["could_be"]) == (["degraded"], "400 Gb/s 4X NDR")
    assert one.extra["node"] == "leaf-07"


def test_a_links_line_of_another_port_is_not_taken_for_this_ones() -> None:
    link = '  Link info:  17  9[  ] ==(   Down/ Polling)==>   [  ] "" ( )\n'
    one = row(SWITCH + LINE.format(3, 7) + link)
    assert (one.state, one.marks) == (None, ["unknown link"])
    assert [each.id for each in said(link).rows] == ["lid17/9"]


@pytest.mark.parametrize(
    "text",
    [
        LINE.format(5, 7),
        SWITCH.replace("aa0001", "cc0009") + LINE.format(5, 7),
        HCA + "   GUID 0x2c903006e29b1 port 1: [VL15Dropped == 1]\n" + LINE.format(5, 7),
        HCA + LINE.format("ALL", 7),
        SWITCH + LINE.format(5, 1) + LINE.format(5, 7),
        SWITCH + LINE.format("ALL", 1) + LINE.format("ALL", 7),
    ],
    ids=["none", "another switch's", "far from the other port's", "a sum", "twice", "two sums"],
)
def test_a_port_whose_heading_was_lost_has_no_node(text: str) -> None:
    last = said(text).rows[-1]
    assert last.id.startswith("0c42a10300aa0001/")
    assert last.counters == {"symbol_error": 7}
    assert "heading lost" in last.marks
    assert "node" not in last.extra


def test_a_guid_with_digits_torn_off_is_said_to_be_damaged() -> None:
    one = row(SWITCH + LINE.replace("aa0001", "aa").format(5, 7))
    assert (one.id, one.marks) == ("0c42a10300aa0001/5", ["damaged guid"])
    assert one.extra["printed_guid"] == "0xc42a10300aa"


def test_a_value_that_is_no_number_is_unknown_and_its_line_is_shown() -> None:
    reading = said(SWITCH + LINE.format(5, "many] [LinkDownedCounter == 2"))
    assert reading.rows[0].counters == {"symbol_error": None, "link_downed": 2}
    assert reading.rows[0].marks == ["unknown symbol_error"]
    assert len(reading.unparsed) == 1


def test_a_line_that_was_broken_is_one_again() -> None:
    reading = said(SWITCH + LINE.format(5, "7] [LinkDownedCounter ==\n2]\n[VL15Dropped == 3"))
    assert reading.rows[0].counters == {"symbol_error": 7, "link_downed": 2, "VL15_dropped": 3}
    assert reading.unparsed == []


def test_the_summary_is_told_in_numbers() -> None:
    reading = said(
        SWITCH
        + LINE.format(5, 70)
        + "## Summary: 64 nodes checked, 1 bad nodes found\n##          2080 ports checked, 1 ports have errors beyond"
        " threshold\n## Thresholds: [SymbolErrorCounter = 10][PortXmitWait = 1000]\n##          9 PMA query failures\n"
        "## Suppressed: PortRcvSwitchRelayErrors VL15Dropped\n"
    )
    assert reading.facts == {
        "nodes_checked": 64,
        "bad_nodes": 1,
        "ports_checked": 2080,
        "bad_ports": 1,
        "pma_query_failures": 9,
        "thresholds": {"symbol_error": 10, "port_xmit_wait": 1000},
        "suppressed": ["port_rcv_switch_relay_errors", "VL15_dropped"],
    }
    assert reading.unparsed == []


def test_what_is_announced_and_missing_is_said() -> None:
    text = SWITCH + LINE.format(5, 7)
    assert "incomplete" not in said(text + SUMMARY.format(1, 1)).facts
    assert said(text + SUMMARY.format(1, 3)).facts["incomplete"] == "of 3 ports with errors 1 have their line"
    assert said(text + SUMMARY.format(2, 1)).facts["incomplete"] == "of 2 bad nodes 1 have their heading"
    assert said(text).facts["incomplete"] == "there is no summary: its end is missing"


def test_several_runs_each_have_their_summary() -> None:
    reading = said(SWITCH + LINE.format(5, 7) + SUMMARY.format(1, 1) + SUMMARY.format(0, 0))
    assert [run["bad_ports"] for run in reading.facts["runs"]] == [1, 0]  # type: ignore[union-attr, call-overload, index]


def test_queries_that_failed_are_named() -> None:
    reading = said(
        "ibwarn: [7] query_cap_mask: classportinfo query failed on MF0;spine, the first, Lid 3 port 0\n"
        "ibwarn: [7] print_errors: IB_GSI_PORT_COUNTERS_EXT query failed on leaf 7, Lid 12 port 255\n"
    )
    assert reading.facts["query_failures"] == [
        {"attribute": "classportinfo", "node": "MF0;spine, the first", "lid": 3, "port": 0},
        {"attribute": "IB_GSI_PORT_COUNTERS_EXT", "node": "leaf 7", "lid": 12, "port": 255},
    ]
    assert [event.kind for event in reading.events] == ["ibwarn", "ibwarn"]
    assert reading.unparsed == []


def test_data_counters_of_every_port_are_no_errors() -> None:
    one = row(
        'Data Counters for 0x2c90300aa0001 "gpu1 HCA-1"\n'
        "   GUID 0x2c90300aa0001 port 1: [PortXmitData == 19892634015130 (  infPB)] [PortRcvData == 0 (0.000B)]\n"
    )
    assert (one.id, one.extra["node"]) == ("0002c90300aa0001/1", "gpu1 HCA-1")
    assert one.counters == {"port_xmit_data": 19892634015130, "port_rcv_data": 0}


def test_uneven_indentation_changes_nothing() -> None:
    text = SWITCH + LINE.format(5, 7) + SUMMARY.format(1, 1)
    shifted = "".join(f"\t      {line}   \n" for line in text.splitlines())
    assert (said(shifted).rows, said(shifted).facts) == (said(text).rows, said(text).facts)


def test_hidden_digits_of_a_guid_are_kept_as_printed() -> None:
    one = row('Errors for 0x506bxxxxxxxx0001 "leaf-07"\n   GUID 0x506bxxxxxxxx0001 port 5: [VL15Dropped == 1]\n')
    assert (one.id, one.extra["node"], one.marks) == ("506bxxxxxxxx0001/5", "leaf-07", [])
    assert row("GUID 0x506b... port 12: [SymbolErrorCounter == 890]\n").id == "506b.../12"


@pytest.mark.parametrize("shown", ["0x…", "0xc42a<redacted>", "0xc42a...0001"])
def test_a_guid_with_hidden_digits_is_kept_as_shown(shown: str) -> None:
    one = row(f'Errors for "leaf-07"\n   GUID {shown} port 33: [SymbolErrorCounter == 1500]\n')
    assert (one.id, one.counters) == (f"{shown[2:]}/33", {"symbol_error": 1500})


def test_what_stands_between_two_counters_makes_the_line_doubtful() -> None:
    reading = said(SWITCH + LINE.format(5, "7] junk [PortRcvErrors == 3"))
    assert [one.counters for one in reading.rows] == [{"symbol_error": 7, "port_rcv_errors": 3}]
    assert len(reading.unparsed) == 1


def test_an_elder_name_of_waiting_is_the_same_counter() -> None:
    assert row(SWITCH + LINE.format(3, "0] [XmtWait == 998432")).counters["port_xmit_wait"] == 998432
