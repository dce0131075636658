"""What MLNX-OS's and Onyx's words mean, in text and in JSON."""

from __future__ import annotations

import json

import pytest

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row


def read(text: str) -> Reading:
    return named("mlnx-os").read(Paste(text))


def only(text: str) -> Row:
    (row,) = read(text).rows
    return row


def test_a_port_that_is_down_has_no_rate() -> None:
    row = only(
        "IB1/19 state:\n  Logical port state  : Down\n  Physical port state : Polling\n  Current line rate   : -\n"
    )
    assert (row.state, row.phys_state, row.rate_gbps, row.extra["current_line_rate"]) == ("Down", "Polling", None, None)


def test_octets_stay_octets_and_packets_have_the_performance_counters_names() -> None:
    row = only(
        "IB1/7 state:\n  Logical port state : Active\nRX bytes : 4096\nTX packets : 12\nVL15 dropped packets : 3\n"
    )
    assert row.counters == {"rx_bytes": 4096, "port_xmit_packets": 12, "VL15_dropped": 3}


def test_a_split_port_keeps_its_third_number() -> None:
    assert only("IB1/2/1 state:\n  Logical port state : Active\n").id == "IB1/2/1"


def test_counters_under_rx_and_tx_are_told_apart() -> None:
    row = only("Eth1/3:\n  Operational state: Up\n  Rx:\n    packets: 5\n    error packets: 1\n  Tx:\n    packets: 7\n")
    assert row.counters == {"rx_packets": 5, "rx_errors": 1, "tx_packets": 7}


def test_older_releases_print_the_number_first() -> None:
    row = only(
        "Eth1/3\n  Operational state: Up\n  Rx\n    5    packets\n    2    discard packets\n  Tx\n    7    packets\n"
    )
    assert row.counters == {"rx_packets": 5, "rx_dropped": 2, "tx_packets": 7}


def test_a_status_line_without_its_heading_is_told_from_its_end() -> None:
    row = only("IB1/7    gpu-c0123 mlx5_4     hdr      200.0 Gbps     Active     LinkUp\n")
    assert (row.state, row.phys_state, row.rate_gbps) == ("Active", "LinkUp", 200.0)
    assert row.extra["description"] == "gpu-c0123 mlx5_4"


def test_an_inventory_without_its_heading_is_known_by_its_modules() -> None:
    assert only("PS2      MTEF-PSF-AC-C      MT2029X55183      N/A      A3\n").extra["serial_number"] == "MT2029X55183"


def test_a_heading_of_two_lines_gives_the_unit() -> None:
    row = only(
        "==========================================\n"
        "Module  Component  Reg  CurTemp    Status\n"
        "                        (Celsius)\n"
        "==========================================\n"
        "MGMT    SIB        T1   47.00      OK\n"
    )
    assert (row.id, row.extra["temperature_c"], row.extra["status"]) == ("MGMT/SIB/T1", 47.0, "OK")


def test_a_backslash_stands_for_not_available_and_is_never_zero() -> None:
    row = only(
        '[{"header": "Eth1/1", "Operational state": "Up", "Tx": {"packets": "N\\\\A"}, "Description": "N\\\\A"}]'
    )
    assert (row.counters, row.extra["description"]) == ({"tx_packets": None}, None)
    assert row.marks == ["unsupported tx_packets"]


def test_a_list_in_a_list_is_read() -> None:
    assert only(json.dumps([[{"header": "Eth1/9", "Operational state": "Up"}]])).state == "up"


def test_objects_of_one_port_that_repeat_no_name_are_one_row() -> None:
    assert only(json.dumps({"Eth1/1": [{"Speed": "25G"}, {"Operational state": "Up"}]})).rate_gbps == 25.0


def test_the_json_interface_s_own_answer_is_taken_off() -> None:
    inner = {"IB1/1": [{"Logical port state": "Active", "Current line rate": "400.0 Gbps"}]}
    said = read(json.dumps({"status": "OK", "executed_command": "show interfaces ib status", "data": inner}))
    assert said.rows[0].rate_gbps == 400.0
    assert said.facts["executed_command"] == "show interfaces ib status"


def test_a_module_in_a_slot_is_a_port_of_the_kind_that_was_asked_for() -> None:
    row = only("switch (config) # show interfaces ib 1/36 transceiver\nSlot 1 port 36 state\n  vendor : Mellanox\n")
    assert (row.id, row.extra["vendor"]) == ("IB1/36", "Mellanox")


def test_the_neighbour_is_the_peer() -> None:
    row = only("Eth1/1\nRemote port-id : Eth1/5 ; port id subtype: Interface Name (5)\nRemote system name : sw-2\n")
    assert (row.peer, row.extra["peer_node"]) == ("sw-2/Eth1/5", "sw-2")


