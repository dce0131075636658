"""What the vendor's link tool says, in all its forms, and what must not be made of it."""

from __future__ import annotations

from fabconsole.formats.host.mlxlink import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def only(text: str) -> Row:
    (row,) = read(text).rows
    return row


def operation(state: str, speed: str, width: str, *more: str) -> str:
    lines = [f"State : {state}", f"Speed : {speed}", f"Width : {width}", *more]
    return "\n".join(["Operational Info", "----------------", *lines, ""])


def test_the_rate_is_of_the_whole_link() -> None:
    speeds = (
        ("IB-NDR", "4x", 400),
        ("IB-HDR", "2x", 100),
        ("IB-EDR", "4x", 100),
        ("IB-FDR10", "4x", 40),
        ("NVLink-XDR", "2x", 400),
        ("400G", "4x", 400),
        ("100GbE", "4x", 100),
        ("200G_4X", "4x", 200),
        ("25G", "1x", 25),
    )
    for speed, width, rate in speeds:
        assert only(operation("Active", speed, width)).rate_gbps == rate


def test_a_port_that_polls_is_down_and_has_no_rate_nor_width() -> None:
    row = only(operation("Polling", "IB-NDR", "4x"))
    assert (row.state, row.rate_gbps, row.width) == ("Down", None, None)
    assert (row.extra["state"], row.extra["printed_rate"]) == ("Polling", "IB-NDR")


def test_an_ethernet_port_is_up_an_nvlink_too() -> None:
    assert only(operation("Active", "400G", "4x")).state == "up"
    assert only(operation("Active", "NVLink-XDR", "2x")).state == "up"
    assert only(operation("Polling", "N/A", "N/A")).state == "down"


def test_no_error_seen_is_no_ratio_of_zero() -> None:
    row = only("Effective Physical BER : 15E-255\nRaw Physical BER : 3E-12\nSymbol BER : N/A\n")
    assert row.ber is not None
    assert (row.ber.effective, row.ber.raw, row.ber.symbol) == (None, 3e-12, None)
    assert row.marks == ["none seen effective"]


def test_ratios_of_newer_firmware_have_a_fraction() -> None:
    row = only("Effective Physical BER : 1.5E-254\nRaw Physical BER : 1.25E-12\n")
    assert row.ber is not None
    assert (row.ber.effective, row.ber.raw) == (None, 1.25e-12)


def test_a_counter_that_is_not_available_is_none_and_marked() -> None:
    row = only("Link Down Counter : N/A\nSymbol Errors : 18446744073709551616\n")
    assert row.counters == {"link_downed": None, "symbol_error": None}
    assert row.marks == ["unsupported link_downed", "unknown symbol_error"]


def test_lines_alone_are_read_without_their_title() -> None:
    row = only("Raw Physical Errors Per Lane : 26711,0,0,9108\nTemperature [C] : 43 [-5..75]\n")
    assert row.extra["raw_physical_errors_per_lane"] == [26711, 0, 0, 9108]
    assert (row.extra["temperature_c"], row.extra["temperature_c_limits"]) == (43, [-5, 75])


def test_the_same_line_again_is_another_port() -> None:
    rows = read("Link Down Counter : 1\nSymbol Errors : 2\nLink Down Counter : 3\n").rows
    assert [(row.id, row.counters) for row in rows] == [
        ("port", {"link_downed": 1, "symbol_error": 2}),
        ("port 2", {"link_downed": 3}),
    ]


def test_the_command_names_the_port() -> None:
    text = "".join(
        f"[root@n1 ~]# mlxlink -d {device} -c\n{operation('Active', 'IB-NDR', '4x')}\n"
        for device in ("mlx5_3", "/dev/mst/mt4129_pciconf0", "lid-12 -p 3/1", "0000:18:00.0")
    )
    assert [row.id for row in read(text).rows] == ["mlx5_3/1", "mt4129_pciconf0/1", "lid12/3/1", "0000:18:00.0/1"]


def test_a_loop_that_prints_the_device_above_names_it_too() -> None:
    text = f"=== mlx5_0 ===\n{operation('Active', '400G', '4x')}=== mlx5_1 ===\n{operation('Polling', 'N/A', 'N/A')}"
    said = read(text)
    assert [(row.id, row.state) for row in said.rows] == [("mlx5_0/1", "up"), ("mlx5_1/1", "down")]
    assert said.unparsed == []


