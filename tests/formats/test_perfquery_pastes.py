"""`perfquery` as it is pasted: which zeros count, whose a line is, and what stands where it stops."""

from __future__ import annotations

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row

WAIT = "PortXmitWait:....................0\n"
SYMBOLS = "SymbolErrorCounter:..............0\n"


def said(text: str) -> Reading:
    return named("perfquery").read(Paste(text))


def row(text: str) -> Row:
    (one,) = said(text).rows
    return one


@pytest.mark.parametrize(
    ("header", "text", "counter"),
    [
        ("Port counters: Lid 6 port 1 (CapMask: 0x0200)", WAIT, "port_xmit_wait"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x0200 CapMask2: 0x0000002)", WAIT, "port_xmit_wait"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x1200 CapMask2: 0x0000000)", SYMBOLS, "symbol_error"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x1200 CapMask2: 0x0000000)", WAIT, "port_xmit_wait"),
        ("Port counters: Lid 6 port 1 (CapMask: 0x1200)", "QP1Dropped:.....0\n", "qp1_dropped"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x1400)", "PortUnicastRcvPkts:..0\n", "unicast_rcv_packets"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x1000)", "PortXmitData:......0\n", "port_xmit_data"),
    ],
)
def test_a_zero_that_the_masks_deny_is_no_zero(header: str, text: str, counter: str) -> None:
    one = row(f"# {header}\n{text}")
    assert one.counters == {counter: None}
    assert one.marks == [f"unsupported {counter}"]


@pytest.mark.parametrize(
    ("header", "text", "counter"),
    [
        ("Port counters: Lid 6 port 1 (CapMask: 0x1000)", WAIT, "port_xmit_wait"),
        ("Port counters: Lid 6 port 1", WAIT, "port_xmit_wait"),
        ("Port counters: Lid 6 port 1 (CapMask: 0x0000)", SYMBOLS, "symbol_error"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x1200 CapMask2: 0x0000002)", SYMBOLS, "symbol_error"),
        ("Port extended counters: Lid 6 port 1 (CapMask: 0x1400)", "PortXmitData:......0\n", "port_xmit_data"),
    ],
)
def test_a_zero_that_the_masks_allow_or_do_not_speak_of_is_one(header: str, text: str, counter: str) -> None:
    assert row(f"# {header}\n{text}").counters == {counter: 0}


def test_a_number_is_believed_whatever_the_masks_say() -> None:
    one = row("# Port counters: Lid 6 port 1 (CapMask: 0x0000)\nPortXmitWait:....................77\n")
    assert (one.counters, one.marks) == ({"port_xmit_wait": 77}, [])


def test_where_a_counter_stops_goes_by_its_width() -> None:
    plain = row("# Port counters: Lid 6 port 1\nLinkDownedCounter:...255\nSymbolErrorCounter:...65535\nXmtData:..7\n")
    wide = row("# Port extended counters: Lid 6 port 1\nLinkDownedCounter:...255\nSymbolErrorCounter:...65535\n")
    assert plain.marks == ["saturated link_downed", "saturated symbol_error"]
    assert wide.marks == []
    assert row("# PortXmitDataSL counters: Lid 6 port 1\nXmtDataSL13:.....4294967295\n").marks == [
        "saturated XmtDataSL13"
    ]


def test_the_port_of_all_ports_is_marked_as_a_sum() -> None:
    by_number = row("# Port counters: Lid 4 port 255 (CapMask: 0x1300)\nPortSelect:.....255\nVL15Dropped:....2\n")
    by_words = row("# Port counters: Lid 4 all ports\nPortSelect:.....255\nVL15Dropped:....2\n")
    assert by_number.id == by_words.id == "lid4/255"
    assert by_number.marks == by_words.marks == ["sum"]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("# PortRcvErrorDetails counters: Lid 9 port 2", "PortRcvErrorDetails"),
        ("# PortXmitDiscardDetails counters: Lid 9 port 2", "PortXmitDiscardDetails"),
        ("# PortExtendedSpeedsCounters counters: Lid 9 port 2", "PortExtendedSpeedsCounters"),
        (
            "# PortExtendedSpeedsCounters with RS-FEC Active counters: Lid 9 port 2",
            "PortExtendedSpeedsCounters with RS-FEC Active",
        ),
        ("# PortVLXmitFlowCtlUpdateErrors counters: Lid 9 port 2", "PortVLXmitFlowCtlUpdateErrors"),
        ("# SwPortVLCongestion counters: Lid 9 port 2", "SwPortVLCongestion"),
        (" Port counters: Lid 9 port 2", "Port"),
        ("# Port counters: Lid 0x9 port 2", "Port"),
    ],
)
def test_every_option_has_its_kind_of_record(header: str, kind: str) -> None:
    one = row(f"{header}\nPortSelect:......................2\nPortFrobnications:...............4\n")
    assert (one.id, one.extra["kind"], one.counters) == ("lid9/2", kind, {"PortFrobnications": 4})


