"""`ethtool`'s settings: the link and what carries it, whichever options asked for it."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.host.ethtool import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def only(name: str) -> Row:
    (row,) = read((SAMPLES / name).read_text()).rows
    return row


def test_what_several_commands_said_of_an_interface_is_one_row() -> None:
    row = only("ethtool.txt")
    assert (row.id, row.state, row.rate_gbps, row.width) == ("eth2", "up", 400, "4X")
    assert (row.extra["driver"], row.extra["firmware"]) == ("mlx5_core", "28.43.2026 (MT_0000000838)")
    assert (row.extra["bus_info"], row.extra["expansion_rom_version"]) == ("0000:18:00.0", None)


def test_modes_are_lists_however_many_lines_they_take() -> None:
    extra = only("ethtool.txt").extra
    assert extra["supported_ports"] == ["FIBRE", "Backplane"]
    assert extra["supported_link_modes"] == ["100000baseCR4/Full", "200000baseCR4/Full", "400000baseCR4/Full"]
    assert extra["supported_fec_modes"] == ["None", "RS", "BASER"]
    assert extra["link_partner_advertised_link_modes"] == []


def test_codewords_of_forward_error_correction_are_counters_a_lane_too() -> None:
    row = only("ethtool.txt")
    assert row.counters == {
        "fec_corrected": 256,
        "fec_corrected_lane_0": 200,
        "fec_corrected_lane_1": 56,
        "fec_uncorrected": 4,
        "fec_symbol_err_0": 445,
    }
    assert row.extra["active_fec_encoding"] == "RS"
    assert row.extra["supported_configured_fec_encodings"] == ["Auto", "RS", "BaseR"]


def test_what_a_ring_may_be_is_not_what_it_is() -> None:
    rings = only("ethtool.txt").extra["ring_parameters"]
    assert rings == {
        "pre_set_maximums": {"rx": 8192, "rx_mini": None, "tx": 8192},
        "current_hardware_settings": {"rx": 1024, "tx": 1024},
    }


def test_a_link_that_is_down_has_no_rate_whatever_is_printed() -> None:
    (row,) = read("Settings for eth0:\n\tSpeed: 25000Mb/s\n\tLink detected: no (No cable)\n").rows
    assert (row.state, row.rate_gbps, row.extra["printed_rate"]) == ("down", None, "25000Mb/s")
    assert (row.extra["link_detected"], row.extra["link_detail"]) == ("no (No cable)", "No cable")


def test_an_unknown_speed_is_none() -> None:
    (row,) = read("Settings for ib0:\n\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n\tLink detected: no\n").rows
    assert (row.rate_gbps, row.extra["speed"], row.extra["duplex"]) == (None, None, None)


def test_a_module_says_its_values_with_their_units() -> None:
    extra = only("ethtool.module.txt").extra
    assert (extra["temperature_c"], extra["voltage_v"]) == (47.11, 3.2531)
    assert extra["bias_current_ma"] == {"1": 6.6, "2": 6.75}
    assert (extra["rx_power_dbm"], extra["tx_power_dbm"]) == ({"1": -0.21, "2": None}, {"1": -0.42})
    assert extra["module_temperature_high_alarm_threshold_c"] == 80
    assert (extra["laser_wavelength_nm"], extra["vendor_sn"]) == (850, "0012345")


def test_flags_that_are_raised_are_alarms() -> None:
    extra = only("ethtool.module.txt").extra
    assert extra["alarms"] == ["rx_loss_of_lock", "rx_power_low_alarm 2"]
    assert extra["module_temperature_high_alarm"] == "Off"


def test_a_driver_without_a_name_is_no_part_of_the_interface_before() -> None:
    rows = read("Settings for eth0:\n\tLink detected: yes\n\ndriver: ice\nbus-info: 0000:18:00.0\n").rows
    assert [(row.id, row.extra.get("driver")) for row in rows] == [("eth0", None), ("interface", "ice")]


def test_several_interfaces() -> None:
    text = "Settings for eth0:\n\tLink detected: yes\nSettings for eth1:\n\tLink detected: no\n"
    assert [(row.id, row.state) for row in read(text).rows] == [("eth0", "up"), ("eth1", "down")]


def test_the_same_interface_asked_again_is_another_row() -> None:
    text = "Settings for eth0:\n\tLink detected: no\nSettings for eth0:\n\tLink detected: yes\n"
    assert [row.state for row in read(text).rows] == ["down", "up"]


def test_json_says_the_same() -> None:
    row = only("ethtool.json.txt")
    assert (row.id, row.state, row.rate_gbps) == ("eth0", "up", 100)
    assert row.extra["supported_link_modes"] == ["25000baseCR/Full", "100000baseCR4/Full"]


def test_codewords_in_json() -> None:
    said = read('[ {\n"ifname": "eth0",\n"active": ["RS"],\n"statistics": {"corrected_blocks": {"total": 123}}\n} ]\n')
    assert said.rows[0].counters == {"fec_corrected": 123}


def test_pauses_are_counted_where_they_are_printed() -> None:
    text = "Pause parameters for eth0:\nAutonegotiate:\toff\nRX:\ton\nTX:\ton\nStatistics:\n  tx_pause_frames: 3\n"
    (row,) = read(text).rows
    assert row.extra["pause_parameters"] == {"autonegotiate": "off", "rx": "on", "tx": "on"}
    assert row.counters == {"tx_pause": 3}


def test_a_refusal_is_an_error_of_the_answer() -> None:
    said = read("Settings for eth0:\n\tLink detected: yes\nnetlink error: Operation not permitted\n")
    assert said.facts["errors"] == ["netlink error: Operation not permitted"]


def test_another_programs_line_is_no_setting() -> None:
    said = read("Settings for eth0:\n\tSpeed: 10000Mb/s\nWarning: Permanently added 'x'\n\tLink detected: yes\n")
    assert said.unparsed == ["Warning: Permanently added 'x'"]
    assert said.rows[0].state == "up"


def test_a_module_as_json_goes_by_the_interface_that_was_asked_for() -> None:
    said = read('$ ethtool -j -m swp1\n[ {\n        "identifier": 24,\n        "vendor_name": "ACME"\n    } ]\n')
    assert [(row.id, row.extra) for row in said.rows] == [("swp1", {"identifier": 24, "vendor_name": "ACME"})]


def test_filtered_lines_of_several_interfaces_are_not_mixed() -> None:
    rows = read("\tSpeed: 100000Mb/s\n\tLink detected: yes\n\tSpeed: Unknown!\n\tLink detected: no\n").rows
    assert [(row.id, row.state, row.rate_gbps) for row in rows] == [
        ("interface", "up", 100),
        ("interface 2", "down", None),
    ]