def test_a_serial_of_digits_stays_a_text() -> None:
    extra = only("Vendor Serial Number : 0012345\nRev : 02\nFW Version : 46.120\n").extra
    assert extra == {"vendor_sn": "0012345", "rev": "02", "module_firmware": "46.120"}


def test_another_programs_line_is_no_value_of_the_port() -> None:
    said = read(operation("Active", "400G", "4x", "Warning: Permanently added 'x' to the list", "ibwarn: [1] failed"))
    assert said.unparsed == ["Warning: Permanently added 'x' to the list", "ibwarn: [1] failed"]


def test_a_value_holds_colons_and_brackets() -> None:
    row = only(operation("Active", "400G", "4x", "Recommendation : Link: see (1) [a:b]", "FEC : RS(528,514)"))
    assert (row.extra["recommendation"], row.extra["fec"]) == ("Link: see (1) [a:b]", "RS(528,514)")


def test_a_pcie_link_below_what_is_enabled_is_degraded() -> None:
    row = only("Link Speed Active (Enabled) : 8G-Gen 3 (16G-Gen 4)\nLink Width Active (Enabled) : 16X (16X)\n")
    assert row.marks == ["degraded"]
    assert (row.extra["pcie_speed"], row.extra["pcie_width"]) == ("8G-Gen 3", "16X")


def test_errors_of_pcie_are_under_no_name_of_the_network() -> None:
    row = only("Management PCIe Performance Counters Info\nRX Errors : 4\n")
    assert row.counters == {"pcie_rx_errors": 4}


def test_a_refusal_in_json_is_an_error_and_no_port() -> None:
    said = read('{\n\t"status" :\n\t{\n\t\t"code" : 1,\n\t\t"message" : "Failed to open device"\n\t}\n}\n')
    assert (said.rows, said.facts["errors"], said.facts["status_code"]) == ([], ["Failed to open device"], 1)


def test_a_refusal_in_text_is_an_error() -> None:
    assert read("\n-E- Failed to open device: mlx5_9\n").facts["errors"] == ["Failed to open device: mlx5_9"]


def test_json_kept_by_a_collector_under_the_devices_names() -> None:
    inner = '{"result": {"output": {"Operational Info": {"State": "Active", "Speed": "IB-NDR", "Width": "4x"}}}}'
    said = read(f'{{\n"mlx5_0": {inner},\n"mlx5_1": {inner}\n}}\n')
    assert [(row.id, row.rate_gbps) for row in said.rows] == [("mlx5_0/1", 400), ("mlx5_1/1", 400)]


def test_lines_of_the_json_form_alone() -> None:
    row = only('   "Effective Physical Errors" : "12",\n   "Link Down Counter" : "3"\n')
    assert row.counters == {"effective_physical_errors": 12, "link_downed": 3}


def test_a_json_answer_that_was_cut_says_so() -> None:
    said = read('{\n"result" :\n{\n"output" :\n{\n"Operational Info" :\n{\n"State" : "Active",\n"Spe')
    assert (said.rows[0].extra["state"], bool(said.facts["incomplete"])) == ("Active", True)


def test_titles_as_markdown_has_them() -> None:
    said = read(
        "## Operational Info #\nState : Active\nSpeed : 200G\nWidth : 4x\n**Module Info**\nVendor Name : ACME\n"
    )
    assert (said.rows[0].rate_gbps, said.rows[0].extra["vendor_name"], said.unparsed) == (200, "ACME", [])


def test_coefficients_and_eyes_are_lists_a_lane() -> None:
    text = (
        "Serdes Tuning Transmitter Info\n------------------------------\n"
        "Serdes TX parameters               : fir_pre3,fir_pre2,fir_main\n"
        "Lane 0                             : 0  ,5  ,-15\n\n"
        "EYE Opening Info\n----------------\nFOM Mode                           : SLRG_FOM_MODE_EYEO\n"
        "Initial FOM                        : 100,   116,    87,    98\n"
    )
    extra = only(text).extra
    assert extra["serdes_tuning_transmitter_info"] == {
        "serdes_tx_parameters": "fir_pre3,fir_pre2,fir_main",
        "lane_0": {"fir_pre3": 0, "fir_pre2": 5, "fir_main": -15},
    }
    assert extra["eye_opening_info"] == {"fom_mode": "SLRG_FOM_MODE_EYEO", "initial_fom": [100, 116, 87, 98]}


