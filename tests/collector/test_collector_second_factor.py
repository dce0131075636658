"""A jump host's second factor: asked once, of a person, for every node behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from asked_rig import CODE, Person, is_put_off
from collector_rig import (
    FAST,
    Keys,
    Sshd,
    collector,
    direct_children,
    echo,
    eventually,
    fabric,
    free_port,
    only,
    sample_of,
    unanswered,
    watched,
)

from fabconsole.collector import jump
from fabconsole.fabric.inventory import Inventory, Poll
from fabconsole.stream.records import Reason, Unanswered
from fabconsole.stream.wanted import Prompt

Start = Callable[..., Sshd]
POLL = Poll(fast_s=0.2, slow_s=0.4, timeout_s=1.0)


def behind(keys: Keys, bastion: Sshd, far: Sshd, nodes: int = 2, address: str = "127.0.0.1") -> Inventory:
    keys.trust(far.port)
    ssh = keys.ssh(jump=f"root@{address}:{bastion.port}")
    return fabric(ssh, {f"gpu{number}": far.port for number in range(nodes)}, POLL)


def with_addresses(inventory: Inventory, addresses: Mapping[str, str]) -> Inventory:
    nodes = {name: replace(node, address=addresses[name]) for name, node in inventory.nodes.items()}
    return replace(inventory, nodes=nodes)


async def test_it_is_asked_once_and_one_connection_carries_every_node(
    keys: Keys, start_sshd: Start, start_bastion: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jump, "NODES_EACH", 1)  # five shards, as a thousand nodes would have
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far, nodes=5), {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        assert wanted.of == f"jump host root@127.0.0.1:{bastion.port}"
        assert wanted.title == "wants a second factor"
        assert wanted.prompts == (Prompt("Password:", echo=False),)
        assert wanted.until is not None and 100 < wanted.until - wanted.at <= 120
        for name in ("gpu0", "gpu4"):
            waiting = only(await watching.until(unanswered(name)))
            assert waiting.reason is Reason.WAITING
            assert waiting.detail == f"waiting for the second factor of {wanted.of}"
        await person.says(wanted, CODE)
        for number in range(5):
            await watching.until(sample_of(f"gpu{number}"))
        assert person.times_asked() == 1
    assert (tmp_path / "asked").read_text().split() == ["asked"]
    assert (tmp_path / "bastion.log").read_text().count("Accepted publickey") <= 1


async def test_a_shared_connection_is_left_too_where_its_way_has_failed_further_on(
    keys: Keys, start_bastion: Start
) -> None:
    bastion = start_bastion()
    ssh = keys.ssh(jump=f"root@127.0.0.1:{bastion.port},root@127.0.0.1:{free_port()}")
    async with watched(collector(fabric(ssh, {"gpu0": 22}, POLL), {FAST: echo})) as watching:
        person = Person(watching)
        await person.says(await person.asked(), CODE)
        await watching.until(unanswered("gpu0", Reason.JUMP))
    await eventually(lambda: not direct_children(bastion.process.pid))


async def test_no_deadline_of_ours_ends_the_wait_for_a_person(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    bastion, far = start_bastion(), start_sshd()
    inventory = behind(keys, bastion, far)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        await watching.until(unanswered("gpu0", Reason.WAITING), times=10)  # 2 s; connecting may take 1
        await person.says(wanted, CODE)
        await watching.until(sample_of("gpu0"))


async def test_a_wrong_code_is_asked_again_and_said_to_be_wrong(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        person = Person(watching)
        await person.says(await person.asked(), "111111")
        again = await person.asked()
        assert again.title == "did not accept that: once more"
        await person.says(again, CODE)
        await watching.until(sample_of("gpu0"))


async def test_after_three_wrong_codes_it_is_asked_again_only_when_the_operator_wants_it(
    keys: Keys, start_sshd: Start, start_bastion: Start, tmp_path: Path
) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        person = Person(watching)
        for _ in range(3):
            await person.says(await person.asked(), "111111")
        again = await person.asked(is_put_off)
        assert again.title == "no answer was accepted"
        seen = len(watching.seen)
        failed = only(await watching.until(unanswered("gpu1", Reason.JUMP), after=seen))
        assert failed.detail == f"{again.of} waits for its second factor, not given: no answer was accepted"
        await watching.until(unanswered("gpu1", Reason.JUMP), times=4, after=seen)
        assert (tmp_path / "asked").read_text().split() == ["asked"] * 3
        await person.says(again)
        await person.says(await person.asked(), CODE)
        await watching.until(sample_of("gpu1"))


async def test_declined_it_is_put_off_until_the_operator_wants_it(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        await person.declines(wanted)
        assert await person.settled(wanted) == "declined"
        again = await person.asked(is_put_off)
        await person.declines(again)
        again = await person.asked(is_put_off)
        await person.says(again)
        await person.says(await person.asked(), CODE)
        await watching.until(sample_of("gpu0"))
        assert person.times_asked() == 2


async def test_an_answer_for_what_is_over_changes_nothing(keys: Keys, start_sshd: Start, start_bastion: Start) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        await person.says(wanted, CODE)
        await person.says(wanted, "111111")
        await person.declines(wanted)
        await watching.until(sample_of("gpu0"))
        assert await person.settled(wanted) == ""


async def test_an_answer_that_lacks_a_part_is_none(keys: Keys, start_sshd: Start, start_bastion: Start) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        person = Person(watching)
        await person.says(await person.asked())
        assert (await person.asked(is_put_off)).title == "not all that was asked was answered"


async def test_a_connection_lost_while_it_asks_is_put_off_and_no_storm(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    bastion, far = start_bastion(LoginGraceTime="1"), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        assert await person.settled(wanted) == "the connection was lost"
        assert (await person.asked(is_put_off)).title == "the connection was lost"
        await watching.until(unanswered("gpu0", Reason.JUMP), times=4)
        assert person.times_asked() == 1


async def test_a_jump_host_that_is_lost_later_asks_once_more(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far, nodes=3), {FAST: echo})) as watching:
        person = Person(watching)
        await person.says(await person.asked(), CODE)
        await watching.until(sample_of("gpu2"))
        bastion.cut()
        again = await person.asked()
        failed = [one for one in watching.seen if isinstance(one, Unanswered)]
        assert {one.reason for one in failed} <= {Reason.WAITING, Reason.JUMP}
        await person.says(again, CODE)
        seen = len(watching.seen)
        await watching.until(sample_of("gpu2"), after=seen)
        assert person.times_asked() == 2


async def test_two_jump_hosts_ask_at_once_and_each_gets_its_own_answer(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    one, two, far = start_bastion(), start_bastion(address="127.0.0.2"), start_sshd()
    (keys.home / "ssh_config").write_text(
        f"Host 127.0.0.3\n  HostName 127.0.0.1\n  ProxyJump root@127.0.0.1:{one.port}\n"
        f"Host 127.0.0.4\n  HostName 127.0.0.1\n  ProxyJump root@127.0.0.2:{two.port}\n"
    )
    keys.trust(far.port)
    inventory = fabric(keys.ssh(jump=None), {"gpu0": far.port, "gpu1": far.port}, POLL)
    inventory = with_addresses(inventory, {"gpu0": "127.0.0.3", "gpu1": "127.0.0.4"})
    async with watched(collector(inventory, {FAST: echo})) as watching:
        person = Person(watching)
        first, second = await person.asked(), await person.asked()
        assert first.of != second.of
        await person.says(second, CODE)
        await watching.until(sample_of("gpu1" if str(two.port) in second.of else "gpu0"))
        assert await person.settled(second) == ""
        await person.says(first, CODE)
        await watching.until(sample_of("gpu0"))
        await watching.until(sample_of("gpu1"))


async def test_leaving_while_it_asks_takes_leave_of_the_jump_host(
    keys: Keys, start_sshd: Start, start_bastion: Start
) -> None:
    bastion, far = start_bastion(), start_sshd()
    async with watched(collector(behind(keys, bastion, far), {FAST: echo})) as watching:
        wanted = await Person(watching).asked()
    assert await Person(watching).settled(wanted)
    await eventually(lambda: not direct_children(bastion.process.pid))


async def test_a_node_that_wants_a_second_factor_is_told_what_it_is_and_asks_nobody(
    keys: Keys, start_bastion: Start
) -> None:
    node = start_bastion()
    async with watched(collector(fabric(keys.ssh(), {"gpu0": node.port}, POLL), {FAST: echo})) as watching:
        failed = only(await watching.until(unanswered("gpu0")))
        assert failed.reason is Reason.REFUSED
        assert failed.detail.startswith("takes our key and wants a second factor")
        assert "ssh.jump" in failed.detail
        assert Person(watching).times_asked() == 0