def test_a_command_that_was_refused_is_told() -> None:
    said = read('switch > show interfaces ib 1/19 transceiver\n% Unrecognized command "transceiver".\n')
    assert said.facts["refused"] == 'show interfaces ib 1/19 transceiver: Unrecognized command "transceiver".'


def test_what_is_not_understood_is_handed_back() -> None:
    assert read("IB1/1 state:\n  Logical port state : Active\nConnection to sw closed.\n").unparsed == [
        "Connection to sw closed."
    ]


@pytest.mark.parametrize("word", ["onyx", "mlnxos", "onyx-json", "MLNX-OS"])
def test_it_is_found_by_what_people_call_it(word: str) -> None:
    assert named(word) is named("mlnx-os")


def test_an_older_inventory_has_a_type_before_the_part_number() -> None:
    (row,) = read("CHASSIS   SX7777    MSX7777F-1SFR     MT1299X01234\n").rows
    assert (row.extra["type"], row.extra["part_number"], row.extra["serial_number"]) == (
        "SX7777",
        "MSX7777F-1SFR",
        "MT1299X01234",
    )


def test_cells_that_nobody_can_name_are_not_named() -> None:
    (row,) = read("PS1   A      B     C\n").rows
    assert row.extra == {"cell_1": "A", "cell_2": "B", "cell_3": "C"}


def test_a_rule_that_the_terminal_wrapped_heads_the_same_table() -> None:
    rule = "=" * 60 + "\n" + "=" * 12 + "\n"
    row = only(
        f"{rule}Module     Type       Part number     Serial Number\n\n{rule}MGMT       SX1        P-7             S9\n"
    )
    assert (row.id, row.extra["part_number"], row.extra["serial_number"]) == ("MGMT", "P-7", "S9")


def test_the_hosts_own_interfaces_are_rows_with_what_stands_beside() -> None:
    row = only(
        "Interface mgmt0 status:\n   Admin up:           yes\n   Link up:            yes\n   Speed:   1000Mb/s (auto)\n"
        "   IPv6 enabled:  no\n\n   RX bytes:           700                TX bytes:       800\n"
        "   RX overruns:        1                  TX carrier:     2\n"
    )
    assert (row.id, row.state, row.rate_gbps, row.extra["ipv6_enabled"]) == ("mgmt0", "up", 1.0, "no")
    assert row.counters == {"rx_bytes": 700, "tx_bytes": 800, "rx_fifo_errors": 1, "tx_carrier_errors": 2}


def test_what_a_neighbour_does_not_advertise_is_no_peer() -> None:
    said = {"Remote port-id": "Not Advertised", "Remote system name": "Not Advertised"}
    row = only(json.dumps({"data": [{"Eth1/3 (Po7)": [said]}], "status": "OK", "executed_command": "show lldp"}))
    assert (row.peer, row.extra["remote_port_id"], row.extra["port_channel"]) == (None, None, "Po7")


def test_the_list_of_neighbours_names_their_ports() -> None:
    row = only(
        "Local Interface     Chassis ID          Port ID     System Name\n"
        "-----------------   -----------------   ---------   -----------\n"
        "Eth1/7              02:00:00:00:00:01   Eth1/9      leaf-b\n"
    )
    assert (row.id, row.peer) == ("Eth1/7", "leaf-b/Eth1/9")


def test_a_port_channels_flag_is_its_state() -> None:
    row = only('{"1 Po22(D)": [{"Type": "STATIC", "Member Ports": "Eth1/7(D)"}]}')
    assert (row.id, row.state, row.extra["member_ports"]) == ("Po22", "down", "Eth1/7(D)")


def test_pairs_below_a_title_stand_under_it() -> None:
    facts = read("MAGP 1:\n  State  : Master\nMAGP 2:\n  State  : Init\nLast boot partition: 2\n").facts
    assert facts == {"magp_1": {"state": "Master"}, "magp_2": {"state": "Init"}, "last_boot_partition": 2}


def test_changes_of_state_are_counted() -> None:
    row = only("Eth1/1:\n  Admin state : Enabled\n  Last change in operational status : 0:00:48 ago (3 oper change)\n")
    assert row.extra["oper_changes"] == 3


def test_what_a_supply_could_measure_is_no_measure() -> None:
    row = only("Port 1/1 transceiver diagnostic data:\n  Voltage (0 to 6.5535 V):\n    Voltage  : 3.28950 V\n")
    assert row.extra == {"voltage_v": 3.2895}


def test_what_is_said_again_is_said_of_another_port_whose_name_was_lost() -> None:
    said = read(
        "Eth1/1\n  Admin state: Enabled\n\nRx\n  7  packets\n\n  Admin state: Enabled\nRx\n  9  packets\n"
        "Eth1/3\n  Admin state: Enabled\n"
    )
    assert [(row.id, row.counters) for row in said.rows] == [("Eth1/1", {"rx_packets": 7}), ("Eth1/3", {})]
    assert [line.split()[-1] for line in said.unparsed] == ["Enabled", "packets"]
