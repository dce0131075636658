"""`lspci`: what a device is, and what has become of its link."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.formats.host.lspci import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading, Row


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> list[Row]:
    return read((SAMPLES / f"lspci.{name}.txt").read_text()).rows


def test_an_address_has_its_domain_and_lower_case() -> None:
    said = read(
        "1B:00.0 3D controller: A\n0002:1b:00.0 3D controller: B\n10000:e1:00.0 Non-Volatile memory controller: C\n"
    )
    assert [row.id for row in said.rows] == ["0000:1b:00.0", "0002:1b:00.0", "10000:e1:00.0"]


def test_a_link_below_its_own_end_is_degraded() -> None:
    row = sample("verbose")[0]
    assert row.marks == ["degraded"]
    assert (row.extra["speed_gts"], row.extra["max_speed_gts"]) == (16, 32)
    assert (row.extra["width"], row.extra["max_width"], row.width) == (8, 16, "8X")


def test_an_older_lspci_says_no_word_of_it_but_it_is() -> None:
    (row,) = read(
        "17:00.0 Ethernet controller: A\n\t\tLnkCap:\tPort #0, Speed 8GT/s, Width x16, ASPM L1\n"
        "\t\tLnkSta:\tSpeed 8GT/s, Width x8, TrErr- Train- SlotClk+\n"
    ).rows
    assert row.marks == ["degraded"]


def test_a_second_line_of_link_registers_is_not_the_first() -> None:
    (row,) = read(
        "17:00.0 A: B\n\t\tLnkSta:\tSpeed 8GT/s (ok), Width x16 (ok)\n\t\tLnkSta2: Current De-emphasis Level: -6dB\n"
    ).rows
    assert (row.extra["speed_gts"], row.extra["width"], row.marks) == (8, 16, [])


def test_errors_are_the_flags_that_are_set_on_all_their_lines() -> None:
    extra = sample("verbose")[0].extra
    assert extra["uesta_set"] == ["TLP", "UnsupReq"]
    assert extra["cesta_set"] == ["RxErr", "AdvNonFatalErr"]
    assert extra["devsta_set"] == ["CorrErr", "UnsupReq"]


def test_a_device_that_fell_off_the_bus_does_not_answer() -> None:
    row = sample("verbose")[1]
    assert (row.id, row.marks, row.extra["driver"]) == ("0000:43:00.0", ["no answer"], "nvidia")


def test_what_is_printed_on_its_board_is_told_as_printed() -> None:
    extra = sample("verbose")[0].extra
    assert (extra["product_name"], extra["part_number"], extra["serial_number"]) == (
        "ACME accelerator",
        "AC-100",
        "0012345678",
    )


def test_the_device_and_its_capabilities_are_kept_apart() -> None:
    extra = sample("verbose")[0].extra
    assert (extra["numa_node"], extra["iommu_group"], extra["max_payload_bytes"]) == (1, 12, 256)
    capabilities = extra["capabilities"]
    assert isinstance(capabilities, list)
    assert [one["name"] for one in capabilities if isinstance(one, dict)] == [
        "[60] Express (v2) Endpoint, MSI 00",
        "[48] Vital Product Data",
        "[100 v2] Advanced Error Reporting",
    ]


def test_numbers_of_vendor_and_device_in_every_form() -> None:
    forms = (
        "17:00.0 0207: 15b3:1021\n",
        "17:00.0 Infiniband controller [0207]: Mellanox Technologies MT2910 Family [ConnectX-7] [15b3:1021] (rev 00)\n",
        '17:00.0 "Infiniband controller [0207]" "Mellanox [15b3]" "MT2910 [1021]" -r00 -p00 "Mellanox [15b3]" "0041"\n',
    )
    for form in forms:
        (row,) = read(form).rows
        assert (row.extra["class_id"], row.extra["vendor_id"], row.extra["device_id"]) == ("0207", "15b3", "1021")


def test_lines_alone_belong_to_the_device_that_was_asked_for() -> None:
    (row,) = sample("filtered")
    assert (row.id, row.extra["speed_gts"], row.extra["width"], row.marks) == ("0000:17:00.0", 32, 16, [])


def test_lines_alone_of_several_devices_are_not_mixed() -> None:
    text = "\t\tLnkSta:\tSpeed 8GT/s, Width x16\n" * 3
    assert [(row.id, row.extra["speed_gts"]) for row in read(text).rows] == [
        ("device", 8),
        ("device 2", 8),
        ("device 3", 8),
    ]


def test_devices_are_counted_by_class() -> None:
    text = (SAMPLES / "lspci.numbered.txt").read_text()
    assert read(text).facts == {
        "devices": 3,
        "classes": {"3D controller": 1, "Bridge": 1, "Infiniband controller": 1},
    }


def test_a_user_who_may_not_read_capabilities() -> None:
    (row,) = read("17:00.0 A: B\n\tCapabilities: <access denied>\n").rows
    assert row.marks == ["capabilities denied"]


def test_a_warning_is_handed_back() -> None:
    assert read("pcilib: sysfs_read_vpd: read failed: No such device\n17:00.0 A: B\n").unparsed == [
        "pcilib: sysfs_read_vpd: read failed: No such device"
    ]


def test_a_slot_without_a_link_is_not_a_slow_one() -> None:
    text = (
        "00:01.0 PCI bridge: A\n\t\tLnkCap:\tPort #1, Speed 32GT/s, Width x16\n"
        "\t\tLnkSta:\tSpeed 2.5GT/s (downgraded), Width x0 (downgraded)\n"
    )
    (row,) = read(text).rows
    assert (row.marks, row.width) == (["no link"], None)


def test_where_a_device_sits_stands_among_the_flags_of_the_short_form() -> None:
    (row,) = read(
        "17:00.0 A: B\n\tFlags: bus master, fast devsel, latency 0, IRQ 18, NUMA node 1, IOMMU group 12\n"
    ).rows
    assert (row.extra["numa_node"], row.extra["iommu_group"]) == (1, 12)


def test_bytes_of_the_configuration_space_are_kept() -> None:
    said = read("17:00.0 A: B\n00: b3 15 21 10 46 05 10 00 00 00 07 02 10 00 00 00\n")
    assert (len(said.rows), said.unparsed) == (1, [])


def test_an_address_above_or_in_the_command_names_the_lines_below_it() -> None:
    link = "\tLnkSta:\tSpeed 16GT/s, Width x8\n"
    text = f"== 0000:c1:00.0\n{link}3b:00.0: (mlx5_1)\n{link}  $ lspci -vv -s 65:00.0 | grep LnkSta\n{link}"
    said = read(text)
    assert [row.id for row in said.rows] == ["0000:c1:00.0", "0000:3b:00.0", "0000:65:00.0"]
    assert said.rows[1].extra["name"] == "mlx5_1"
    assert said.unparsed == []


def test_the_tree_is_kept_as_it_is_drawn() -> None:
    tree = ["-[0000:e0]-+-01.1-[e1]----00.0  Somebody's bridge", " \\-00.0  Somebody's root complex"]
    said = read("\n".join(tree))
    assert (said.facts["tree"], said.unparsed) == (tree, [])


def test_what_a_device_says_once_is_another_ones_the_second_time() -> None:
    bridge = "3a:00.0 PCI bridge: Somebody's bridge\n\tSubsystem: Device 0001\n\tNUMA node: 0\n"
    first, second = read(f"{bridge}\n\tSubsystem: Device 0002\n\tLnkSta: Speed 8GT/s, Width x4\n").rows
    assert "speed_gts" not in first.extra
    assert (second.id, second.extra["speed_gts"]) == ("device", 8)
