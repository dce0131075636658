"""What the captures of `nvidia-smi --query-gpu` must yield."""

from __future__ import annotations

from captures import Check, Facts, reading, text_of

from fabconsole.formats.reading import Reading, Said

facts = Facts()
_H100, _RTX = "nvidia-smi-query-csv/all-fields-h100-590.csv", "nvidia-smi-query-csv/all-fields-rtx2080s-610.csv"
_MIG = "nvidia-smi-query-csv/all-fields-h100-mig-590.csv"
_ONE, _TWO = "nvidia-smi-query-csv/a0s-1.csv", "nvidia-smi-query-csv/a0s-2.csv"


def told(said: Reading, *keys: str) -> list[Said]:
    return [said.rows[0].extra[key] for key in keys]


def not_told(said: Reading) -> dict[str, Said]:
    words = said.rows[0].extra["not_told"]
    assert isinstance(words, dict)
    return words


@facts(_H100, "a header line and 1 data line with the same number of columns")
def _(said: Reading) -> None:
    head, line = text_of(_H100).decode().splitlines()
    assert len(said.rows) == 1
    assert len(head.split(", ")) == len(line.split(", ")) == said.facts["columns"]


@facts(
    _H100,
    "212 columns; fabric.state Completed, fabric.status Success, fabric.cliqueId 0; fabric.health.bandwidth reads N/A "
    "without brackets",
)
def _(said: Reading) -> None:
    assert said.facts["columns"] == 212
    assert told(said, "fabric_state", "fabric_status", "fabric_clique_id") == ["Completed", "Success", 0]
    assert not_told(said)["fabric_health_bandwidth"] == "N/A"


@facts(_H100, "unsupported values read [N/A] or [Requested functionality has been deprecated]")
def _(said: Reading) -> None:
    assert not_told(said)["fan_speed_percent"] == "[N/A]"
    assert not_told(said)["display_mode"] == "[Requested functionality has been deprecated]"
    assert told(said, "fan_speed_percent", "display_mode") == [None, None]
    assert said.rows[0].counters["ecc_errors_corrected_volatile_l1_cache"] is None


@facts(_H100, "name is NVIDIA H100 80GB HBM3, driver 590.48.01")
def _(said: Reading) -> None:
    assert told(said, "name", "driver_version") == ["NVIDIA H100 80GB HBM3", "590.48.01"]
    assert said.facts["driver_version"] == "590.48.01"


@facts(_RTX, "241 columns (29 more than driver 590), 1 data row")
def _(said: Reading) -> None:
    assert (said.facts["columns"], len(said.rows)) == (241, 1)
    assert reading(_H100).facts["columns"] == 241 - 29


@facts(_RTX, "fabric.state N/A, mig.mode.current [N/A], fabric.health.partition_assigned exists")
def _(said: Reading) -> None:
    assert (not_told(said)["fabric_state"], not_told(said)["mig_mode_current"]) == ("N/A", "[N/A]")
    assert "fabric_health_partition_assigned" in said.rows[0].extra


@facts(_RTX, "driver 610.57.04")
def _(said: Reading) -> None:
    assert said.facts["driver_version"] == "610.57.04"


@facts(_ONE, "2 data rows; first GPU: 754 MiB used, 100 %, 71 C, 217.24 W, 1949 MHz")
def _(said: Reading) -> None:
    assert len(said.rows) == 2
    keys = ("memory_used_mib", "utilization_gpu_percent", "temperature_gpu_c", "power_draw_w")
    assert told(said, *keys, "clocks_current_sm_mhz") == [754, 100, 71, 217.24, 1949]


@facts(_ONE, "temperature.gpu has no unit in header or value")
def _(said: Reading) -> None:
    assert b"temperature.gpu," in text_of(_ONE)
    assert told(said, "temperature_gpu_c") == [71]


@facts(_TWO, "3 data rows of 14 columns")
def _(said: Reading) -> None:
    assert (len(said.rows), said.facts["columns"]) == (3, 14)


@facts(_TWO, "second GPU: fan 81 %, 67 C, 187.04 W of 216.00 W, memory 586 MiB of 4043 MiB")
def _(said: Reading) -> None:
    extra = said.rows[1].extra
    assert (extra["fan_speed_percent"], extra["temperature_gpu_c"]) == (81, 67)
    assert (extra["power_draw_w"], extra["power_limit_w"]) == (187.04, 216.0)
    assert (extra["memory_used_mib"], extra["memory_total_mib"]) == (586, 4043)


@facts(_MIG, "212 columns, name NVIDIA H100 80GB HBM3, mig.mode.current Enabled")
def _(said: Reading) -> None:
    assert said.facts["columns"] == 212
    assert told(said, "name", "mig_mode_current") == ["NVIDIA H100 80GB HBM3", "Enabled"]


@facts(_MIG, "utilization.gpu [%] reads [N/A]")
def _(said: Reading) -> None:
    assert (told(said, "utilization_gpu_percent"), not_told(said)["utilization_gpu_percent"]) == ([None], "[N/A]")


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
