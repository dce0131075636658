"""`nvidia-smi --query-…`: with a head and without, with units and without, and every way to say nothing."""

from __future__ import annotations

import pytest
from captures import SAMPLES

from fabconsole.formats.nvidia.gpu_csv import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def test_a_unit_is_the_end_of_its_key() -> None:
    extra = sample("nvidia-smi-query-csv.txt").rows[0].extra
    assert (extra["power_draw_w"], extra["memory_used_mib"], extra["temperature_gpu_c"]) == (118.24, 71004, 41)
    assert extra["pci_bus_id"] == "0000:18:00.0"


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("temperature_gpu_c", "ERR!"),
        ("power_draw_w", "[Unknown Error]"),
        ("utilization_gpu_percent", "[N/A]"),
        ("fabric_health_bandwidth", "N/A"),
        ("clocks_applications_graphics_mhz", "[Requested functionality has been deprecated]"),
    ],
)
def test_what_is_no_value_is_none_and_keeps_its_words(key: str, printed: str) -> None:
    extra = sample("nvidia-smi-query-csv.txt").rows[1].extra
    words = extra["not_told"]
    assert isinstance(words, dict)
    assert (extra[key], words[key]) == (None, printed)


def test_an_error_is_a_mark_and_not_applicable_is_none() -> None:
    assert sample("nvidia-smi-query-csv.txt").rows[1].marks == [
        "ERR! temperature_gpu_c",
        "Unknown Error power_draw_w",
        "unsupported ecc_errors_uncorrected_volatile_total",
        "ERR! fan_speed_percent",
    ]


def test_units_may_stand_in_the_head_alone() -> None:
    row = read("index, memory.used [MiB], power.draw [W]\n3, 754, 61.5\n").rows[0]
    assert (row.id, row.extra["memory_used_mib"], row.extra["power_draw_w"]) == ("gpu3", 754, 61.5)


def test_a_gpu_is_called_by_its_index_its_place_or_its_uuid() -> None:
    assert read("index, uuid\n3, GPU-0a1b2c3d\n").rows[0].id == "gpu3"
    assert read("pci.bus_id, uuid\n00000000:2A:00.0, GPU-0a1b2c3d\n").rows[0].id == "0000:2a:00.0"
    assert read("uuid, pstate\nGPU-0a1b2c3d, P0\n").rows[0].id == "GPU-0a1b2c3d"


def test_without_a_head_values_are_told_by_their_looks() -> None:
    row = sample("nvidia-smi-query-csv.no-head.txt").rows[0]
    assert row.id == "gpu0"
    assert row.extra == {
        "index": 0,
        "name": "NVIDIA A100-SXM4-80GB",
        "uuid": "GPU-0a1b2c3d-0000-1111-2222-333344445555",
        "pci_bus_id": "0000:07:00.0",
        "column_5_percent": 34,
        "column_6_mib": 40536,
        "column_7_w": 61.02,
        "column_8": "Enabled",
    }


def test_without_a_head_the_command_that_was_typed_names_the_columns() -> None:
    said = read(
        "root@gpu001:~# nvidia-smi --query-gpu=index,temperature.gpu,memory.used --format=csv,noheader,nounits\n"
        "3, 41, 754\n"
        "nvidia-smi --query-gpu=index,pstate --format=csv,noheader\n"
        "3, P0\n"
    )
    assert said.rows[0].extra == {"index": 3, "temperature_gpu_c": 41, "memory_used": 754}
    assert said.rows[1].extra == {"index": 3, "pstate": "P0"}
    assert said.unparsed == []


def test_remapped_rows_are_counted() -> None:
    one, other = sample("nvidia-smi-query-csv.remapped-rows.txt").rows
    assert (one.id, one.counters) == (
        "0000:07:00.0",
        {"remapped_rows_correctable": 12, "remapped_rows_uncorrectable": 1},
    )
    assert (other.counters["remapped_rows_uncorrectable"], other.extra["remapped_rows_pending"]) == (None, "Yes")


def test_a_process_may_have_commas_in_its_name() -> None:
    rows = sample("nvidia-smi-query-csv.processes.txt").rows
    assert [(row.id, row.extra["process_name"]) for row in rows] == [
        ("pid48213", "python3"),
        ("pid51007", "/opt/tool --sizes 1, 2, 3"),
    ]


