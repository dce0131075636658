"""A session inside a job: what the job hides is not missing, and what it shows is not the node's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fabconsole.fabric.inventory import Expect, Node
from fabconsole.platforms import adopted
from fabconsole.platforms.gpu import GpuInquiry
from fabconsole.platforms.nvlink import NvlinkInquiry
from fabconsole.platforms.question import Answer, Reading, Refusal
from fabconsole.stream.records import Reason

V1 = "9:memory:/slurm/uid_1000/job_4711/step_extern/task_0"
V2 = "0::/system.slice/slurmstepd.scope/job_4711/step_extern/user/task_0"
NO_JOB = "0::/user.slice/user-1000.slice/session-3.scope"
TWO = "".join(f"GPU {gpu}: NVIDIA H100 80GB HBM3 (UUID: GPU-{gpu}aaa)\n" for gpu in range(2))


def node(gpus: int | None) -> Node:
    return Node(name="gpu1", rack="r1", address="gpu1", expect=Expect(gpus=gpus))


@pytest.fixture
def gpus_in(real_shell, put_tool, tmp_path):  # type: ignore[no-untyped-def]
    """What is read of two GPUs that are shown, of `there` on the node, by a shell in these control groups."""

    def ask(*groups: str, there: int = 0, expected: int | None = None) -> Reading | Refusal:
        (tmp_path / "cgroup").write_text("".join(f"{group}\n" for group in groups))
        (tmp_path / "L").write_text(TWO)
        put_tool("nvidia-smi", f"cat {tmp_path}/L")
        for gpu in range(there):
            (tmp_path / "gpus" / f"0000:{gpu:02x}:00.0").mkdir(parents=True)
        said = GpuInquiry(node(expected), str(tmp_path / "gpus"), str(tmp_path / "cgroup"))
        found: Reading | Refusal = real_shell.ask(said)
        return found

    return ask


@pytest.mark.parametrize("group", [V1, V2])
def test_gpus_that_a_job_hides_are_no_answer(gpus_in, group):
    refusal = gpus_in("12:pids:/", group, there=8, expected=8)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.ADOPTED
    assert refusal.detail == "inside the control group of job 4711: 2 of 8 GPUs are shown to us"


def test_a_job_that_has_the_whole_node_hides_nothing(gpus_in):
    facts = gpus_in(V2, there=2, expected=2).facts
    assert (facts["gpus"], facts["job"]) == ("2", "4711")


def test_where_nobody_says_how_many_there_are_a_job_may_hide_any(gpus_in):
    assert gpus_in(V2).reason is Reason.ADOPTED


def test_what_is_expected_counts_where_the_driver_shows_no_files(gpus_in):
    assert "job" in gpus_in(V2, expected=2).facts


def test_gpus_outside_a_job_are_as_before(gpus_in):
    facts = gpus_in(NO_JOB, there=8, expected=8).facts
    assert facts["gpus"] == "2"
    assert "job" not in facts


def test_nvlinks_of_the_gpus_that_a_job_shows_are_no_answer_either():
    text = "GPU 0: NVIDIA H100 (UUID: GPU-0)\n\t Link 0: 26.562 GB/s\n"
    said = NvlinkInquiry(node(8)).read(
        Answer(
            body=f"@job 77 8\n@-s 0 1-1\n{text}@-e 0 2-2\nGPU 0: NVIDIA H100 (UUID: GPU-0)\n".encode(),
            status=0,
            asked_at=0.0,
            at=1.0,
            clock_s=1.0,
            boot_id=None,
        )
    )
    assert isinstance(said, Refusal)
    assert said.reason is Reason.ADOPTED


@pytest.fixture
def in_a_job(tmp_path: Path) -> Iterator[Path]:
    """A control group named as Slurm names a job's, in a hierarchy of our own."""
    if os.geteuid() != 0:
        pytest.skip("needs root, for a control group")
    top = tmp_path / "cgroup"
    top.mkdir()
    mounted = subprocess.run(["mount", "-t", "cgroup", "-o", "none,name=fabconsole", "cgroup", str(top)])
    if mounted.returncode != 0:
        pytest.skip("needs named control group hierarchies (cgroup v1)")
    places = [top / "slurm", top / "slurm/uid_0", top / "slurm/uid_0/job_4711"]
    for place in places:
        place.mkdir(exist_ok=True)
    yield places[-1]
    for place in reversed(places):
        place.rmdir()
    subprocess.run(["umount", str(top)], check=True)


def test_a_real_shell_in_a_real_control_group_knows_its_job(in_a_job: Path) -> None:
    script = f"echo $$ >{in_a_job}/cgroup.procs; {adopted.definition()}fc_job\n"
    body = subprocess.run(["sh"], input=script.encode(), capture_output=True, check=True).stdout
    job, rest = adopted.job(body)
    assert job is not None
    assert (job.number, rest) == ("4711", b"")
