"""A login after which no shell begins: told as what it is, at the cost of its node alone, until it begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    eventually,
    fabric,
    hanging,
    marked,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector.failure import NOT_BEGUN
from fabconsole.fabric.inventory import Poll
from fabconsole.stream.records import Reason, Unanswered

StartSshd = Callable[..., Sshd]


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """What a login waits for: that it is gone."""
    gate = tmp_path / "hangs"
    gate.touch()
    return gate


async def test_a_shell_that_does_not_begin_is_told_as_that_and_answers_at_once_when_it_does(
    keys: Keys, start_sshd: StartSshd, gate: Path
) -> None:
    sick, healthy = start_sshd(ForceCommand=hanging(gate)), start_sshd()
    for sshd in (sick, healthy):
        keys.trust(sshd.port)
    asked = {
        FAST: lambda: Echo("echo fine"),
        SLOW: lambda: Echo("echo gpus"),
        NVLINK: lambda: Echo("echo links"),
        LOG: lambda: Lines("echo live; cat"),
    }
    hourly = Poll(fast_s=0.2, slow_s=3600.0, timeout_s=1.0)
    inventory = fabric(keys.ssh(), {"gpu0": sick.port, "gpu1": healthy.port}, hourly)
    async with watched(collector(inventory, asked)) as watching:
        stuck = [only(await watching.until(unanswered("gpu0", question=one.name))) for one in asked]
        assert {(one.reason, one.detail) for one in stuck} == {(Reason.STUCK, NOT_BEGUN)}, "one cause, one failure"
        assert all(one.since is not None and one.since < one.at for one in stuck)
        seen = len(watching.seen)
        gate.unlink()
        for question in asked:
            await watching.until(sample_of("gpu0", question.name), after=seen)
        assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.node == "gpu1"]
        assert not [one for one in watching.seen if unanswered("gpu0", Reason.UNREACHABLE)(one)], "never let go"


async def test_a_node_where_shells_hang_is_not_given_more_of_them(
    keys: Keys, start_sshd: StartSshd, gate: Path, tmp_path: Path
) -> None:
    sshd = start_sshd(ForceCommand=hanging(gate))
    keys.trust(sshd.port)
    mark = f"FC_TEST={tmp_path.name}-{sshd.port}"
    asked = {FAST: lambda: Echo("echo fine"), LOG: lambda: Lines("echo live; cat")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(unanswered("gpu0", question="log"), times=2)
        assert len([line for line in marked(mark) if "hangs" in line]) == 2, "the one that asks, the one that follows"
        gate.unlink()
    await eventually(lambda: not marked(mark))


async def test_a_tool_that_hangs_once_its_shell_has_begun_is_not_the_shells_fault(
    keys: Keys, start_sshd: StartSshd, gate: Path
) -> None:
    sshd = start_sshd(ForceCommand=hanging(gate))
    keys.trust(sshd.port)
    asked = {FAST: lambda: Echo("sleep 60")}
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}), asked)) as watching:
        await watching.until(unanswered("gpu0", Reason.STUCK))
        gate.unlink()
        await watching.until(lambda one: isinstance(one, Unanswered) and one.detail.startswith("asked "))