def test_a_line_with_a_column_missing_is_not_understood() -> None:
    said = read("index, name, temperature.gpu\n0, NVIDIA H100\n")
    assert (said.rows, said.unparsed) == ([], ["0, NVIDIA H100"])


def test_one_column_is_a_table_too() -> None:
    assert [row.extra["name"] for row in read("name\nNVIDIA H100 80GB HBM3\nNVIDIA L4\n").rows] == [
        "NVIDIA H100 80GB HBM3",
        "NVIDIA L4",
    ]


def test_a_line_without_a_number_where_the_head_has_a_unit_is_no_answer() -> None:
    said = read("memory.used [MiB]\n754 MiB\nConnection to gpu001 closed.\n[N/A]\n")
    assert [row.extra["memory_used_mib"] for row in said.rows] == [754, None]
    assert said.unparsed == ["Connection to gpu001 closed."]


def test_fewer_gpus_than_are_announced_are_said() -> None:
    said = read("index, count\n0, 8\n1, 8\n")
    assert said.facts["incomplete"] == "8 GPUs are announced and 2 are here"


@pytest.mark.parametrize("option", ["-i 3 ", "-i 3,4 ", "--id=3 ", "-i3 "])
def test_who_asked_for_some_gpus_got_all_that_was_asked_for(option: str) -> None:
    said = read(f"$ nvidia-smi {option}--query-gpu=index,count --format=csv\nindex, count\n3, 8\n4, 8\n")
    assert "incomplete" not in said.facts


def test_one_gpu_may_have_been_asked_for_alone_where_no_command_is_here() -> None:
    assert "incomplete" not in read("index, count\n3, 8\n").facts
    said = read("$ nvidia-smi --query-gpu=index,count --format=csv\nindex, count\n3, 8\n")
    assert said.facts["incomplete"] == "8 GPUs are announced and 1 are here"


def test_readings_that_name_no_gpu_are_not_counted_as_gpus() -> None:
    said = read("utilization.gpu [%], memory.used [MiB]\n83 %, 12957 MiB\n100 %, 12957 MiB\n")
    assert [row.id for row in said.rows] == ["row1", "row2"]
    assert "gpus" not in said.facts


def test_a_lost_gpu_numbered_0_is_a_row_like_any_other() -> None:
    (row,) = read("index, name\n0, [GPU is lost]\n").rows
    assert (row.id, row.state) == ("gpu0", "lost")


def test_a_spreadsheets_quotes_are_not_the_tools() -> None:
    (row,) = read('"index","name","memory.used [MiB]"\n"2","NVIDIA A30","12 MiB"\n').rows
    assert (row.id, row.extra) == ("gpu2", {"index": 2, "name": "NVIDIA A30", "memory_used_mib": 12})


def test_a_driver_and_a_performance_state_are_known_by_their_looks() -> None:
    (row,) = read("1, NVIDIA A30, 545.23.08, P8, 41\n").rows
    assert row.extra == {
        "index": 1,
        "name": "NVIDIA A30",
        "driver_version": "545.23.08",
        "pstate": "P8",
        "column_5": 41,
    }


def test_a_later_head_tells_the_columns_of_what_follows_it() -> None:
    said = read("index, pstate\n0, P0\nindex, temperature.gpu\n0, 41\n")
    assert [row.extra for row in said.rows] == [{"index": 0, "pstate": "P0"}, {"index": 0, "temperature_gpu_c": 41}]


def test_numbers_that_are_names_stay_as_printed() -> None:
    extra = read(
        "index, serial, driver_version, pci.device_id, compute_cap\n0, 0012345678901, 610.57, 0x233010DE, 9.0\n"
    )
    told = extra.rows[0].extra
    assert (told["serial"], told["driver_version"]) == ("0012345678901", "610.57")
    assert (told["pci_device_id"], told["compute_cap"]) == ("0x233010DE", "9.0")


def test_without_a_head_a_hosts_name_before_the_line_is_no_part_of_the_first_value() -> None:
    said = read("gpu017: 0, NVIDIA A30, 31\ngpu018: 0, NVIDIA A30, 33\n")
    assert [(row.id, row.extra["index"]) for row in said.rows] == [("gpu017/gpu0", 0), ("gpu018/gpu0", 0)]
