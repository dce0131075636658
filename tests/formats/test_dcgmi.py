"""`dcgmi`: its boxes and its JSON tell the same, whatever became of the blanks."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.nvidia.dcgmi import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Ber, Reading, Row


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / f"dcgmi{name}.txt").read_text("utf-8"))


def named(said: Reading, name: str) -> Row:
    return next(row for row in said.rows if row.id == name)


def test_a_link_is_up_down_or_disabled_and_what_there_is_not_has_no_row() -> None:
    said = sample("")
    assert named(said, "gpu1/nvl3").state == "down"
    assert named(said, "gpu2/nvl1").state == "disabled"
    assert named(said, "gpu1").extra == {"links_up": 11, "links_down": 1, "links_not_supported": 6}
    assert said.facts == {"gpus": 3, "links": 37, "links_up": 32, "links_down": 2, "links_disabled": 3}


def test_links_of_a_switch_keep_their_numbers_beside_gaps() -> None:
    assert named(sample(""), "nvswitch9/nvl5").state == "disabled"


def test_letters_after_an_intruding_line_are_still_the_devices() -> None:
    said = read("    gpuId 3:\nclosing\n        U D\n")
    assert [row.id for row in said.rows] == ["gpu3", "gpu3/nvl0", "gpu3/nvl1"]


def test_error_counts_have_their_canonical_names() -> None:
    assert named(sample(".nvlink-errors"), "gpu3/nvl1").counters == {
        "crc_flit": 7,
        "crc_data": 0,
        "replay": 1,
        "recovery": 0,
    }


def test_a_count_that_could_not_be_had_is_none() -> None:
    row = named(sample(".nvlink-errors"), "gpu3/nvl2")
    assert (row.counters, row.marks) == ({"replay": None}, ["unsupported replay"])


def test_json_values_are_texts() -> None:
    row = named(sample(".nvlink-errors-json"), "gpu3/nvl1")
    assert row.counters == {"symbol_error": 9, "malformed_packets": None}
    assert row.ber == Ber(symbol=1.5e-13)


def test_counts_whose_link_was_lost_are_nobodys() -> None:
    said = read("| NVLINK Error Counts |\n| GPU 0 |\n| Link 0 | |\n| -> Replay Error | 4 |\n| -> Replay Error | 5 |\n")
    assert [row.counters for row in said.rows] == [{"replay": 4}]
    assert len(said.unparsed) == 1


def test_health_is_told_by_entity_and_by_system() -> None:
    said = sample(".health")
    assert said.facts["overall_health"] == "Failure"
    assert [(row.id, row.state) for row in said.rows] == [("gpu0", "Warning"), ("gpu3", "Failure")]
    assert said.rows[1].extra["systems"] == {"Memory system": "Failure", "PCIe system": "Warning"}
    assert [event.severity for event in said.events] == [Severity.WARN, Severity.CRIT, Severity.WARN]


def test_a_wrapped_error_is_one_text() -> None:
    assert sample(".health").events[0].text == (
        "NVLINK system: Detected 2 nvlink errors on GPU 0's NVLink (should be 0). "
        "Monitor the NVLink; it can still perform workload."
    )


def test_health_as_json_tells_the_same() -> None:
    said = sample(".health-json")
    assert (said.facts["overall_health"], said.rows[0].id, said.rows[0].state) == ("Failure", "gpu3", "Failure")
    assert said.events[0].text == "Memory system: A row remap is pending on GPU 3."


def test_health_that_lost_its_blanks_is_read() -> None:
    said = read(
        "| Health Monitor Report |\n| Overall Health | Warning |\n| GPU | |\n| -> 2 | Warning |\n| -> Errors | |\n"
        "| -> Thermal system | Warning |\n| | too hot |\n"
    )
    assert said.rows[0].extra == {"systems": {"Thermal system": "Warning"}, "errors": ["Thermal system: too hot"]}


def test_health_of_dcgm_1_is_read() -> None:
    said = read(
        "Health Monitor Report\n+------------------+-----------------------------------+\n"
        "| Overall Health:    Warning                           |\n+==================+===================+\n"
        "| GPU ID: 0        | Warning                           |\n"
        "|                  | PCIe system: Warning - Detected   |\n|                  | many replays. |\n"
    )
    assert said.facts["overall_health"] == "Warning"
    assert said.rows[0].extra == {
        "systems": {"PCIe system": "Warning"},
        "errors": ["PCIe system: Detected many replays."],
    }
    assert said.unparsed == []


def test_what_is_watched_are_facts() -> None:
    said = read("Health monitor systems report\n+-----+-----+\n| PCIe | On |\n| NVLINK | Off |\n+-----+-----+\n")
    assert said.facts == {"pcie": "On", "nvlink": "Off"}


def test_a_healthy_node_has_no_rows() -> None:
    said = read("| Health Monitor Report   |\n| Overall Health   | Healthy   |\n")
    assert (said.rows, said.facts) == ([], {"overall_health": "Healthy"})


def test_a_cut_word_is_joined_again() -> None:
    said = sample(".diagnostics")
    assert said.events[0].text == (
        "Persistence Mode: Persistence mode for GPU 1 is currently disabled. "
        "The DCGM diagnostic requires persistence mode to be enabled."
    )
    assert (said.events[0].severity, said.events[0].subject) == (Severity.CRIT, "gpu1")


def test_a_test_that_fails_on_one_gpu_fails() -> None:
    row = named(sample(".diagnostics"), "GPU Memory")
    assert row.state == "Fail"
    assert row.extra["results"] == [{"status": "Pass", "gpus": [1, 2]}, {"status": "Fail", "gpus": [0]}]


def test_dcgm_4_tells_each_gpu_in_a_line() -> None:
    row = named(sample(".diagnostics"), "memory")
    assert row.extra["results"] == [
        {"status": "Pass"},
        {"status": "Pass", "gpus": [0]},
        {"status": "Pass", "gpus": [1]},
    ]


def test_tests_are_counted_by_what_came_of_them() -> None:
    facts = sample(".diagnostics").facts
    assert (facts["tests"], facts["tests_pass"], facts["tests_fail"], facts["tests_skip"]) == (5, 2, 2, 1)
    assert facts["driver_version"] == "550.127.08"


def test_a_diagnosis_as_json_has_its_warnings() -> None:
    said = sample(".diagnostics-json")
    assert [(row.id, row.state) for row in said.rows] == [("software", "Pass"), ("pcie", "Fail")]
    assert said.rows[1].extra["warnings"] == ["PCIe link of GPU 0 runs at width 8, not 16"]
    assert said.facts["driver_version"] == "570.86.15"


def test_discovered_devices_are_rows() -> None:
    said = sample(".discovery")
    assert [row.id for row in said.rows] == ["gpu0", "gpu1", "nvswitch9"]
    assert said.rows[1].extra["bus_id"] == "0000:2a:00.0"
    assert said.facts == {"gpus": 2, "nvswitches": 1, "cpus": 0}


def test_monitored_fields_have_the_columns_names() -> None:
    assert [(row.id, row.extra) for row in sample(".monitored").rows] == [
        ("gpu1", {"gputl": 97, "tmptr": 64, "nvltx": 12.5}),
        ("gpu0", {"gputl": 96, "tmptr": 61, "nvltx": None}),
    ]


def test_a_host_engine_that_is_not_there_is_an_event() -> None:
    (event,) = read("Error: unable to establish a connection to the specified host: localhost\n").events
    assert event.severity is Severity.UNKNOWN


_DIAGNOSIS = (
    "| Diagnostic | Result |\n|-----  Metadata  ----------+-----------|\n+-----  Hardware  ----------+------+\n"
)


def test_since_blackwell_the_links_of_a_gpu_are_counted_together() -> None:
    said = read(
        "| NVLINK Error Counts |\n| GPU 2 |\n| Error Detail | |\n| -> Rx Error | 12 |\n| -> Tx Discards | 5 |\n"
        "| -> Effective BER | 2.5e-13 |\n"
    )
    (row,) = said.rows
    assert (row.id, row.counters) == ("gpu2", {"port_rcv_errors": 12, "xmit_error_discards": 5})
    assert (row.ber, said.unparsed) == (Ber(effective=2.5e-13), [])


def test_error_details_as_json_are_the_gpus() -> None:
    said = read(
        '{"body": {"Error Detail": {"children": {"Rx Error": {"value": "7"}}}}, '
        '"header": ["NVLINK Error Counts", "GPU 1"]}\n'
    )
    assert ([(row.id, row.counters) for row in said.rows], said.unparsed) == ([("gpu1", {"port_rcv_errors": 7})], [])


def test_the_oldest_error_counts_have_the_link_in_every_line() -> None:
    said = read(
        "| GPU ID: 3 | NVLINK Error Counts |\n|Link 0 | Replay Error | 4 |\n|Link 0 | CRC Data Error | 0 |\n"
        "|Link 1 | Replay Error | 1 |\n"
    )
    assert [(row.id, row.counters) for row in said.rows] == [
        ("gpu3/nvl0", {"replay": 4, "crc_data": 0}),
        ("gpu3/nvl1", {"replay": 1}),
    ]


def test_entities_of_links_are_put_to_them_over_several_lines() -> None:
    said = read(
        "GPUs:\n    gpuId 4:\n        U _ D U\n    Link Entities:  0:16777217  2:16777729\n"
        "                    3:16777985\n    gpuId 5:\n        _ _\n    Link Entities: N/A\n"
    )
    assert [row.extra.get("entity_id") for row in said.rows if "/" in row.id] == [16777217, 16777729, 16777985]
    assert said.unparsed == []


def test_results_of_gpus_are_no_part_of_the_warning_before_them() -> None:
    said = read(
        f"{_DIAGNOSIS}| pcie                      | Fail                                           |\n"
        "| Warning                   | A child process exited.                        |\n"
        "|                           | GPU0: Pass                                     |\n"
        "|                           | GPU1: Fail                                     |\n"
    )
    assert said.events[0].text == "pcie: A child process exited."
    assert named(said, "pcie").extra["results"] == [
        {"status": "Fail"},
        {"status": "Pass", "gpus": [0]},
        {"status": "Fail", "gpus": [1]},
    ]


def test_a_warning_may_name_its_gpu_beside_the_word() -> None:
    said = read(
        f"{_DIAGNOSIS}| memory                    | Warn                                           |\n"
        "| Warning: GPU6             | Little memory is left.                         |\n"
    )
    assert (said.events[0].subject, said.events[0].severity) == ("gpu6", Severity.WARN)
    assert named(said, "memory").extra["warnings"] == ["Little memory is left."]


def test_iterations_are_counted_in_text_and_json() -> None:
    told = read("Running iteration 2 of 5...\nPassed all 5 runs of the diagnostic\n")
    assert (told.facts["iteration"], told.facts["iterations"], told.unparsed) == (2, 5, [])
    one = '{"DCGM Diagnostic": {"test_categories": [{"category": "Deployment", "tests": [{"name": "software"}]}]}}'
    said = read(f'{{"iterations": [{one}, {one}], "result": "Pass"}}\n')
    assert (said.facts["iterations"], said.facts["result"], len(said.rows)) == (2, "Pass", 2)


def test_instances_of_a_gpu_have_their_numbers() -> None:
    said = sample(".instances")
    assert [(row.id, row.extra["entity_id"]) for row in said.rows] == [
        ("gpu4", 4),
        ("gpu4/gi1", 101),
        ("gpu4/gi1/ci0", 101),
    ]
    assert said.rows[0].extra["uuid"] == "GPU-0a1b2c3d-0000-1111-2222-333344445555"


def test_what_lies_between_gpus_is_told_of_each() -> None:
    said = sample(".topology")
    assert said.rows[0].extra == {
        "cpu_core_affinity": "0 - 15, 64 - 79, 128 - 143",
        "peers": {"gpu1": "Connected via a PCIe host bridge", "gpu2": "Connected via a CPU-level link"},
        "nvlinks": {"gpu1": [0, 3]},
    }
    assert (said.facts["group"], said.facts["worst_path"]) == ("training", "Connected via a CPU-level link")


def test_fewer_gpus_than_were_found_are_said() -> None:
    said = read("3 GPUs found.\n| GPU ID | Device Information |\n| 0 | Name: NVIDIA A30 |\n")
    assert said.facts["incomplete"] == "3 GPUs are announced and 1 are here"


def test_a_diagnosis_whose_last_rule_is_missing_is_told_to_be_incomplete() -> None:
    table = "|-----  Deployment  --------+------+\n| NVML Library              | Pass |\n"
    assert "incomplete" not in read(f"{table}+---------------------------+------+\n").facts
    assert read(table).facts["incomplete"] == "the diagnostic's table has no end"


def test_letters_whose_device_was_lost_are_nobodys() -> None:
    said = read("    gpuId 0:\n        U U\n        D D\n")
    assert ([row.id for row in said.rows], said.unparsed) == (["gpu0", "gpu0/nvl0", "gpu0/nvl1"], ["D D"])


def test_letters_that_a_terminal_wrapped_are_the_same_switchs() -> None:
    said = read(f"    physicalId 0:\n        {'U ' * 36}\n{'D ' * 3}\n")
    assert (said.facts["links_up"], said.facts["links_down"], said.rows[-1].id) == (36, 3, "nvswitch0/nvl38")


def test_entities_whose_device_was_lost_are_nobodys() -> None:
    said = read("    gpuId 0:\n        U\n    Link Entities: 0:11\n    Link Entities: 0:22\n")
    assert (said.rows[1].extra, len(said.unparsed)) == ({"entity_id": 11}, 1)


def test_errors_whose_entity_was_lost_are_nobodys() -> None:
    said = read(
        "| Health Monitor Report |\n| Overall Health | Failure |\n| GPU | |\n| -> 0 | Warning |\n| -> Errors | |\n"
        "| -> PCIe system | Warning |\n| -> Errors | |\n| -> Memory system | Failure |\n| | of GPU 1 |\n"
        "| -> 2 | Warning |\n| -> Errors | |\n| -> Thermal system | Warning |\n"
    )
    assert [(row.id, row.extra["systems"]) for row in said.rows] == [
        ("gpu0", {"PCIe system": "Warning"}),
        ("gpu2", {"Thermal system": "Warning"}),
    ]
    assert len(said.unparsed) == 3


def test_results_whose_test_was_lost_are_nobodys() -> None:
    said = read(
        f"{_DIAGNOSIS}| memory | Pass |\n| | GPU0: Pass |\n| | GPU1: Pass |\n| | GPU0: Pass |\n| | GPU1: Fail |\n"
    )
    assert (named(said, "memory").state, len(said.unparsed)) == ("Pass", 2)
