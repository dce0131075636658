"""What is easily got wrong in SONiC's tables."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.format import named
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading
from fabconsole.formats.switches.sonic import FORMAT


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def test_a_counter_that_the_switch_has_not_is_unsupported_and_no_zero() -> None:
    port = sample("sonic.txt").rows[1]
    assert port.counters["RX_OVR"] is None
    assert "unsupported RX_OVR" in port.marks


def test_an_oversized_packet_is_no_overrun() -> None:
    counters = sample("sonic.txt").rows[0].counters
    assert "RX_OVR" in counters
    assert "rx_over_errors" not in counters


def test_an_administratively_disabled_port_is_down_by_command() -> None:
    port = sample("sonic.txt").rows[2]
    assert (port.state, port.extra["admin"]) == ("down", "down")


def test_two_runs_of_one_command_are_not_mixed() -> None:
    said = sample("sonic.txt")
    assert [row.counters["rx_packets"] for row in said.rows if row.id == "Ethernet0"] == [1_204_338_771, 811]


def test_rates_are_octets_a_second_whatever_unit_was_printed() -> None:
    ports = sample("sonic.txt").rows
    assert [port.extra["rx_bytes_per_s"] for port in ports[:3]] == [412_070_000.0, 0.0, 8044.91]


def test_no_error_after_correction_is_not_a_ratio_of_zero() -> None:
    port = sample("sonic.fec.txt").rows[0]
    assert port.ber is not None
    assert (port.ber.raw, port.ber.effective) == (2.11e-9, None)
    assert port.marks == ["none seen effective"]


def test_lanes_are_no_number_with_thousands_separators() -> None:
    assert sample("sonic.ports.txt").rows[1].extra["lanes"] == "101,102,103,104"


def test_a_port_without_description_does_not_move_its_neighbours_cells() -> None:
    port = sample("sonic.ports.txt").rows[0]
    assert (port.extra["alias"], port.extra["description"]) == ("etp1", None)


def test_the_speed_of_a_port_that_is_down_is_kept_as_printed_only() -> None:
    port = sample("sonic.ports.txt").rows[0]
    assert (port.rate_gbps, port.extra["printed_rate"]) == (None, "25G")


def test_pause_frames_of_both_directions_stand_beside_each_other() -> None:
    port = sample("sonic.queues.txt").rows[0]
    assert (port.counters["rx_pfc3"], port.counters["tx_pfc3"]) == (88_120, 17_003)


def test_a_queue_is_a_row_of_its_own() -> None:
    queue = next(row for row in sample("sonic.queues.txt").rows if row.id == "Ethernet0/UC0")
    assert queue.counters == {"tx_packets": 8201, "tx_bytes": 11_220_044, "tx_dropped": 39, "Drop/bytes": 1}


def test_a_module_tells_its_maker_and_its_light() -> None:
    module = sample("sonic.modules.txt").rows[0].extra
    assert (module["vendor_sn"], module["rx1_power_dbm"], module["temperature_c"]) == ("AC2506FT00017", 0.3802, 30.9258)
    assert module["tx1_power"] is None


def test_a_value_of_two_lines_is_kept_whole() -> None:
    lines = str(sample("sonic.modules.txt").rows[0].extra["application_advertisement"]).split("\n")
    assert [line[:7] for line in lines] == ["400GAUI", "100GAUI"]


def test_modules_without_indentation_are_read_all_the_same() -> None:
    text = (SAMPLES / "sonic.modules.txt").read_text("utf-8")
    flat = read("\n".join(line.strip() for line in text.split("\n")))
    assert flat.rows[0].extra["vendor_sn"] == "AC2506FT00017"


def test_a_neighbour_without_a_description_is_a_neighbour() -> None:
    peers = [row.peer for row in sample("sonic.platform.txt").rows if row.peer]
    assert peers == ["spine-01/Ethernet104", "spine-02/Ethernet104"]


def test_a_count_that_does_not_match_is_said() -> None:
    said = read((SAMPLES / "sonic.platform.txt").read_text("utf-8").replace("displayed:  2", "displayed:  3"))
    assert said.facts["incomplete"] == "3 entries are announced and 2 are told"


def test_parts_and_version() -> None:
    said = sample("sonic.platform.txt")
    parts = {row.id: row.extra for row in said.rows}
    assert parts["PSU 1"]["power_w"] == 102.0
    assert parts["fan2"]["status"] == "Not OK"
    assert parts["ASIC"]["crit_high_th"] == 120.0
    assert said.facts["sonic_software_version"] == "SONiC.202411.7-4f1c0de"


def test_the_detailed_counters_are_those_of_the_port_that_was_asked_for() -> None:
    assert [row.id for row in sample("sonic.detailed.txt").rows] == ["Ethernet4"]


def test_json_and_text_have_the_same_names() -> None:
    port = sample("sonic.json.txt").rows[0]
    assert (port.counters["rx_packets"], port.state) == (1_204_338_771, "up")


def test_a_line_of_another_stream_is_no_row() -> None:
    lines = (SAMPLES / "sonic.txt").read_text("utf-8").split("\n")
    lines.insert(4, "Warning: Permanently added 'leaf-a01' (ED25519) to the list of known hosts.")
    said = read("\n".join(lines))
    assert said.unparsed == ["Warning: Permanently added 'leaf-a01' (ED25519) to the list of known hosts."]
    assert len(said.rows) == 4


def test_an_indented_table_of_a_mail_is_read() -> None:
    text = (SAMPLES / "sonic.fec.txt").read_text("utf-8")
    assert read("\n".join("    " + line for line in text.split("\n"))).rows[0].counters["fec_corrected"] == 7_130_402


def test_supplies_under_a_rule_that_does_not_fit_are_told_by_their_words() -> None:
    said = read("PSU Status\n----- -----------\nPSU 1 NOT PRESENT\nPSU 2 OK\n")
    assert [(row.id, row.extra["status"]) for row in said.rows] == [("PSU 1", "NOT PRESENT"), ("PSU 2", "OK")]


def test_what_a_module_cannot_tell_is_noted() -> None:
    said = read("Ethernet36:\n        Transceiver status info not applicable\n")
    assert said.rows[0].extra["note"] == "Transceiver status info not applicable"


def test_facts_that_follow_a_table_are_no_rows_of_it() -> None:
    said = read((SAMPLES / "sonic.fec.txt").read_text("utf-8") + "ASIC: mellanox\nASIC Count: 1\n")
    assert (said.facts["asic"], said.facts["asic_count"]) == ("mellanox", 1)


def test_a_word_in_capitals_over_words_is_no_counter() -> None:
    said = sample("sonic.watchdog.txt")
    port = said.rows[0]
    assert (port.counters, port.extra["action"], port.extra["detection_time_ms"]) == ({}, "drop", 400)
    assert said.facts["polling_interval_ms"] == 400


def test_two_counters_in_one_cell_are_two() -> None:
    queue = next(row for row in sample("sonic.watchdog.txt").rows if row.id == "Ethernet0:3")
    assert (queue.counters["storm_detected"], queue.counters["tx_drop"]) == (4, 311)
    assert (queue.extra["status"], queue.extra["queue"]) == ("stormed", "3")


def test_a_fabric_port_is_named_with_its_chip() -> None:
    ports = {row.id: row for row in sample("sonic.watchdog.txt").rows}
    assert (ports["asic0/7"].counters["CRC"], ports["asic1/7"].state) == (3, "down")


def test_a_revision_is_no_current() -> None:
    extra = read("Ethernet8: SFP EEPROM detected\n        Vendor Rev: 2A\n        CMIS Rev: 5.0").rows[0].extra
    assert (extra["vendor_rev"], extra["cmis_rev"]) == ("2A", "5.0")


def test_a_fans_speed_may_be_revolutions() -> None:
    fan = read("FAN    Speed      Direction\n-----  ---------  -----------\nfan1   12000 RPM  intake").rows[0]
    assert (fan.extra["speed_rpm"], fan.rate_gbps) == (12000, None)


def test_enterprise_tables_have_one_rule_for_all_columns() -> None:
    ports = {row.id: row for row in sample("sonic.enterprise.txt").rows}
    assert (ports["Eth1/1"].rate_gbps, ports["Eth1/1"].extra["alternate_name"]) == (100.0, "Ethernet0")
    assert (ports["Eth1/2"].state, ports["Eth1/2"].extra["reason"]) == ("down", "phy-link-down")
    assert (ports["Eth1/3"].state, ports["Eth1/4"].state) == ("up", "down")


def test_an_enterprise_port_is_told_of_at_length() -> None:
    port = next(row for row in sample("sonic.enterprise.txt").rows if row.id == "Eth1/9")
    assert (port.rate_gbps, port.extra["reason"], port.extra["auto_negotiation"]) == (100.0, "oper-up", "off")
    assert (port.counters["rx_bytes"], port.counters["rx_dropped"], port.counters["tx_dropped"]) == (1987177, 5, 2)
    assert port.extra["input_10_seconds_bits_per_s"] == 96.0


def test_services_and_hardware_have_a_status_each() -> None:
    facts = sample("sonic.health.txt").facts
    assert (facts["system_status_led"], facts["services_status"], facts["hardware_status"]) == ("amber", "OK", "Not OK")
    assert facts["hardware_reasons"] == "PSU 2 is out of power\nfan7 is missing"


def test_services_that_do_not_run_are_told_by_name_without_their_quotes() -> None:
    text = "System status summary\n\n  Services:\n    Status: Not OK\n    Not Running: 'telemetry', 'orchagent'\n"
    assert named("sonic").read(Paste(text)).facts["services_not_running"] == ["telemetry", "orchagent"]
