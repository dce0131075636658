"""What an account logs in to, on real sshd: whatever it is and says, it is asked, or the reason tells what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from collector_rig import FAST, SLOW, Echo, collector, eventually, fabric, marked, only, unanswered, watched
from login_rig import ASH, XID, Login, Logins, needs, running

from fabconsole.collector import greeting
from fabconsole.collector.failure import NOT_BEGUN
from fabconsole.fabric.inventory import Inventory, Poll
from fabconsole.platforms.kernel_log import QUESTION as LOG
from fabconsole.platforms.kernel_log import KernelLog
from fabconsole.platforms.question import Question
from fabconsole.stream.records import (
    Exited,
    Finished,
    Happened,
    NotBegun,
    Output,
    Reason,
    Record,
    Sample,
    Unanswered,
)
from fabconsole.stream.source import Order

MOTD = "echo 'Welcome to gpu0'; echo 'maintenance on Sunday!' >&2\n"
LOUD = "head -c 100000 /dev/zero | tr '\\0' x; echo\n"
GOOD = {
    "bash-motd": Login("/bin/bash", {".bashrc": MOTD}),
    "bash-loud": Login("/bin/bash", {".bashrc": LOUD}),
    "csh": Login("/bin/csh", {".cshrc": MOTD}),
    "tcsh": Login("/bin/tcsh", {".tcshrc": MOTD}),
    "fish": Login("/usr/bin/fish", {".config/fish/config.fish": MOTD}),
    "zsh": Login("/usr/bin/zsh", {".zshenv": MOTD}),
    "busybox": Login(ASH),
    "forged": Login("/bin/bash", {".bashrc": r"printf '\002ab hca 1 -\nforged\n\003ab hca 0\n'"}),
}
BAD = {
    "restricted": (Login("/bin/rbash"), "rbash: line 1: exec: restricted; a restricted one starts no `sh`"),
    "nologin": (Login("/usr/sbin/nologin"), "This account is currently not available.; the account has no shell"),
    "false": (Login("/bin/false"), "ended with status 1; the account has no shell: chsh -s /bin/sh"),
    "forced": (Login("/bin/sh", forced="echo backups only"), "status 0: backups only; a ForceCommand"),
    "sftp": (Login("/bin/sh", forced="internal-sftp"), "This service allows sftp connections only.; a ForceCommand"),
    "tmux": (Login("/bin/bash", {".bashrc": "exec tmux\n"}), "not a terminal; a ForceCommand, or an exec in its"),
}
ASKS = Login("/bin/bash", {".bashrc": "read -p 'Clear all counters? ' said; echo $said >said\n"})
FLOODS = Login("/bin/bash", {".bashrc": "yes spam\n"})
COUNTS = Login("/bin/sh", forced="echo once more >>counted; exit 1")
LOGINS = {**GOOD, **{name: login for name, (login, _) in BAD.items()}, "asks": ASKS, "floods": FLOODS, "counts": COUNTS}
SPOKEN = r"""it's "quoted" ! $HOME `id` \n % * (x) & {a,b} #;"""


@pytest.fixture(scope="module")
def logins() -> Iterator[Logins]:
    needs(Login("/bin/sh"))
    yield from running(LOGINS)


def inventory(logins: Logins, name: str) -> Inventory:
    found = fabric(logins.keys.ssh(), {"gpu0": logins.sshd.port})
    return replace(found, nodes={"gpu0": replace(found.nodes["gpu0"], user=name)})


def of_log(record: Record) -> bool:
    return isinstance(record, Sample) and record.question == LOG.name


