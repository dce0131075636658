"""What the captures of `nvidia-smi -q` must yield."""

from __future__ import annotations

from typing import Any

from captures import Check, Facts, reading
from gpu_reports import fabric, report

from fabconsole.formats.reading import Reading

facts = Facts()


@facts(
    "nvidia-smi-q/h100x8-535.161.08-gpud.txt",
    "Attached GPUs 8, 8 GPU sections, driver 535.161.08, CUDA 12.2",
)
def _(said: Reading) -> None:
    report(said, 8, driver="535.161.08", cuda="12.2")


@facts(
    "nvidia-smi-q/h100x8-535.161.08-gpud.txt",
    "product NVIDIA H100 80GB HBM3",
)
def _(said: Reading) -> None:
    report(said, 8, "NVIDIA H100 80GB HBM3")


@facts(
    "nvidia-smi-q/h100x8-535.161.08-gpud.txt",
    "Fabric section has State and Status only: Completed / Success on all 8 GPUs "
    "(no CliqueId, no Health in this driver)",
)
def _(said: Reading) -> None:
    assert [row.extra["fabric"] for row in said.rows] == [{"state": "Completed", "status": "Success"}] * 8


@facts(
    "nvidia-smi-q/h100x8-535.183.01-truncated-gpud.txt",
    "Attached GPUs says 8 but only 1 GPU section is present: must be reported as incomplete",
)
def _(said: Reading) -> None:
    assert said.facts["attached_gpus"] == 8
    assert len(said.rows) == said.facts["gpus"] == 1
    assert said.facts["incomplete"] == "8 attached GPUs are announced, 1 told"


@facts(
    "nvidia-smi-q/h100x8-535.183.01-truncated-gpud.txt",
    "the one section is GPU 00000000:53:00.0",
)
def _(said: Reading) -> None:
    assert [row.id for row in said.rows] == ["0000:53:00.0"]
    assert said.rows[0].counters["pcie_replay"] == 120


@facts(
    "nvidia-smi-q/a10-535.129.03-gpud.txt",
    "1 GPU, NVIDIA A10, driver 535.129.03",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA A10", "535.129.03")


@facts(
    "nvidia-smi-q/a10-535.129.03-gpud.txt",
    "Fabric State N/A, Status N/A (not a fabric product, not an error)",
)
def _(said: Reading) -> None:
    fabric(said, state=None, status=None)
    assert said.events == []


@facts(
    "nvidia-smi-q/a100x4-555.42.02-thamada.txt",
    "4 GPUs, driver 555.42.02, CUDA 12.5",
)
def _(said: Reading) -> None:
    report(said, 4, driver="555.42.02", cuda="12.5")


@facts(
    "nvidia-smi-q/a100x4-555.42.02-thamada.txt",
    "Fabric section with CliqueId and ClusterUUID keys",
)
def _(said: Reading) -> None:
    fabric(said, clique_id=None, cluster_uuid=None)


@facts(
    "nvidia-smi-q/h100-590.48.01-utku.txt",
    "1 GPU, NVIDIA H100 80GB HBM3, driver 590.48.01",
)
def _(said: Reading) -> None:
    report(said, 1, "NVIDIA H100 80GB HBM3", "590.48.01")


@facts(
    "nvidia-smi-q/h100-590.48.01-utku.txt",
    "Fabric has State, Status, CliqueId, ClusterUUID and a Health block",
)
def _(said: Reading) -> None:
    fabric(said, state="Completed", status="Success", clique_id=0, cluster_uuid="00000000-0000-0000-0000-000000000000")
    health: Any = said.rows[0].extra["fabric"]
    assert set(health["health"]) >= {"summary", "bandwidth", "route_recovery_in_progress", "incorrect_configuration"}


@facts(
    "nvidia-smi-q/page-retirement-a100-azure-good.txt",
    "8 GPUs; Single Bit ECC and Double Bit ECC 0 on all",
)
def _(said: Reading) -> None:
    report(said, 8)
    assert {row.counters["retired_pages_single_bit_ecc"] for row in said.rows} == {0}
    assert {row.counters["retired_pages_double_bit_ecc"] for row in said.rows} == {0}


@facts(
    "nvidia-smi-q/page-retirement-a100-azure-good.txt",
    "timestamp Thu Mar 14 20:45:34 2024, driver 535.86.10",
)
def _(said: Reading) -> None:
    assert said.facts["timestamp"] == "Thu Mar 14 20:45:34 2024"
    assert said.facts["at"] == "2024-03-14T20:45:34"
    report(said, 8, driver="535.86.10")


@facts(
    "nvidia-smi-q/page-retirement-azure-bad.txt",
    "8 GPUs; the first has Single Bit ECC 60 and Double Bit ECC 5",
)
def _(said: Reading) -> None:
    report(said, 8)
    assert said.rows[0].counters["retired_pages_single_bit_ecc"] == 60
    assert said.rows[0].counters["retired_pages_double_bit_ecc"] == 5


@facts(
    "nvidia-smi-q/page-retirement-azure-bad.txt",
    "timestamp Thu Mar 14 20:46:07 2024",
)
def _(said: Reading) -> None:
    assert said.facts["timestamp"] == "Thu Mar 14 20:46:07 2024"


@facts(
    "nvidia-smi-q/rtx4090x8-535.154.05-gpud.txt",
    "8 GPUs NVIDIA GeForce RTX 4090, driver 535.154.05",
)
def _(said: Reading) -> None:
    report(said, 8, "NVIDIA GeForce RTX 4090", "535.154.05")


@facts(
    "nvidia-smi-q/rtx4090x8-535.154.05-gpud.txt",
    "Fabric State N/A on all",
)
def _(said: Reading) -> None:
    fabric(said, state=None)


@facts(
    "nvidia-smi-q/rtx4090x8-535.154.05-gpud.txt",
    "timestamp Mon Jul  8 08:11:21 2024",
)
def _(said: Reading) -> None:
    assert said.facts["timestamp"] == "Mon Jul  8 08:11:21 2024"


@facts(
    "nvidia-smi-q/h100x8-535.183.01-gpud.txt",
    "8 GPUs, driver 535.183.01",
)
def _(said: Reading) -> None:
    report(said, 8, driver="535.183.01")


@facts(
    "nvidia-smi-q/h100x8-535.183.01-gpud.txt",
    "Fabric Completed/Success on all 8",
)
def _(said: Reading) -> None:
    fabric(said, state="Completed", status="Success")


@facts(
    "nvidia-smi-q/a40x10-550.127.05-thamada.txt",
    "10 GPUs (NVIDIA A40), driver 550.127.05",
)
def _(said: Reading) -> None:
    report(said, 10, "NVIDIA A40", "550.127.05")


@facts(
    "nvidia-smi-q/a40x10-550.127.05-thamada.txt",
    "Attached GPUs 10",
)
def _(said: Reading) -> None:
    assert said.facts["attached_gpus"] == 10


@facts.each
def test_a_fact_of_a_capture(path: str, check: Check) -> None:
    check(reading(path))
