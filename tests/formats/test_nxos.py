"""What is easily got wrong in NX-OS's words."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.nxos import FORMAT


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


def test_a_status_that_was_cut_at_its_column_is_down() -> None:
    said = sample("nxos.txt")
    assert [row(said, name).state for name in ("Eth1/2", "Eth1/9", "Eth1/10")] == ["down"] * 3
    assert row(said, "Eth1/9").extra["type"] == "Fabric Exte"


def test_a_speed_without_a_unit_is_megabits() -> None:
    assert row(sample("nxos.txt"), "mgmt0").rate_gbps == 1.0


def test_a_second_table_has_columns_of_its_own() -> None:
    tunnel = row(sample("nxos.txt"), "Tunnel40")
    assert (tunnel.state, tunnel.extra["reason"]) == ("down", "Link not connected")


def test_the_brief_table_tells_why_a_port_is_down() -> None:
    said = sample("nxos.txt")
    assert row(said, "Eth2/1").extra["reason"] == "Link not connected"
    assert (row(said, "Eth2/2").state, row(said, "Eth2/2").rate_gbps) == ("up", 10.0)


def test_a_counter_that_a_port_has_not_is_no_zero() -> None:
    port = row(sample("nxos.txt"), "mgmt0")
    assert (port.counters["rx_crc_errors"], port.counters["tx_dropped"]) == (0, None)
    assert "unsupported tx_dropped" in port.marks


def test_errors_of_two_tables_stand_in_one_row() -> None:
    counters = row(sample("nxos.txt"), "Eth1/1").counters
    assert (counters["rx_crc_errors"], counters["tx_dropped"], counters["tx_carrier_errors"]) == (12, 4303, 2)


def test_the_same_words_under_rx_and_tx_are_two_counters() -> None:
    counters = row(sample("nxos.ports.txt"), "Ethernet1/1").counters
    assert (counters["rx_bytes"], counters["tx_bytes"]) == (70_500_074, 711_823_811)
    assert (counters["rx_unicast_packets"], counters["tx_unicast_packets"]) == (18_476, 17_841)
    assert (counters["rx_dropped"], counters["tx_dropped"], counters["rx_pause"], counters["tx_pause"]) == (8, 3, 9, 2)
    assert (counters["rx_errors"], counters["rx_over_errors"], counters["rx_crc_errors"]) == (6, 7, 5)


def test_why_a_port_is_down_and_who_shut_it() -> None:
    said = sample("nxos.ports.txt")
    assert row(said, "Ethernet106/1/1").extra["reason"] == "Link not connected"
    assert row(said, "Vlan1").extra["admin"] == "down"


def test_optics_and_their_limits() -> None:
    extra = row(sample("nxos.optics.txt"), "Ethernet3/1").extra
    assert (extra["temperature_c"], extra["temperature_c_high_alarm"], extra["current_ma"]) == (35.66, 75.0, None)
    assert (extra["tx_power_dbm"], extra["tx_power_dbm_alarm"]) == (-14.05, "--")
    assert "rx_power_dbm_alarm" not in extra


def test_a_lanes_optics_bear_its_number() -> None:
    extra = row(sample("nxos.optics.txt"), "Ethernet3/2").extra
    assert (extra["lane_2_rx_power_dbm"], extra["lane_2_transmit_fault_count"]) == (-2.55, 3)


def test_a_neighbours_long_name_stands_on_a_line_of_its_own() -> None:
    said = sample("nxos.neighbours.txt")
    assert row(said, "mgmt0").peer == "spine-with-a-long-name.example.net/Gi1/0/37"
    assert row(said, "Eth1/5").peer == "Office Access Point/wlan0"


def test_a_neighbour_without_capabilities_keeps_its_port() -> None:
    port = row(sample("nxos.neighbours.txt"), "Eth3/23")
    assert (port.peer, port.extra["capability"]) == ("fw-01/ethernet1/21", None)


def test_a_neighbour_in_detail() -> None:
    port = row(sample("nxos.neighbours.txt"), "Eth1/52")
    assert port.peer == "spine-02/Ethernet1/52"
    assert str(port.extra["system_description"]).endswith("All rights reserved.")


def test_a_line_of_another_stream_is_no_port() -> None:
    lines = (SAMPLES / "nxos.txt").read_text("utf-8").split("\n")
    lines.insert(6, "Warning: Permanently added 'leaf-c01' (ED25519) to the list of known hosts.")
    assert read("\n".join(lines)).unparsed == [lines[6]]


def test_a_fan_that_is_ok_is_no_port_that_is_down() -> None:
    said = sample("nxos.environment.txt")
    assert [one.state for one in said.rows] == [None] * 6
    assert row(said, "Fan_in_PS2").extra["status"] == "Shutdown"


def test_units_under_a_heading_belong_to_its_columns() -> None:
    said = sample("nxos.environment.txt")
    assert row(said, "PowerSupply1").extra["actual_output_w"] == 311
    assert row(said, "Module1 CPU").extra["temperature_c"] == 47


def test_what_stands_once_for_all_supplies_is_a_fact() -> None:
    facts = sample("nxos.environment.txt").facts
    assert (facts["voltage_v"], facts["total_power_output_actual_draw_w"]) == (12, 311.0)
    assert facts["total_power_allocated_budget"] is None


def test_what_a_port_can_do_is_told_of_it() -> None:
    extra = row(sample("nxos.capabilities.txt"), "Ethernet2/7").extra
    assert (extra["speed"], extra["fec_capable"], extra["num_rewrites_allowed"]) == ("10000,40000,100000", "yes", 104)
    assert str(extra["qos_scheduling"]).count("\n") == 1


def test_a_value_of_optics_may_stand_behind_a_colon() -> None:
    extra = row(sample("nxos.capabilities.txt"), "fc1/7").extra
    assert (extra["temperature_c"], extra["temperature_c_alarm"], extra["rx_power_dbm"]) == (41.25, "+", None)
    assert extra["tx_fault_count"] == 3


def test_two_things_in_one_sentence_are_two() -> None:
    said = read(
        "Ethernet1/7 is up\n  vPC Status: Up, vPC number: 7\n  Input flow-control is off, output flow-control is on"
    )
    extra = said.rows[0].extra
    assert (extra["vpc_status"], extra["vpc_number"], extra["output_flow_control"]) == ("Up", 7, "on")


def test_a_description_is_kept_whole() -> None:
    said = read("Ethernet1/7 is up\n  Description: rack is 7, row: 3\n  Encapsulation ARPA, medium is broadcast")
    assert said.rows[0].extra["description"] == "rack is 7, row: 3"
    assert said.rows[0].extra["encapsulation"] == "ARPA"


def test_what_is_said_to_be_missing_is_null() -> None:
    said = read("Ethernet7 is up, line protocol is up (connected)\n  No IPv6 global unicast address is assigned")
    assert said.rows[0].extra["ipv6_global_unicast_address"] is None


def test_a_channel_without_a_speed_says_so() -> None:
    text = "Port-Channel7 is down, line protocol is lowerlayerdown (notconnect)\n  Full-duplex, Unconfigured\n"
    extra = read(text + "  Active members in this channel: 0").rows[0].extra
    assert (extra["speed"], extra["active_members_in_this_channel"]) == ("Unconfigured", 0)


def test_a_row_without_its_heading_is_no_fact_of_the_environment() -> None:
    said = read("Power Supply redundancy mode (configured)    PS-Redundant\nFan:\nFan1    N9K-C9300-FAN9    --    Ok\n")
    assert "fan1" not in said.facts
    said = read("Temperature:\nleaf1# show interface status\nEth1/7    7    8\nPower    11 W\n")
    assert said.facts == {}
    assert len(said.unparsed) == 2
