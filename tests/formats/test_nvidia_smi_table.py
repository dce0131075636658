"""The plain `nvidia-smi`: tables of all drivers, whole and filtered."""

from __future__ import annotations

from captures import SAMPLES

from fabconsole.fabric.health import Severity
from fabconsole.formats.nvidia.gpu_table import FORMAT
from fabconsole.formats.paste import Paste
from fabconsole.formats.reading import Reading

_FIRST = "|   4  NVIDIA A100-SXM...  On   | 00000000:8C:00.0 Off |                    0 |\n"
_SECOND = "| N/A   34C    P0    60W / 400W |      7MiB / 81920MiB |     12%      Default |\n"
_RULE = "+-------------------------------+----------------------+----------------------+\n"


def read(text: str) -> Reading:
    return FORMAT.read(Paste(text))


def sample(name: str) -> Reading:
    return read((SAMPLES / name).read_text("utf-8"))


def test_versions_have_two_spellings() -> None:
    assert sample("nvidia-smi-table.txt").facts["driver_version"] == "610.43.02"
    assert sample("nvidia-smi-table.txt").facts["cuda_version"] == "13.3"
    assert sample("nvidia-smi-table.oldest.txt").facts["driver_version"] == "352.79"


def test_a_head_that_was_filtered_out_of_its_frame_is_read() -> None:
    said = read("NVIDIA-SMI 580.65.06   Driver Version: 580.65.06   CUDA Version: N/A\n")
    assert said.facts == {"nvidia_smi": "580.65.06", "driver_version": "580.65.06", "cuda_version": None}


def test_a_gpu_that_answers_err_has_none_for_each() -> None:
    row = next(row for row in sample("nvidia-smi-table.txt").rows if row.id == "gpu2")
    assert row.counters == {"ecc_uncorrected_volatile": None}
    assert {"ERR! temperature_c", "ERR! power_w", "unknown ecc_uncorrected_volatile"} <= set(row.marks)
    assert row.extra["memory_used_mib"] == 0


def test_uncorrected_ecc_is_a_counter() -> None:
    assert sample("nvidia-smi-table.txt").rows[1].counters == {"ecc_uncorrected_volatile": 3}


def test_mig_devices_are_rows_of_their_gpu() -> None:
    row = next(row for row in sample("nvidia-smi-table.txt").rows if row.id == "gpu1/mig1")
    assert (row.extra["gpu_instance"], row.extra["compute_instance"], row.extra["sm"]) == (3, 0, 42)
    assert (row.extra["memory_used_mib"], row.extra["bar1_total_mib"]) == (12, 29618)
    assert row.counters == {"ecc_uncorrected_volatile": 1}


def test_compute_instances_of_one_gpu_instance_share_their_memory() -> None:
    row = next(row for row in sample("nvidia-smi-table.txt").rows if row.id == "gpu1/mig2")
    assert (row.extra["sm"], row.extra["memory"]) == (28, "shared in the GPU instance")
    assert "memory_used_mib" not in row.extra


def test_processes_are_told_with_what_they_use() -> None:
    assert sample("nvidia-smi-table.txt").facts["processes"] == [
        {
            "gpu": 0,
            "pid": 48213,
            "type": "C",
            "name": "python3 train.py",
            "gpu_instance": None,
            "compute_instance": None,
            "memory_mib": 70994,
        },
        {
            "gpu": 1,
            "pid": 51007,
            "type": "C+G",
            "name": "...ome dir/a b/viewer",
            "gpu_instance": 2,
            "compute_instance": 0,
            "memory_mib": 12,
        },
    ]
    assert sample("nvidia-smi-table.oldest.txt").facts["processes"] == [
        {"gpu": 0, "pid": 30211, "type": "C", "name": "python", "memory_mib": 2951},
        {"gpu": 1, "said": "Not Supported"},
    ]


def test_lines_without_the_head_are_read() -> None:
    (row,) = read(_FIRST + _SECOND).rows
    assert (row.id, row.extra["bus_id"], row.extra["power_limit_w"]) == ("gpu4", "0000:8c:00.0", 400)


