"""What NVUE's words mean: Cumulus Linux and NVOS, in JSON and in text."""

from __future__ import annotations

import json

import pytest

from fabconsole.fabric.health import Severity
from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Ber, Reading, Row

TREE = """\
admin@nvos:~$ nv show interface sw3p1s2
                       operational  applied
---------------------  -----------  -------
link
  speed                400G
  counters
    in-bytes           9.73 MB
    in-pkts            384
    out-bytes          1300 Bytes
    in-symbol-errors   6
    link-downed        3
    out-drops          2
  state                up           up
  physical-state       LinkUp
  logical-state        Active
  lanes                2X
type                   ib           ib
"""


def read(text: str) -> Reading:
    return named("nvue").read(Paste(text))


def only(text: str) -> Row:
    (row,) = read(text).rows
    return row


def answer(command: str, said: object) -> str:
    return f"admin@nvos:~$ {command} -o json\n{json.dumps(said, indent=2)}\n"


def test_a_state_that_is_an_object_of_empty_objects_is_a_word() -> None:
    row = only(answer("nv show interface swp3 link", {"state": {"up": {}}, "flag": {"up": {}, "lower-up": {}}}))
    assert (row.id, row.state, row.extra["flag"]) == ("swp3", "up", ["up", "lower-up"])


def test_octets_that_were_rounded_are_no_count_but_kept_as_printed() -> None:
    row = only(TREE)
    assert row.counters["rx_bytes"] is None
    assert "approximate rx_bytes" in row.marks
    assert row.extra["in_bytes"] == "9.73 MB"


def test_octets_that_were_not_rounded_are_a_count() -> None:
    assert only(TREE).counters["tx_bytes"] == 1300


def test_a_port_of_a_fabric_has_the_names_of_its_performance_counters() -> None:
    counters = only(TREE).counters
    assert (counters["symbol_error"], counters["link_downed"], counters["port_xmit_discards"]) == (6, 3, 2)
    assert counters["port_rcv_packets"] == 384


def test_an_ethernet_port_has_the_names_of_network_devices() -> None:
    said = {"in-pkts": 7, "out-drops": 2, "in-errors": 1, "carrier-transitions": 4}
    assert only(answer("nv show interface swp3 link stats", said)).counters == {
        "rx_packets": 7,
        "tx_dropped": 2,
        "rx_errors": 1,
        "carrier_changes": 4,
    }


def test_the_logical_state_goes_before_the_word_up() -> None:
    row = only(TREE)
    assert (row.state, row.phys_state, row.rate_gbps, row.width) == ("Active", "LinkUp", 400.0, "2X")


def test_what_is_applied_is_kept_apart_from_what_is() -> None:
    assert only(TREE).extra["applied"] == {"link": {"state": "up"}, "type": "ib"}


def test_the_speed_of_a_port_that_is_down_is_none() -> None:
    row = only(answer("nv show interface swp3 link", {"oper-status": "down", "speed": "100G"}))
    assert (row.rate_gbps, row.extra["printed_rate"]) == (None, "100G")


def test_a_tree_whose_indentation_was_lost_still_gives_its_values() -> None:
    row = only("\n".join(line.lstrip() for line in TREE.split("\n")))
    assert (row.state, row.counters["symbol_error"], row.rate_gbps) == ("Active", 6, 400.0)


def test_a_tree_whose_blanks_were_lost_still_gives_its_values() -> None:
    row = only("\n".join(" ".join(line.split()) for line in TREE.split("\n")))
    assert (row.id, row.state, row.counters["symbol_error"], row.counters["tx_bytes"]) == ("sw3p1s2", "Active", 6, 1300)


def test_no_error_seen_is_no_ratio_of_zero() -> None:
    row = only(answer("nv show interface acp1 link phy-detail", {"raw-ber": "3E-7", "symbol-ber": "15E-255"}))
    assert row.ber == Ber(raw=3e-7)
    assert row.marks == ["none seen symbol"]


def test_a_lane_is_not_the_port() -> None:
    lanes = {"0": {"raw-ber": "4E-6", "phy-raw-errors": 12}}
    row = only(answer("nv show interface acp1 link phy health", {"raw-ber": "3E-7", "lane": lanes}))
    assert row.ber == Ber(raw=3e-7)
    assert (row.extra["lane_0_raw_ber"], row.counters) == (4e-6, {"lane.0.phy-raw-errors": 12})


def test_a_direction_that_is_not_counted_is_not_zero() -> None:
    said = {"nvl": {"errors": {"icrc-errors": {"receive": 3, "transmit": "n/a"}}}}
    row = only(answer("nv show interface acp1 counters", said))
    assert row.counters == {"icrc-errors.receive": 3, "icrc-errors.transmit": None}
    assert row.marks == ["unsupported icrc-errors.transmit"]


