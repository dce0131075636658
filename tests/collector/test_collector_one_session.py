"""Nodes that have one session for everything, and refuse a second connection: all questions take turns in it."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from collector_rig import (
    FAST,
    LOG,
    SLOW,
    Echo,
    Keys,
    Lines,
    Sshd,
    Watching,
    collector,
    eventually,
    fabric,
    free_port,
    marked,
    sample_of,
    unanswered,
    watched,
)
from lab_host import JOURNALCTL

from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel
from fabconsole.collector.outbox import Outbox
from fabconsole.collector.shared import Shared
from fabconsole.collector.turns import APART_S, Turns
from fabconsole.fabric.inventory import Node
from fabconsole.platforms import kernel_log
from fabconsole.stream.records import Finished, Happened, NotBegun, Reason, Sample, Unanswered
from fabconsole.stream.source import Order

StartSshd = Callable[..., Sshd]
NODE = Node(name="gpu0", rack="r00", address="127.0.0.1")
XID = "NVRM: Xid (PCI:0000:05:00): {}, pid=1, something"


class Journal:
    """What stands in for a host's journal, and for its journalctl."""

    def __init__(self, root: Path) -> None:
        self.file = root / "journal"
        self.file.touch()
        self.bin = root / "bin"
        self.bin.mkdir()
        (self.bin / "journalctl").write_text(JOURNALCTL.format(log=self.file))
        (self.bin / "journalctl").chmod(0o755)
        self._entries = 0

    def says(self, *messages: str) -> None:
        with self.file.open("a") as file:
            for message in messages:
                self._entries += 1
                said = {
                    "__CURSOR": f"s=abc;i={self._entries:06x};b=def",
                    "__REALTIME_TIMESTAMP": str(int(time.time() * 1e6)),
                    "_BOOT_ID": "def",
                    "MESSAGE": message,
                }
                file.write(json.dumps(said, separators=(",", ":")) + "\n")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


@asynccontextmanager
async def one_connection_to(port: int) -> AsyncIterator[int]:
    """The port of a firewall that lets one connection through at a time, and hangs up on the second."""
    standing: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
        writer.close()

    async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if standing:
            writer.close()
            return
        standing.add(task)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pump(reader, back), pump(there, writer))
        finally:
            standing.discard(task)

    server = await asyncio.start_server(joined, "127.0.0.1", free_port())
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(params=["at the door", "after its login"])
def refusing(
    request: pytest.FixtureRequest, keys: Keys, start_sshd: StartSshd, tmp_path: Path, journal: Journal
) -> Callable[[], object]:
    """A host with one session a connection, and one connection."""
    only_one = tmp_path / "first"
    turned_away = (
        f'[ -e {only_one} ] || echo "$SSH_CONNECTION" >{only_one}; '
        f'[ "$(cat {only_one})" = "$SSH_CONNECTION" ] || {{ echo "Too many logins for \'root\'."; exit 254; }}; '
        'eval "$SSH_ORIGINAL_COMMAND"'
    )
    own = {} if request.param == "at the door" else {"ForceCommand": turned_away}
    port = free_port()
    mark = f"FC_TEST={tmp_path.name}-{port}"
    told = f"{mark} HOME={tmp_path} PATH={journal.bin}:{os.environ['PATH']}"
    start_sshd(port, MaxSessions="1", SetEnv=told, **own)

    @asynccontextmanager
    async def reached() -> AsyncIterator[int]:
        async with one_connection_to(port) as door:
            at = door if request.param == "at the door" else port
            keys.trust(at)
            yield at
        await eventually(lambda: not marked(mark))

    return reached


def log_events(watching: Watching) -> list[str]:
    """All that the log has told, in order."""
    kept = [one for one in watching.seen if isinstance(one, Sample | Happened)]
    return [event.text for one in kept for event in one.events if event.kind == "xid"]


