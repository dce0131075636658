"""Whether something of a lost shell still runs, asked of `/proc` by the shells that are out there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from fabconsole.platforms import shell

SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "ash"]]
ASKED = "asked\n0\n"
"""What is printed where the question was asked."""
LEFT_OUT = f"{shell.STILL_RUNNING}\n"


@pytest.fixture(params=SHELLS, ids=" ".join)
def sh(request: pytest.FixtureRequest) -> list[str]:
    if shutil.which(request.param[0]) is None:
        pytest.skip(f"no {request.param[0]} here")
    return list(request.param)


@pytest.fixture
def leftover(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The leader of a session, whose name looks like what follows it in `/proc/PID/stat`."""
    tool = tmp_path / "x) Z 1 (y"
    tool.symlink_to(shutil.which("sleep") or "")
    with subprocess.Popen([tool, "600"], start_new_session=True) as process:
        yield process
        process.kill()


def answered(sh: list[str], session: int) -> str:
    """What is printed by a question that waits for `session`, and its exit status."""
    text = shell.PRELUDE + shell.SPARING + shell.unless(session, "echo asked") + "; echo $?\n"
    run = subprocess.run(sh, input=text, capture_output=True, text=True, timeout=20, check=True)
    return run.stdout


def test_while_a_process_of_the_session_runs_nothing_is_asked(sh: list[str], leftover: subprocess.Popen[bytes]) -> None:
    assert answered(sh, leftover.pid) == LEFT_OUT


def test_a_process_that_ended_and_was_not_waited_for_runs_no_more(
    sh: list[str], leftover: subprocess.Popen[bytes]
) -> None:
    leftover.kill()
    os.waitid(os.P_PID, leftover.pid, os.WEXITED | os.WNOWAIT)
    assert answered(sh, leftover.pid) == ASKED


def test_a_number_that_processes_have_elsewhere_is_no_session(sh: list[str]) -> None:
    fields = Path("/proc/self/stat").read_text().rpartition(") ")[2].split()
    started = int(fields[19])
    assert answered(sh, started) == ASKED