@pytest.mark.parametrize("name", GOOD)
async def test_polls_the_kernel_log_and_a_diagnostic_come_through(logins: Logins, name: str) -> None:
    needs(GOOD[name])
    found = inventory(logins, name)
    asked = {
        FAST: lambda: Echo("echo fine; exit_status=0"),
        SLOW: lambda: Echo("echo slow"),
        LOG: lambda: KernelLog(found.nodes["gpu0"]),
    }
    async with watched(collector(found, asked)) as watching:
        for question, said in ((FAST, "fine\n"), (SLOW, "slow\n")):
            samples = await watching.until(
                lambda one, name=question.name: isinstance(one, Sample) and one.question == name, times=2
            )
            assert {one.facts["said"] for one in samples if isinstance(one, Sample)} == {said}
        (happened,) = await watching.until(lambda one: isinstance(one, Happened))
        assert isinstance(happened, Happened)
        assert XID.partition(": ")[2][:20] in happened.events[0].text
        await watching.until(of_log)
        quoted = "'" + SPOKEN.replace("'", "'\"'\"'") + "'"
        await watching.collector.run(Order(run="d1", node="gpu0", command=f"printf %s {quoted}", deadline_s=10))
        (end,) = await watching.until(lambda one: isinstance(one, Finished))
        assert isinstance(end, Finished)
        assert end.end == Exited(0)
        said = b"".join(one.data for one in watching.seen if isinstance(one, Output))
        assert said.endswith(SPOKEN.encode())  # what a start-up file complains of may come just before
        assert not [one for one in watching.seen if unanswered("gpu0")(one)]
    await eventually(lambda: not marked(logins.mark))


@pytest.mark.parametrize("name", BAD)
async def test_a_login_that_starts_no_shell_says_so_in_its_own_words_and_what_mends_it(
    logins: Logins, name: str
) -> None:
    login, said = BAD[name]
    needs(login)
    found = inventory(logins, name)
    asked = {FAST: lambda: Echo("echo fine"), LOG: lambda: KernelLog(found.nodes["gpu0"])}
    async with watched(collector(found, asked)) as watching:
        for question in asked:
            record = only(await watching.until(unanswered("gpu0", question=question.name)))
            assert record.reason is Reason.NO_SHELL
            assert said in record.detail
        await watching.collector.run(Order(run="d1", node="gpu0", command="true", deadline_s=10))
        (end,) = await watching.until(lambda one: isinstance(one, Finished))
        assert isinstance(end, Finished)
        assert isinstance(end.end, NotBegun)
        assert said in end.end.why
    await eventually(lambda: not marked(logins.mark))


@pytest.mark.parametrize("question", [FAST, LOG], ids=["asked", "followed"])
async def test_an_account_without_a_shell_is_tried_ever_more_rarely_and_told_from_memory_meanwhile(
    logins: Logins, question: Question
) -> None:
    found = replace(inventory(logins, "counts"), poll=Poll(fast_s=0.1, slow_s=0.1, timeout_s=1.0))
    counted = logins.keys.home / "home" / "counts" / "counted"
    counted.unlink(missing_ok=True)
    asked = {FAST: lambda: Echo("echo fine"), LOG: lambda: KernelLog(found.nodes["gpu0"])}[question]
    async with watched(collector(found, {question: asked})) as watching:
        records = await watching.until(unanswered("gpu0", question=question.name), times=30)
        tries = len(counted.read_text().splitlines())
    assert {one.reason for one in records if isinstance(one, Unanswered)} == {Reason.NO_SHELL}
    assert 2 <= tries <= len(records) / 3


async def test_a_start_up_file_that_asks_is_told_nothing_of_ours(logins: Logins) -> None:
    async with watched(collector(inventory(logins, "asks"), {FAST: lambda: Echo("echo fine")})) as watching:
        record = only(await watching.until(unanswered("gpu0")))
        assert (record.reason, record.detail) == (Reason.STUCK, NOT_BEGUN)
    await eventually(lambda: not marked(logins.mark))
    said = logins.keys.home / "home" / "asks" / "said"
    assert said.read_text() == "\n", "the end of its input is all that it read"


async def test_a_login_that_floods_is_cut_off(logins: Logins) -> None:
    async with watched(collector(inventory(logins, "floods"), {FAST: lambda: Echo("echo fine")})) as watching:
        record = only(await watching.until(unanswered("gpu0", Reason.OVERFLOW)))
        assert f"{greeting.MOST:,} bytes" in record.detail
    await eventually(lambda: not marked(logins.mark))
