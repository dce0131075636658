"""The answers of many nodes: what is not well is read first."""

from __future__ import annotations

from drawn_fabric import NOON

from fabconsole.runbook.commands import load_commands
from fabconsole.stream.records import Exited, Finished, NotBegun, Output
from fabconsole.stream.source import Order
from fabconsole.tui.diagnosis import Job, Run


def test_what_failed_is_read_before_what_is_alike_and_that_before_what_still_runs() -> None:
    runs = [
        Run(Order(run=f"d1.{node}", node=node, command="true", deadline_s=9.0), node)
        for node in ("a", "b", "c", "d", "e")
    ]
    job = Job(load_commands().commands[0], runs)
    for run in runs[1:]:
        job.heard(Output(run=run.order.run, node=run.order.node, data=b"ok\n" if run.order.node in "cd" else b"odd\n"))
    for run, end in ((runs[1], Exited(0)), (runs[2], Exited(0)), (runs[3], Exited(0)), (runs[4], NotBegun("gone"))):
        job.heard(Finished(run=run.order.run, node=run.order.node, at=NOON, elapsed_s=1.0, end=end))
    assert [group.title for group in job.groups()] == ["e", "c,d", "b", "a"]
