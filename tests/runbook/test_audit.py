"""Who ran what, where and when, is on disk before it runs."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from fabconsole.fabric.errors import AuditError
from fabconsole.runbook.audit import Audit, operator
from fabconsole.runbook.command import Command, Target
from fabconsole.runbook.template import template
from fabconsole.stream.records import Finished
from fabconsole.stream.source import Order

COMMAND = Command(id="uptime", title="Uptime", on=(Target.NODE,), runs=(template("uptime"),))
ORDER = Order(run="d-1", node="gpu1", command="timeout -k 2 20 uptime", deadline_s=27)
FINISHED = Finished(run="d-1", node="gpu1", at=1.0, elapsed_s=0.25, status=0)


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


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "a" / "audit.jsonl")
    audit.started(COMMAND, ORDER, "gpu1")
    assert stat.S_IMODE(audit.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(audit.path.parent.stat().st_mode) == 0o700


def test_two_consoles_append_to_one_file(tmp_path: Path) -> None:
    audits = [Audit(tmp_path / "audit.jsonl") for _ in range(2)]
    for _ in range(20):
        for audit in audits:
            audit.started(COMMAND, ORDER, "gpu1")
    assert len(entries(tmp_path / "audit.jsonl")) == 40


def test_what_a_node_says_stays_one_printable_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.jsonl")
    audit.finished(
        COMMAND, Finished(run="d-1", node="gpu1", at=1.0, elapsed_s=1.0, status=None, error="\x1b[31m\nx" * 9999)
    )
    text = audit.path.read_text()
    assert text.count("\n") == 1
    assert "\\u001b" not in text
    assert len(text) < 64_000


def test_a_full_disk_says_what_to_do() -> None:
    audit = Audit(Path("/dev/full"))
    with pytest.raises(AuditError, match="make room on that disk"):
        audit.started(COMMAND, ORDER, "gpu1")


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AuditError, match="cannot be written"):
        Audit(tmp_path / "file" / "audit.jsonl").started(COMMAND, ORDER, "gpu1")


def test_the_account_behind_sudo_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "amk")
    monkeypatch.setenv("LOGNAME", "root")
    assert operator() == "amk as root"
