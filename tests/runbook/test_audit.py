"""Who ran what, where and when, is on disk before it runs."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from fabconsole.fabric.errors import AuditError
from fabconsole.runbook.audit import Audit, operator
from fabconsole.runbook.command import Command, Target
from fabconsole.runbook.template import template
from fabconsole.stream.records import CutShort, Exited, Finished, NotBegun
from fabconsole.stream.source import Order

COMMAND = Command(id="uptime", title="Uptime", on=(Target.NODE,), runs=(template("uptime"),))
ORDER = Order(run="d-1", node="gpu1", command="timeout -k 2 20 uptime", deadline_s=27)
FINISHED = Finished(run="d-1", node="gpu1", at=1.0, elapsed_s=0.25, end=Exited(0))


def entries(path: Path) -> list[Mapping[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_one_line_as_it_starts_and_one_as_it_ends(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "state" / "audit.jsonl", clock=lambda: 1_700_000_000.5)
    audit.started(COMMAND, ORDER, "gpu1")
    audit.finished(COMMAND, FINISHED)
    started, finished = entries(audit.path)
    assert started["at"] == "2023-11-14T22:13:20.500+00:00"
    assert (started["what"], finished["what"]) == ("started", "finished")
    assert (started["run"], started["node"], started["address"]) == ("d-1", "gpu1", "gpu1")
    assert (started["command"], started["class"], started["text"]) == ("uptime", "read-only", ORDER.command)
    assert (finished["status"], finished["elapsed_s"]) == (0, 0.25)
    assert started["operator"] == operator()
    assert started["console"] == {"host": os.uname().nodename, "pid": os.getpid()}


def test_what_never_began_is_not_said_to_have_finished(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.started(COMMAND, ORDER, "gpu1")
    audit.finished(COMMAND, Finished(run="d-1", node="gpu1", at=1.0, elapsed_s=3.0, end=NotBegun("cancelled")))
    _, ended = entries(audit.path)
    assert (ended["what"], ended["status"], ended["error"]) == ("not begun", None, "cancelled")


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a" / "audit.jsonl")
    audit.started(COMMAND, ORDER, "gpu1")
    assert stat.S_IMODE(audit.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(audit.path.parent.stat().st_mode) == 0o700


def writer(path: Path, code: str) -> subprocess.Popen[str]:
    """Another console, which runs `code` with its `audit`, a `COMMAND` and an `ORDER`."""
    begin = (
        "import resource, sys; from pathlib import Path; from fabconsole.runbook.audit import *;"
        "from fabconsole.runbook.command import Target; from fabconsole.runbook.template import template;"
        "COMMAND = Command(id='uptime', title='Uptime', on=(Target.NODE,), runs=(template('uptime'),));"
        "ORDER = Order(run='d-1', node='gpu1', command='x' * 4000, deadline_s=27); audit = Audit(Path(sys.argv[1]))\n"
    )
    return subprocess.Popen([sys.executable, "-c", begin + code, str(path)], stdout=subprocess.PIPE, text=True)


def test_consoles_that_write_at_once_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    writers = [writer(path, "for _ in range(25): audit.started(COMMAND, ORDER, 'gpu1')") for _ in range(3)]
    assert [one.wait(60) for one in writers] == [0, 0, 0]
    assert len(entries(path)) == 75


def test_a_line_cut_by_a_kill_stays_alone(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(b'{"at": "2023-11-14T22:13:2')
    Audit(path).started(COMMAND, ORDER, "gpu1")
    cut, whole = path.read_text().splitlines()
    assert cut == '{"at": "2023-11-14T22:13:2'
    assert json.loads(whole)["what"] == "started"


def test_a_console_that_is_killed_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    killed = writer(path, "audit._write(b'x\\n'); print(flush=True)\nwhile True: audit.started(COMMAND, ORDER, 'gpu1')")
    assert killed.stdout is not None and killed.stdout.readline()
    killed.kill()
    killed.wait(60)
    Audit(path).started(COMMAND, ORDER, "gpu1")
    assert json.loads(path.read_text().splitlines()[-1])["text"] == ORDER.command


def test_a_disk_that_fills_in_the_middle_of_a_line_keeps_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    Audit(path).started(COMMAND, ORDER, "gpu1")
    before = path.read_bytes()
    room = len(before) + 100
    full = writer(
        path,
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "try: audit.started(COMMAND, ORDER, 'gpu1')\n"
        "except AuditError as error: print(error)",
    )
    said, _ = full.communicate(timeout=60)
    assert "make room on that disk" in said
    assert path.read_bytes() == before


def test_a_log_that_somebody_keeps_locked_is_an_error_in_time(tmp_path: Path) -> None:
    path, slept = tmp_path / "audit.jsonl", list[float]()
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AuditError, match="another program keeps it locked"):
            Audit(path, sleep=slept.append).started(COMMAND, ORDER, "gpu1")
    assert sum(slept) == pytest.approx(2.0)
    assert path.read_bytes() == b""


def test_what_a_node_says_stays_one_printable_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    end = CutShort("\x1b[31m\nx" * 9999)
    audit.finished(COMMAND, Finished(run="d-1", node="gpu1", at=1.0, elapsed_s=1.0, end=end))
    text = audit.path.read_text()
    assert text.count("\n") == 1
    assert "\\u001b" not in text
    assert len(text) < 64_000


def test_a_full_disk_says_what_to_do() -> None:
    audit = Audit(Path("/dev/full"))
    with pytest.raises(AuditError, match="make room on that disk"):
        audit.started(COMMAND, ORDER, "gpu1")


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a directory that takes no files: /sys/kernel")
def test_a_directory_that_takes_no_files_says_what_to_do() -> None:
    with pytest.raises(AuditError, match="make its directory writable for you"):
        Audit(Path("/sys/kernel/audit.jsonl")).started(COMMAND, ORDER, "gpu1")


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AuditError, match="cannot be written"):
        Audit(tmp_path / "file" / "audit.jsonl").started(COMMAND, ORDER, "gpu1")


def test_the_account_behind_sudo_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "amk")
    monkeypatch.setenv("LOGNAME", "root")
    assert operator() == "amk as root"
