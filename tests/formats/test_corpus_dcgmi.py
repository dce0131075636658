"""What the captures of dcgmi must yield."""

from __future__ import annotations

from captures import Check, Facts, reading

from fabconsole.fabric.health import Severity
from fabconsole.formats.reading import Reading, Row

facts = Facts()
_AWS, _PENDING, _PASS = (
    "dcgmi/diag-r2-a100-aws.txt",
    "dcgmi/diag-row-remap-pending-fragment.txt",
    "dcgmi/diag-pass.json",
)
_FAILS, _PASSES, _UP = (
    "dcgmi/nvlink-errors-fail.json",
    "dcgmi/nvlink-errors-pass.json",
    "dcgmi/nvlink-status-all-up.txt",
)


def named(said: Reading, name: str) -> Row:
    return next(row for row in said.rows if row.id == name)


@facts(_AWS, "DCGM 3.3.3, driver 535.104.12, 8 GPUs (device id 20b2)")
def _(said: Reading) -> None:
    assert (said.facts["dcgm_version"], said.facts["driver_version"]) == ("3.3.3", "535.104.12")
    assert said.facts["gpu_device_ids_detected"] == ["20b2"] * 8


@facts(_AWS, "all deployment tests Pass; PCIe and GPU Memory: Pass - All")
def _(said: Reading) -> None:
    deployment = [row for row in said.rows if row.extra["category"] == "Deployment"]
    assert (len(deployment), {row.state for row in deployment}) == (9, {"Pass"})
    for name in ("PCIe", "GPU Memory"):
        assert named(said, name).extra["results"] == [{"status": "Pass", "gpus": "All"}]


@facts(_AWS, "no Fail")
def _(said: Reading) -> None:
    assert (said.facts["tests"], said.facts["tests_pass"]) == (11, 11)
    assert "tests_fail" not in said.facts
    assert {row.state for row in said.rows} == {"Pass"}
    assert said.events == []


@facts(
    _PENDING,
    "an Error row continues on a second row: 'GPU 3 has uncorrectable memory errors and row' + "
    "' remappings are pending'",
)
def _(said: Reading) -> None:
    (event,) = said.events
    assert event.text == "GPU 3 has uncorrectable memory errors and row remappings are pending"
    assert (event.severity, event.subject) == (Severity.CRIT, "gpu3")


@facts(_PENDING, "the table has no closing rows (fragment)")
def _(said: Reading) -> None:
    assert said.facts["incomplete"] == "the diagnostic's table has no end"
    assert said.unparsed == []


@facts(_PASS, "valid JSON: DCGM GPU Diagnostic / test_categories[0] is Deployment")
def _(said: Reading) -> None:
    assert {row.extra["category"] for row in said.rows} == {"Deployment"}
    assert (len(said.rows), said.unparsed) == (9, [])
    assert "incomplete" not in said.facts


@facts(_PASS, "every result status is Pass")
def _(said: Reading) -> None:
    assert {row.state for row in said.rows} == {"Pass"}
    assert said.facts["tests"] == said.facts["tests_pass"] == 9


@facts(_FAILS, "Link 0: CRC Data Error 12 (a string, not a number)")
def _(said: Reading) -> None:
    assert named(said, "gpu0/nvl0").counters["crc_data"] == 12
    assert isinstance(named(said, "gpu0/nvl0").counters["crc_data"], int)


@facts(_FAILS, "Link 0: CRC FLIT Error 0")
def _(said: Reading) -> None:
    assert named(said, "gpu0/nvl0").counters["crc_flit"] == 0


@facts(_PASSES, "all values are the string 0")
def _(said: Reading) -> None:
    assert {value for row in said.rows for value in row.counters.values()} == {0}


@facts(_PASSES, "each link has the four error kinds")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["gpu0/nvl0", "gpu0/nvl1"]
    assert all(set(row.counters) == {"crc_data", "crc_flit", "recovery", "replay"} for row in said.rows)


@facts(_UP, "2 GPUs of 12 links each, all U (up)")
def _(said: Reading) -> None:
    assert [row.id for row in said.rows if "/" not in row.id] == ["gpu0", "gpu1"]
    assert (said.facts["gpus"], said.facts["links"], said.facts["links_up"]) == (2, 24, 24)
    assert [named(said, gpu).extra for gpu in ("gpu0", "gpu1")] == [{"links_up": 12}] * 2


@facts(_UP, "no D or X")
def _(said: Reading) -> None:
    assert {row.state for row in said.rows if "/" in row.id} == {"up"}
    assert not {"links_down", "links_disabled"} & said.facts.keys()


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