async def test_all_questions_are_answered_in_turn_and_each_line_of_the_log_is_told_once(
    keys: Keys, journal: Journal, refusing
) -> None:
    asked = {
        FAST: lambda: Echo("echo ports", name="fc_ports"),
        SLOW: lambda: Echo("echo gpus"),
        kernel_log.QUESTION: lambda: kernel_log.KernelLog(NODE),
    }
    journal.says(XID.format(79))
    async with refusing() as port, watched(collector(fabric(keys.ssh(), {"gpu0": port}), asked)) as watching:
        for number in (74, 95, 48):
            seen = len(watching.seen)
            for question in asked:
                await watching.until(sample_of("gpu0", question.name), after=seen)
            journal.says(XID.format(number), "nothing of ours")
        await eventually(lambda: len(log_events(watching)) == 4)
        seen = len(watching.seen)
        last, *_ = await watching.until(sample_of("gpu0", "log"), times=2, after=seen)
        assert log_events(watching) == [XID.format(number) for number in (79, 74, 95, 48)]
        assert isinstance(last, Sample)
        assert "MaxSessions" in last.facts["log.polled"]
        assert not [one for one in watching.seen if isinstance(one, Unanswered)]


async def test_a_tool_that_hangs_keeps_the_others_waiting_until_its_deadline_and_never_runs_beside_itself(
    keys: Keys, journal: Journal, refusing, tmp_path: Path
) -> None:
    runs, beside = tmp_path / "runs", tmp_path / "beside"
    hanging = (
        f"grep -q 'State:.[RSD]' /proc/$(cat {runs})/status && echo >{beside}; "
        f"echo $$ >{runs}; trap : TERM; while :; do sleep 60; done"
    )
    asked = {
        FAST: lambda: Echo("echo ports", name="fc_ports"),
        SLOW: lambda: Echo(f"sh -c {shlex.quote(hanging)}"),
        kernel_log.QUESTION: lambda: kernel_log.KernelLog(NODE),
    }
    journal.says("nothing of ours")
    async with refusing() as port, watched(collector(fabric(keys.ssh(), {"gpu0": port}), asked)) as watching:
        await watching.until(unanswered("gpu0", Reason.TIMEOUT, question="gpu"))
        seen = len(watching.seen)
        journal.says(XID.format(79))
        for question in (FAST, kernel_log.QUESTION):
            await watching.until(sample_of("gpu0", question.name), times=3, after=seen)
        assert log_events(watching) == [XID.format(79)]
        assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.question != "gpu"]
    assert not beside.exists()


async def test_a_diagnostic_tells_what_is_in_its_way_and_costs_no_question(
    keys: Keys, journal: Journal, refusing
) -> None:
    asked = {FAST: lambda: Echo("echo ports", name="fc_ports"), kernel_log.QUESTION: lambda: kernel_log.KernelLog(NODE)}
    async with refusing() as port, watched(collector(fabric(keys.ssh(), {"gpu0": port}), asked)) as watching:
        for question in asked:
            await watching.until(sample_of("gpu0", question.name))
        await watching.collector.run(Order(run="d1", node="gpu0", command="true", deadline_s=10))
        (end,) = await watching.until(lambda one: isinstance(one, Finished))
        assert isinstance(end, Finished)
        assert isinstance(end.end, NotBegun)
        assert "MaxSessions" in end.end.why
        seen = len(watching.seen)
        for question in asked:
            await watching.until(sample_of("gpu0", question.name), times=2, after=seen)
        assert not [one for one in watching.seen if isinstance(one, Unanswered)]


class Way:
    """A node on which nothing is opened."""

    def __init__(self) -> None:
        self.opened: list[Channel] = []
        self.asked: list[Asking] = []

    def open(self, channel: Channel) -> None:
        self.opened.append(channel)

    def soon(self, asking: Asking) -> None:
        self.asked.append(asking)

    def watch(self, waiting: object) -> None: ...


def test_it_is_tried_ever_more_rarely_whether_there_is_room_again() -> None:
    now, way = 1000.0, Way()
    others = ("access", "keyring", "jumps", "ramp", "tasks", "waiting", "soon")
    shared = Shared(
        outbox=Outbox(),
        emit=lambda record: None,
        connect_s=1.0,
        clock=lambda: now,
        monotonic=lambda: now,
        random=Random(1),
        **dict.fromkeys(others),  # type: ignore[arg-type]  # of no use to it
    )
    asking = Asking(node="gpu0", question=LOG, interval_s=30.0, deadline_s=2.0)
    turns = Turns({asking: Lines("")}, way, shared)  # type: ignore[arg-type]
    turns.start()
    for tries in range(3):
        turns.join("refused")
        now += APART_S * 2**tries - 1
        turns.ask(asking)
        assert turns.one_by_one
        turns.place(asking).rest()  # it is answered
        now += 2
        turns.ask(asking)
        assert not turns.one_by_one
