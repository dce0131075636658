"""The followed log: events at once, a pulse that is true, and why there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from collector_rig import (
    FAST,
    LOG,
    SLOW,
    Echo,
    Keys,
    Lines,
    Sshd,
    collector,
    eventually,
    fabric,
    marked,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector.asking import Asking
from fabconsole.collector.channel import Channel
from fabconsole.collector.following import Following
from fabconsole.collector.outbox import Outbox
from fabconsole.collector.shared import Shared
from fabconsole.collector.turns import Turns
from fabconsole.fabric.inventory import Poll
from fabconsole.platforms.question import Question, Refusal
from fabconsole.stream.records import Happened, Reason, Record, Sample, Unanswered

StartSshd = Callable[..., Sshd]


def tailing(log: Path) -> str:
    """Prints a file, says that it is live, follows it, and ends when its input does."""
    return f"tail -n +1 -f {log} & t=$!; sleep 0.2; echo live; while read -r x; do :; done; kill $t"


def told(text: str) -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Happened) and any(event.text == text for event in record.events)


async def test_history_comes_before_the_first_pulse_and_new_lines_within_a_second(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    log = tmp_path / "kernel.log"
    log.write_text("before\n")
    mark = f"FC_TEST={tmp_path.name}-{sshd.port}"
    asked: dict[Question, Callable[[], object]] = {FAST: lambda: Echo("true"), LOG: lambda: Lines(tailing(log))}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(sample_of("gpu0", "log"), times=2)
        kinds = [type(one) for one in watching.seen if told("before")(one) or sample_of("gpu0", "log")(one)]
        assert kinds[0] is Happened
        seen = len(watching.seen)
        with log.open("a") as more:
            more.write("NVRM: Xid 74\n")
        await watching.until(told("NVRM: Xid 74"), within_s=2, after=seen)
    await eventually(lambda: not marked(mark))


async def test_a_log_that_may_not_be_read_says_so_at_once_and_is_tried_again(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    refusal = Refusal(reason=Reason.NO_PERMISSION, detail="dmesg: read kernel buffer failed")
    lines = Lines("exit 1", refusal=refusal)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {LOG: lambda: lines})) as watching:
        records = await watching.until(unanswered("gpu0", Reason.NO_PERMISSION, question="log"), times=3)
        await eventually(lambda: lines.scripts >= 3)
    assert only(records[:1]).detail == refusal.detail
    assert set(lines.ends) == {1}


async def test_a_log_whose_history_is_slow_says_so_until_it_has_been_read(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    gate = tmp_path / "reading"
    gate.touch()
    lines = Lines(f"echo first; while [ -e {gate} ]; do sleep 0.05; done; echo live; cat")
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {LOG: lambda: lines})) as watching:
        record = only(await watching.until(unanswered("gpu0", Reason.TIMEOUT, question="log")))
        gate.unlink()
        await watching.until(sample_of("gpu0", "log"))
    assert record.detail == "the log's history has not been read within 2 s"


async def test_a_follower_that_ends_is_begun_again(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    lines = Lines("echo live; exit 0")
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {LOG: lambda: lines})) as watching:
        await watching.until(unanswered("gpu0", Reason.FAILED, question="log"))
        await eventually(lambda: lines.scripts >= 3)


async def test_a_log_that_floods_is_cut_and_its_node_stays(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    asked: dict[Question, Callable[[], object]] = {
        FAST: lambda: Echo("true"),
        LOG: lambda: Lines("echo live; while :; do echo spam; done"),
    }
    patient = Poll(fast_s=0.2, slow_s=0.4, timeout_s=5.0)  # the flood takes this machine's time too
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, patient), asked)) as watching:
        record = only(await watching.until(unanswered("gpu0", Reason.OVERFLOW, question="log")))
        await watching.until(sample_of("gpu0"), times=5)
    assert "100,000 bytes" in record.detail
    assert not [one for one in watching.seen if unanswered("gpu0")(one)]


async def test_an_open_channel_to_a_frozen_node_is_no_pulse(keys: Keys, start_sshd: StartSshd, tmp_path: Path) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    log = tmp_path / "kernel.log"
    log.touch()
    inventory = fabric(keys.ssh(), {"gpu0": sshd.port}, Poll(fast_s=0.3, slow_s=0.4, timeout_s=0.5))
    async with watched(collector(inventory, {LOG: lambda: Lines(tailing(log))})) as watching:
        await watching.until(sample_of("gpu0", "log"), times=4)
        sshd.stop()
        seen = len(watching.seen)
        await watching.until(unanswered("gpu0", question="log"), after=seen)
        samples = [one for one in watching.seen[seen:] if sample_of("gpu0", "log")(one)]
        assert len(samples) <= 2, "not longer than an interval and a deadline"
        sshd.go_on()
        seen = len(watching.seen)
        await watching.until(sample_of("gpu0", "log"), after=seen)


async def test_a_stuck_slow_question_delays_neither_the_ports_nor_the_log(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    log = tmp_path / "kernel.log"
    log.touch()
    asked: dict[Question, Callable[[], object]] = {
        FAST: lambda: Echo("true"),
        SLOW: lambda: Echo("sleep 100"),
        LOG: lambda: Lines(tailing(log)),
    }
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(unanswered("gpu0", Reason.STUCK, question="gpu"), times=2)
        seen = len(watching.seen)
        with log.open("a") as more:
            more.write("now\n")
        await watching.until(told("now"), within_s=2, after=seen)
        await watching.until(sample_of("gpu0"), times=3, after=seen)
    assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.question != "gpu"]


class Way:
    """A node that is heard all the time, and on which nothing is opened."""

    def __init__(self) -> None:
        self.opened: list[Channel] = []

    def open(self, channel: Channel) -> None:
        self.opened.append(channel)

    def quiet_s(self) -> float:
        return 0.0

    def heard(self) -> None: ...

    def watch(self, waiting: object) -> None: ...


async def test_a_line_of_the_log_goes_out_at_once_and_a_pulse_waits_for_company() -> None:
    emitted: list[Record] = []
    outbox, way = Outbox(), Way()
    told = ("access", "keyring", "jumps", "ramp", "tasks", "waiting", "soon")
    shared = Shared(
        outbox=outbox,
        emit=emitted.append,
        connect_s=1.0,
        clock=lambda: 100.0,
        monotonic=lambda: 10.0,
        random=Random(1),
        **dict.fromkeys(told),  # type: ignore[arg-type]  # of no use to it
    )
    asking = Asking(node="gpu0", question=LOG, interval_s=30.0, deadline_s=2.0)
    following = Turns({asking: Lines("")}, way, shared).place(asking)  # type: ignore[arg-type]
    assert isinstance(following, Following)
    following.start()
    (channel,) = way.opened
    for said in (b"\x014711\n", b"live\n", b"Xid\n"):
        channel.data_received(said, None)
    following.ask(asking)
    assert [type(one) for one in emitted] == [Sample]
    assert [type(one) for one in await outbox.batch()] == [Happened]