def test_a_kernels_line_about_a_device_takes_no_value_away() -> None:
    among = "[ 77.1] mlx5_core 0000:18:00.0: Port module event: module 0, Cable unplugged"
    said = read(operation("Active", "400G", "4x", among, "Link Down Counter : 4"))
    assert [(row.id, row.counters) for row in said.rows] == [("port", {"link_downed": 4})]
    assert said.unparsed == [among]


def test_a_banner_above_each_answer_names_the_port_whatever_else_it_says() -> None:
    text = (
        "===== gpu7 mlx5_2 counters =====\nSymbol Errors : 4\n===== gpu8 mlx5_2 counters =====\nSymbol BER : 15E-255\n"
    )
    rows = read(text).rows
    assert [row.id for row in rows] == ["mlx5_2/1", "mlx5_2/1"]
    assert [row.extra["heading"] for row in rows] == ["gpu7 mlx5_2 counters", "gpu8 mlx5_2 counters"]
    assert [row.counters for row in rows] == [{"symbol_error": 4}, {}]


def test_a_loops_variable_is_no_ports_name() -> None:
    text = "$ for i in 0 1; do mlxlink -d mlx5_$i -c; done\nSymbol Errors : 4\n"
    assert only(text).id == "port"


def test_a_command_above_the_json_names_the_port() -> None:
    text = '#mlxlink -d mlx5_3 --json\n{"result": {"output": {"Operational Info": {"State": "Active"}}}}\n'
    assert only(text).id == "mlx5_3/1"


def test_a_speed_without_its_prefix_is_infiniband_too() -> None:
    row = only(operation("Active", "NDR (400 Gb/s)", "4x"))
    assert (row.state, row.rate_gbps, row.extra["protocol"]) == ("Active", 400, "infiniband")
    assert only(operation("Active", "200Gb/s (4x 50G)", "4x")).rate_gbps == 200


def test_every_number_of_link_level_retry_is_a_counter() -> None:
    row = only("PLR Info\n--------\nPLR Rx Code Err : 3\nPLR Tx Retry Events : 5\nPLR BW Loss [%] : 0.5\n")
    assert row.counters == {"plr_rx_code_err": 3, "plr_tx_retry_events": 5}


def test_a_lanes_settings_stand_under_the_names_above_them() -> None:
    row = only("Serdes Tuning Transmitter Info\n------\nSerdes TX parameters : Pol ,tap0 ,bias\nLane 0 : 0 ,28 ,255\n")
    inside = row.extra["serdes_tuning_transmitter_info"]
    assert isinstance(inside, dict)
    assert inside["lane_0"] == {"Pol": 0, "tap0": 28, "bias": 255}


def test_a_mask_of_nothing_is_an_empty_list() -> None:
    assert only("Supported Cable Speed : 0x00000000 (N/A)\n").extra["supported_cable_speed"] == []


def test_an_error_says_which_device_was_asked() -> None:
    said = read("$ mlxlink -d mlx5_4 -p 3\n-E- Port 3 is out of range [1-2]\n")
    assert said.facts == {"errors": ["mlx5_4/3: Port 3 is out of range [1-2]"]}


def test_no_error_seen_on_a_lane_is_no_number_either() -> None:
    assert only("Raw Physical BER Per Lane : 15E-255,2E-9\n").extra["raw_physical_ber_per_lane"] == ["15E-255", 2e-9]


def test_limits_that_stand_behind_the_last_of_a_list_are_all_of_its() -> None:
    module = '{"result": {"output": {"Module Info": {"Rx Power Current [dBm]": {"values": ["1", "2 [-10..6]"]}}}}}'
    extra = only(module).extra
    assert (extra["rx_power_dbm"], extra["rx_power_dbm_limits"]) == ([1, 2], [-10, 6])


def test_the_ports_label_stands_before_what_it_does() -> None:
    label = "Port Info\n---------\nLabel Port : 1/1\n"
    row = only(label + operation("Active", "IB-XDR", "4x"))
    assert (row.extra["label_port"], row.rate_gbps) == ("1/1", 800)
    assert len(read("Device Info\n-----------\nRevision : A7\n" + operation("Active", "IB-XDR", "4x")).rows) == 2
