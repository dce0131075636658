"""The collector against real OpenSSH servers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest
from collector_rig import (
    FAST,
    NVLINK,
    SLOW,
    Echo,
    Keys,
    Sshd,
    collector,
    eventually,
    fabric,
    marked,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector.collector import Collector
from fabconsole.fabric.inventory import Poll
from fabconsole.fabric.thresholds import Thresholds
from fabconsole.platforms.in_band import QUESTION as IN_BAND
from fabconsole.platforms.question import Answer, Question, Reading
from fabconsole.stream.records import Opening, Reason, Record, Sample, Sweep, Unanswered

StartSshd = Callable[..., Sshd]


@dataclass
class Sweeping(Echo):
    """An inquiry whose answer, whatever it says, is a sweep that found no switch."""

    node: str = ""

    def read(self, answer: Answer) -> Reading:
        return Reading(
            sweep=Sweep(
                node=self.node,
                at=answer.at,
                latency_s=0.0,
                boot_id=None,
                subnet="subnet",
                switches=(),
                sm=None,
                complete=True,
            )
        )


def swept_by(node: str) -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Sweep) and record.node == node


async def test_the_first_record_says_what_is_asked_and_samples_follow(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    inventory = fabric(keys.ssh(), {"gpu0": sshd.port})
    async with watched(collector(inventory, {FAST: lambda: Echo("echo hello")})) as watching:
        samples = await watching.until(sample_of("gpu0"), times=3)
    opening = watching.seen[0]
    assert isinstance(opening, Opening)
    assert [(asked.question, asked.interval_s) for asked in opening.asked["gpu0"]] == [("hca", 0.2)]
    for sample in samples:
        assert isinstance(sample, Sample)
        assert sample.facts == {"said": "hello\n", "status": "0"}
        assert sample.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        assert abs(sample.clock_s - float(Path("/proc/uptime").read_text().split()[0])) < 10
        assert 0 < sample.latency_s <= sample.at - opening.at


async def test_a_first_answer_is_followed_by_a_second_soon_because_one_reading_has_no_rate(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    hourly = Poll(fast_s=3600.0, slow_s=3600.0, timeout_s=1.0)
    source = collector(fabric(keys.ssh(), {"gpu0": sshd.port}, hourly), {SLOW: lambda: Echo("echo hello")})
    async with watched(source) as watching:
        await watching.until(sample_of("gpu0", "gpu"), times=2)


async def test_definitions_travel_once_and_a_listing_may_ask_again(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    echo = Echo("echo hello", rounds=1)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: echo})) as watching:
        await watching.until(sample_of("gpu0"), times=2)
    assert echo.restarts == 1
    assert len(echo.answers) >= 4


async def test_a_reader_that_never_has_enough_is_stopped_and_begins_anew(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    source = collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("echo hello", rounds=1000)})
    async with watched(source) as watching:
        await watching.until(unanswered("gpu0", Reason.GARBLED), times=3)
    assert not [one for one in watching.seen if unanswered("gpu0", Reason.STUCK)(one)]


async def test_an_answer_over_the_cap_is_cut_off_and_costs_its_question_alone(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    asked = {FAST: lambda: Echo("echo fine"), SLOW: lambda: Echo("head -c 5000000 /dev/zero | tr '\\0' x; echo")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        (record, _) = await watching.until(unanswered("gpu0", Reason.OVERFLOW, question="gpu"), times=2)
        await watching.until(sample_of("gpu0"), times=3)
    assert isinstance(record, Unanswered)
    assert "100,000 bytes" in record.detail
    assert not [one for one in watching.seen if unanswered("gpu0")(one)]


@pytest.mark.parametrize("size", [12_288, 200_000, 1_000_000])
async def test_what_a_tool_prints_arrives_byte_by_byte_whatever_its_size(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path, size: int
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    printed = "".join(f"\t Link {number}: CRC Errors: {number * 7919}  \n" for number in range(size // 30))
    (tmp_path / "printed").write_text(printed)
    roomy = replace(SLOW, cap_bytes=1 << 22, deadline_s=10.0)
    asked = {roomy: lambda: Echo(f"cat {tmp_path}/printed; false")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        (sample, _) = await watching.until(sample_of("gpu0", "gpu"), times=2)
    assert isinstance(sample, Sample)
    assert sample.facts["said"] == printed
    assert sample.facts["status"] == "1"


@pytest.mark.parametrize(("lane", "in_pieces"), [("slow", False), ("in-band", True)])
async def test_a_sweep_alone_is_told_as_it_comes_and_all_else_in_one_piece(
    keys: Keys, start_sshd: StartSshd, lane: str, in_pieces: bool
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    echo = Echo("echo one; sleep 0.1; echo two")
    asked = {replace(SLOW, lane=lane, deadline_s=5.0): lambda: echo}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(sample_of("gpu0", "gpu"), times=2)
    _, second, *_ = echo.answers  # before the first one the shell told its session
    assert second.body == b"one\ntwo\n"
    assert bool(second.stamps) is in_pieces


async def test_what_a_node_prints_cannot_pass_for_an_answer(keys: Keys, start_sshd: StartSshd) -> None:
    """It knows the last nonce, never the next one."""
    sshd = start_sshd()
    keys.trust(sshd.port)
    forger = (
        r"printf '\002%s hca 1.0 boot\nforged\n\003%s hca 0\n' $fc_old $fc_old; fc_old=$fc_n; "
        r"printf '\002 hca 1 -\n\003 hca 0\n'; echo honest"
    )
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo(forger)})) as watching:
        samples = await watching.until(sample_of("gpu0"), times=3)
    for sample in samples:
        assert isinstance(sample, Sample)
        assert sample.facts["said"].endswith("honest\n")
        assert sample.clock_s > 1.0


async def test_a_tool_that_reads_its_input_does_not_eat_the_next_question(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    async with watched(
        collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {FAST: lambda: Echo("cat; echo done")})
    ) as watching:
        samples = await watching.until(sample_of("gpu0"), times=3)
    assert {sample.facts["said"] for sample in samples if isinstance(sample, Sample)} == {"done\n"}


async def test_a_stuck_question_is_never_asked_again_and_its_lane_waits_while_others_go_on(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    count = tmp_path / "asked"
    asked = {
        FAST: lambda: Echo("echo fine"),
        SLOW: lambda: Echo(f"echo x >>{count}; sleep 60"),
        NVLINK: lambda: Echo("echo links"),
    }
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        (timeout,) = await watching.until(unanswered("gpu0", Reason.TIMEOUT, question="gpu"))
        stuck = await watching.until(unanswered("gpu0", Reason.STUCK, question="gpu"), times=3)
        behind = await watching.until(unanswered("gpu0", Reason.STUCK, question="nvlink"), times=3)
        await watching.until(sample_of("gpu0"), times=8)
        assert count.read_text() == "x\n", "asked once"
        since = {one.since for one in (*stuck, *behind) if isinstance(one, Unanswered)}
        assert len(since) == 1
        assert len({one.detail for one in stuck if isinstance(one, Unanswered)}) == 1, "one failure, however old"
        assert isinstance(timeout, Unanswered)
        assert (timeout.detail, timeout.since) == ("no answer within 0.7 s", None)
        assert isinstance(behind[-1], Unanswered)
        assert "waits behind gpu" in behind[-1].detail
        assert not [one for one in watching.seen if unanswered("gpu0")(one)], "the fast lane was never late"
    await eventually(lambda: not marked(f"FC_TEST={tmp_path.name}-{sshd.port}"))


async def test_a_late_answer_frees_its_lane_and_its_values_are_not_used(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    gate = tmp_path / "gate"
    asked = {SLOW: lambda: Echo(f"if [ -e {gate} ]; then echo quick; else sleep 1.2; touch {gate}; echo late; fi")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(unanswered("gpu0", Reason.TIMEOUT, question="gpu"))
        (sample,) = await watching.until(sample_of("gpu0", "gpu"))
    assert isinstance(sample, Sample)
    assert sample.facts["said"] == "quick\n"


async def test_every_due_question_has_exactly_one_record(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    dead = {"gpu0": sshd.port, "gpu1": 1}
    async with watched(collector(fabric(keys.ssh(), dead), {FAST: lambda: Echo("echo fine")})) as watching:
        await watching.until(sample_of("gpu0"), times=8)
    good = [record for record in watching.seen if sample_of("gpu0")(record)]
    bad = [record for record in watching.seen if unanswered("gpu1", Reason.UNREACHABLE)(record)]
    assert abs(len(good) - len(bad)) <= 2
    assert isinstance(bad[0], Unanswered)
    assert bad[0].detail == "connection refused; no sshd listens there · root@127.0.0.1:1"


async def test_a_frozen_server_goes_unanswered_others_are_unharmed_and_it_recovers_alone(
    keys: Keys, start_sshd: StartSshd
) -> None:
    frozen, healthy = start_sshd(), start_sshd()
    for sshd in (frozen, healthy):
        keys.trust(sshd.port)
    poll = Poll(fast_s=0.2, slow_s=1.0, timeout_s=0.5)
    inventory = fabric(keys.ssh(), {"gpu0": frozen.port, "gpu1": healthy.port}, poll)
    async with watched(collector(inventory, {FAST: lambda: Echo("echo fine")})) as watching:
        await watching.until(sample_of("gpu0"), times=2)
        frozen.stop()
        mark = len(watching.seen)
        await watching.until(unanswered("gpu0", Reason.TIMEOUT), after=mark)
        await watching.until(unanswered("gpu0", Reason.UNREACHABLE), times=3, after=mark)
        frozen.go_on()
        mark = len(watching.seen)
        await watching.until(sample_of("gpu0"), times=2, after=mark)
        assert not [one for one in watching.seen if unanswered("gpu1")(one)]
        gaps = [one.at for one in watching.seen if isinstance(one, Sample) and one.node == "gpu1"]
        assert max(later - earlier for earlier, later in pairwise(gaps)) < 1.5


async def test_a_lost_connection_fails_every_question_at_once_also_those_due_much_later(
    keys: Keys, start_sshd: StartSshd
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    poll = Poll(fast_s=0.2, slow_s=600.0, timeout_s=1.0)
    asked = {FAST: lambda: Echo("echo fine"), SLOW: lambda: Echo("echo fine")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, poll), asked)) as watching:
        await watching.until(sample_of("gpu0", "gpu"), times=2)
        sshd.kill()
        await watching.until(unanswered("gpu0", Reason.UNREACHABLE, question="gpu"))


async def test_when_the_host_that_sweeps_is_lost_another_sweeps_at_once(keys: Keys, start_sshd: StartSshd) -> None:
    ports = {"gpu0": start_sshd(), "gpu1": start_sshd()}
    for sshd in ports.values():
        keys.trust(sshd.port)
    inventory = fabric(keys.ssh(), {name: sshd.port for name, sshd in ports.items()}, Poll(in_band_s=600.0))
    sweeping = Collector(
        inventory,
        Thresholds(),
        questions=lambda node: (IN_BAND,),
        inquiry=lambda question, node: Sweeping("true", node=node.name),
    )
    async with watched(sweeping) as watching:
        await watching.until(swept_by("gpu0"), times=2)
        assert not any(map(swept_by("gpu1"), watching.seen)), "it rests"
        ports["gpu0"].kill()
        await watching.until(swept_by("gpu1"))


async def test_a_sweep_that_hangs_is_taken_over_long_before_its_deadline(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    ahead_s, hangs = [0.0], tmp_path / "hangs"
    sweeping = Collector(
        fabric(keys.ssh(), {"gpu0": sshd.port, "gpu1": sshd.port}, Poll(in_band_s=0.2)),
        Thresholds(),
        monotonic=lambda: time.monotonic() + ahead_s[0],
        questions=lambda node: (replace(IN_BAND, deadline_s=1e6),),
        inquiry=lambda question, node: Sweeping(
            f"if [ {node.name} = gpu0 ] && [ -e {hangs} ]; then touch {hangs}/now; sleep 100; fi", node=node.name
        ),
    )
    async with watched(sweeping) as watching:
        await watching.until(swept_by("gpu0"), times=2)
        hangs.mkdir()
        await eventually((hangs / "now").exists)
        ahead_s[0] += 60.0
        await watching.until(unanswered("gpu0", Reason.STUCK, question=IN_BAND.name))
        await watching.until(swept_by("gpu1"), times=2)


@pytest.mark.parametrize("ends", ["exit 0", "kill -9 $$"])
async def test_what_waited_behind_a_shell_that_is_over_and_held_open_has_a_deadline_too(
    keys: Keys, start_sshd: StartSshd, ends: str
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    over_and_held_open = f":; }}; setsid sleep 20 & {ends}; {{ :"
    asked = {SLOW: lambda: Echo(over_and_held_open), NVLINK: lambda: Echo("sleep 100")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(unanswered("gpu0", Reason.FAILED, question="gpu"))
        await watching.until(unanswered("gpu0", Reason.TIMEOUT, question="nvlink"))


async def test_a_shell_that_dies_is_opened_again(keys: Keys, start_sshd: StartSshd, tmp_path: Path) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    echoes: list[Echo] = []

    def echo() -> Echo:
        echoes.append(Echo(f"echo $$; [ -e {tmp_path}/once ] || {{ touch {tmp_path}/once; kill -9 $$; }}"))
        return echoes[-1]

    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {SLOW: echo})) as watching:
        (died,) = await watching.until(unanswered("gpu0", Reason.FAILED, question="gpu"))
        await watching.until(sample_of("gpu0", "gpu"), times=2)
    assert isinstance(died, Unanswered)
    assert "ended by signal KILL" in died.detail
    assert echoes[0].restarts >= 2


async def test_after_aclose_and_after_a_lost_connection_no_process_is_left(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    mark = f"FC_TEST={tmp_path.name}-{sshd.port}"
    slow = "timeout 300 sleep 300; echo never"
    asked = {FAST: lambda: Echo("echo fine"), SLOW: lambda: Echo(slow)}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(sample_of("gpu0"))
        await eventually(lambda: any("sleep 300" in line for line in marked(mark)))
        sshd.cut()
        seen = len(watching.seen)
        await watching.until(unanswered("gpu0", Reason.UNREACHABLE), after=seen)
        await watching.until(sample_of("gpu0"), after=seen)
        # What `timeout` has just forked bears its name until it is `sleep`.
        await eventually(lambda: sorted(line[:7] for line in marked(mark) if "sleep" in line) == ["sleep 3", "timeout"])
    await eventually(lambda: not marked(mark))


@pytest.mark.parametrize("question", [FAST, SLOW], ids=["fast lane", "slow lane"])
async def test_a_process_that_outlives_the_connection_keeps_its_question_from_being_asked(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path, question: Question
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    count = tmp_path / "asked"
    # A process in D state survives its KILL. This one dies of it, so the watch that would send it is disarmed.
    hung = f"echo x >>{count}; kill -9 $fc_w; sleep 3"
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), {question: lambda: Echo(hung)})) as watching:
        await watching.until(unanswered("gpu0", Reason.TIMEOUT, question=question.name))
        sshd.cut()
        seen = len(watching.seen)
        (stuck,) = await watching.until(
            lambda one: isinstance(one, Unanswered) and "still runs there" in one.detail, after=seen
        )
        assert isinstance(stuck, Unanswered)
        assert stuck.reason is Reason.STUCK
        assert stuck.since is not None
        assert count.read_text() == "x\n"
        await eventually(lambda: count.read_text() == "x\nx\n")