def test_each_answer_belongs_to_the_command_before_it() -> None:
    text = answer("nv show interface swp1 link stats", {"in-pkts": 1}) + answer(
        "nv show interface swp2 link stats", {"in-pkts": 2}
    )
    assert [(row.id, row.counters["rx_packets"]) for row in read(text).rows] == [("swp1", 1), ("swp2", 2)]


def test_the_sections_of_one_interface_s_counters_are_one_row() -> None:
    row = only(
        "cumulus@sw$ nv show interface swp1 counters\n"
        "                     operational  applied\n"
        "-------------------  -----------  -------\n"
        "carrier-transitions  4\n\n"
        "Error Counters\n=================\n"
        "    Counter           Receive  Transmit\n"
        "    ----------------  -------  --------\n"
        "    FCS Errors        3        n/a\n"
        "    Total Errors      5        6\n"
    )
    assert (row.counters["carrier_changes"], row.counters["rx_crc_errors"]) == (4, 3)
    assert (row.counters["rx_errors"], row.counters["tx_errors"]) == (5, 6)


def test_a_list_s_line_without_a_name_goes_on_with_the_one_before() -> None:
    row = only(
        "Interface  State  Speed  MTU    Type      Summary\n"
        "---------  -----  -----  -----  --------  ---------------\n"
        "lo         up            65536  loopback  IP: 10.0.0.1/32\n"
        "                                          IP: ::1/128\n"
    )
    assert row.extra["summary"] == ["IP: 10.0.0.1/32", "IP: ::1/128"]


def test_a_list_s_line_without_its_heading_is_known_by_its_words() -> None:
    row = only("swp9       up            down         100G   9216  swp\n")
    assert (row.id, row.state, row.extra["admin_status"], row.extra["mtu"]) == ("swp9", "down", "up", 9216)


def test_a_module_s_measures_have_their_units_in_their_names() -> None:
    row = only(
        "cumulus@sw:~$ nv show platform transceiver swp2\n"
        "vendor-sn              : MT2108FT02204\n"
        "temperature:\n"
        "  temperature           : 42.56 C\n"
        "channel:\n"
        "  channel-1:\n"
        "    rx-power:\n"
        "        power                 : 0.8625 mW / -0.64 dBm\n"
    )
    assert (row.id, row.extra["vendor_sn"], row.extra["temperature_c"]) == ("swp2", "MT2108FT02204", 42.56)
    assert row.extra["channel_1_rx_power_dbm"] == -0.64


def test_why_a_link_is_down_is_told_by_a_code_and_words() -> None:
    said = {"sw1p1": {"link": {"diagnostics": {"1024": {"status": "Cable is unplugged."}}}}}
    row = only(answer("nv show interface --view link-diagnostics", said))
    assert (row.id, row.extra["diagnostic_code"], row.extra["diagnostic_status"]) == (
        "sw1p1",
        1024,
        "Cable is unplugged.",
    )


def test_things_of_one_kind_are_rows_and_what_stands_once_is_a_fact() -> None:
    fans = {"FAN1/1": {"state": "ok", "current-speed": "7000"}, "FAN1/2": {"state": "fail", "current-speed": "0"}}
    said = read(answer("nv show platform environment fan", fans) + answer("nv show system", {"build": "25.02.2141"}))
    assert [(row.id, row.extra["state"], row.extra["kind"]) for row in said.rows] == [
        ("FAN1/1", "ok", "fan"),
        ("FAN1/2", "fail", "fan"),
    ]
    assert said.facts == {"build": "25.02.2141"}


def test_an_event_whose_zone_is_letters_keeps_its_stamp() -> None:
    said = {
        "530": {"resource": "acp8", "severity": "WARNING", "text": "Down", "time-created": "2026-07-21 09:03:13 IDT"}
    }
    (event,) = read(answer("nv show system events", said)).events
    assert (event.at, event.stamp, event.code) == ("2026-07-21T09:03:13", "2026-07-21 09:03:13 IDT", 530)
    assert (event.severity, event.subject) == (Severity.WARN, "acp8")


def test_lines_that_somebody_left_out_are_told() -> None:
    assert "left out" in str(read(TREE + "...\n").facts["incomplete"])


def test_json_that_ends_before_its_end_keeps_what_is_whole() -> None:
    said = read('cumulus@sw:~$ nv show interface swp1 link stats -o json\n{\n  "in-pkts": 17,\n  "in-errors": 1')
    assert said.rows[0].counters == {"rx_packets": 17}
    assert "incomplete" in said.facts


@pytest.mark.parametrize("word", ["nvos", "cumulus", "nvue-cumulus", "nv-show"])
def test_it_is_found_by_what_people_call_it(word: str) -> None:
    assert named(word) is named("nvue")


def test_the_neighbour_that_lldp_tells_is_the_peer() -> None:
    far = {"lldp": {"neighbor": {"spine03": {"port": {"name": "swp9", "type": "ifname"}}}}}
    row = only(answer("nv show interface --view lldp", {"swp1": far}))
    assert (row.id, row.peer, row.extra["peer_node"]) == ("swp1", "spine03/swp9", "spine03")


