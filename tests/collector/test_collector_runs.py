"""Commands run on the open connection: their output, their bounds, their end."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE

from collector_rig import (
    FAST,
    Echo,
    Keys,
    Sshd,
    Watching,
    collector,
    eventually,
    fabric,
    marked,
    sample_of,
    watched,
)

from fabconsole.platforms.shell import guarded, unguarded
from fabconsole.stream.records import CutShort, Exited, Finished, NotBegun, Output, Record
from fabconsole.stream.source import Order

StartSshd = Callable[..., Sshd]


def order(command: str, *, run: str = "r1", deadline_s: float = 20.0, cap_bytes: int = 1 << 20) -> Order:
    return Order(run=run, node="gpu0", command=command, deadline_s=deadline_s, cap_bytes=cap_bytes)


@asynccontextmanager
async def connected(keys: Keys, sshd: Sshd) -> AsyncIterator[Watching]:
    """A collector whose one node has answered."""
    keys.trust(sshd.port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("true")})) as watching:
        await watching.until(sample_of("gpu0"))
        yield watching


def finished(run: str) -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Finished) and record.run == run


async def end_of(watching: Watching, run: str = "r1") -> Finished:
    (record,) = await watching.until(finished(run))
    assert isinstance(record, Finished)
    return record


def said(watching: Watching, run: str = "r1") -> bytes:
    return b"".join(record.data for record in watching.seen if isinstance(record, Output) and record.run == run)


async def test_a_command_streams_both_its_outputs_and_ends_with_its_status(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("echo out; echo 'it'\"'\"'s \\ $HOME' >&2; cat; exit 3"))
        record = await end_of(watching)
    assert (record.end, record.truncated) == (Exited(3), False)
    assert record.elapsed_s > 0
    assert sorted(said(watching).splitlines()) == [b"it's \\ $HOME", b"out"]


async def test_long_output_comes_in_pieces_up_to_the_cap_and_delays_no_sample(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("head -c 3000000 /dev/zero; exit 0", cap_bytes=500_000))
        record = await end_of(watching)
    assert (record.end, record.truncated) == (Exited(0), True)
    assert len(said(watching)) == 500_000
    assert max(len(one.data) for one in watching.seen if isinstance(one, Output)) <= 64_000


async def test_a_command_that_never_stops_talking_is_ended(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("yes", cap_bytes=50_000))
        record = await end_of(watching)
    assert record.truncated
    assert isinstance(record.end, CutShort)
    assert "ended" in record.end.why
    assert len(said(watching)) == 50_000


async def test_cancelling_ends_the_command_and_its_children_on_the_node(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    mark = f"FC_TEST={tmp_path.name}-{sshd.port}"
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("echo started; timeout 500 sleep 400 & trap '' TERM; sleep 300; wait"))
        await watching.until(lambda one: isinstance(one, Output))
        await watching.collector.cancel("r1")
        record = await end_of(watching)
        assert record.end == CutShort("cancelled")
        await eventually(lambda: not [line for line in marked(mark) if "sleep" in line])
        await watching.collector.cancel("r1")
        mark_at = len(watching.seen)
        await watching.until(sample_of("gpu0"), after=mark_at)
    assert len([one for one in watching.seen if finished("r1")(one)]) == 1


async def test_what_does_not_end_when_asked_is_killed_though_the_commands_own_shell_has_gone() -> None:
    mark = secrets.token_hex(8)
    stubborn = guarded("sh -c 'trap \"\" TERM; echo started; sleep 400; sleep 400'; true")
    environment = {"PATH": os.environ["PATH"], "FC_TEST": mark}
    with subprocess.Popen(["sh", "-c", stubborn], stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stdout.readline() == b"started\n"
        running.stdin.close()
        await eventually(lambda: not marked(mark))


async def test_cancelling_before_the_command_has_begun_leaves_nothing(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    mark = f"FC_TEST={tmp_path.name}-{sshd.port}"
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("sleep 300"))
        await watching.collector.cancel("r1")
        assert (await end_of(watching)).end == NotBegun("cancelled")
        await watching.until(sample_of("gpu0"), times=4)
        await eventually(lambda: not [line for line in marked(mark) if "sleep" in line])


async def test_a_command_ends_at_its_deadline_and_with_its_connection(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    mark = f"FC_TEST={tmp_path.name}-{sshd.port}"
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("sleep 300", run="late", deadline_s=0.5))
        assert (await end_of(watching, "late")).end == CutShort("not over within 0.5 s")
        await watching.collector.run(order("echo on; sleep 300", run="cut"))
        await watching.until(lambda one: isinstance(one, Output) and one.run == "cut")
        sshd.cut()
        assert (await end_of(watching, "cut")).end == CutShort(f"connection lost · root@127.0.0.1:{sshd.port}")
        await eventually(lambda: not [line for line in marked(mark) if "sleep 300" in line])


async def test_a_command_whose_node_was_lost_before_it_was_sent_was_not_begun(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    async with connected(keys, sshd) as watching:
        sshd.stop()
        await watching.collector.run(order("true", run="lost"))
        await watching.collector.run(order("true", run="late", deadline_s=0.2))
        assert (await end_of(watching, "late")).end == NotBegun("no session to run it in within 0.2 s")
        lost = (await end_of(watching, "lost")).end
    assert isinstance(lost, NotBegun)
    assert "no answer to an echo" in lost.why


async def test_a_command_for_a_node_that_is_not_connected_was_not_begun(keys: Keys) -> None:
    async with watched(collector(fabric(keys.ssh(), {"gpu0": 1}), {FAST: lambda: Echo("true")})) as watching:
        await watching.until(lambda one: getattr(one, "question", "") == "hca")
        await watching.collector.run(order("true"))
        refused = (await end_of(watching)).end
        assert isinstance(refused, NotBegun)
        assert "connection refused" in refused.why
        await watching.collector.run(Order(run="r2", node="nobody", command="true", deadline_s=1))
        assert (await end_of(watching, "r2")).end == NotBegun("no such node, or nothing is connected yet")


async def test_a_command_killed_by_a_signal_says_so(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    async with connected(keys, sshd) as watching:
        await watching.collector.run(order("kill -9 $$"))
        assert (await end_of(watching)).end == Exited(137)


def test_a_guarded_command_can_be_read_back() -> None:
    for command in ("true", "echo 'a  b' \"$HOME\"; exit 3", "a\nb", ""):
        assert unguarded(guarded(command)) == command
    for other in ("exec sh", "sh -c 'x", "", "exec sh -c a sh b"):
        assert unguarded(other) is None
