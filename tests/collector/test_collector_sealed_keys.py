"""Encrypted keys: asked for once a file, where nothing else opens the door; or the agent gets them meanwhile."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh
import pytest
from asked_rig import Person, is_put_off, sealed
from collector_rig import (
    FAST,
    Keys,
    Sshd,
    collector,
    echo,
    fabric,
    new_key,
    only,
    sample_of,
    tool,
    unanswered,
    watched,
)

from fabconsole.collector import keyring
from fabconsole.collector.sealed_keys import SealedKey, sealed_key, unsealed
from fabconsole.fabric.inventory import Poll
from fabconsole.stream.records import Reason, Unanswered
from fabconsole.stream.wanted import Prompt

Start = Callable[..., Sshd]
POLL = Poll(fast_s=0.2, slow_s=0.4, timeout_s=1.0)
WORD = "a long word, in clear"


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty agent of our own."""
    socket = tmp_path / "agent"
    process = subprocess.Popen([tool("ssh-agent"), "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
    monkeypatch.setattr(keyring, "LOOK_S", 0.2)
    yield socket
    process.kill()
    process.wait()


@pytest.fixture
def no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def add(key: Path, passphrase: str, tmp_path: Path) -> None:
    """ssh-add, in another window."""
    says = tmp_path / "says"
    says.write_text(f"#!/bin/sh\necho '{passphrase}'\n")
    says.chmod(0o755)
    asks = os.environ | {"SSH_ASKPASS": str(says), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"}
    subprocess.run([tool("ssh-add"), "-q", str(key)], env=asks, check=True, stdin=subprocess.DEVNULL)


def test_the_public_half_is_read_from_a_key_of_opensshs_own_format_alone(keys: Keys) -> None:
    file = sealed(keys, WORD)
    public = asyncssh.read_public_key(str(file) + ".pub").public_data
    file.with_suffix(".pub").unlink()
    assert sealed_key(file) == SealedKey(file, public)
    assert unsealed(file, "wrong") == unsealed(file, "") == unsealed(file, "\udce9") == ()
    (pair,) = unsealed(file, WORD)
    assert pair.public_data == public


def test_what_is_not_encrypted_is_not_sealed(keys: Keys) -> None:
    assert sealed_key(keys.user_key) is None
    assert sealed_key(keys.known_hosts) is None
    (keys.home / "odd").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n%%%%\n-----END")
    assert sealed_key(keys.home / "odd") is None


async def test_it_is_asked_once_for_all_nodes_and_none_is_dialled_before(
    keys: Keys, start_sshd: Start, no_agent: None, tmp_path: Path
) -> None:
    file, node = sealed(keys, WORD), start_sshd()
    keys.trust(node.port)
    inventory = fabric(keys.ssh(identity=(file,)), {f"gpu{number}": node.port for number in range(3)}, POLL)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        assert (wanted.of, wanted.title, wanted.until) == (f"key {file}", "is encrypted", None)
        assert wanted.prompts == (Prompt("passphrase:", echo=False),)
        waiting = only(await watching.until(unanswered("gpu2", Reason.WAITING)))
        assert waiting.detail == f"waiting for the passphrase of key {file}, or for ssh-add"
        assert "from 127.0.0.1" not in (tmp_path / "sshd.log").read_text()
        await person.says(wanted, WORD)
        for name in inventory.nodes:
            await watching.until(sample_of(name))
        assert person.times_asked() == 1


async def test_a_wrong_passphrase_is_asked_again_and_at_last_put_off(
    keys: Keys, start_sshd: Start, no_agent: None
) -> None:
    file, node = sealed(keys, WORD), start_sshd()
    keys.trust(node.port)
    async with watched(collector(fabric(keys.ssh(identity=(file,)), {"gpu0": node.port}, POLL), {FAST: echo})) as (
        watching
    ):
        person = Person(watching)
        await person.says(await person.asked(), "wrong")
        for _ in range(2):
            again = await person.asked()
            assert again.title == "is encrypted; that was not its passphrase"
            await person.says(again, "wrong")
        off = await person.asked(is_put_off)
        assert off.title == "none of 3 passphrases was right"
        failed = only(await watching.until(unanswered("gpu0", Reason.REFUSED)))
        assert failed.detail == (
            f"key {file} encrypted and its passphrase not given: ssh-add it, or answer when it is asked again"
        )
        await person.says(off)
        await person.says(await person.asked(), WORD)
        await watching.until(sample_of("gpu0"))


async def test_declined_the_key_is_not_used_and_what_opens_without_it_is_seen(
    keys: Keys, start_sshd: Start, no_agent: None
) -> None:
    other = new_key(keys.home / "other")
    file, open_node, shut = sealed(keys, WORD), start_sshd(), start_sshd(AuthorizedKeysFile=str(keys.home / "shut"))
    (keys.home / "shut").write_text(file.with_suffix(".pub").read_text())
    with keys.user_key.with_suffix(".pub").open("a") as authorized:
        authorized.write(other.with_suffix(".pub").read_text())
    keys.trust(open_node.port)
    keys.trust(shut.port)
    inventory = fabric(keys.ssh(identity=(other, file)), {"gpu0": open_node.port, "gpu1": shut.port}, POLL)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        await watching.until(sample_of("gpu0"))
        await person.declines(wanted)
        failed = only(await watching.until(unanswered("gpu1", Reason.REFUSED)))
        assert f"key {file} encrypted" in failed.detail
        assert "ssh-add" in failed.detail
        seen = len(watching.seen)
        await watching.until(sample_of("gpu0"), after=seen)
        assert person.times_asked() == 1


async def test_a_key_that_the_agent_holds_is_not_asked_for(
    keys: Keys, start_sshd: Start, agent: Path, tmp_path: Path
) -> None:
    file, node = sealed(keys, WORD), start_sshd()
    keys.trust(node.port)
    add(file, WORD, tmp_path)
    inventory = fabric(keys.ssh(identity=(file,)), {"gpu0": node.port}, POLL)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        await watching.until(sample_of("gpu0"))
        assert Person(watching).times_asked() == 0


@pytest.mark.parametrize("first", ["asked", "put off"])
async def test_ssh_add_in_another_window_is_an_answer_too(
    keys: Keys, start_sshd: Start, agent: Path, tmp_path: Path, first: str
) -> None:
    file, node = sealed(keys, WORD), start_sshd()
    keys.trust(node.port)
    inventory = fabric(keys.ssh(identity=(file,)), {"gpu0": node.port}, POLL)
    async with watched(collector(inventory, {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        if first == "put off":
            await person.declines(wanted)
            wanted = await person.asked(is_put_off)
        add(file, WORD, tmp_path)
        await watching.until(sample_of("gpu0"))
        assert await person.settled(wanted) == "the agent holds it now"
        assert person.times_asked() == 1


async def test_a_key_that_ssh_config_names_is_asked_for_where_it_is_needed(
    keys: Keys, start_sshd: Start, no_agent: None
) -> None:
    file, node = sealed(keys, WORD), start_sshd()
    keys.trust(node.port)
    (keys.home / "ssh_config").write_text(f"Host *\n  IdentityFile {file}\n")
    async with watched(collector(fabric(keys.ssh(identity=()), {"gpu0": node.port}, POLL), {FAST: echo})) as watching:
        person = Person(watching)
        await person.says(await person.asked(), WORD)
        await watching.until(sample_of("gpu0"))


async def test_a_jump_host_that_wants_the_key_and_a_code_is_asked_for_one_after_the_other(
    keys: Keys, start_sshd: Start, start_bastion: Start, no_agent: None
) -> None:
    file, bastion, far = sealed(keys, WORD), start_bastion(), start_sshd()
    keys.trust(far.port)
    ssh = keys.ssh(identity=(file,), jump=f"root@127.0.0.1:{bastion.port}")
    async with watched(collector(fabric(ssh, {"gpu0": far.port}, POLL), {FAST: echo})) as watching:
        person = Person(watching)
        wanted = await person.asked()
        assert wanted.of == f"key {file}"
        await person.says(wanted, WORD)
        wanted = await person.asked()
        assert wanted.of.startswith("jump host ")
        await person.says(wanted, "246810")
        await watching.until(sample_of("gpu0"))


async def test_no_answer_is_in_any_record(keys: Keys, start_sshd: Start, no_agent: None, tmp_path: Path) -> None:
    file, node = sealed(keys, WORD), start_sshd()
    keys.trust(node.port)
    async with watched(collector(fabric(keys.ssh(identity=(file,)), {"gpu0": node.port}, POLL), {FAST: echo})) as (
        watching
    ):
        person = Person(watching)
        await person.says(await person.asked(), f"not {WORD}")
        await person.says(await person.asked(), WORD)
        await watching.until(sample_of("gpu0"))
        assert WORD not in repr(watching.seen)
        assert not [one for one in watching.seen if isinstance(one, Unanswered) and one.reason is Reason.FAILED]
