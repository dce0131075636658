"""`/proc/net/dev`: columns by their heads, and by their number where the heads were cut off."""

from __future__ import annotations

from fabconsole.formats.host.proc_net_dev import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def test_a_line_alone_is_read_by_its_sixteen_numbers() -> None:
    (row,) = read("  eth0:99 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n").rows
    assert row.counters == {
        "rx_bytes": 99,
        "rx_packets": 1,
        "rx_errors": 2,
        "rx_dropped": 3,
        "rx_fifo_errors": 4,
        "rx_frame": 5,
        "rx_compressed": 6,
        "multicast": 7,
        "tx_bytes": 8,
        "tx_packets": 9,
        "tx_errors": 10,
        "tx_dropped": 11,
        "tx_fifo_errors": 12,
        "collisions": 13,
        "tx_carrier": 14,
        "tx_compressed": 15,
    }


def test_columns_are_those_that_the_heads_name() -> None:
    head = "Inter-|   Receive |  Transmit\n face |packets errs drop|packets errs colls\n"
    (row,) = read(head + "  lo: 1 2 3 4 5 6\n").rows
    assert list(row.counters) == ["rx_packets", "rx_errors", "rx_dropped", "tx_packets", "tx_errors", "collisions"]


def test_a_line_with_a_number_missing_is_handed_back() -> None:
    said = read("  eth0: 99 1 2 3 4 5 6 7 8 9 10 11 12 13 14\n")
    assert (said.rows, len(said.unparsed)) == ([], 1)


def test_an_interface_of_a_vlan_or_an_alias_keeps_its_name() -> None:
    zeros = " 0" * 16
    assert [row.id for row in read(f"eth0.100:{zeros}\nveth1@if2:{zeros}\n").rows] == ["eth0.100", "veth1@if2"]


def test_a_line_of_each_host_has_its_host_in_its_name() -> None:
    text = "gpu7:   ib0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\ngpu8: ib0:21 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
    rows = FORMAT.read(Paste(text)).rows
    assert [(row.id, row.counters["rx_bytes"]) for row in rows] == [("gpu7/ib0", 1), ("gpu8/ib0", 21)]
