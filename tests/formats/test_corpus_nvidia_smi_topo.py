"""What the captures of `nvidia-smi topo` must yield."""

from __future__ import annotations

from captures import Check, Facts, reading, text_of

from fabconsole.formats.reading import Reading, Said

facts = Facts()
_H100, _H200 = "nvidia-smi-topo/m-h100-1gpu-ansi-590.txt", "nvidia-smi-topo/m-h200-1gpu-590.txt"
_FOUR, _V100 = "nvidia-smi-topo/m-4gpu-4nic-stelline.txt", "nvidia-smi-topo/m-v100-homelab.txt"


def between(said: Reading, one: str, other: str) -> Said:
    peers = next(row for row in said.rows if row.id == one).extra["peers"]
    assert isinstance(peers, dict)
    return peers[other]


@facts(_H100, "header line carries ANSI underline escapes (ESC[4m ... ESC[0m) to be stripped")
def _(said: Reading) -> None:
    assert b"\x1b[4mGPU0" in text_of(_H100)
    assert said.unparsed == []


@facts(_H100, "1 GPU: GPU0, CPU affinity 0-19, NUMA affinity 0")
def _(said: Reading) -> None:
    (row,) = said.rows
    assert (row.id, row.extra["cpu_affinity"], row.extra["numa_affinity"]) == ("gpu0", "0-19", 0)


@facts(_FOUR, "4 GPUs and 4 NICs; columns CPU Affinity, NUMA Affinity, GPU NUMA ID")
def _(said: Reading) -> None:
    assert (said.facts["gpus"], said.facts["nics"]) == (4, 4)
    assert {"cpu_affinity", "numa_affinity", "gpu_numa_id"} <= set(said.rows[0].extra)
    assert [row.extra["device"] for row in said.rows[4:]] == ["mlx5_0", "mlx5_1", "mlx5_2", "mlx5_3"]


@facts(_FOUR, "GPU0-GPU1 NODE, GPU0-GPU2 SYS, GPU0-NIC0 NODE, CPU affinity 0-31")
def _(said: Reading) -> None:
    assert [between(said, "gpu0", other) for other in ("gpu1", "gpu2", "nic0")] == ["NODE", "SYS", "NODE"]
    assert said.rows[0].extra["cpu_affinity"] == "0-31"


@facts(_V100, "3 GPUs; only GPU1-GPU2 is NVLink (NV6), the others NODE")
def _(said: Reading) -> None:
    assert said.facts["gpus"] == len(said.rows) == 3
    told = [value for row in said.rows for value in dict(row.extra["peers"]).values()]  # type: ignore[call-overload]
    assert sorted(told) == ["NODE"] * 4 + ["NV6"] * 2
    assert (between(said, "gpu1", "gpu2"), between(said, "gpu2", "gpu1")) == ("NV6", "NV6")
    assert {between(said, "gpu0", other) for other in ("gpu1", "gpu2")} == {"NODE"}


@facts(_V100, "ANSI escapes around the header line")
def _(said: Reading) -> None:
    assert b"\x1b[0m" in text_of(_V100)
    assert said.unparsed == []


@facts(_V100, "a Legend follows")
def _(said: Reading) -> None:
    assert b"Legend:" in text_of(_V100)
    assert said.unparsed == []


@facts(_H200, "1 GPU, CPU affinity 0-23")
def _(said: Reading) -> None:
    assert (said.facts["gpus"], said.rows[0].extra["cpu_affinity"]) == (1, "0-23")


@facts(_H200, "ANSI escapes in the header")
def _(said: Reading) -> None:
    assert b"\x1b[4m" in text_of(_H200)
    assert said.unparsed == []


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
