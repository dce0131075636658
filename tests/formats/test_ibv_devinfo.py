"""`ibv_devinfo` and `ibv_devices`: their forms, and what a lane's speed makes of a link."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

HEAD = "hca_id:\tmlx5_0\n\tfw_ver:\t\t28.43.1014\n\tphys_port_cnt:\t\t1\n\t\tport:\t1\n"


def read(text: str) -> Reading:
    return named("ibv_devinfo").read(Paste(text))


def of_port(*lines: str) -> Reading:
    return read(HEAD + "".join(f"\t\t\t{line}\n" for line in lines))


def test_a_links_rate_is_its_lanes_times_a_lanes() -> None:
    said = of_port("state:\tPORT_ACTIVE (4)", "active_width:\t4X (2)", "active_speed:\t50.0 Gbps (64)")
    (row,) = said.rows
    assert (row.rate_gbps, row.width, row.extra["generation"], row.extra["lane_gbps"]) == (200, "4X", "HDR", 50)


def test_a_tool_older_than_the_speed_prints_its_number_all_the_same() -> None:
    said = of_port("state:\tPORT_ACTIVE (4)", "active_width:\t4X (2)", "active_speed:\tinvalid speed (128)")
    assert (said.rows[0].rate_gbps, said.rows[0].extra["generation"]) == (400, "NDR")
    said = of_port("state:\tPORT_ACTIVE (4)", "active_width:\tinvalid widthX (0)", "active_speed:\tinvalid speed (0)")
    assert (said.rows[0].rate_gbps, said.rows[0].width) == (None, None)


def test_the_rate_of_a_port_that_is_down_is_from_before() -> None:
    said = of_port("state:\tPORT_DOWN (1)", "active_width:\t4X (2)", "active_speed:\t2.5 Gbps (1)")
    (row,) = said.rows
    assert (row.state, row.rate_gbps, row.width, row.extra["printed_rate"]) == ("Down", None, None, 10)


def test_words_of_physical_states() -> None:
    for printed, word in (
        ("PORT_CONFIGURATION TRAINNING (4)", "PortConfigurationTraining"),
        ("LINK_ERROR_RECOVERY (6)", "LinkErrorRecovery"),
        ("POLLING (2)", "Polling"),
        ("invalid physical state (0)", "invalid physical state"),
    ):
        assert of_port("state:\tPORT_INIT (2)", f"phys_state:\t{printed}").rows[0].phys_state == word


def test_every_attribute_has_a_place() -> None:
    (row,) = read((SAMPLES / "ibv_devinfo.all-attributes.txt").read_text()).rows
    extra = row.extra
    assert (row.id, row.rate_gbps, row.counters) == ("mlx5_2/1", 100, {"bad_pkey_cntr": 0, "qkey_viol_cntr": 2})
    assert extra["device_cap_flags_names"] == ["BAD_PKEY_CNTR", "BAD_QKEY_CNTR", "Unknown flags 0x25000000"]
    assert extra["raw_packet_caps"] == ["C-VLAN stripping offload"]
    assert (extra["max_sge"], extra["tag_matching_max_sge"]) == (30, 1)
    assert extra["tag_matching_flags"] == ["IBV_TM_CAP_RC"]
    assert extra["hca_core_clock_khz"] == 1000000
    assert extra["rss_caps_supported_qp"] == extra["tso_caps_supported_qp"] == ["SUPPORT_RAW_PACKET"]
    assert extra["qp_rate_limit_max_kbps"] == 100000000
    assert extra["max_cq_period_us"] == 4095
    assert extra["num_comp_vectors"] == 63
    assert extra["gids"] == {
        "0": "fe80:0000:0000:0000:ba3f:d2ff:fe11:e0f0",
        "1": "fe80::ba3f:d2ff:fe11:e0f0",
        "3": "::ffff:10.20.30.40",
    }
    assert extra["gid_types"] == {"0": "RoCE v1", "1": "RoCE v2", "3": "RoCE v2"}


def test_what_is_not_supported_is_none() -> None:
    said = read("hca_id:\trxe0\n\tcore clock not supported\n\ttag matching not supported\n")
    assert said.rows[0].extra == {"core_clock": None, "tag_matching": None}


def test_lists_of_names_are_counted() -> None:
    said = read("2 HCAs found:\n\tmlx5_0\n\tmlx5_1\n\n")
    assert [row.id for row in said.rows] == ["mlx5_0", "mlx5_1"]
    assert "incomplete" not in said.facts
    assert read("2 HCAs found:\n\tmlx5_0\n").facts["incomplete"] == "2 HCAs announced, 1 listed"
    said = read((SAMPLES / "ibv_devinfo.devices.txt").read_text())
    assert [(row.id, row.extra["node_guid"]) for row in said.rows] == [
        ("mlx5_0", "5c2573030011a0c0"),
        ("rocep9s0", "5c2573030011b0d0"),
    ]


def test_a_device_that_cannot_be_asked_makes_it_incomplete() -> None:
    assert read("No IB devices found\n").facts["incomplete"] == "No IB devices found"
    said = read("Failed to get IB devices list: Function not implemented\n")
    assert said.facts["incomplete"] == "Failed to get IB devices list: Function not implemented"


def test_what_follows_a_lost_heading_is_nobodys() -> None:
    text = (SAMPLES / "ibv_devinfo.txt").read_text().replace("hca_id:\tirdma0\n", "hca#id\n")
    said = read(text)
    assert [(row.id, row.extra["firmware"]) for row in said.rows] == [("mlx5_0/1", "28.43.1014"), ("?/1", "1.60")]


def test_lines_that_grep_left_and_a_mail_moved_to_the_margin() -> None:
    said = read("hca_id: mlx5_0\nport: 1\nstate: PORT_ACTIVE (4)\nhca_id: mlx5_1\nport: 1\nstate: PORT_INIT (2)\n")
    assert [(row.id, row.state) for row in said.rows] == [("mlx5_0/1", "Active"), ("mlx5_1/1", "Initialize")]
    said = read("\t\t\tstate:\t\t\tPORT_ACTIVE (4)\n\t\t\tstate:\t\t\tPORT_DOWN (1)\n")
    assert [(row.id, row.state) for row in said.rows] == [("?", "Active"), ("?", "Down")]


def test_limits_without_a_colon_are_kept() -> None:
    (row,) = read(
        "hca_id:\tmlx5_1\n\tatomic_cap:\tATOMIC_HCA (1)\n\tlog atomic arg sizes (mask)\t\t0x8\n"
        "\tmax_fetch_and_add_bit_boundary\t64\n"
    ).rows
    assert (row.extra["log_atomic_arg_sizes_mask"], row.extra["max_fetch_and_add_bit_boundary"]) == ("0x8", 64)


def test_a_driver_that_is_missing_and_no_device_at_all_are_said() -> None:
    text = "libibverbs: Warning: couldn't load driver 'libefa-rdmav34.so'\nNo IB devices found\n"
    said = read(text)
    assert (said.facts, len(said.events), said.unparsed) == ({"incomplete": "No IB devices found"}, 1, [])
    assert recognise(Paste(text))[0].name == "ibv_devinfo"
