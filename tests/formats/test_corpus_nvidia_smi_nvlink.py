"""What the captures of `nvidia-smi nvlink` must yield."""

from __future__ import annotations

from captures import Check, Facts, reading, text_of

from fabconsole.formats.reading import Reading, Row

facts = Facts()
_A100, _H100 = "nvidia-smi-nvlink/s-a100x8-gpud.txt", "nvidia-smi-nvlink/s-h100-1gpu-590.txt"
_L40S, _MIG = "nvidia-smi-nvlink/s-l40s-not-supported-595.txt", "nvidia-smi-nvlink/s-h100-mig-590.txt"
_AZURE, _AWS = "nvidia-smi-nvlink/s-a100-all-inactive-azure.txt", "nvidia-smi-nvlink/s-a100-p4de-aws.txt"
_HPE, _ERRORS = "nvidia-smi-nvlink/R-h100-nvl-bridge-hpe.txt", "nvidia-smi-nvlink/e-h100-abridged-stas00.txt"


def gpus(said: Reading) -> list[Row]:
    return [row for row in said.rows if "/" not in row.id]


def links(said: Reading) -> list[Row]:
    return [row for row in said.rows if "/" in row.id]


@facts(_A100, "8 GPUs (NVIDIA A100-SXM4-80GB), 12 links each, 96 links, all at 25 GB/s")
def _(said: Reading) -> None:
    assert [(row.extra["name"], row.extra["links"]) for row in gpus(said)] == [("NVIDIA A100-SXM4-80GB", 12)] * 8
    assert said.facts["gpus"] == 8
    assert said.facts["links"] == said.facts["links_up"] == 96
    assert {(row.rate_gbps, row.extra["speed_gb_s"]) for row in links(said)} == {(200.0, 25)}


@facts(_A100, "no inactive link")
def _(said: Reading) -> None:
    assert {row.state for row in links(said)} == {"up"}
    assert "links_inactive" not in said.facts


@facts(_A100, "speed printed without decimals (25 GB/s)")
def _(said: Reading) -> None:
    assert {str(row.extra["speed_gb_s"]) for row in links(said)} == {"25"}


@facts(_H100, "1 GPU (NVIDIA H100 80GB HBM3), 18 links at 26.562 GB/s")
def _(said: Reading) -> None:
    assert [row.extra["name"] for row in gpus(said)] == ["NVIDIA H100 80GB HBM3"]
    assert [row.extra["speed_gb_s"] for row in links(said)] == [26.562] * 18
    assert {(row.state, row.rate_gbps) for row in links(said)} == {("up", 212.496)}


@facts(_H100, "lines are indented by a tab and a space")
def _(said: Reading) -> None:
    assert b"\n\t Link 17: " in text_of(_H100)
    assert said.unparsed == []


@facts(_L40S, "no links: 'Device does not have or support Nvlink' (state: not supported, not down)")
def _(said: Reading) -> None:
    assert links(said) == []
    assert gpus(said)[0].state == gpus(said)[0].extra["nvlinks"] == "not supported"


@facts(_L40S, "1 GPU line: NVIDIA L40S")
def _(said: Reading) -> None:
    assert [row.extra["name"] for row in said.rows] == ["NVIDIA L40S"]


@facts(_MIG, "'Nvlink queries are not supported for Devices in MIG mode' (state: unknown, not down)")
def _(said: Reading) -> None:
    assert [(row.state, row.extra["nvlinks"]) for row in said.rows] == [("unknown", "not told in MIG mode")]


@facts(_MIG, "1 GPU line: NVIDIA H100 80GB HBM3")
def _(said: Reading) -> None:
    assert [row.extra["name"] for row in said.rows] == ["NVIDIA H100 80GB HBM3"]


@facts(_AZURE, "GPU 6: 'NVML: Unable to retrieve NVLink information as all links are inactive' (all links down)")
def _(said: Reading) -> None:
    assert [(row.id, row.state, row.extra["nvlinks"]) for row in said.rows] == [
        ("gpu6", "inactive", "all links inactive")
    ]


@facts(_AZURE, "no Link rows at all")
def _(said: Reading) -> None:
    assert links(said) == []


@facts(_AWS, "GPU 0 with 12 links at 25 GB/s")
def _(said: Reading) -> None:
    assert [(row.id, row.extra["speed_gb_s"]) for row in links(said)] == [(f"gpu0/nvl{link}", 25) for link in range(12)]


@facts(_AWS, "two-space indentation (documentation edit)")
def _(said: Reading) -> None:
    assert b"\n  Link 0:" in text_of(_AWS)
    assert said.unparsed == []


@facts(_HPE, "2 GPUs; every link of GPU 0 goes to 00000000:D5:00.0, every link of GPU 1 to 00000000:C2:00.0")
def _(said: Reading) -> None:
    assert [row.id for row in gpus(said)] == ["gpu0", "gpu1"]
    far = {(row.id.split("/")[0], row.extra["remote_device"]) for row in links(said)}
    assert far == {("gpu0", "0000:d5:00.0"), ("gpu1", "0000:c2:00.0")}
    assert all(str(row.peer).startswith(f"{row.extra['remote_device']}/nvl") for row in links(said))
    assert [row.peer for row in links(said)][4] == "0000:d5:00.0/nvl6"


@facts(_HPE, "12 links a GPU")
def _(said: Reading) -> None:
    assert [row.extra["links"] for row in gpus(said)] == [12, 12]
    assert [row.id for row in links(said)] == [f"gpu{gpu}/nvl{link}" for gpu in (0, 1) for link in range(12)]


@facts(_ERRORS, "1 GPU; links 0, 1 and 17 shown, each with Replay, Recovery and CRC errors = 0")
def _(said: Reading) -> None:
    assert len(gpus(said)) == 1
    assert [row.id for row in links(said)] == ["gpu0/nvl0", "gpu0/nvl1", "gpu0/nvl17"]
    assert all(row.counters == {"replay": 0, "recovery": 0, "crc": 0} for row in links(said))


@facts(_ERRORS, "blank lines separate the links; a [...] line is no data")
def _(said: Reading) -> None:
    assert said.facts["abridged"] is True
    assert said.unparsed == []


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
