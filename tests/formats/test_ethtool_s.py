"""`ethtool -S`: whose counters they are, and what a line is not."""

from __future__ import annotations

from fabconsole.formats.format import named
from fabconsole.formats.host.ethtool_s import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def test_it_is_found_by_the_command_that_is_typed() -> None:
    assert named("ethtool -S") is named("ethtool-S") is FORMAT


def test_the_command_names_the_interface() -> None:
    text = (
        "$ sudo ethtool -S eth0 | grep disc\n     rx_discards_phy: 1\n$ ethtool -S enp3s0f0\n     rx_discards_phy: 2\n"
    )
    assert [(row.id, row.counters) for row in read(text).rows] == [
        ("eth0", {"rx_discards_phy": 1}),
        ("enp3s0f0", {"rx_discards_phy": 2}),
    ]


def test_a_name_above_the_heading_names_it_too() -> None:
    said = read("== eth0 ==\nNIC statistics:\n  rx_packets: 1\neth1:\nNIC statistics:\n  rx_packets: 2\n")
    assert [(row.id, row.counters["rx_packets"]) for row in said.rows] == [("eth0", 1), ("eth1", 2)]
    assert said.unparsed == []


def test_without_a_name_each_heading_is_another_interface() -> None:
    said = read("NIC statistics:\n  rx_packets: 1\nNIC statistics:\n  rx_packets: 2\n")
    assert [row.id for row in said.rows] == ["interface", "interface 2"]


def test_a_name_that_comes_again_is_another_interfaces() -> None:
    said = read("rx_packets: 1\ntx_packets: 1\nrx_packets: 2\n")
    assert [row.counters for row in said.rows] == [{"rx_packets": 1, "tx_packets": 1}, {"rx_packets": 2}]


def test_names_of_other_drivers_hold_dots_brackets_and_blanks() -> None:
    counters = (
        read("  [0]: rx_ucast_packets: 5\n  rx-0.bytes: 6\n  port.rx_dropped: 7\n  rx no bufs: 8\n").rows[0].counters
    )
    assert counters == {"[0]: rx_ucast_packets": 5, "rx-0.bytes": 6, "port.rx_dropped": 7, "rx no bufs": 8}


def test_all_ones_are_saturated_more_is_no_number() -> None:
    row = read("  a_b: 18446744073709551615\n  c_d: 18446744073709551616\n  e_f: N/A\n").rows[0]
    assert row.counters == {"a_b": 18446744073709551615, "c_d": None, "e_f": None}
    assert row.marks == ["saturated a_b", "unknown c_d", "unsupported e_f"]


def test_groups_as_json_have_the_names_that_the_text_has() -> None:
    text = (
        '[ {"ifname": "eth0", "eth-mac": {"FramesReceivedOK": 5},\n'
        ' "rmon": {"rx-pktsNtoM": [{"low": 0, "high": 64, "val": 3}]}} ]\n'
    )
    (row,) = read(text).rows
    assert (row.id, row.counters) == ("eth0", {"eth-mac-FramesReceivedOK": 5, "rmon-rx-pktsNtoM-0to64": 3})


def test_an_interface_without_statistics_is_told() -> None:
    said = read("root@a:~# ethtool -S lo\nno stats available\n")
    assert [(row.id, row.counters, row.marks) for row in said.rows] == [("lo", {}, ["no statistics"])]


def test_what_is_no_counter_is_handed_back() -> None:
    assert read("NIC statistics:\n  rx_packets: 1\nKilled\n").unparsed == ["Killed"]


def test_a_note_takers_sign_before_a_name_is_no_part_of_it() -> None:
    (row,) = FORMAT.read(Paste("# rx_packets_phy: 8\n# tx_packets_phy: 9\n")).rows
    assert row.counters == {"rx_packets_phy": 8, "tx_packets_phy": 9}


def test_a_cluster_shells_host_is_no_part_of_a_counters_name() -> None:
    lines = ["gpu7:      rx_discards_phy: 5", "gpu8:      rx_discards_phy: 6"]
    assert FORMAT.read(Paste("\n".join(lines))).unparsed == lines
