"""Servers that allow fewer sessions on a connection than we use: what finds none has a connection of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from collector_rig import (
    FAST,
    LOG,
    SLOW,
    Echo,
    Keys,
    Lines,
    Sshd,
    collector,
    direct_children,
    eventually,
    fabric,
    marked,
    only,
    sample_of,
    signalled,
    unanswered,
    watched,
)

from fabconsole.platforms.question import Question
from fabconsole.stream.records import Exited, Finished, Happened, NotBegun, Reason, Record, Unanswered
from fabconsole.stream.source import Order

StartSshd = Callable[..., Sshd]
IN_BAND = replace(SLOW, name="in-band", lane="in-band")


def tailing(log: Path) -> Callable[[], Lines]:
    return lambda: Lines(f"echo live; exec tail -n 0 -f {log}")


def told(text: str) -> Callable[[Record], bool]:
    return lambda one: isinstance(one, Happened) and [event.text for event in one.events] == [text]


def finished(run: str) -> Callable[[Record], bool]:
    return lambda one: isinstance(one, Finished) and one.run == run


def unanswered_alone(record: Record) -> bool:
    """The node is reached, whatever became of this one connection."""
    if not isinstance(record, Unanswered) or record.reason is not Reason.FAILED:
        return False
    return record.detail.startswith("its own connection: connection lost")


def diagnostic(run: str, command: str = "echo found") -> Order:
    return Order(run=run, node="gpu0", command=command, deadline_s=10)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "kernel.log").touch()
    return tmp_path / "kernel.log"


@pytest.mark.parametrize("most", ["1", "2", "3"])
async def test_every_question_is_answered_the_log_is_followed_and_a_diagnostic_runs(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path, log: Path, most: str
) -> None:
    sshd = start_sshd(MaxSessions=most)
    keys.trust(sshd.port)
    asked: dict[Question, Callable[[], object]] = {
        FAST: lambda: Echo("echo ports"),
        SLOW: lambda: Echo("echo gpus"),
        IN_BAND: lambda: Echo("echo switches"),
        LOG: tailing(log),
    }
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        for question in asked:
            await watching.until(sample_of("gpu0", question.name), times=2)
        standing = len(direct_children(sshd.process.pid))
        await watching.collector.run(diagnostic("d1"))
        (end,) = await watching.until(finished("d1"))
        assert isinstance(end, Finished)
        assert end.end == Exited(0)
        with log.open("a") as more:
            more.write("now\n")
        await watching.until(told("now"), within_s=2)
        await eventually(lambda: len(direct_children(sshd.process.pid)) == standing)
        assert not [one for one in watching.seen if isinstance(one, Unanswered)]
    await eventually(lambda: not marked(f"FC_TEST={tmp_path.name}-{sshd.port}"))


async def test_a_tool_that_hangs_keeps_neither_the_ports_nor_the_log_from_being_read(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path, log: Path
) -> None:
    sshd = start_sshd(MaxSessions="1")
    keys.trust(sshd.port)
    asked = {FAST: lambda: Echo("echo ports"), SLOW: lambda: Echo("sleep 60"), LOG: tailing(log)}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(unanswered("gpu0", Reason.STUCK, question="gpu"), times=2)
        seen = len(watching.seen)
        for question in (FAST, LOG):
            await watching.until(sample_of("gpu0", question.name), times=2, after=seen)
        assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.question != "gpu"]
    await eventually(lambda: not marked(f"FC_TEST={tmp_path.name}-{sshd.port}"))


async def test_where_no_further_connection_is_to_be_had_that_is_said_and_costs_no_other_question(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd(MaxSessions="1")
    keys.trust(sshd.port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("true")})) as watching:
        await watching.until(sample_of("gpu0"))
        os.kill(sshd.process.pid, signal.SIGKILL)  # it listens no more; what is connected stands
        await watching.collector.run(diagnostic("d1"))
        (end,) = await watching.until(finished("d1"))
        assert isinstance(end, Finished)
        assert isinstance(end.end, NotBegun)
        assert "its own connection: connection refused" in end.end.why
        assert "MaxSessions" in end.end.why
        seen = len(watching.seen)
        await watching.until(sample_of("gpu0"), times=2, after=seen)
        assert not [one for one in watching.seen if isinstance(one, Unanswered)]


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_log_whose_own_connection_is_lost_is_followed_again_and_nothing_else_is_touched(
    keys: Keys, start_sshd: StartSshd, log: Path, fate: signal.Signals
) -> None:
    sshd = start_sshd(MaxSessions="1")
    keys.trust(sshd.port)
    asked = {LOG: tailing(log), replace(LOG, name="other log"): tailing(log)}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        for question in asked:
            await watching.until(sample_of("gpu0", question.name))
        first, *others = sorted(direct_children(sshd.process.pid))
        seen = len(watching.seen)
        signalled(others, fate)
        lost = only(await watching.until(unanswered_alone, after=seen))
        assert lost.question in (LOG.name, "other log")
        seen = len(watching.seen)
        for question in asked:
            await watching.until(sample_of("gpu0", question.name), times=2, after=seen)
        assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.reason is Reason.UNREACHABLE]
        assert first in direct_children(sshd.process.pid)
        signalled(set(others) & set(direct_children(sshd.process.pid)), signal.SIGKILL)


async def test_a_server_that_allows_no_session_at_all_is_not_given_more_connections(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd(MaxSessions="0")
    keys.trust(sshd.port)
    asked = {FAST: lambda: Echo("true"), SLOW: lambda: Echo("true")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        records = await watching.until(unanswered("gpu0"), times=3)
        assert all("opens no session" in only([one]).detail for one in records)
        assert len(direct_children(sshd.process.pid)) == 1
