"""What is easily got wrong in EOS's words."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row
from fabconsole.formats.switches.eos import FORMAT


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def row(said: Reading, name: str) -> Row:
    return next(one for one in said.rows if one.id == name)


def test_a_name_may_hold_a_status_word_and_blanks() -> None:
    port = row(sample("eos.txt"), "Et2/1")
    assert (port.extra["name"], port.extra["status"]) == ("not connected spare", "notconnect")


def test_words_that_ran_into_the_next_column_are_told_apart_by_what_they_are() -> None:
    said = read(
        "Port       Name           Status       Vlan     Duplex Speed  Type         Flags\n"
        "Et49 Core: dr01.yul01 notconnect in Po49 full 10G Not Present\n"
    )
    port = said.rows[0].extra
    assert (port["name"], port["vlan"], port["type"]) == ("Core: dr01.yul01", "in Po49", "Not Present")


def test_a_port_without_a_name_has_none() -> None:
    assert row(sample("eos.txt"), "Et1/4").extra["name"] is None


def test_errdisabled_is_down_and_says_so() -> None:
    port = row(sample("eos.txt"), "Et2/2")
    assert (port.state, port.extra["status"], port.rate_gbps) == ("down", "errdisabled", None)


def test_bytes_and_discards_go_by_their_direction() -> None:
    counters = row(sample("eos.txt"), "Ethernet1/1").counters
    assert (counters["rx_bytes"], counters["tx_bytes"]) == (3_811_909, 167_687)
    assert (counters["rx_dropped"], counters["tx_dropped"]) == (47, 12)
    assert (counters["rx_pause"], counters["tx_pause"]) == (9, 8)


def test_rates_are_bits_a_second_whatever_unit_was_printed() -> None:
    extra = row(sample("eos.txt"), "Ethernet1/1").extra
    assert (extra["input_5_minutes_bits_per_s"], extra["output_5_minutes_bits_per_s"]) == (7390.0, 15_400_000.0)


def test_an_administratively_down_port_has_no_rate() -> None:
    port = row(sample("eos.txt"), "Ethernet49/1")
    assert (port.state, port.extra["admin"], port.rate_gbps) == ("down", "down", None)
    assert port.extra["printed_rate"] == "100Gb/s"


def test_counters_of_both_directions_stand_in_one_row() -> None:
    counters = row(sample("eos.counters.txt"), "Et1/1").counters
    assert (counters["rx_bytes"], counters["tx_bytes"], counters["rx_crc_errors"]) == (99_003_310_021, 41_003_310, 12)
    assert (counters["rx_dropped"], counters["tx_dropped"]) == (4, 90)


def test_a_sum_is_marked() -> None:
    assert row(sample("eos.counters.txt"), "Totals").marks == ["sum"]


def test_the_last_column_of_rates_may_come_in_a_table_of_its_own() -> None:
    extra = row(sample("eos.counters.txt"), "Et1/1").extra
    assert (extra["in_mbps"], extra["out_percent"], extra["out_kpps"]) == (500.0, 5.9, 617)


def test_optics_that_say_nothing_are_no_zero() -> None:
    extra = row(sample("eos.optics.txt"), "Et5/29/1").extra
    assert [extra["temperature_c"], extra["rx_power_dbm"], extra["last_update"]] == [None, None, None]


def test_limits_go_with_what_they_limit() -> None:
    extra = row(sample("eos.optics.txt"), "Et6/1").extra
    assert (extra["temperature_c_high_alarm"], extra["rx_power_dbm_low_alarm"]) == (80.0, -11.5)
    assert (extra["rx_power_dbm"], extra["rx_power_dbm_alarm"]) == (-14.9, "--")


def test_each_neighbour_of_a_port_is_a_row() -> None:
    peers = [one.peer for one in sample("eos.neighbours.txt").rows if one.id == "Ethernet1"]
    assert peers == ["spine-02.example.net/Ethernet1", "oob-02/Management1"]


def test_the_port_of_a_link_aggregation_is_not_the_neighbours_port() -> None:
    port = row(sample("eos.neighbours.txt"), "Ethernet1")
    assert (port.extra["peer_port"], port.extra["aggregation_port_id"]) == ("Ethernet1", "0")


def test_a_neighbour_that_was_announced_and_is_not_told_is_said() -> None:
    text = (SAMPLES / "eos.neighbours.txt").read_text("utf-8")
    said = read(text.replace("detected 2 LLDP", "detected 3 LLDP"))
    assert said.facts["incomplete"] == "not all announced neighbours are told of Ethernet1"


def test_sensors_of_two_cards_are_told_apart() -> None:
    said = sample("eos.system.txt")
    assert row(said, "Supervisor 1 14").extra["temperature_c"] == 46.0
    assert row(said, "Linecard 3 6").extra["critical_limit_c"] == 105


def test_supplies_are_read_by_what_stands_in_them() -> None:
    said = sample("eos.system.txt")
    assert row(said, "PowerSupply1").extra["output_power_w"] == 139.0
    assert row(said, "PowerSupply2").extra["status"] == "Power Loss"
    assert row(said, "Total").marks == ["sum"]


def test_version() -> None:
    facts = sample("eos.system.txt").facts
    assert (facts["model"], facts["software_image_version"]) == ("DCS-7060X-32", "4.31.2F")
    assert facts["serial_number"] == "JPE00000001"


def test_codewords_of_the_phy_detail() -> None:
    port = row(sample("eos.phy.txt"), "Ethernet1/1")
    assert port.counters == {"fec_corrected": 48_120, "fec_uncorrected": 3}
    assert port.ber is not None
    assert (port.ber.raw, port.state) == (1.2e-9, "up")
    assert port.extra["fec_lane_corrected_symbols_lane_1"] == 11


def test_the_ratio_of_a_gearboxs_inner_side_is_not_the_cables() -> None:
    port = row(sample("eos.json.txt"), "Ethernet1/1")
    assert port.ber is not None
    assert port.ber.raw == 1.2e-9


def test_json_and_text_have_the_same_names() -> None:
    counters = row(sample("eos.json.txt"), "Ethernet1/1").counters
    assert (counters["rx_crc_errors"], counters["rx_pause"], counters["carrier_changes"]) == (274, 9, 7)


def test_an_answer_of_eapi_is_read() -> None:
    said = read('{"jsonrpc": "2.0", "id": 1, "result": [{"interfaceStatuses": {"Ethernet1": {"linkStatus": "up"}}}]}')
    assert row(said, "Ethernet1").state == "up"


def test_a_line_of_another_stream_is_no_part_of_a_port() -> None:
    lines = (SAMPLES / "eos.txt").read_text("utf-8").split("\n")
    lines.insert(10, "ibwarn: [4211] mad_rpc: _do_madrpc failed; dport (Lid 7)")
    assert read("\n".join(lines)).unparsed == ["ibwarn: [4211] mad_rpc: _do_madrpc failed; dport (Lid 7)"]


def test_supplies_whose_heading_does_not_fit_its_rule() -> None:
    said = read(
        "Power              Input Output Output\n"
        "Supply Model      Capacity Current Current Power Status      Uptime\n"
        "------ --------------- -------- ------- ------- ------ ------ ----------------\n"
        "1   PWR-1011-AC-RED  1000W  0.70A 11.58A 139.0W Ok   68 days, 0:11:28\n"
        "Total --         2000W   --   -- 273.0W --          --\n"
    )
    assert (said.rows[0].extra["input_current_a"], said.rows[0].extra["uptime"]) == (0.7, "68 days, 0:11:28")
    assert (said.rows[1].extra["output_power_w"], said.unparsed) == (273.0, [])


def test_a_line_that_begins_with_an_address_is_no_counter() -> None:
    said = read(
        "Vlan500 is up, line protocol is up (connected)\n"
        "  IPv6 global unicast address(es):\n"
        "    2001:db8:5::1, subnet is 2001:db8:5::/64\n"
    )
    assert (said.rows[0].counters, said.unparsed) == ({}, [])


def test_how_often_something_changed_is_not_its_value() -> None:
    said = read(
        "Ethernet1/1\n"
        "                                 Current State     Changes            Last Change\n"
        "  PHY state                      linkDown                4     1 day, 01:02:03 ago\n"
        "  FEC corrected codewords                                3             0:00:05 ago\n"
    )
    assert said.rows[0].counters == {}
    assert said.rows[0].extra["fec_corrected_codewords_changes"] == 3


def test_an_inventory_names_every_part() -> None:
    said = sample("eos.inventory.txt")
    facts = said.facts
    assert (facts["model"], facts["serial_number"], facts["hw_version"]) == (
        "DCS-7050SX9-48YC8",
        "JPE77777777",
        "11.07",
    )
    assert (facts["power_supply_slots"], facts["transceiver_slots"]) == (2, 3)
    assert facts["ports_by_type"] == {"Management": 1, "Switched": 56}
    parts = {row.id: row.extra for row in said.rows}
    assert parts["PowerSupply2"] == {"kind": "power_supply_slot", "slot": "2", "status": "Not Inserted"}
    assert (parts["Fan1"]["number_of_fans"], parts["Fan1"]["serial_number"]) == (2, None)
    assert parts["Transceiver2"]["status"] == "Not Present"
    assert parts["Transceiver49"]["serial_number"] == "XKT777700001"


def test_an_inventory_that_lost_its_runs_of_blanks_is_read() -> None:
    text = "System has 54 transceiver slots\n Port Manufacturer Model Serial Number Rev\n"
    text += " ---- ---------------- ---------------- ---------------- ----\n 7 Arista Networks Q28-PC7 C77-2 A\n"
    extra = read(text + " 8 ACME CAB-Q PL7 A3\n").rows[0].extra
    assert (extra["manufacturer"], extra["model"], extra["rev"]) == ("Arista Networks", "Q28-PC7", "A")


def test_queues_of_one_port_are_apart() -> None:
    said = sample("eos.queues.txt")
    assert [row.id for row in said.rows] == ["Et3/1/1/TC1", "Et3/1/1/TC7"]
    assert (said.rows[1].counters["tx_dropped"], said.rows[1].counters["OutDropOctets"]) == (7, 910)
    assert said.unparsed == []


def test_memory_is_told_with_its_unit() -> None:
    assert read("Total memory: 7777 kB\nFree memory: 77 kB").facts == {"total_memory_kb": 7777, "free_memory_kb": 77}
