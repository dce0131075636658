"""What the captures of `nvidia-smi -q -x` must yield."""

from __future__ import annotations

from typing import Any

from captures import Check, Facts, reading
from gpu_reports import fabric, report

from fabconsole.formats.reading import Reading

facts = Facts()


@facts(
    "nvidia-smi-qx/h100x8-580.105.08.xml",
    "attached_gpus 8, driver 580.105.08, CUDA 13.0",
)
def _(said: Reading) -> None:
    report(said, 8, driver="580.105.08", cuda="13.0")


@facts(
    "nvidia-smi-qx/h100x8-580.105.08.xml",
    "fabric on all 8: state Completed, status Success, cliqueId 0",
)
def _(said: Reading) -> None:
    report(said, 8)
    fabric(said, state="Completed", status="Success", clique_id=0)


@facts(
    "nvidia-smi-qx/h100x8-580.105.08.xml",
    "PCIe replay_counter differs between GPUs (first GPU 150)",
)
def _(said: Reading) -> None:
    replays = [row.counters["pcie_replay"] for row in said.rows]
    assert replays[0] == 150
    assert len(set(replays)) > 1


@facts(
    "nvidia-smi-qx/gb200x4-580.173.02.xml",
    "attached_gpus 4 (NVIDIA GB200), driver 580.173.02",
)
def _(said: Reading) -> None:
    report(said, 4, "NVIDIA GB200", "580.173.02")


@facts(
    "nvidia-smi-qx/gb200x4-580.173.02.xml",
    "fabric: Completed/Success, cliqueId 2, health summary Healthy, bandwidth Full",
)
def _(said: Reading) -> None:
    fabric(said, state="Completed", status="Success", clique_id=2)
    health: Any = [row.extra["fabric"] for row in said.rows]
    assert {one["health"]["summary"] for one in health} == {"Healthy"}
    assert {one["health"]["bandwidth"] for one in health} == {"Full"}


@facts(
    "nvidia-smi-qx/gb200x4-580.173.02.xml",
    "health also has route_recovery_in_progress, route_unhealthy, access_timeout_recovery = False",
)
def _(said: Reading) -> None:
    told: Any = said.rows[0].extra["fabric"]
    for name in ("route_recovery_in_progress", "route_unhealthy", "access_timeout_recovery"):
        assert told["health"][name] == "False"


@facts(
    "nvidia-smi-qx/a100-570.148.08.xml",
    "1 GPU, NVIDIA A100-SXM4-40GB, driver 570.148.08",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA A100-SXM4-40GB", "570.148.08")


@facts(
    "nvidia-smi-qx/a100-570.148.08.xml",
    "fabric state N/A, cliqueId N/A",
)
def _(said: Reading) -> None:
    fabric(said, state=None, clique_id=None)


@facts(
    "nvidia-smi-qx/a10g-515.105.01-telegraf.xml",
    "1 GPU, NVIDIA A10G, driver 515.105.01, CUDA 11.7",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA A10G", "515.105.01", "11.7")


@facts(
    "nvidia-smi-qx/a10g-515.105.01-telegraf.xml",
    "no fabric element",
)
def _(said: Reading) -> None:
    assert all("fabric" not in row.extra for row in said.rows)


@facts(
    "nvidia-smi-qx/rtx3080-595.58.03-telegraf.xml",
    "1 GPU, NVIDIA GeForce RTX 3080, driver 595.58.03, CUDA 13.2",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA GeForce RTX 3080", "595.58.03", "13.2")


@facts(
    "nvidia-smi-qx/rtx3080-595.58.03-telegraf.xml",
    "fabric state N/A",
)
def _(said: Reading) -> None:
    fabric(said, state=None)


@facts(
    "nvidia-smi-qx/gtx1080x2-460.27.04-a0s.xml",
    "2 GPUs, GeForce GTX 1080, driver 460.27.04",
)
def _(said: Reading) -> None:
    report(said, 2, "GeForce GTX 1080", "460.27.04")


@facts(
    "nvidia-smi-qx/gtx1080x2-460.27.04-a0s.xml",
    "attached_gpus 2",
)
def _(said: Reading) -> None:
    assert said.facts["attached_gpus"] == 2


@facts(
    "nvidia-smi-qx/l40s-595.91.07.xml",
    "1 GPU, NVIDIA L40S, driver 595.91.07",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA L40S", "595.91.07")


@facts(
    "nvidia-smi-qx/l40s-595.91.07.xml",
    "fabric state, cliqueId and health summary all N/A",
)
def _(said: Reading) -> None:
    fabric(said, state=None, clique_id=None)
    told: Any = said.rows[0].extra["fabric"]
    assert told["health"]["summary"] is None


@facts(
    "nvidia-smi-qx/t4-595.91.07.xml",
    "1 GPU, Tesla T4",
)
def _(said: Reading) -> None:
    report(said, 1, "Tesla T4")


@facts(
    "nvidia-smi-qx/t4-595.91.07.xml",
    "driver 595.91.07, CUDA 13.2",
)
def _(said: Reading) -> None:
    report(said, 1, driver="595.91.07", cuda="13.2")


@facts(
    "nvidia-smi-qx/p100-510.47.03-netdata.xml",
    "1 GPU, Tesla P100-PCIE-16GB, driver 510.47.03",
)
def _(said: Reading) -> None:
    report(said, 1, "Tesla P100-PCIE-16GB", "510.47.03")


@facts(
    "nvidia-smi-qx/p100-510.47.03-netdata.xml",
    "no fabric element",
)
def _(said: Reading) -> None:
    assert all("fabric" not in row.extra for row in said.rows)


@facts(
    "nvidia-smi-qx/rtx2080-windows-516.59-netdata.xml",
    "1 GPU, NVIDIA GeForce RTX 2080, driver 516.59",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA GeForce RTX 2080", "516.59")


@facts(
    "nvidia-smi-qx/rtx2080-windows-516.59-netdata.xml",
    "CUDA 11.7",
)
def _(said: Reading) -> None:
    report(said, 1, cuda="11.7")


@facts(
    "nvidia-smi-qx/k520-352.99-rai-example1.xml",
    "1 GPU, GRID K520, driver 352.99",
)
def _(said: Reading) -> None:
    report(said, 1, "GRID K520", "352.99")


@facts(
    "nvidia-smi-qx/k520-352.99-rai-example1.xml",
    "no cuda_version element",
)
def _(said: Reading) -> None:
    assert "cuda_version" not in said.facts


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
