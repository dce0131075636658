"""The full report of `nvidia-smi -q`, as text and as XML: one shape, and what damage may not make of it."""

from __future__ import annotations

from typing import Any

import pytest
from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.document import document
from fabconsole.formats.format import named, recognise
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

HEAD = "Driver Version                    : 550.54.15\n\nAttached GPUs                     : 2\n"


def text(said: str) -> Reading:
    return named("nvidia-smi-q").read(Paste(said))


def xml(said: str) -> Reading:
    return named("nvidia-smi-qx").read(Paste(said))


def sample(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def at(reading: Reading, row: int, path: str) -> Any:
    value: Any = reading.rows[row].extra
    for name in path.split("."):
        value = value[name]
    return value


ONE_SHAPE = {
    "name": "NVIDIA B200",
    "serial": "0123456789012",
    "uuid": "GPU-0a1b2c3d-0001-0002-0003-0a1b2c3d4e5f",
    "minor_number": 0,
    "gpu_index": 0,
    "c2c_mode": "Disabled",
    "platform_info.module_id": 3,
    "pci.bus_id": "00000000:1B:00.0",
    "pci.gpu_link_info.pcie_generation.current": 5,
    "pci.gpu_link_info.pcie_generation.host_max": None,
    "pci.gpu_link_info.link_width.current": "8x",
    "pci.replays_since_reset": 150,
    "pci.tx_throughput_kb_s": 352,
    "fan_speed_percent": None,
    "clocks_event_reasons.idle": "Active",
    "clocks_event_reasons.hw_slowdown": "Not Active",
    "ecc_mode.current": "Enabled",
    "ecc_errors.volatile.dram_correctable": 3,
    "ecc_errors.aggregate.sram_threshold_exceeded": "No",
    "remapped_rows.uncorrectable_error": 2,
    "remapped_rows.pending": "Yes",
    "remapped_rows.bank_remap_availability_histogram.max": 3966,
    "temperature.gpu_current_temp_c": 41,
    "temperature.gpu_t_limit_temp_c": 46,
    "gpu_power_readings.instantaneous_power_draw_w": 169.62,
    "clocks.graphics_mhz": 120,
    "fabric.state": "Completed",
    "fabric.status": "Success",
    "fabric.clique_id": 7,
    "fabric.cluster_uuid": "0a0b0c0d-1111-2222-3333-444455556666",
    "fabric.health.summary": "Limited Capacity",
    "fabric.health.bandwidth": "Degraded",
}


@pytest.mark.parametrize("path", ONE_SHAPE)
def test_text_and_xml_tell_the_same_by_the_same_name(path: str) -> None:
    expected = ONE_SHAPE[path]
    assert at(text(sample("nvidia-smi-q.txt")), 0, path) == expected
    assert at(xml(sample("nvidia-smi-qx.txt")), 0, path) == expected


@pytest.mark.parametrize("read", [lambda: text(sample("nvidia-smi-q.txt")), lambda: xml(sample("nvidia-smi-qx.txt"))])
def test_a_row_is_a_gpu_by_its_pci_address_with_its_counts(read: Any) -> None:
    said = read()
    assert [row.id for row in said.rows] == ["0000:1b:00.0", "0000:43:00.0"]
    counters = said.rows[0].counters
    assert counters["pcie_replay"] == 150
    assert counters["ecc_volatile_sram_uncorrectable_parity"] == 1
    assert counters["ecc_aggregate_dram_correctable"] == 41
    assert counters["remapped_rows_uncorrectable"] == 2
    assert counters["retired_pages_double_bit_ecc"] is None
    assert "unsupported retired_pages_double_bit_ecc" in said.rows[0].marks
    assert said.facts["driver_version"] == "580.95.05"
    assert said.facts["cuda_version"] == "13.0"
    assert said.facts["attached_gpus"] == 2
    assert said.facts["timestamp"] == "Sat Nov 21 04:05:06 2026"
    assert said.facts["at"] == "2026-11-21T04:05:06"
    assert "incomplete" not in said.facts


def test_processes_are_a_list_and_none_is_an_empty_one() -> None:
    of_text, of_xml = text(sample("nvidia-smi-q.txt")), xml(sample("nvidia-smi-qx.txt"))
    assert [one["pid"] for one in at(of_text, 0, "processes")] == [4711, 4712]
    assert at(of_text, 0, "processes")[1]["name"] is None
    assert at(of_text, 1, "processes") == []
    assert [one["pid"] for one in at(of_xml, 0, "processes")] == [4711, 4712]
    assert at(of_xml, 0, "processes")[0]["name"] == "/opt/a & b <1>"
    assert at(of_xml, 0, "accounted_processes") == []


def test_mig_devices_are_a_list_and_their_ecc_is_not_the_gpus() -> None:
    of_text, of_xml = text(sample("nvidia-smi-q.mig-and-deprecations.txt")), xml(sample("nvidia-smi-qx.txt"))
    for said in (of_text, of_xml):
        assert [one["gpu_instance_id"] for one in at(said, 0, "mig_devices")] == [2, 5]
        assert at(said, 0, "mig_devices")[0]["ecc_errors"]["volatile"]["sram_uncorrectable"] == 0
        assert "ecc_volatile_sram_uncorrectable" not in said.rows[0].counters
    assert at(of_xml, 1, "mig_devices") == []


def test_supported_clocks_stand_by_the_memory_clock_they_go_with() -> None:
    assert at(text(sample("nvidia-smi-q.mig-and-deprecations.txt")), 0, "supported_clocks") == [
        {"memory_mhz": 3201, "graphics_mhz": [1980, 1965]},
        {"memory_mhz": 1593, "graphics_mhz": [1980]},
    ]
    assert at(xml(sample("nvidia-smi-qx.txt")), 0, "supported_clocks") == [
        {"memory_mhz": 3996, "graphics_mhz": [1965, 1950]}
    ]


def test_a_version_keeps_its_digits_and_its_deprecation_stands_beside_it() -> None:
    facts = text(sample("nvidia-smi-q.mig-and-deprecations.txt")).facts
    assert (facts["driver_version"], facts["cuda_version"], facts["kmd_version"]) == ("610.43.02", "13.3", "610.43.02")
    assert str(facts["driver_version_note"]).startswith("Deprecated")


def test_a_report_that_ends_early_says_how_many_gpus_it_lacks() -> None:
    said = text(HEAD + "GPU 00000000:53:00.0\n    Product Name                  : NVIDIA H100 80GB HBM3\n")
    assert said.facts["incomplete"] == "2 attached GPUs are announced, 1 told"
    assert "gpu_index" not in said.rows[0].extra


def test_one_gpu_that_was_asked_for_alone_is_not_incomplete() -> None:
    said = text("root@gpu1:~# nvidia-smi -q -i 1\n" + HEAD + "GPU 00000000:53:00.0\n    Fan Speed   : N/A\n")
    assert "incomplete" not in said.facts


def test_words_for_why_there_is_no_value_are_kept() -> None:
    said = text(
        "GPU 00000000:53:00.0\n    Fabric\n        State : Not Supported\n        Status : N/A\n"
        "    Applications Clocks\n        Graphics : Requested functionality has been deprecated\n"
    )
    assert at(said, 0, "fabric") == {"state": "Not Supported", "status": None}
    assert at(said, 0, "applications_clocks.graphics") == "Requested functionality has been deprecated"


def test_a_name_never_seen_is_kept() -> None:
    said = text("GPU 00000000:53:00.0\n    Warp Drive\n        Dilithium Left          : 12 %\n")
    assert at(said, 0, "warp_drive") == {"dilithium_left_percent": 12}


def test_lines_picked_out_without_their_gpu_are_records_of_their_own() -> None:
    said = text(sample("nvidia-smi-q.picked-out.txt"))
    assert [at(said, row, "fabric.clique_id") for row in (0, 1)] == [0, 2]
    assert said.rows[0].marks == ["which GPU is not said"]
    said = text("        Replays Since Reset     : 4\n        Replays Since Reset     : 4\n")
    assert [row.counters["pcie_replay"] for row in said.rows] == [4, 4]


def test_a_gpu_whose_head_was_lost_is_not_put_to_the_one_before() -> None:
    said = text(
        "GPU 00000000:53:00.0\n    Serial Number : 1\n    PCI\n        Replays Since Reset : 4\n"
        "    Serial Number : 2\n    PCI\n        Bus Id : 00000000:64:00.0\n        Replays Since Reset : 9\n"
    )
    assert [(row.id, row.counters["pcie_replay"]) for row in said.rows] == [("0000:53:00.0", 4), ("0000:64:00.0", 9)]


def test_a_gpu_that_cannot_be_asked_is_a_row_with_its_error() -> None:
    said = text("Unable to determine the device handle for GPU0000:5D:00.0: Unknown Error\n")
    assert said.rows[0].id == "0000:5d:00.0"
    assert str(said.rows[0].extra["error"]).endswith("Unknown Error")
    assert [(event.subject, event.severity) for event in said.events] == [("0000:5d:00.0", Severity.CRIT)]


def test_a_complaint_before_the_xml_is_told_too() -> None:
    said = xml(
        "Unable to determine the device handle for GPU2: 0000:5D:00.0: Unknown Error\n" + sample("nvidia-smi-qx.txt")
    )
    assert (len(said.rows), said.unparsed, said.rows[0].id) == (3, [], "0000:5d:00.0")
    assert "incomplete" not in said.facts


def test_a_tool_that_failed_is_told() -> None:
    assert text("Failed to initialize NVML: Driver/library version mismatch\n").facts["error"] == (
        "Failed to initialize NVML: Driver/library version mismatch"
    )


def test_xml_without_an_end_is_read_as_far_as_it_is_whole() -> None:
    whole = sample("nvidia-smi-qx.txt")
    said = xml(whole[: whole.index("50</replay_counter>")])
    assert said.facts["incomplete"] == "2 attached GPUs are announced, 1 told; the document has no end"
    assert at(said, 0, "pci.gpu_link_info.link_width.current") == "8x"
    assert "pcie_replay" not in said.rows[0].counters
    assert said.unparsed == ["\t\t\t<replay_counter>1"]


def test_a_line_of_another_stream_in_xml_is_told_and_spoils_nothing() -> None:
    whole = sample("nvidia-smi-qx.txt")
    said = xml(whole.replace("\t\t<fabric>\n", "ssh: <warning> & more\n\t\t<fabric>\n"))
    assert said.unparsed == ["ssh: ", " & more"]
    assert at(said, 1, "serial") == "0123456789013"


def test_a_lost_end_tag_keeps_what_follows_in_its_place() -> None:
    whole = sample("nvidia-smi-qx.txt")
    said = xml(whole.replace("\t\t</ecc_mode>\n", ""))
    assert [row.id for row in said.rows] == ["0000:1b:00.0", "0000:43:00.0"]
    assert at(said, 1, "name") == "NVIDIA B200"


def test_entities_are_never_expanded() -> None:
    said = xml(
        '<!DOCTYPE nvidia_smi_log [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]>\n'
        '<nvidia_smi_log><gpu id="00000000:53:00.0"><serial>&b;</serial></gpu></nvidia_smi_log>\n'
    )
    assert at(said, 0, "serial") == "&b;"


def test_two_runs_in_one_paste_keep_their_gpus_apart() -> None:
    run = HEAD.replace(": 2", ": 1") + "GPU 00000000:53:00.0\n    Minor Number                : 0\n"
    said = text(run + run)
    assert len(said.rows) == 2
    assert "incomplete" not in said.facts


FLAT = """\
GPU 00000000:1B:00.0
MIG Mode
Current                 : Disabled
Serial Number           : 0123456789012
PCI
Bus                     : 0x1B
GPU Link Info
PCIe Generation
Max                     : 5
Link Width
Current                 : 8x
Bridge Chip
Type                    : N/A
Replays Since Reset     : 150
Fan Speed               : N/A
ECC Errors
Volatile
SRAM Correctable        : 1
Aggregate
SRAM Correctable        : 4
Channel Repair Pending  : No
Remapped Rows
Uncorrectable Error     : 2
Fabric
State                   : Completed
Health
Summary                 : Healthy
Processes               : None
GPU 00000000:43:00.0
Product Name            : NVIDIA B200
"""


@pytest.mark.parametrize("before", ["", "    ", "\t"])
def test_a_report_whose_indentation_was_lost_is_read_by_its_names(before: str) -> None:
    said = text("".join(f"{before}{line}\n" for line in FLAT.splitlines()))
    assert said.unparsed == []
    assert [row.id for row in said.rows] == ["0000:1b:00.0", "0000:43:00.0"]
    assert at(said, 0, "pci.gpu_link_info") == {"pcie_generation": {"max": 5}, "link_width": {"current": "8x"}}
    assert at(said, 0, "pci.replays_since_reset") == 150
    assert at(said, 0, "mig_mode") == {"current": "Disabled"}
    assert at(said, 0, "serial") == "0123456789012"
    assert at(said, 0, "fabric") == {"state": "Completed", "health": {"summary": "Healthy"}}
    assert said.rows[0].counters == {
        "pcie_replay": 150,
        "ecc_volatile_sram_correctable": 1,
        "ecc_aggregate_sram_correctable": 4,
        "remapped_rows_uncorrectable": 2,
    }


def test_what_newer_drivers_add_is_kept_by_the_same_rules() -> None:
    said = xml(
        "<nvidia_smi_log>\n<driver_version>615.23</driver_version>\n<!-- driver_version is deprecated -->\n"
        '<gpu id="00000002:81:00.0"><remapped_banks>'
        "<bank_remapper_active_remappings>3</bank_remapper_active_remappings>"
        "<bank_remapper_histogram><bank_remapper_histogram_max>252 group(s)</bank_remapper_histogram_max>"
        "</bank_remapper_histogram></remapped_banks><fabric><cliques><clique_entry><clique_type>Unicast</clique_type>"
        "<clique_id>7</clique_id></clique_entry><clique_entry><clique_id>8</clique_id></clique_entry></cliques>"
        "</fabric></gpu></nvidia_smi_log>\n"
    )
    assert (said.unparsed, said.facts["notes"]) == ([], ["driver_version is deprecated"])
    assert said.rows[0].id == "0002:81:00.0"
    assert said.rows[0].counters == {"remapped_banks_active": 3}
    assert at(said, 0, "remapped_banks.histogram.max") == 252
    assert at(said, 0, "fabric.cliques") == [{"clique_type": "Unicast", "clique_id": 7}, {"clique_id": 8}]


@pytest.mark.parametrize(
    "read",
    [
        lambda: text("GPU 00000000:53:00.0\n" + "".join(f"{' ' * n}A\n" for n in range(4, 2000, 4))),
        lambda: xml('<gpu id="00000000:53:00.0">' + "<a>" * 5000),
    ],
)
def test_sections_within_sections_without_end_can_be_printed(read: Any) -> None:
    said = document("", read())
    assert len(said["rows"]) == 1
    assert said["unparsed"]


def test_a_gpu_that_was_asked_for_by_its_number_has_that_where_its_head_is_missing() -> None:
    said = text("root@gpu1:~# nvidia-smi -q -i 3 | grep -A 1 Fabric\n    Fabric\n        State     : In Progress\n")
    told = said.rows[0]
    assert (told.id, told.marks, told.extra["gpu_index"]) == ("gpu3", ["fabric In Progress"], 3)


def test_rows_of_several_runs_say_which_run_they_are_of() -> None:
    run = (
        "==============NVSMI LOG==============\n\nTimestamp                 : Sat Nov 21 04:05:0{} 2026\n"
        "Driver Version            : 570.124.06\nAttached GPUs             : 1\nGPU 00000000:06:00.0\n"
        "    GPU Power Readings\n        Power Draw            : 10{}.00 W\n\n"
    )
    said = named("nvidia-smi-q").read(Paste(run.format(1, 1) + run.format(6, 2)))
    assert [(row.extra["timestamp"], row.extra["gpu_power_readings"]["power_draw_w"]) for row in said.rows] == [
        ("Sat Nov 21 04:05:01 2026", 101.0),
        ("Sat Nov 21 04:05:06 2026", 102.0),
    ]
    assert "driver_version" not in said.rows[0].extra


def test_lines_that_only_this_report_has_are_recognised_though_the_command_reads_like_the_table() -> None:
    said = Paste(
        '$ nvidia-smi -i 3 -q -d ROW_REMAPPER | grep -E "Correctable|Failure"\n'
        "        Correctable Error                 : 0\n        Remapping Failure Occurred        : No\n"
    )
    assert recognise(said)[0].name == "nvidia-smi-q"
    (row,) = named("nvidia-smi-q").read(said).rows
    assert (row.id, row.counters) == ("gpu3", {"remapped_rows_correctable": 0})


def test_the_xml_says_addresses_as_the_text_does_and_lists_retired_pages_by_their_kind() -> None:
    (row,) = (
        named("nvidia-smi-qx")
        .read(
            Paste(
                '<nvidia_smi_log><gpu id="00000000:0A:00.0"><pci><pci_bus>0A</pci_bus>'
                "<pci_device_id>233010DE</pci_device_id></pci><retired_pages><double_bit_retirement>"
                "<retired_count>2</retired_count><retired_pagelist><retired_page_address>0x5fdf3</retired_page_address>"
                "<retired_page_address>0x5fdf4</retired_page_address></retired_pagelist></double_bit_retirement>"
                "</retired_pages></gpu></nvidia_smi_log>"
            )
        )
        .rows
    )
    assert (row.extra["pci"]["bus"], row.extra["pci"]["device_id"]) == ("0x0A", "0x233010DE")
    assert row.extra["retired_pages"] == {"double_bit_ecc": 2, "double_bit_page_list": ["0x5fdf3", "0x5fdf4"]}
