"""What the captures of the plain `nvidia-smi` must yield."""

from __future__ import annotations

from captures import Check, Facts, reading, text_of

from fabconsole.formats.reading import Reading

facts = Facts()
_H100, _MIG = "nvidia-smi-table/h100x8-550.90.07-gpud.txt", "nvidia-smi-table/h200-mig-590-utku.txt"
_A100, _FAN = "nvidia-smi-table/a100x4-555-thamada.txt", "nvidia-smi-table/geforce-fan-err-525-gpud.txt"


@facts(_H100, "8 GPUs NVIDIA H100 80GB HBM3, driver 550.90.07, CUDA 12.4")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == [f"gpu{number}" for number in range(8)]
    assert {row.extra["name"] for row in said.rows} == {"NVIDIA H100 80GB HBM3"}
    assert (said.facts["driver_version"], said.facts["cuda_version"], said.facts["gpus"]) == ("550.90.07", "12.4", 8)


@facts(_H100, "GPU 0: 27C, 72W / 700W, 1MiB / 81559MiB")
def _(said: Reading) -> None:
    extra = said.rows[0].extra
    assert (extra["temperature_c"], extra["power_w"], extra["power_limit_w"]) == (27, 72, 700)
    assert (extra["memory_used_mib"], extra["memory_total_mib"]) == (1, 81559)


@facts(_MIG, "1 GPU NVIDIA H200 with MIG enabled and a MIG devices table")
def _(said: Reading) -> None:
    assert (said.facts["gpus"], said.facts["mig_devices"]) == (1, 5)
    assert (said.rows[0].extra["name"], said.rows[0].extra["mig_mode"]) == ("NVIDIA H200", "Enabled")
    assert said.rows[2].id == "gpu0/mig1"
    assert (said.rows[2].extra["memory_total_mib"], said.rows[2].extra["bar1_total_mib"]) == (71424, 59237)


@facts(_MIG, "driver 590.48.01")
def _(said: Reading) -> None:
    assert said.facts["driver_version"] == "590.48.01"


@facts(_A100, "4 GPUs, driver 555.42.02")
def _(said: Reading) -> None:
    assert (said.facts["gpus"], said.facts["driver_version"]) == (4, "555.42.02")
    assert [row.id for row in said.rows] == ["gpu0", "gpu1", "gpu2", "gpu3"]


@facts(_A100, "CUDA Version: 12.5")
def _(said: Reading) -> None:
    assert said.facts["cuda_version"] == "12.5"


@facts(_FAN, "1 GPU; fan column reads ERR! (no number), 38C, P5, 49W / 450W, 2021MiB / 23028MiB")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert row.extra["fan_speed_percent"] is None
    assert row.extra["not_told"] == {"fan_speed_percent": "ERR!", "mig_mode": "N/A"}
    assert row.marks == ["ERR! fan_speed_percent"]
    assert (row.extra["temperature_c"], row.extra["performance_state"]) == (38, "P5")
    assert (row.extra["power_w"], row.extra["power_limit_w"]) == (49, 450)
    assert (row.extra["memory_used_mib"], row.extra["memory_total_mib"]) == (2021, 23028)


@facts(_FAN, "name cut with dots: 'NVIDIA GeForce ...', compute mode E. Process, driver 525.125.06")
def _(said: Reading) -> None:
    assert said.rows[0].extra["name"] == "NVIDIA GeForce ..."
    assert (said.rows[0].extra["compute_mode"], said.facts["driver_version"]) == ("E. Process", "525.125.06")


@facts(_FAN, "no process table and no final newline")
def _(said: Reading) -> None:
    assert not text_of(_FAN).endswith(b"\n")
    assert "processes" not in said.facts
    assert "incomplete" not in said.facts


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
