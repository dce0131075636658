"""What begins and ends, or begins and is refused, is begun ever more rarely, and at once again when it went well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import asyncssh
from collector_rig import FAST, LOG, Echo, Keys, Lines, Sshd, collector, fabric, only, unanswered, watched

from fabconsole.collector.failure import Failure
from fabconsole.collector.setback import Setback
from fabconsole.fabric.inventory import Poll
from fabconsole.platforms.question import Refusal
from fabconsole.stream.records import Reason

StartSshd = Callable[..., Sshd]
ENDED = Failure(Reason.FAILED, "the shell that asks ended with status 0")


def rests(setback: Setback, now: list[float], times: int) -> list[float]:
    """How long each of so many shells that end at once is rested for."""
    found = []
    for number in range(times):
        setback.ended(Failure(ENDED.reason, f"{ENDED.said} for the {number}th time"))
        began = now[0]
        while setback.failure is not None:
            now[0] += 0.1
        found.append(now[0] - began)
    return found


def test_a_shell_that_ends_before_it_answers_is_rested_for_ever_longer_up_to_a_minute() -> None:
    now = [0.0]
    waits = rests(Setback(lambda: now[0], Random(1)), now, 12)
    assert waits[0] < 1.2
    assert 29 < waits[-1] < 61
    assert all(later >= earlier for earlier, later in zip(waits[:4], waits[2:6], strict=True))


def test_a_shell_that_has_answered_is_begun_anew_at_once_however_often_it_ended_before() -> None:
    now = [0.0]
    setback = Setback(lambda: now[0], Random(1))
    rests(setback, now, 8)
    setback.answered()
    setback.ended(ENDED)
    assert setback.failure is None
    assert rests(setback, now, 1)[0] < 1.2


async def test_a_shell_that_ends_before_it_answers_is_not_begun_at_every_rhythm(
    keys: Keys, start_sshd: StartSshd, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    sshd = start_sshd()
    keys.trust(sshd.port)
    asked = {FAST: lambda: Echo(f"echo x >>{begun}; kill -KILL $$")}
    poll = Poll(fast_s=0.1, slow_s=0.4, timeout_s=1.0)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, poll), asked)) as watching:
        told = await watching.until(unanswered("gpu0", Reason.FAILED), times=20)
    assert len(told) == 20
    assert len(begun.read_text().split()) <= 5


async def test_a_log_that_may_not_be_read_is_not_begun_at_every_pulse(keys: Keys, start_sshd: StartSshd) -> None:
    sshd = start_sshd()
    keys.trust(sshd.port)
    lines = Lines("exit 1", refusal=Refusal(reason=Reason.NO_LOG, detail="no right"))
    often = Poll(fast_s=0.1, slow_s=0.4, timeout_s=1.0)
    async with watched(collector(fabric(keys.ssh(), {"gpu0": sshd.port}, often), {LOG: lambda: lines})) as watching:
        await watching.until(unanswered("gpu0", Reason.NO_LOG, question="log"), times=9)
    assert lines.scripts <= 4


class Mute(asyncssh.SSHServer):
    """Lets anybody in, and answers no request for a session."""

    def begin_auth(self, username: str) -> bool:
        return False

    def session_requested(self) -> Awaitable[asyncssh.SSHServerSession[str]]:  # type: ignore[override]
        return asyncio.get_running_loop().create_future()


async def test_a_session_that_is_asked_for_and_never_begins_is_told(keys: Keys) -> None:
    server = await asyncssh.listen("127.0.0.1", 0, server_factory=Mute, server_host_keys=[str(keys.host_key)])
    keys.trust(server.get_port())
    poll = Poll(fast_s=0.2, slow_s=0.4, timeout_s=0.5)
    inventory = fabric(keys.ssh(), {"gpu0": server.get_port()}, poll)
    async with watched(collector(inventory, {FAST: lambda: Echo("echo x")})) as watching:
        told = only(await watching.until(unanswered("gpu0", Reason.FAILED)))
    server.close()
    assert told.detail.startswith("opens no session: not begun within 0.5 s")
