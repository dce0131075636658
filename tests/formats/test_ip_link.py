"""`ip link`: numbers under the heads that stand above them, whichever iproute2 printed them."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.host.ip_link import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> list[Row]:
    return read((SAMPLES / name).read_text()).rows


def test_every_column_has_its_canonical_name() -> None:
    assert sample("ip-link.txt")[1].counters == {
        "rx_bytes": 9477191497,
        "rx_packets": 6360635,
        "rx_errors": 16763,
        "rx_dropped": 5,
        "rx_missed_errors": 6,
        "multicast": 71,
        "rx_length_errors": 1,
        "rx_crc_errors": 16763,
        "rx_frame_errors": 2,
        "rx_fifo_errors": 3,
        "rx_over_errors": 4,
        "tx_bytes": 8861,
        "tx_packets": 100,
        "tx_errors": 7,
        "tx_dropped": 8,
        "tx_carrier_errors": 9,
        "collisions": 10,
        "tx_aborted_errors": 11,
        "tx_fifo_errors": 12,
        "tx_window_errors": 13,
        "tx_heartbeat_errors": 14,
        "carrier_changes": 2,
    }


def test_older_columns_are_told_by_their_heads() -> None:
    counters = sample("ip-link.txt")[2].counters
    assert (counters["rx_over_errors"], counters["tx_dropped"], "rx_missed_errors" in counters) == (0, 1, False)


def test_states() -> None:
    assert [(row.id, row.state) for row in sample("ip-link.txt")] == [
        ("lo", "unknown"),
        ("eth2", "up"),
        ("ib0", "down"),
    ]


def test_an_address_over_infiniband_ends_in_the_ports_guid() -> None:
    assert sample("ip-link.txt")[2].extra["port_guid"] == "0c42a10300b31234"


def test_settings_of_the_interface() -> None:
    extra = sample("ip-link.txt")[1].extra
    assert (extra["mtu"], extra["qdisc"], extra["master"], extra["qlen"]) == (9000, "mq", "bond0", 1000)
    assert (extra["address"], extra["altnames"]) == ("02:00:5e:11:22:33", ["enp24s0f0np0"])


def test_json_says_the_same() -> None:
    (row,) = sample("ip-link.json.txt")
    assert (row.id, row.state, row.extra["mtu"]) == ("eth2", "up", 9000)
    assert (row.counters["rx_over_errors"], row.counters["multicast"]) == (3, 4)
    assert (row.counters["tx_carrier_errors"], row.counters["collisions"]) == (7, 8)


def test_addresses() -> None:
    (row,) = sample("ip-link.addresses.txt")
    assert row.extra["addresses"] == ["192.0.2.17/24", "2001:db8::17/64"]


def test_all_on_one_line() -> None:
    text = (
        "2: eth0: <UP> mtu 1500 state UP \\    link/ether 02:00:5e:00:00:01 brd ff:ff:ff:ff:ff:ff"
        "\\    RX:  bytes packets errors dropped  missed   mcast\\    5 6 7 8 9 10 \n"
    )
    (row,) = read(text).rows
    assert (row.extra["address"], row.counters["rx_missed_errors"]) == ("02:00:5e:00:00:01", 9)


def test_the_brief_form() -> None:
    rows = read("eth0@if3         UP             02:00:5e:00:00:01 <UP,LOWER_UP> \nib0  DOWN 192.0.2.1/24\n").rows
    assert [(row.id, row.state) for row in rows] == [("eth0", "up"), ("ib0", "down")]
    assert (rows[0].extra["address"], rows[1].extra["addresses"]) == ("02:00:5e:00:00:01", ["192.0.2.1/24"])


def test_numbers_without_their_heading_are_nobodys() -> None:
    said = read("2: eth0: <UP> mtu 1500 state UP\n    RX:  bytes packets\n    1 2\n    3 4\n")
    assert said.rows[0].counters == {"rx_bytes": 1, "rx_packets": 2}
    assert said.rows[0].extra["details"] == ["3 4"]


def test_rounded_numbers_are_no_counters() -> None:
    row = read("2: eth0: <UP> mtu 1500 state UP\n    RX:  bytes packets\n    1.5M 2k\n").rows[0]
    assert row.counters == {"rx_bytes": None, "rx_packets": None}
    assert (row.marks, row.extra["rx_bytes_printed"]) == (["unknown rx_bytes", "unknown rx_packets"], "1.5M")


def test_heads_without_an_interface_are_one_of_no_name() -> None:
    rows = read(
        "    RX:  bytes packets\n    1 2\n    TX:  bytes packets\n    3 4\n    RX:  bytes packets\n    5 6\n"
    ).rows
    assert [(row.id, row.counters["rx_bytes"]) for row in rows] == [("interface", 1), ("interface 2", 5)]


def test_virtual_functions_count_for_themselves() -> None:
    rows = read(
        "2: eth0: <UP> mtu 1500 state UP\n    RX:  bytes packets\n    1 2\n"
        "    vf 0     link/ether 02:00:5e:00:00:02 brd ff:ff:ff:ff:ff:ff, spoof checking off\n"
        "    RX: bytes  packets  mcast   bcast   dropped\n    3 4 5 6 7\n"
    ).rows
    assert [(row.id, row.counters["rx_bytes"]) for row in rows] == [("eth0", 1), ("eth0/vf0", 3)]