def test_a_port_in_another_subnet_is_named_by_its_lid_and_its_gid_is_kept() -> None:
    one = row("# Port counters: Lid 9 Gid fe80::2:c903:0:11 port 2\nVL15Dropped:....2\n")
    assert (one.id, one.extra["gid"]) == ("lid9/2", "fe80::2:c903:0:11")


def test_samples_control_has_settings_and_no_counters() -> None:
    one = row("# PortSamplesControl: Lid 9 port 2\nOpCode:..........0x00\nCounterWidth:....4\nSampleStart:.....0\n")
    assert one.counters == {}
    assert (one.extra["op_code"], one.extra["counter_width"], one.extra["sample_start"]) == ("0x00", 4, 0)


def test_what_is_selected_is_kept_as_printed() -> None:
    one = row("# Port counters: Lid 9 port 2 (CapMask: 0x1400)\nPortSelect:..2\nCounterSelect:..0x1b01\n")
    assert (one.extra["port_select"], one.extra["counter_select"], one.extra["cap_mask"]) == (2, "0x1b01", "0x1400")


def test_names_of_ofeds_age_are_the_same_counters() -> None:
    one = row("# Port counters: Lid 9 port 2\nLinkDowned:...1\nXmtBytes:...5\nRcvSwRelayErrors:...2\n")
    assert one.counters == {"link_downed": 1, "port_xmit_data": 5, "port_rcv_switch_relay_errors": 2}


def test_a_port_whose_header_was_lost_is_not_the_one_before() -> None:
    first = "# Port counters: Lid 9 port 1\nPortSelect:.....1\nVL15Dropped:....2\n"
    for second in ("PortSelect:.....2\nVL15Dropped:....3\n", "VL15Dropped:....3\n"):
        one, other = said(first + second).rows
        assert (one.id, one.counters) == ("lid9/1", {"VL15_dropped": 2})
        assert other.id.startswith("?/")
        assert (other.counters, other.marks) == ({"VL15_dropped": 3}, ["header lost"])


def test_a_few_lines_alone_are_read() -> None:
    assert row("  SymbolErrorCounter:..............7\n").counters == {"symbol_error": 7}


def test_dots_may_have_become_blanks_or_an_ellipsis() -> None:
    assert row("# Port counters: Lid 9 port 2\nSymbolErrorCounter: 7\nVL15Dropped:…2\n").counters == {
        "symbol_error": 7,
        "VL15_dropped": 2,
    }


@pytest.mark.parametrize("value", ["many", "N/A", "", "99999999999999999999", "-1", "1 2"])
def test_a_value_that_is_no_number_is_unknown_and_its_line_is_shown(value: str) -> None:
    reading = said(f"# Port counters: Lid 9 port 2\nSymbolErrorCounter:....{value}\n")
    assert reading.rows[0].counters == {"symbol_error": None}
    assert reading.rows[0].marks == ["unknown symbol_error"]
    assert reading.unparsed == [f"SymbolErrorCounter:....{value}"]


def test_complaints_are_no_counters() -> None:
    reading = said(
        "$ perfquery -x 9 2\nibwarn: [21453] main: PerfMgt ClassPortInfo 0x400 extended counters not indicated\n\n"
        "perfquery: iberror: failed: perfextquery\nretry: 5\n"
    )
    assert reading.rows == []
    assert [event.kind for event in reading.events] == ["ibwarn", "iberror"]
    assert reading.events[1].text == "perfquery: iberror: failed: perfextquery"
    assert reading.unparsed == ["retry: 5"]


@pytest.mark.parametrize("line", ["kex: reset by port 22", "Link info: eth0 all ports", "gpu1: Lid 7 port 2 is up"])
def test_another_line_that_names_a_port_is_no_header(line: str) -> None:
    reading = said(f"# Port counters: Lid 9 port 2\nVL15Dropped:....2\n{line}\nSymbolErrorCounter:....7\n")
    assert [one.counters for one in reading.rows] == [{"VL15_dropped": 2, "symbol_error": 7}]
    assert reading.unparsed == [line]


def test_a_port_reached_by_a_path_is_named_by_it() -> None:
    assert row("# Port counters: DR path slid 0; dlid 0; 0,3 port 1 (CapMask: 0x1600)\nVL15Dropped:..2\n").id == (
        "path0,3/1"
    )