def test_an_older_list_with_single_blanks_between_its_columns_is_cut_where_its_rule_says() -> None:
    row = only(
        "cumulus@leaf:~$ net show interface bond7\n\n   Name   MAC               Speed   MTU   Mode\n"
        "-- ------ ----------------- ------- ----- ----------\n"
        "DN bond7  02:00:00:00:00:07 1G      1500  Bond/Trunk\n\nBond Details\n------------------ -----------\n"
        "Bond Mode:         LACP\nLACP Sys Priority:\nIn CLAG:           CLAG Active\n"
    )
    assert (row.id, row.state, row.extra["mac"], row.extra["mtu"]) == ("bond7", "down", "02:00:00:00:00:07", 1500)
    assert (row.extra["bond_details_bond_mode"], row.extra["bond_details_lacp_sys_priority"]) == ("LACP", None)


def test_the_old_list_of_neighbours_has_peers() -> None:
    row = only(
        "LocalPort  Speed  Mode     RemoteHost  RemotePort\n---------  -----  -------  ----------  ----------\n"
        "swp25      25G    Default  esx-201     25\n"
    )
    assert (row.id, row.rate_gbps, row.peer) == ("swp25", 25.0, "esx-201/25")


def test_the_old_json_of_an_interface_is_a_row() -> None:
    said = {"br9": {"iface_obj": {"mtu": 9216, "counters": {"RX_OK": 5, "TX_DRP": 2}}, "linkstate": "UP"}}
    row = only(json.dumps(said))
    assert (row.id, row.state, row.counters, row.extra["mtu"]) == (
        "br9",
        "up",
        {"rx_packets": 5, "tx_dropped": 2},
        9216,
    )


def test_a_name_that_is_wider_than_its_column_has_its_value_behind_it() -> None:
    text = "admin@nvos:~$ nv show interface acp7\n                operational\n--------------  -----------\nlink\n"
    assert only(f"{text}  counters\n    port-rcv-constraint-errors 8\n").counters == {"port_rcv_constraint_errors": 8}


def test_a_fence_between_commands_is_no_row() -> None:
    rows = read(
        "Name  Type  State\n----  ----  -----\nFAN1  fan   ok\n####\n"
        "# Execute Command: nv show platform environment temperature\n####\n"
        "Name  Cur Temp (C)  State\n----  ------------  -----\nT1    40            ok\n"
    ).rows
    assert [(row.id, row.extra["state"]) for row in rows] == [("FAN1", "ok"), ("T1", "ok")]


def test_why_one_link_is_down_has_the_same_names_as_in_the_list() -> None:
    row = only(
        "admin@nvos:~$ nv show interface sw1p1 link diagnostics\nCode  Status\n----  ------------------\n"
        "1024  Cable is unplugged\n"
    )
    assert (row.id, row.extra["diagnostic_code"], row.extra["diagnostic_status"]) == (
        "sw1p1",
        1024,
        "Cable is unplugged",
    )


def test_a_second_neighbour_does_not_overwrite_the_first() -> None:
    said = {"a": {"port": {"name": "p1"}}, "b": {"port": {"name": "p2"}}}
    row = only(json.dumps({"swp1": {"lldp": {"neighbor": said}}}))
    assert (row.peer, row.extra["remote_port_name"], row.extra["lldp_neighbor_b_port_name"]) == ("a/p1", "p1", "p2")


def test_headings_that_lost_their_blanks_name_no_cells() -> None:
    rows = read(
        "Interface Admin Status Oper Status Type\n--------- ------------ ----------- --------\n"
        "lo up unknown loopback\nswp5 up down swp\n"
    ).rows
    assert [(row.id, row.state, row.extra["admin_status"]) for row in rows] == [
        ("lo", None, "up"),
        ("swp5", "down", "up"),
    ]


def test_counters_without_their_command_are_those_of_one_interface() -> None:
    row = only("Counter      Receive  Transmit\n-----------  -------  --------\nTotal Drops  3        n/a\n")
    assert (row.id, row.counters) == ("interface", {"rx_dropped": 3, "tx_dropped": None})


def test_a_list_with_tabs_keeps_its_blank_cells() -> None:
    rows = read("Interface\tState\tSpeed\tMTU\n---------\t-----\t-----\t---\nswp2\tdown\t\t1500\n").rows
    assert [(row.id, row.state, row.extra["mtu"]) for row in rows] == [("swp2", "down", 1500)]


def test_every_channel_of_a_module_has_a_row_of_its_own() -> None:
    rows = read("name      Ch  Value\n--------  --  ---------\nrx-power  1   -0.64 dBm\n          2   -0.70 dBm\n").rows
    assert [(row.id, row.extra["ch"], row.extra["value_dbm"]) for row in rows] == [
        ("rx-power", 1, -0.64),
        ("rx-power", 2, -0.7),
    ]