def test_a_second_line_whose_first_was_lost_is_nobodys() -> None:
    said = read(_FIRST + _SECOND + _RULE + _SECOND.replace("60W", "61W"))
    assert [row.extra["power_w"] for row in said.rows] == [60]
    assert len(said.unparsed) == 1
    assert read(_FIRST + _SECOND + _SECOND.replace("60W", "61W")).rows[0].extra["power_w"] == 60


def test_a_gpu_whose_second_line_is_missing_is_said() -> None:
    assert read(_FIRST + _RULE).facts["incomplete"] == "the second line of gpu4 is missing"


def test_windows_says_the_driver_model() -> None:
    row = read("|   0  NVIDIA GeForce RTX 4070 ...  WDDM  |   00000000:01:00.0  On |                  N/A |\n").rows[0]
    assert (row.extra["name"], row.extra["driver_model"]) == ("NVIDIA GeForce RTX 4070 ...", "WDDM")
    assert row.extra["display_active"] == "On"


def test_a_gpu_that_is_no_pci_device_is_a_gpu() -> None:
    (row,) = read(
        "|   0  Orin (nvgpu)                  N/A  | N/A              N/A |                  N/A |\n"
        "| N/A   N/A  N/A               N/A /  N/A | Not Supported        |     N/A          N/A |\n"
    ).rows
    assert (row.id, row.extra["name"], row.extra["bus_id"]) == ("gpu0", "Orin (nvgpu)", None)
    assert row.extra["memory"] == "Not Supported"
    assert "memory_used_mib" not in row.extra


def test_a_second_answer_is_a_row_of_its_own() -> None:
    said = read(_FIRST + _SECOND + _RULE + _FIRST + _SECOND.replace("34C", "35C"))
    assert [(row.id, row.extra["temperature_c"]) for row in said.rows] == [("gpu4", 34), ("gpu4", 35)]
    assert said.facts["gpus"] == 1


def test_ecc_that_is_off_is_no_count() -> None:
    row = read(_FIRST.replace("  0 |", "Off |")).rows[0]
    assert (row.counters, row.extra["ecc"]) == ({}, "Off")


def test_a_lost_gpu_and_no_gpu_are_events() -> None:
    lost, none = sample("nvidia-smi-table.a-gpu-is-lost.txt").events
    assert (lost.severity, lost.subject) == (Severity.CRIT, "0000:5d:00.0")
    assert none.severity is Severity.UNKNOWN


def test_a_paste_that_lost_its_blanks_is_read() -> None:
    said = read(
        "| 0 Tesla T4 Off | 00000000:00:04.0 Off | 0 |\n| N/A 38C P8 9W / 70W | 0MiB / 15079MiB | 0% Default |\n"
        "| | | ERR! |\n"
    )
    assert (said.rows[0].extra["name"], said.rows[0].extra["power_w"]) == ("Tesla T4", 9)
    assert "ERR! mig_mode" in said.rows[0].marks


def test_the_version_option_is_read_too() -> None:
    said = read("NVIDIA-SMI version  : 580.95.05\nNVML version        : 580.95\nDRIVER version      : 580.95.05\n")
    assert said.facts == {"nvidia_smi": "580.95.05", "nvml": "580.95", "driver_version": "580.95.05"}


def test_a_command_without_its_prompt_is_no_answer() -> None:
    said = read("# nvidia-smi -i 4\n" + _FIRST + _SECOND)
    assert (len(said.rows), said.unparsed) == (1, [])


def test_second_lines_that_were_filtered_out_alone_are_read_without_a_gpu() -> None:
    said = read(f"{_SECOND}{_SECOND}")
    assert [(row.id, row.extra["temperature_c"]) for row in said.rows] == [("row1", 34), ("row2", 34)]
    assert ("gpus" in said.facts, said.unparsed) == (False, [])


def test_a_second_line_whose_first_was_lost_beside_others_is_nobodys() -> None:
    said = read(f"{_FIRST}{_RULE}{_SECOND}")
    assert [row.id for row in said.rows] == ["gpu4"]
    assert said.unparsed == [_SECOND.strip()]


def test_what_watch_prints_above_is_no_output() -> None:
    assert read(f"Every 2.0s: nvidia-smi       gpu001: Mon Nov 23 10:00:00 2026\n{_FIRST}{_SECOND}").unparsed == []
