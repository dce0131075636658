"""Hosts that flood: told as that whenever they are due, read ever more rarely, well as soon as they answer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from collector_rig import (
    FAST,
    LOG,
    NVLINK,
    SLOW,
    Echo,
    Keys,
    Lines,
    Sshd,
    collector,
    fabric,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector.allowance import Allowance
from fabconsole.collector.asking import Asking
from fabconsole.collector.flight import NOISE
from fabconsole.collector.rests import Rests
from fabconsole.fabric.inventory import Poll
from fabconsole.stream.records import Happened, Reason, Record, Unanswered

StartSshd = Callable[..., Sshd]
QUICK = Poll(fast_s=0.2, slow_s=0.4, timeout_s=3.0)


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """What is sick is so while this is there."""
    gate = tmp_path / "floods"
    gate.touch()
    return gate


def begun_by(gate: Path, sick: str) -> str:
    """A `ForceCommand` that writes each shell down; while the gate is there, this is what our `sh` is."""
    begun = gate.with_name("begun")
    return f"echo x >>{begun}; [ -e {gate} ] && {{ printf '\\001%s\\n' $$; {sick}; }}; eval \"$SSH_ORIGINAL_COMMAND\""


def shells(gate: Path) -> int:
    return len(gate.with_name("begun").read_text().splitlines())


async def test_a_shell_that_floods_is_not_begun_at_every_asking_and_answers_when_it_is_well(
    keys: Keys, start_sshd: StartSshd, gate: Path
) -> None:
    sshd = start_sshd(ForceCommand=begun_by(gate, "exec cat /dev/zero"))
    keys.trust(sshd.port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, QUICK), {FAST: lambda: Echo("true")})) as on:
        told = await on.until(unanswered("gpu0", Reason.OVERFLOW), times=15)
        assert shells(gate) <= 5
        assert {one.detail for one in told if isinstance(one, Unanswered)} == {
            "more than 100,000 bytes of answer; cut off"
        }
        assert not [one for one in on.seen if sample_of("gpu0")(one)]
        gate.unlink()
        await on.until(sample_of("gpu0"))


async def test_a_question_that_floods_lets_the_others_of_its_shell_answer(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    asked = {SLOW: lambda: Echo("head -c 300000 /dev/zero | tr '\\0' x"), NVLINK: lambda: Echo("echo links")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, QUICK), asked)) as on:
        await on.until(unanswered("gpu0", Reason.OVERFLOW, question="gpu"), times=6)
        await on.until(sample_of("gpu0", "nvlink"), times=4)
    assert not [one for one in on.seen if unanswered("gpu0", question="nvlink")(one)]


async def test_a_shell_that_talks_unasked_is_told_as_that(keys: Keys, start_sshd: StartSshd, gate: Path) -> None:
    spam = f"while [ -e {gate} ]; do head -c {NOISE} /dev/zero; sleep 0.02; done & exec sh"
    sshd = start_sshd(ForceCommand=begun_by(gate, spam))
    keys.trust(sshd.port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, QUICK), {FAST: lambda: Echo("true")})) as on:
        (record,) = await on.until(lambda one: isinstance(one, Unanswered) and "unasked" in one.detail)
        gate.unlink()
        await on.until(sample_of("gpu0"), after=len(on.seen))
    assert isinstance(record, Unanswered)
    assert record.reason is Reason.OVERFLOW


async def test_complaints_without_end_are_a_flood_too(keys: Keys, start_sshd: StartSshd, gate: Path) -> None:
    sshd = start_sshd(ForceCommand=begun_by(gate, "exec cat /dev/zero >&2"))
    keys.trust(sshd.port)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, QUICK), {FAST: lambda: Echo("true")})) as on:
        record = only(await on.until(unanswered("gpu0")))
    assert (record.reason, record.detail) == (
        Reason.OVERFLOW,
        "more than 65,536 bytes of complaint on standard error; cut off",
    )


async def test_a_log_that_floods_is_never_well_meanwhile_and_still_tells_what_its_history_has(
    keys: Keys, start_sshd: StartSshd, gate: Path
) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    log = Lines(f"echo; echo Xid; echo live; while [ -e {gate} ]; do head -c 60000 /dev/zero | tr '\\0' x; done; cat")
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, QUICK), {LOG: lambda: log})) as on:
        first = only(await on.until(unanswered("gpu0", Reason.OVERFLOW, question="log")))
        await on.until(unanswered("gpu0", Reason.OVERFLOW, question="log"), times=6)
        assert log.scripts < 6
        await on.until(lambda one: isinstance(one, Happened) and "Xid" in {event.text for event in one.events}, times=2)
        assert not [one for one in on.seen[on.seen.index(first) :] if sample_of("gpu0", "log")(one)]
        gate.unlink()
        await on.until(sample_of("gpu0", "log"))


def test_a_question_that_keeps_flooding_is_asked_once_a_minute_and_told_at_each_asking() -> None:
    now, told = 1000.0, list[Record]()
    asking = Asking(node="gpu0", question=FAST, interval_s=5.0, deadline_s=4.0)
    rests = Rests([asking], told.append, clock=lambda: now, monotonic=lambda: now, random=Random(1))
    asked = []
    while now < 1600:
        if not rests.tells(asking):
            asked.append(now)
            rests.take(asking.unanswered(Reason.OVERFLOW, "too much", now))
        now += asking.interval_s
    apart = [later - sooner for sooner, later in pairwise(asked)]
    assert apart[0] == 5.0
    assert all(30 <= one <= 65 for one in apart[6:])
    assert [one.at for one in told if isinstance(one, Unanswered) and one.detail == "too much"] == [
        1000.0 + 5 * number for number in range(120)
    ]


def test_an_allowance_is_so_much_at_once_and_so_much_a_second() -> None:
    allowed = Allowance(1000, 10.0)
    assert allowed.spend(1000, 50.0)
    assert not allowed.spend(1, 50.0)
    assert allowed.spend(99, 60.0)
    assert not allowed.spend(2, 60.0)
    assert allowed.share(1000.0) == 1.0
